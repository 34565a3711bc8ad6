#define _GNU_SOURCE
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

struct sockaddr_in parse_address(const char *text) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    char host[64];
    const char *colon = strchr(text, ':');
    if (!colon || (size_t)(colon - text) >= sizeof host) fail("'%s' is no address with a port", text);
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = 0;
    address.sin_port = htons((uint16_t)atoi(colon + 1));
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("'%s' is no IPv4 address", host);
    return address;
}

void raise_descriptor_limit(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int listen_on(struct sockaddr_in address) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (descriptor < 0) fail("socket: %s", strerror(errno));
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) < 0) fail("bind: %s", strerror(errno));
    if (listen(descriptor, 4096) < 0) fail("listen: %s", strerror(errno));
    return descriptor;
}

void set_no_delay(int descriptor) {
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

uint64_t next_random(uint64_t *state) {
    uint64_t value = (*state += 0x9e3779b97f4a7c15u);
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

// MARK: packets

void reception_start(struct reception *reception, struct window window) {
    struct histogram *latency = &reception->latency;
    histogram_reset(latency);
    reception->window = window;
    reception->packets = reception->bytes = reception->in_window = reception->bytes_in_window = 0;
    reception->broken = 0;
}

static void count_packet(struct reception *into, uint64_t intended_ns, uint64_t now) {
    into->packets++;
    if (now >= into->window.begin_ns && now < into->window.end_ns) into->in_window++;
    if (intended_ns >= into->window.begin_ns && intended_ns < into->window.end_ns)
        histogram_add(&into->latency, now > intended_ns ? now - intended_ns : 0);
}

bool receive_packets(struct stream *stream, const uint8_t *bytes, size_t count, uint64_t now, struct reception *into) {
    into->bytes += count;
    if (now >= into->window.begin_ns && now < into->window.end_ns) into->bytes_in_window += count;
    while (count > 0) {
        if (stream->remaining == 0) {
            size_t taken = HEADER - stream->held < count ? HEADER - stream->held : count;
            memcpy(stream->header + stream->held, bytes, taken);
            stream->held += (uint32_t)taken, bytes += taken, count -= taken;
            if (stream->held < HEADER) return true;
            struct header header;
            memcpy(&header, stream->header, sizeof header);
            stream->held = 0;
            if (header.length < HEADER) {
                into->broken++;
                return false;
            }
            stream->remaining = header.length - HEADER;
            stream->intended_ns = header.intended_ns;
            if (stream->remaining == 0) count_packet(into, stream->intended_ns, now);
            continue;
        }
        size_t taken = stream->remaining < count ? stream->remaining : count;
        stream->remaining -= (uint32_t)taken, bytes += taken, count -= taken;
        if (stream->remaining == 0) count_packet(into, stream->intended_ns, now);
    }
    return true;
}

void reception_print(const struct reception *reception, FILE *out) {
    fprintf(out, "\"received\":%lu,\"bytes\":%lu,\"in_window\":%lu,\"bytes_in_window\":%lu,\"broken\":%lu,",
            reception->packets, reception->bytes, reception->in_window, reception->bytes_in_window,
            reception->broken);
    fprintf(out, "\"latency\":");
    histogram_print(&reception->latency, out);
}
