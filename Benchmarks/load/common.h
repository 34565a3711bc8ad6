// What the load generator and the server share: time, sockets, packets and their times, histograms, watched processes.
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

// The packet of the benchmark's game, little-endian as the machine is: its whole length, an opcode, the time at which
// it should have been sent, and filler.
enum { HEADER = 12, LONGEST = 65535, READ_SIZE = 65536 };

struct __attribute__((packed)) header {
    uint16_t length;
    uint16_t opcode;
    uint64_t intended_ns;
};

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);
uint64_t now_ns(void);

struct sockaddr_in parse_address(const char *text);
void raise_descriptor_limit(void);
int listen_on(struct sockaddr_in address);
void set_no_delay(int descriptor);

// The next number of a small generator (splitmix64): the same seed gives the same load.
uint64_t next_random(uint64_t *state);

// Log-linear: 128 steps per power of two, so a value is known to better than 1 %.
enum { SUB_BITS = 7, SUB_COUNT = 1 << SUB_BITS, BUCKET_COUNT = (64 - SUB_BITS + 1) * SUB_COUNT };

struct histogram {
    uint64_t count, sum, greatest;
    uint64_t buckets[BUCKET_COUNT];
};

void histogram_reset(struct histogram *histogram);
void histogram_add(struct histogram *histogram, uint64_t value);
void histogram_print(const struct histogram *histogram, FILE *out);

// Where in a stream of packets a reader is.
struct stream {
    uint8_t header[HEADER];
    uint32_t held;
    uint32_t remaining;
    uint64_t intended_ns;
};

// A span of time in which packets count, by when they should have been sent.
struct window {
    uint64_t begin_ns, end_ns;
};

// What was received: `in_window` counts by the time of arrival, the histogram by the intended time of sending.
struct reception {
    struct window window;
    uint64_t packets, bytes, in_window, bytes_in_window, broken;
    struct histogram latency;
};

void reception_start(struct reception *reception, struct window window);
// Takes bytes that arrived at `now`; returns false when they are no packets of the benchmark.
bool receive_packets(struct stream *stream, const uint8_t *bytes, size_t count, uint64_t now, struct reception *into);
void reception_print(const struct reception *reception, FILE *out);

// The processor time of other processes, read at one moment.
enum { WATCHED_MOST = 16, CPU_MOST = 64 };

struct process_time {
    pid_t pid;
    uint64_t cpu_ns, waited_ns, user_ticks, system_ticks;
};

struct snapshot {
    uint64_t at_ns;
    int count, cpu_count;
    struct process_time processes[WATCHED_MOST];
    uint64_t busy_ticks[CPU_MOST], stolen_ticks;
};

struct watch {
    int count;
    pid_t pids[WATCHED_MOST];
};

struct watch parse_watch(const char *comma_separated);
void take_snapshot(const struct watch *watch, struct snapshot *into);
void print_cpu(const struct snapshot *begin, const struct snapshot *end, FILE *out);
