// The floor: the least that a relay between two TCP sockets can do. It inspects nothing, logs nothing and has no
// timers. One thread, edge-triggered epoll, one receive and one send per packet in the ordinary case; what the kernel
// does not take is queued, and its sender is not read meanwhile. Half-closed connections and resets are passed on.
//
//     relay LISTEN-ADDRESS:PORT SERVER-ADDRESS:PORT
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// One end of a connection. What waits for it is what its socket did not take yet.
struct side {
    int descriptor;
    bool ended, told_end, unread, ended_by_peer;
    struct side *other;
    uint8_t *waiting;
    uint32_t waiting_begin, waiting_end;
};

struct pair {
    struct side client, server;
    bool connected, dead;
    struct pair *next_dead;
};

static int epoll, listener;
static struct sockaddr_in server_address;
static struct pair *dead_pairs;
// Stays in the core's first cache, and goes into a socket whole: half of what a read of 64 KiB costs in bulk.
static uint8_t buffer[32768];

static struct pair *pair_of(struct side *side) {
    // The client's side is the pair's first field.
    return (struct pair *)(side < side->other ? side : side->other);
}

// Freed after the batch of events, in which another event may still name it.
static void end_pair(struct side *side, bool by_reset) {
    struct pair *pair = pair_of(side);
    if (pair->dead) return;
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    struct side *sides[] = {&pair->client, &pair->server};
    for (int index = 0; index < 2; index++) {
        if (by_reset) setsockopt(sides[index]->descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(sides[index]->descriptor);
        free(sides[index]->waiting);
    }
    pair->dead = true;
    pair->next_dead = dead_pairs;
    dead_pairs = pair;
}

static void tell_end(struct side *to) {
    shutdown(to->descriptor, SHUT_WR);
    to->told_end = true;
    if (to->ended) end_pair(to, false);
}

static bool would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

// Reads until there is no more, or until the other side does not take it. A read that does not fill the buffer has
// drained the socket, and the next byte is the next event; only an end that was announced must be fetched by itself.
static void pump(struct side *from) {
    struct side *to = from->other;
    while (!from->ended) {
        if (to->waiting) {
            from->unread = true;
            return;
        }
        ssize_t count = recv(from->descriptor, buffer, sizeof buffer, 0);
        if (count < 0) {
            if (!would_block()) end_pair(from, true);
            return;
        }
        if (count == 0) {
            from->ended = true;
            tell_end(to);
            return;
        }
        ssize_t sent = send(to->descriptor, buffer, (size_t)count, MSG_NOSIGNAL);
        if (sent < 0) {
            if (!would_block()) {
                end_pair(from, true);
                return;
            }
            sent = 0;
        }
        if (sent < count) {
            to->waiting = malloc((size_t)(count - sent));
            if (!to->waiting) fail("out of memory");
            memcpy(to->waiting, buffer + sent, (size_t)(count - sent));
            to->waiting_begin = 0, to->waiting_end = (uint32_t)(count - sent);
        }
        if ((size_t)count < sizeof buffer && !from->ended_by_peer) {
            from->unread = false;
            return;
        }
    }
}

static void flush(struct side *to) {
    ssize_t sent = send(to->descriptor, to->waiting + to->waiting_begin, to->waiting_end - to->waiting_begin,
                        MSG_NOSIGNAL);
    if (sent < 0) {
        if (!would_block()) end_pair(to, true);
        return;
    }
    to->waiting_begin += (uint32_t)sent;
    if (to->waiting_begin < to->waiting_end) return;
    free(to->waiting);
    to->waiting = NULL;
    if (to->other->unread) {
        to->other->unread = false;
        pump(to->other);
    }
}

static void watch_side(struct side *side) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = side};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, side->descriptor, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

static void accept_all(void) {
    for (;;) {
        int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) return;
        int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (server < 0) {
            close(client);
            return;
        }
        set_no_delay(client);
        set_no_delay(server);
        struct pair *pair = calloc(1, sizeof *pair);
        if (!pair) fail("out of memory");
        pair->client.descriptor = client, pair->client.other = &pair->server;
        pair->server.descriptor = server, pair->server.other = &pair->client;
        if (connect(server, (struct sockaddr *)&server_address, sizeof server_address) < 0 && errno != EINPROGRESS) {
            end_pair(&pair->client, true);
            continue;
        }
        watch_side(&pair->server);
    }
}

static void handle(struct side *side, uint32_t events) {
    struct pair *pair = pair_of(side);
    if (pair->dead) return;
    if (events & (EPOLLERR | EPOLLHUP)) {
        // Both directions are over; bytes that still lie here are read first, unless it was a reset.
        if (events & EPOLLERR || !pair->connected) {
            end_pair(side, true);
            return;
        }
    }
    if (!pair->connected) {
        // Only the server's side is watched before; the client's comes with what it has sent meanwhile.
        if (!(events & EPOLLOUT)) return;
        pair->connected = true;
        watch_side(&pair->client);
    }
    if (events & (EPOLLRDHUP | EPOLLHUP)) side->ended_by_peer = true;
    if (events & EPOLLOUT && side->waiting) flush(side);
    if (!pair->dead && events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) pump(side);
}

int main(int count, char **arguments) {
    if (count != 3) fail("usage: relay LISTEN-ADDRESS:PORT SERVER-ADDRESS:PORT");
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    listener = listen_on(parse_address(arguments[1]));
    server_address = parse_address(arguments[2]);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event accepting = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &accepting) < 0) fail("epoll: %s", strerror(errno));
    for (;;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int index = 0; index < ready; index++) {
            if (events[index].data.ptr)
                handle(events[index].data.ptr, events[index].events);
            else
                accept_all();
        }
        while (dead_pairs) {
            struct pair *pair = dead_pairs;
            dead_pairs = pair->next_dead;
            free(pair);
        }
    }
}
