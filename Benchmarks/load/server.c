// The game server of the benchmark.
//
//     server echo|sink|source ADDRESS:PORT
//
// echo sends back what it gets. sink keeps it and takes the latency of every packet from the time in it. source sends
// packets of 32 KiB without end from the first byte it gets on, as a server does that sends a map.
//
// It is told on stdin: `window BEGIN END` (nanoseconds of CLOCK_MONOTONIC) begins a count anew, `report` prints it as a
// line of JSON. It ends when stdin does.
#define _GNU_SOURCE
#include "common.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum mode { ECHO, SINK, SOURCE };
enum { SOURCE_PACKET = 32768, COMMAND_SIZE = 256 };

struct connection {
    int descriptor;
    bool streams;
    struct stream stream;
    uint8_t *waiting;
    uint32_t waiting_begin, waiting_end;
};

static enum mode mode;
static int epoll, listener;
static uint64_t accepted, open_count;
static uint8_t buffer[READ_SIZE], source_packet[SOURCE_PACKET];
static struct reception reception;

static void watch(struct connection *connection, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (epoll_ctl(epoll, operation, connection->descriptor, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

static void end(struct connection *connection) {
    close(connection->descriptor);
    free(connection->waiting);
    free(connection);
    open_count--;
}

static void accept_all(void) {
    for (;;) {
        int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) return;
        set_no_delay(descriptor);
        struct connection *connection = calloc(1, sizeof *connection);
        if (!connection) fail("out of memory");
        connection->descriptor = descriptor;
        accepted++, open_count++;
        watch(connection, EPOLL_CTL_ADD, EPOLLIN);
    }
}

// Keeps what the socket did not take, and stops reading until it is gone.
static void keep(struct connection *connection, const uint8_t *bytes, size_t count) {
    connection->waiting = malloc(count);
    if (!connection->waiting) fail("out of memory");
    memcpy(connection->waiting, bytes, count);
    connection->waiting_begin = 0, connection->waiting_end = (uint32_t)count;
    watch(connection, EPOLL_CTL_MOD, EPOLLOUT);
}

// Returns false when the connection is over.
static bool send_back(struct connection *connection, const uint8_t *bytes, size_t count) {
    ssize_t sent = send(connection->descriptor, bytes, count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < 0) sent = 0;
    if ((size_t)sent < count) keep(connection, bytes + sent, count - (size_t)sent);
    return true;
}

static bool stream_packets(struct connection *connection) {
    // A few at a time, so that commands and other connections have their turn.
    for (int index = 0; index < 8 && !connection->waiting; index++)
        if (!send_back(connection, source_packet, sizeof source_packet)) return false;
    return true;
}

static bool read_from(struct connection *connection) {
    ssize_t count = recv(connection->descriptor, buffer, sizeof buffer, 0);
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    switch (mode) {
    case ECHO: return send_back(connection, buffer, (size_t)count);
    case SINK: return receive_packets(&connection->stream, buffer, (size_t)count, now_ns(), &reception);
    case SOURCE:
        connection->streams = true;
        watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        return true;
    }
    return false;
}

static bool write_to(struct connection *connection) {
    if (connection->waiting) {
        ssize_t sent = send(connection->descriptor, connection->waiting + connection->waiting_begin,
                            connection->waiting_end - connection->waiting_begin, MSG_NOSIGNAL);
        if (sent < 0) return errno == EAGAIN;
        connection->waiting_begin += (uint32_t)sent;
        if (connection->waiting_begin < connection->waiting_end) return true;
        free(connection->waiting);
        connection->waiting = NULL;
        watch(connection, EPOLL_CTL_MOD, connection->streams ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
    return !connection->streams || stream_packets(connection);
}

static void obey(char *command) {
    struct window window;
    if (sscanf(command, "window %lu %lu", &window.begin_ns, &window.end_ns) == 2) {
        reception_start(&reception, window);
    } else if (strncmp(command, "report", 6) == 0) {
        printf("{\"accepted\":%lu,\"open\":%lu,", accepted, open_count);
        reception_print(&reception, stdout);
        printf("}\n");
    } else {
        fail("server: no command '%s'", command);
    }
}

static void read_commands(void) {
    static char line[COMMAND_SIZE];
    static size_t held;
    ssize_t count = read(0, line + held, sizeof line - held - 1);
    if (count <= 0) exit(0);
    held += (size_t)count;
    line[held] = 0;
    for (char *newline; (newline = strchr(line, '\n'));) {
        *newline = 0;
        obey(line);
        held -= (size_t)(newline + 1 - line);
        memmove(line, newline + 1, held + 1);
    }
    if (held == sizeof line - 1) fail("server: a command is too long");
}

static enum mode parse_mode(const char *name) {
    if (strcmp(name, "echo") == 0) return ECHO;
    if (strcmp(name, "sink") == 0) return SINK;
    if (strcmp(name, "source") == 0) return SOURCE;
    fail("'%s' is none of echo, sink and source", name);
}

int main(int count, char **arguments) {
    if (count != 3) fail("usage: server echo|sink|source ADDRESS:PORT");
    mode = parse_mode(arguments[1]);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    raise_descriptor_limit();
    struct header header = {.length = SOURCE_PACKET, .opcode = 1};
    memcpy(source_packet, &header, sizeof header);
    listener = listen_on(parse_address(arguments[2]));
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event events[256], on_listener = {.events = EPOLLIN, .data.ptr = &listener},
                                    on_commands = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &on_listener) < 0 ||
        epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &on_commands) < 0)
        fail("epoll: %s", strerror(errno));
    printf("{\"event\":\"ready\"}\n");
    for (;;) {
        int ready = epoll_wait(epoll, events, 256, -1);
        for (int index = 0; index < ready; index++) {
            struct connection *connection = events[index].data.ptr;
            uint32_t what = events[index].events;
            if (!events[index].data.ptr) {
                read_commands();
            } else if (events[index].data.ptr == &listener) {
                accept_all();
            } else {
                bool alive = !(what & EPOLLOUT) || write_to(connection);
                if (alive && what & (EPOLLIN | EPOLLHUP | EPOLLERR) && !connection->waiting)
                    alive = read_from(connection);
                else if (alive && what & (EPOLLHUP | EPOLLERR))
                    alive = false;
                if (!alive) end(connection);
            }
        }
    }
}
