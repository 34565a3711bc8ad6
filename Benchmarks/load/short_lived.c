// Connections that live for one packet, and connections that are refused.
#define _GNU_SOURCE
#include "generator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64 };

// One place for a connection at a time.
struct slot {
    int descriptor;
    bool has_sent;
    uint64_t intended_ns;
    struct stream stream;
    struct slot *next_free;
};

static int epoll;
static struct slot *slots, *free_slots;
static uint32_t in_flight, next_source;
static uint64_t opened, failed, completed, completed_in_window, answered;
static struct reception reception;

static void prepare(uint32_t most, struct window window) {
    if (epoll == 0) epoll = epoll_create1(EPOLL_CLOEXEC);
    free(slots);
    slots = calloc(most, sizeof *slots);
    if (epoll < 0 || !slots) fail("no epoll, or out of memory");
    free_slots = NULL;
    for (uint32_t index = 0; index < most; index++) {
        slots[index].descriptor = -1;
        slots[index].next_free = free_slots;
        free_slots = &slots[index];
    }
    in_flight = 0;
    opened = failed = completed = completed_in_window = answered = 0;
    reception_start(&reception, window);
}

static void release(struct slot *slot) {
    close(slot->descriptor);
    slot->descriptor = -1;
    slot->next_free = free_slots;
    free_slots = slot;
    in_flight--;
}

static bool open_one(uint64_t intended_ns, uint32_t events) {
    struct slot *slot = free_slots;
    int descriptor = connect_from(next_source++);
    opened++;
    if (descriptor < 0) {
        failed++;
        return false;
    }
    free_slots = slot->next_free;
    *slot = (struct slot){.descriptor = descriptor, .intended_ns = intended_ns};
    struct epoll_event event = {.events = events, .data.ptr = slot};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
    in_flight++;
    return true;
}

static void close_all(uint32_t most) {
    for (uint32_t index = 0; index < most; index++)
        if (slots[index].descriptor >= 0) release(&slots[index]);
}

// MARK: churn

// Sends the packet once the connection stands, and closes when the echo is whole.
static void step(struct slot *slot, uint32_t events) {
    if (!slot->has_sent) {
        if (events & (EPOLLERR | EPOLLHUP)) {
            failed++;
            release(slot);
            return;
        }
        size_t length;
        const uint8_t *bytes = next_packet(slot->intended_ns, 0, &length);
        if (send(slot->descriptor, bytes, length, MSG_NOSIGNAL) != (ssize_t)length) {
            failed++;
            release(slot);
            return;
        }
        slot->has_sent = true;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = slot};
        epoll_ctl(epoll, EPOLL_CTL_MOD, slot->descriptor, &event);
        return;
    }
    uint64_t before = reception.packets, now = now_ns();
    ssize_t count = recv(slot->descriptor, read_buffer, sizeof read_buffer, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0 || !receive_packets(&slot->stream, read_buffer, (size_t)count, now, &reception)) {
        failed++;
        release(slot);
    } else if (reception.packets > before) {
        completed++;
        if (now >= reception.window.begin_ns && now < reception.window.end_ns) completed_in_window++;
        release(slot);
    }
}

static void step_until(uint64_t due_ns) {
    struct epoll_event events[BATCH];
    int ready = wait_until(epoll, events, BATCH, due_ns);
    for (int index = 0; index < ready; index++) step(events[index].data.ptr, events[index].events);
}

void run_churn(uint32_t rate, uint32_t most, struct window window, uint64_t drain_ns, struct watch watch) {
    static struct snapshot begin, end;
    prepare(most, window);
    uint64_t start = now_ns(), number = 0, due_ns = start;
    bool begun = false;
    for (;;) {
        uint64_t now = now_ns();
        if (!begun && now >= window.begin_ns) {
            take_snapshot(&watch, &begin);
            begun = true;
        }
        if (now >= window.end_ns) break;
        // With no rate each is due as soon as there is a place. A connection that finds none keeps its time.
        for (int count = 0; due_ns <= now && free_slots && count < BATCH; count++) {
            open_one(due_ns, EPOLLOUT);
            due_ns = rate ? start + ++number * 1000000000u / rate : now;
        }
        uint64_t until = free_slots && due_ns < window.end_ns ? due_ns : window.end_ns;
        if (!begun && window.begin_ns < until) until = window.begin_ns;
        step_until(until);
    }
    take_snapshot(&watch, &end);
    uint64_t deadline_ns = window.end_ns + drain_ns;
    while (in_flight > 0 && now_ns() < deadline_ns) step_until(deadline_ns);
    uint32_t unfinished = in_flight;
    close_all(most);
    printf("{\"opened\":%lu,\"failed\":%lu,\"completed\":%lu,\"completed_in_window\":%lu,\"unfinished\":%u,", opened,
           failed, completed, completed_in_window, unfinished);
    reception_print(&reception, stdout);
    printf(",");
    print_cpu(&begin, &end, stdout);
    printf("}\n");
}

// MARK: siege

// A connection is refused when it ends without a byte; only its end wakes us.
static void take_refusals(struct window window, uint64_t until_ns, uint64_t *refused_in_window) {
    struct epoll_event events[BATCH];
    int ready = wait_until(epoll, events, BATCH, until_ns);
    uint64_t now = now_ns();
    for (int index = 0; index < ready; index++) {
        struct slot *slot = events[index].data.ptr;
        ssize_t count = recv(slot->descriptor, read_buffer, sizeof read_buffer, 0);
        if (count < 0 && errno == EAGAIN) continue;
        if (count > 0) {
            answered++;
        } else {
            completed++;
            if (now >= window.begin_ns && now < window.end_ns) ++*refused_in_window;
        }
        release(slot);
    }
}

void run_siege(uint32_t most, struct window window, struct watch watch) {
    static struct snapshot begin, end;
    prepare(most, window);
    bool begun = false;
    uint64_t refused_in_window = 0;
    for (;;) {
        uint64_t now = now_ns();
        if (!begun && now >= window.begin_ns) {
            take_snapshot(&watch, &begin);
            begun = true;
        }
        if (now >= window.end_ns) break;
        for (int count = 0; free_slots && count < BATCH; count++) open_one(now, EPOLLIN);
        take_refusals(window, begun ? window.end_ns : window.begin_ns, &refused_in_window);
    }
    take_snapshot(&watch, &end);
    uint32_t unfinished = in_flight;
    close_all(most);
    printf("{\"opened\":%lu,\"failed\":%lu,\"refused\":%lu,\"refused_in_window\":%lu,\"answered\":%lu,"
           "\"unfinished\":%u,",
           opened, failed, completed, refused_in_window, answered, unfinished);
    print_cpu(&begin, &end, stdout);
    printf("}\n");
}
