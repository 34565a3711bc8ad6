/// The few functions of libpcap that read captures, found when the first capture is opened.
///
/// The library is not linked: Debian's brings D-Bus and parts of systemd into every process that starts with it, and a
/// relay that never reads a capture has no use for them. The functions mean what libpcap's of the same name do, and may
/// be called once `cpcap_load` has answered 0.
#pragma once
#include <pcap/pcap.h>

/// Finds the library; 0 when it is there, else -1. Any thread may call it, and any number of times.
int cpcap_load(void);

/// Opens a capture, with times in nanoseconds; `message` has room for PCAP_ERRBUF_SIZE bytes.
pcap_t *_Nullable cpcap_open(const char *_Nonnull path, char *_Nonnull message);
int cpcap_datalink(pcap_t *_Nonnull capture);
const char *_Nullable cpcap_datalink_name(int link);
int cpcap_next(
    pcap_t *_Nonnull capture, struct pcap_pkthdr *_Nullable *_Nonnull header,
    const unsigned char *_Nullable *_Nonnull bytes);
char *_Nullable cpcap_error(pcap_t *_Nonnull capture);
void cpcap_close(pcap_t *_Nonnull capture);
