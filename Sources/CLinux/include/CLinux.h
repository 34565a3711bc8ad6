/// Linux calls that Swift cannot import as they are: macros, variadic functions, unions and bit flags.
///
/// Every function answers a value of at least 0, or a negated errno. Addresses are 16 bytes in network order; IPv4 is
/// IPv4-mapped. Header-only, so that the calls inline into Swift.
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Declared here, because _GNU_SOURCE would make the system's headers differ from Swift's Glibc module. */
extern long syscall(long, ...);
extern int accept4(int, struct sockaddr *restrict, socklen_t *restrict, int);

/// 1,024 cores: the kernel refuses a shorter mask than it has cores, and then one core is assumed.
typedef struct { uint64_t words[16]; } cpu_set_words;

struct clinux_event {
    uint64_t token;
    uint32_t flags;
};

enum {
    CLINUX_READABLE = 1,
    CLINUX_WRITABLE = 2,
    CLINUX_READ_ON = 4,
    CLINUX_BROKEN = 8,
};

static inline uint64_t clinux_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Sleeps until a time of CLOCK_MONOTONIC; a signal may end it early.
static inline void clinux_sleep_until(uint64_t ns) {
    struct timespec until = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0);
}

static inline int64_t clinux_wall_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline int clinux_is_mapped(const uint8_t address[16]) {
    static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return memcmp(address, prefix, sizeof prefix) == 0;
}

static inline socklen_t clinux_fill(struct sockaddr_storage *storage, const uint8_t address[16], uint16_t port) {
    memset(storage, 0, sizeof *storage);
    if (clinux_is_mapped(address)) {
        struct sockaddr_in *in = (struct sockaddr_in *)storage;
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        memcpy(&in->sin_addr, address + 12, 4);
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    memcpy(&in6->sin6_addr, address, 16);
    return sizeof *in6;
}

static inline void clinux_read(const struct sockaddr_storage *storage, uint8_t address[16], uint16_t *port) {
    memset(address, 0, 16);
    *port = 0;
    if (storage->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)storage;
        address[10] = address[11] = 0xff;
        memcpy(address + 12, &in->sin_addr, 4);
        *port = ntohs(in->sin_port);
    } else if (storage->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)storage;
        memcpy(address, &in6->sin6_addr, 16);
        *port = ntohs(in6->sin6_port);
    }
}

static inline int clinux_socket(const uint8_t address[16]) {
    int family = clinux_is_mapped(address) ? AF_INET : AF_INET6;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : fd;
}

/// A listening socket; with `shares` its port may be shared with others that say so, too.
///
/// What it accepts inherits TCP_NODELAY, and SO_LINGER of 0, so that a connection is refused with a reset by nothing
/// but a close.
static inline int clinux_listen(const uint8_t address[16], uint16_t port, int backlog, int shares) {
    int fd = clinux_socket(address), one = 1;
    if (fd < 0) return fd;
    struct sockaddr_storage storage;
    socklen_t length = clinux_fill(&storage, address, port);
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    if ((shares && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0)
        || bind(fd, (struct sockaddr *)&storage, length) < 0 || listen(fd, backlog) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

static inline int clinux_accept(int listener, uint8_t address[16], uint16_t *port) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    int fd = accept4(listener, (struct sockaddr *)&storage, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return -errno;
    clinux_read(&storage, address, port);
    return fd;
}

/// Lets an accepted connection end as others do: a close sends a FIN behind what was sent.
static inline void clinux_keep(int fd) {
    struct linger linger = {0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/// A socket whose connection is on its way, or already there.
static inline int clinux_connect(const uint8_t address[16], uint16_t port) {
    int fd = clinux_socket(address), one = 1;
    if (fd < 0) return fd;
    struct sockaddr_storage storage;
    socklen_t length = clinux_fill(&storage, address, port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&storage, length) < 0 && errno != EINPROGRESS) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

static inline int clinux_local(int fd, uint8_t address[16], uint16_t *port) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(fd, (struct sockaddr *)&storage, &length) < 0) return -errno;
    clinux_read(&storage, address, port);
    return 0;
}

/// The pending error of a socket: 0, or a negated errno.
static inline int clinux_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? -errno : -error;
}

static inline ssize_t clinux_receive(int fd, void *bytes, size_t count) {
    ssize_t received;
    do received = syscall(SYS_recvfrom, fd, bytes, count, MSG_DONTWAIT, NULL, NULL);
    while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}

static inline ssize_t clinux_send(int fd, const void *bytes, size_t count) {
    ssize_t sent;
    do sent = syscall(SYS_sendto, fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

static inline void clinux_finish(int fd) { shutdown(fd, SHUT_WR); }

/// Closes; with `resets` the peer gets a RST and nothing that was still queued.
static inline void clinux_close(int fd, int resets) {
    if (resets) {
        struct linger linger = {.l_onoff = 1, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    close(fd);
}

static inline int clinux_epoll(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/// Watches a socket for both directions, edge-triggered, until it is closed.
static inline int clinux_watch(int epoll, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/// Watches for reading only, edge-triggered: a listener, or the eventfd.
static inline int clinux_watch_readable(int epoll, int fd, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = token};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

enum { CLINUX_EVENTS_MAX = 256 };

/// Waits up to `timeout_ms` (-1: for ever) and fills at most CLINUX_EVENTS_MAX events.
static inline int clinux_wait(int epoll, struct clinux_event *out, int timeout_ms) {
    struct epoll_event events[CLINUX_EVENTS_MAX];
    int count = epoll_wait(epoll, events, CLINUX_EVENTS_MAX, timeout_ms);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        uint32_t from = events[i].events;
        out[i].token = events[i].data.u64;
        out[i].flags = (from & (EPOLLIN | EPOLLHUP | EPOLLRDHUP | EPOLLPRI) ? CLINUX_READABLE : 0)
            | (from & (EPOLLOUT | EPOLLHUP) ? CLINUX_WRITABLE : 0)
            | (from & (EPOLLRDHUP | EPOLLHUP | EPOLLPRI) ? CLINUX_READ_ON : 0) | (from & EPOLLERR ? CLINUX_BROKEN : 0);
    }
    return count;
}

static inline int clinux_timerfd(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/// Makes a timerfd readable once at a time of CLOCK_MONOTONIC, which is not 0; what it was set to before is forgotten.
static inline void clinux_timerfd_set(int fd, uint64_t ns) {
    struct itimerspec when = {.it_value = {.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)}};
    timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static inline int clinux_eventfd(void) {
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static inline void clinux_eventfd_signal(int fd) {
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written;
}

/// A descriptor that answers the given signals, which are blocked from now on for this thread and those it starts.
static inline int clinux_signalfd(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -EINVAL;
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

/// The next signal of a signalfd, or a negated errno.
static inline int clinux_next_signal(int fd) {
    struct signalfd_siginfo info;
    ssize_t got = read(fd, &info, sizeof info);
    return got < 0 ? -errno : got == sizeof info ? (int)info.ssi_signo : -EIO;
}

/// How many cores this process may use.
static inline int clinux_core_count(void) {
    cpu_set_words set = {0};
    long size = syscall(SYS_sched_getaffinity, 0, sizeof set, &set);
    int count = 0;
    for (long i = 0; i < size; i++) count += __builtin_popcount(((unsigned char *)&set)[i]);
    return count;
}

/// Lifts the soft limit of descriptors to the hard one and answers it.
static inline int64_t clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return (int64_t)limit.rlim_cur;
}
