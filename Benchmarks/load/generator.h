// The parts of the load generator.
#pragma once
#include "common.h"

#include <sys/epoll.h>

struct load {
    struct sockaddr_in target;
    int connection_count;
    uint32_t first_source, source_count, size_least, size_most, opcode_count;
    uint64_t seed, tick_ns;
};

extern struct load load;
extern uint8_t read_buffer[READ_SIZE];

// A packet that is due at this time, of this size, or of a random one when it is 0. Valid until the next call.
const uint8_t *next_packet(uint64_t intended_ns, size_t size, size_t *length);
// A socket on its way to the target, from one of the source addresses; -1 when there is none.
int connect_from(uint32_t source_index);
// Waits for events until a time; 0 when it has come.
int wait_until(int epoll, struct epoll_event *events, int most, uint64_t due_ns);

// paced.c
void open_connections(void);
void print_status(void);
void run_paced(uint32_t rate, struct window window, uint64_t drain_ns, struct watch watch);
void run_once(uint32_t rate, uint64_t drain_ns);
// short_lived.c
void run_churn(uint32_t rate, uint32_t most, struct window window, uint64_t drain_ns, struct watch watch);
void run_siege(uint32_t most, struct window window, struct watch watch);
// bulk.c
void run_bulk(bool up, uint32_t size, struct window window, struct watch watch);
