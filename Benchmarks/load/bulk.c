// One connection, as full as it gets.
#define _GNU_SOURCE
#include "generator.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct reception reception;

// Sends packets until the socket takes no more; keeps where it was within one.
static bool fill(int descriptor, uint32_t size, uint8_t *held, size_t *held_count, size_t *held_at) {
    for (int count = 0; count < 8; count++) {
        if (*held_at == *held_count) {
            size_t length;
            memcpy(held, next_packet(now_ns(), size, &length), size);
            *held_count = length, *held_at = 0;
        }
        ssize_t sent = send(descriptor, held + *held_at, *held_count - *held_at, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN;
        *held_at += (size_t)sent;
    }
    return true;
}

void run_bulk(bool up, uint32_t size, struct window window, struct watch watch) {
    static struct snapshot begin, end;
    static uint8_t held[LONGEST];
    struct stream stream = {0};
    size_t held_count = 0, held_at = 0;
    bool begun = false, alive = true, has_asked = false;
    if (size < HEADER || size > LONGEST) fail("a packet has %d to %d bytes", HEADER, LONGEST);
    reception_start(&reception, window);
    int epoll = epoll_create1(EPOLL_CLOEXEC), descriptor = connect_from(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT};
    if (epoll < 0 || descriptor < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0)
        fail("cannot connect: %s", strerror(errno));
    for (;;) {
        uint64_t now = now_ns();
        if (!begun && now >= window.begin_ns) {
            take_snapshot(&watch, &begin);
            begun = true;
        }
        if (now >= window.end_ns || !alive) break;
        struct epoll_event ready;
        if (wait_until(epoll, &ready, 1, begun ? window.end_ns : window.begin_ns) == 0) continue;
        if (ready.events & EPOLLOUT && up) alive = fill(descriptor, size, held, &held_count, &held_at);
        if (ready.events & EPOLLOUT && !up && !has_asked) {
            // One packet asks the server to begin.
            size_t length;
            const uint8_t *bytes = next_packet(now, 0, &length);
            alive = send(descriptor, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
            event.events = EPOLLIN;
            epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
            has_asked = true;
        }
        if (alive && ready.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
            ssize_t count = recv(descriptor, read_buffer, sizeof read_buffer, 0);
            if (count > 0) alive = receive_packets(&stream, read_buffer, (size_t)count, now_ns(), &reception);
            if (count == 0 || (count < 0 && errno != EAGAIN)) alive = false;
        }
    }
    if (!begun) take_snapshot(&watch, &begin);
    take_snapshot(&watch, &end);
    close(descriptor);
    close(epoll);
    printf("{\"alive\":%s,", alive ? "true" : "false");
    reception_print(&reception, stdout);
    printf(",");
    print_cpu(&begin, &end, stdout);
    printf("}\n");
}
