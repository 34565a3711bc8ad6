#include "CNftables.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct nft_ctx;

// Values of the library's interface.
enum {
    OUTPUT_STATELESS = 1 << 2,
    OUTPUT_NUMERIC = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10,
    OUTPUT_TERSE = 1 << 11,
    // Descriptors that must be to spare when the library opens its own.
    SPARE_COUNT = 32,
};

static struct {
    struct nft_ctx *(*new)(uint32_t flags);
    void (*free)(struct nft_ctx *);
    void (*set_flags)(struct nft_ctx *, unsigned);
    int (*buffer_output)(struct nft_ctx *);
    int (*buffer_error)(struct nft_ctx *);
    const char *(*output)(struct nft_ctx *);
    const char *(*error)(struct nft_ctx *);
    int (*run)(struct nft_ctx *, const char *);
} library;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int is_loaded;

struct cnftables {
    struct nft_ctx *context;
    // Asks for the ruleset's number.
    int socket;
    uint32_t sequence;
    // Of the last run.
    const char *output, *error;
};

static void load(void) {
    void *handle = dlopen("libnftables.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    library.new = (__typeof__(library.new))dlsym(handle, "nft_ctx_new");
    library.free = (__typeof__(library.free))dlsym(handle, "nft_ctx_free");
    library.set_flags = (__typeof__(library.set_flags))dlsym(handle, "nft_ctx_output_set_flags");
    library.buffer_output = (__typeof__(library.buffer_output))dlsym(handle, "nft_ctx_buffer_output");
    library.buffer_error = (__typeof__(library.buffer_error))dlsym(handle, "nft_ctx_buffer_error");
    library.output = (__typeof__(library.output))dlsym(handle, "nft_ctx_get_output_buffer");
    library.error = (__typeof__(library.error))dlsym(handle, "nft_ctx_get_error_buffer");
    library.run = (__typeof__(library.run))dlsym(handle, "nft_run_cmd_from_buffer");
    is_loaded = library.new && library.free && library.set_flags && library.buffer_output && library.buffer_error &&
                library.output && library.error && library.run;
    if (!is_loaded) dlclose(handle);
}

// Unlike libpcap, it may be installed while the service runs, so a failure is not the last word.
int cnftables_load(void) {
    pthread_mutex_lock(&lock);
    if (!is_loaded) load();
    int loaded = is_loaded;
    pthread_mutex_unlock(&lock);
    return loaded ? 0 : -1;
}

// 0, or an errno.
static int spare_descriptors(void) {
    int spare[SPARE_COUNT], count = 0, code = 0;
    while (count < SPARE_COUNT) {
        int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
        if (descriptor < 0) {
            code = errno;
            break;
        }
        spare[count++] = descriptor;
    }
    while (count > 0) close(spare[--count]);
    return code;
}

cnftables *cnftables_open(int *code) {
    cnftables *connection = calloc(1, sizeof *connection);
    if (!connection) {
        *code = ENOMEM;
        return NULL;
    }
    connection->socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
    if (connection->socket < 0) {
        *code = errno;
        free(connection);
        return NULL;
    }
    // The kernel answers at once; this only keeps a thread from waiting for ever.
    struct timeval limit = {.tv_sec = 2};
    setsockopt(connection->socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    // Without the right to use the packet filter, the library need not be tried.
    int64_t generation = cnftables_generation(connection);
    *code = generation < 0 ? (int)-generation : spare_descriptors();
    if (*code == 0) {
        connection->context = library.new(0);
        if (!connection->context) *code = ENOMEM;
    }
    if (*code == 0 && (library.buffer_output(connection->context) || library.buffer_error(connection->context)))
        *code = ENOMEM;
    if (*code == 0) return connection;
    cnftables_close(connection);
    return NULL;
}

int64_t cnftables_generation(cnftables *connection) {
    struct {
        struct nlmsghdr header;
        struct nfgenmsg message;
    } request = {
        .header = {
            .nlmsg_len = sizeof request,
            .nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN,
            .nlmsg_flags = NLM_F_REQUEST,
            .nlmsg_seq = ++connection->sequence,
        },
        .message = {.nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0},
    };
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    if (sendto(connection->socket, &request, sizeof request, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0)
        return -errno;
    for (;;) {
        _Alignas(struct nlmsghdr) char answer[4096];
        ssize_t count = recv(connection->socket, answer, sizeof answer, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return -errno;
        struct nlmsghdr *header = (struct nlmsghdr *)answer;
        if (!NLMSG_OK(header, (size_t)count)) return -EPROTO;
        // The answer to an earlier question that was given up.
        if (header->nlmsg_seq != connection->sequence) continue;
        if (header->nlmsg_type == NLMSG_ERROR) {
            if (header->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr))) return -EPROTO;
            int code = ((struct nlmsgerr *)NLMSG_DATA(header))->error;
            return code < 0 ? code : -EPROTO;
        }
        size_t offset = NLMSG_LENGTH(sizeof(struct nfgenmsg));
        while (offset + NLA_HDRLEN <= header->nlmsg_len) {
            struct nlattr *attribute = (struct nlattr *)(answer + offset);
            if (attribute->nla_len < NLA_HDRLEN || offset + attribute->nla_len > header->nlmsg_len) break;
            if ((attribute->nla_type & NLA_TYPE_MASK) == NFTA_GEN_ID && attribute->nla_len >= NLA_HDRLEN + 4) {
                uint32_t generation;
                memcpy(&generation, answer + offset + NLA_HDRLEN, sizeof generation);
                return ntohl(generation);
            }
            offset += NLA_ALIGN(attribute->nla_len);
        }
        return -EPROTO;
    }
}

int cnftables_run(cnftables *connection, const char *commands, enum cnftables_listing listing) {
    library.set_flags(
        connection->context,
        OUTPUT_NUMERIC | (listing == CNFTABLES_SHAPE ? OUTPUT_TERSE | OUTPUT_STATELESS : 0));
    int status = library.run(connection->context, commands);
    // Asked for after every run, because the library adds to its buffers until somebody asks.
    connection->output = library.output(connection->context);
    connection->error = library.error(connection->context);
    return status;
}

const char *cnftables_output(cnftables *connection) { return connection->output ? connection->output : ""; }

const char *cnftables_error(cnftables *connection) { return connection->error ? connection->error : ""; }

void cnftables_close(cnftables *connection) {
    if (connection->context) library.free(connection->context);
    close(connection->socket);
    free(connection);
}
