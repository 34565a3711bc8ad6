#include "CPcap.h"

#include <dlfcn.h>
#include <pthread.h>

static struct {
    __typeof__(pcap_open_offline_with_tstamp_precision) *open;
    __typeof__(pcap_datalink) *datalink;
    __typeof__(pcap_datalink_val_to_name) *datalink_name;
    __typeof__(pcap_next_ex) *next;
    __typeof__(pcap_geterr) *error;
    __typeof__(pcap_close) *close;
} library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int is_loaded;

static void load(void) {
    // The name that every version of the library since 2009 has on Debian, and the one it has elsewhere.
    void *handle = dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL);
    if (!handle) handle = dlopen("libpcap.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    library.open = (__typeof__(library.open))dlsym(handle, "pcap_open_offline_with_tstamp_precision");
    library.datalink = (__typeof__(library.datalink))dlsym(handle, "pcap_datalink");
    library.datalink_name = (__typeof__(library.datalink_name))dlsym(handle, "pcap_datalink_val_to_name");
    library.next = (__typeof__(library.next))dlsym(handle, "pcap_next_ex");
    library.error = (__typeof__(library.error))dlsym(handle, "pcap_geterr");
    library.close = (__typeof__(library.close))dlsym(handle, "pcap_close");
    is_loaded = library.open && library.datalink && library.datalink_name && library.next && library.error &&
                library.close;
}

int cpcap_load(void) {
    pthread_once(&once, load);
    return is_loaded ? 0 : -1;
}

pcap_t *cpcap_open(const char *path, char *message) {
    return library.open(path, PCAP_TSTAMP_PRECISION_NANO, message);
}

int cpcap_datalink(pcap_t *capture) { return library.datalink(capture); }

const char *cpcap_datalink_name(int link) { return library.datalink_name(link); }

int cpcap_next(pcap_t *capture, struct pcap_pkthdr **header, const unsigned char **bytes) {
    return library.next(capture, header, bytes);
}

char *cpcap_error(pcap_t *capture) { return library.error(capture); }

void cpcap_close(pcap_t *capture) { library.close(capture); }
