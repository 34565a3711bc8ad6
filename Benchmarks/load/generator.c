// The load generator: one thread, epoll, any number of connections.
//
//     generator ADDRESS:PORT [connections=N] [sources=FIRST-ADDRESS/COUNT] [size=32..256] [opcodes=32] [seed=1]
//         [tick=0]
//
// It opens its connections, says so, and then obeys one command a line on stdin. Times are nanoseconds of
// CLOCK_MONOTONIC, PIDS are the processes whose processor time is read at BEGIN and END.
//
//     run RATE BEGIN END DRAIN PIDS           packets at this rate until END, then DRAIN for what is still on its way
//     once RATE DRAIN                         one packet on each connection
//     churn RATE MOST BEGIN END DRAIN PIDS    new connections at this rate, at most so many at once; each sends one
//                                             packet, waits for its echo and closes
//     siege MOST BEGIN END PIDS               new connections as fast as the other side refuses them
//     bulk up|down SIZE BEGIN END PIDS        one connection, filled by us or by the server
//     status                                  how many connections are alive
//
// The load is open loop: a packet is due at a time that does not depend on when earlier ones came back. It carries that
// time, and latency counts from it: a packet that is sent late, because the other side or this program had no time, has
// already waited. With `tick` (microseconds) `run` sends only so often, all that is due by then: a sleep less for each
// packet, so that one core can make a greater load. The time until the tick counts, too.
#define _GNU_SOURCE
#include "generator.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

struct load load = {.size_least = 32, .size_most = 256, .opcode_count = 32, .seed = 1, .source_count = 1};
uint8_t read_buffer[READ_SIZE];
static uint8_t packet[LONGEST], filler[2 * READ_SIZE];

static void parse_sources(const char *text) {
    char first[64];
    unsigned count;
    if (sscanf(text, "%63[^/]/%u", first, &count) != 2 || count == 0) fail("'%s' is no ADDRESS/COUNT", text);
    struct in_addr address;
    if (inet_pton(AF_INET, first, &address) != 1) fail("'%s' is no IPv4 address", first);
    load.first_source = ntohl(address.s_addr), load.source_count = count;
}

static void parse_option(const char *option) {
    const char *value = strchr(option, '=');
    if (!value) fail("'%s' is no option", option);
    size_t length = (size_t)(value++ - option);
    if (strncmp(option, "connections", length) == 0)
        load.connection_count = atoi(value);
    else if (strncmp(option, "sources", length) == 0)
        parse_sources(value);
    else if (strncmp(option, "opcodes", length) == 0)
        load.opcode_count = (uint32_t)atoi(value);
    else if (strncmp(option, "tick", length) == 0)
        load.tick_ns = (uint64_t)atoll(value) * 1000;
    else if (strncmp(option, "seed", length) == 0)
        load.seed = (uint64_t)atoll(value);
    else if (strncmp(option, "size", length) != 0 ||
             sscanf(value, "%u..%u", &load.size_least, &load.size_most) != 2)
        fail("'%s' is no option", option);
    if (load.size_least < HEADER || load.size_most > LONGEST || load.size_least > load.size_most)
        fail("sizes must be from %d to %d", HEADER, LONGEST);
}

const uint8_t *next_packet(uint64_t intended_ns, size_t size, size_t *length) {
    uint64_t random = next_random(&load.seed);
    if (size == 0) size = load.size_least + (uint32_t)random % (load.size_most - load.size_least + 1);
    struct header header = {
        .length = (uint16_t)size,
        .opcode = (uint16_t)((random >> 32) % load.opcode_count),
        .intended_ns = intended_ns,
    };
    memcpy(packet, &header, sizeof header);
    memcpy(packet + HEADER, filler + (random >> 48), size - HEADER);
    *length = size;
    return packet;
}

int connect_from(uint32_t source_index) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (descriptor < 0) return -1;
    set_no_delay(descriptor);
    if (load.first_source) {
        // The port is chosen when the other address is known, so each source address has all ports per server.
        setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        struct sockaddr_in source = {.sin_family = AF_INET};
        source.sin_addr.s_addr = htonl(load.first_source + source_index % load.source_count);
        if (bind(descriptor, (struct sockaddr *)&source, sizeof source) < 0) fail("bind: %s", strerror(errno));
    }
    if (connect(descriptor, (struct sockaddr *)&load.target, sizeof load.target) < 0 && errno != EINPROGRESS) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

int wait_until(int epoll, struct epoll_event *events, int most, uint64_t due_ns) {
    uint64_t now = now_ns();
    struct timespec timeout = {0};
    if (due_ns > now)
        timeout.tv_sec = (time_t)((due_ns - now) / 1000000000u), timeout.tv_nsec = (long)((due_ns - now) % 1000000000u);
    int ready = epoll_pwait2(epoll, events, most, &timeout, NULL);
    if (ready < 0 && errno != EINTR) fail("epoll_pwait2: %s", strerror(errno));
    return ready < 0 ? 0 : ready;
}

static void obey(const char *line) {
    char pids[256] = "", way[8];
    uint64_t begin, end, drain;
    unsigned rate, most;
    if (sscanf(line, "run %u %lu %lu %lu %255s", &rate, &begin, &end, &drain, pids) >= 4) {
        run_paced(rate, (struct window){begin, end}, drain, parse_watch(pids));
    } else if (sscanf(line, "once %u %lu", &rate, &drain) == 2) {
        run_once(rate, drain);
    } else if (sscanf(line, "churn %u %u %lu %lu %lu %255s", &rate, &most, &begin, &end, &drain, pids) >= 5) {
        run_churn(rate, most, (struct window){begin, end}, drain, parse_watch(pids));
    } else if (sscanf(line, "siege %u %lu %lu %255s", &most, &begin, &end, pids) >= 3) {
        run_siege(most, (struct window){begin, end}, parse_watch(pids));
    } else if (sscanf(line, "bulk %7s %u %lu %lu %255s", way, &most, &begin, &end, pids) >= 4) {
        run_bulk(strcmp(way, "up") == 0, most, (struct window){begin, end}, parse_watch(pids));
    } else if (strncmp(line, "status", 6) == 0) {
        print_status();
    } else {
        fail("generator: no command '%s'", line);
    }
}

int main(int count, char **arguments) {
    if (count < 2) fail("usage: generator ADDRESS:PORT [option=value ...]");
    load.target = parse_address(arguments[1]);
    for (int index = 2; index < count; index++) parse_option(arguments[index]);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    raise_descriptor_limit();
    // A sleep ends when it should: the kernel may make it 50 us longer otherwise.
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    uint64_t seed = load.seed ^ 0x5eed;
    for (size_t at = 0; at < sizeof filler; at += 8) {
        uint64_t random = next_random(&seed);
        memcpy(filler + at, &random, 8);
    }
    open_connections();
    char line[512];
    while (fgets(line, sizeof line, stdin)) obey(line);
    return 0;
}
