// Packets on connections that stay open, each due at a time of its own.
#define _GNU_SOURCE
#include "generator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// What one connection may owe the socket before packets are given up and counted.
enum { WAITING_MOST = 256 * 1024, OPENING_MOST = 128, BATCH = 64 };

struct connection {
    int descriptor;
    bool open, dead;
    struct stream stream;
    uint8_t *waiting;
    uint32_t waiting_begin, waiting_end;
};

static struct connection *connections;
static int *order;
static int epoll;
static uint64_t sent, sent_in_window, given_up, errors;
static int dead;
static struct reception reception;

static void watch_connection(struct connection *connection, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(epoll, operation, connection->descriptor, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

static void end(struct connection *connection) {
    close(connection->descriptor);
    free(connection->waiting);
    connection->waiting = NULL;
    connection->dead = true;
    dead++;
}

static void finish_opening(int *opening, uint64_t deadline_ns) {
    struct epoll_event events[BATCH];
    int ready = wait_until(epoll, events, BATCH, deadline_ns);
    for (int index = 0; index < ready; index++) {
        struct connection *connection = events[index].data.ptr;
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(connection->descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
        if (connection->open) continue;
        --*opening;
        if (error != 0) {
            errors++;
            end(connection);
            continue;
        }
        connection->open = true;
        watch_connection(connection, EPOLL_CTL_MOD, EPOLLIN);
    }
}

void open_connections(void) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc((size_t)load.connection_count + 1, sizeof *connections);
    order = calloc((size_t)load.connection_count + 1, sizeof *order);
    if (epoll < 0 || !connections || !order) fail("no epoll, or out of memory");
    uint64_t deadline_ns = now_ns() + 20000000000u;
    int opening = 0;
    for (int index = 0; index < load.connection_count; index++) {
        struct connection *connection = &connections[index];
        connection->descriptor = connect_from((uint32_t)index);
        if (connection->descriptor < 0) {
            connection->dead = true, dead++, errors++;
            continue;
        }
        watch_connection(connection, EPOLL_CTL_ADD, EPOLLOUT);
        opening++;
        while (opening >= OPENING_MOST && now_ns() < deadline_ns) finish_opening(&opening, deadline_ns);
    }
    while (opening > 0 && now_ns() < deadline_ns) finish_opening(&opening, deadline_ns);
    // The connections take turns in a random but fixed order, so each sends at even intervals.
    for (int index = 0; index < load.connection_count; index++) order[index] = index;
    for (int index = load.connection_count - 1; index > 0; index--) {
        int other = (int)(next_random(&load.seed) % (uint64_t)(index + 1)), held = order[index];
        order[index] = order[other], order[other] = held;
    }
    printf("{\"event\":\"ready\",\"connected\":%d,\"failed\":%lu,\"unfinished\":%d}\n",
           load.connection_count - dead - opening, errors, opening);
}

static void keep(struct connection *connection, const uint8_t *bytes, size_t count) {
    uint32_t held = connection->waiting_end - connection->waiting_begin;
    if (held + count > WAITING_MOST) {
        given_up++;
        return;
    }
    if (!connection->waiting) {
        connection->waiting = malloc(WAITING_MOST);
        if (!connection->waiting) fail("out of memory");
        connection->waiting_begin = connection->waiting_end = 0;
        watch_connection(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    memmove(connection->waiting, connection->waiting + connection->waiting_begin, held);
    memcpy(connection->waiting + held, bytes, count);
    connection->waiting_begin = 0, connection->waiting_end = held + (uint32_t)count;
}

static void send_due(struct connection *connection, uint64_t intended_ns) {
    if (connection->dead) return;
    size_t length;
    const uint8_t *bytes = next_packet(intended_ns, 0, &length);
    sent++;
    if (intended_ns >= reception.window.begin_ns && intended_ns < reception.window.end_ns) sent_in_window++;
    ssize_t count = connection->waiting ? 0 : send(connection->descriptor, bytes, length, MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) {
        errors++;
        end(connection);
        return;
    }
    if (count < 0) count = 0;
    if ((size_t)count < length) keep(connection, bytes + count, length - (size_t)count);
}

static void flush(struct connection *connection) {
    ssize_t count = send(connection->descriptor, connection->waiting + connection->waiting_begin,
                         connection->waiting_end - connection->waiting_begin, MSG_NOSIGNAL);
    if (count > 0) connection->waiting_begin += (uint32_t)count;
    if (connection->waiting_begin < connection->waiting_end) return;
    free(connection->waiting);
    connection->waiting = NULL;
    watch_connection(connection, EPOLL_CTL_MOD, EPOLLIN);
}

// Waits until a time at the longest, and takes what comes.
static void receive_until(uint64_t due_ns) {
    struct epoll_event events[BATCH];
    int ready = wait_until(epoll, events, BATCH, due_ns);
    for (int index = 0; index < ready; index++) {
        struct connection *connection = events[index].data.ptr;
        if (connection->dead) continue;
        if (events[index].events & EPOLLOUT && connection->waiting) flush(connection);
        if (!(events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR))) continue;
        ssize_t count = recv(connection->descriptor, read_buffer, sizeof read_buffer, 0);
        if (count < 0 && errno == EAGAIN) continue;
        if (count <= 0 ||
            !receive_packets(&connection->stream, read_buffer, (size_t)count, now_ns(), &reception))
            end(connection);
    }
}

static void start_counting(struct window window) {
    sent = sent_in_window = given_up = errors = 0;
    reception_start(&reception, window);
}

static void print_result(const struct snapshot *begin, const struct snapshot *end_of_window) {
    printf("{\"sent\":%lu,\"sent_in_window\":%lu,\"given_up\":%lu,\"errors\":%lu,\"dead\":%d,", sent, sent_in_window,
           given_up, errors, dead);
    reception_print(&reception, stdout);
    if (begin) {
        printf(",");
        print_cpu(begin, end_of_window, stdout);
    }
    printf("}\n");
}

void run_paced(uint32_t rate, struct window window, uint64_t drain_ns, struct watch watch) {
    static struct snapshot begin, end_of_window;
    // What the two snapshots disturb is not counted.
    const uint64_t margin_ns = 2000000;
    start_counting((struct window){window.begin_ns + margin_ns, window.end_ns - margin_ns});
    uint64_t start = now_ns(), number = 0, due_ns = start, next_tick_ns = start;
    bool begun = false;
    int place = 0;
    for (;;) {
        uint64_t now = now_ns();
        if (!begun && now >= window.begin_ns) {
            take_snapshot(&watch, &begin);
            begun = true;
        }
        if (now >= window.end_ns) break;
        // What is due goes out, but not so much at once that nothing is received meanwhile.
        int count = 0;
        for (; due_ns <= now && now >= next_tick_ns && count < BATCH; count++) {
            send_due(&connections[order[place]], due_ns);
            if (++place == load.connection_count) place = 0;
            due_ns = start + ++number * 1000000000u / rate;
        }
        if (count > 0 && due_ns > now) next_tick_ns = now + load.tick_ns;
        uint64_t until = due_ns > next_tick_ns ? due_ns : next_tick_ns;
        if (until > window.end_ns) until = window.end_ns;
        if (!begun && window.begin_ns < until) until = window.begin_ns;
        receive_until(until);
    }
    take_snapshot(&watch, &end_of_window);
    uint64_t deadline_ns = window.end_ns + drain_ns;
    while (reception.packets < sent && now_ns() < deadline_ns) receive_until(deadline_ns);
    print_result(&begin, &end_of_window);
}

void run_once(uint32_t rate, uint64_t drain_ns) {
    uint64_t start = now_ns();
    start_counting((struct window){start, UINT64_MAX});
    for (int index = 0; index < load.connection_count; index++) {
        uint64_t due_ns = start + (uint64_t)index * 1000000000u / rate;
        while (now_ns() < due_ns) receive_until(due_ns);
        send_due(&connections[index], due_ns);
    }
    uint64_t deadline_ns = now_ns() + drain_ns;
    while (reception.packets < sent && now_ns() < deadline_ns) receive_until(deadline_ns);
    print_result(NULL, NULL);
}

void print_status(void) {
    receive_until(0);
    printf("{\"alive\":%d,\"dead\":%d}\n", load.connection_count - dead, dead);
}
