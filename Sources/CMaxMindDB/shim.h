#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// A copy of the bytes in memory that has a path: the library maps what a path leads to, and a mapped file that
// somebody cuts short kills the process that reads it. -1 where there is no such memory; errno says why.
static inline int cmaxminddb_copy(const void *bytes, size_t count) {
    int descriptor = (int)syscall(SYS_memfd_create, "geo", 1U /* MFD_CLOEXEC */);
    if (descriptor < 0) return -1;
    for (size_t done = 0; done < count;) {
        ssize_t written = write(descriptor, (const char *)bytes + done, count - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            int error = errno;
            close(descriptor);
            errno = error;
            return -1;
        }
        done += (size_t)written;
    }
    return descriptor;
}

// Opens a database that stands in memory; NULL where it is none, with the library's number in *status, which is -1
// where the copy could not be made.
static inline MMDB_s *cmaxminddb_open(const void *bytes, size_t count, int *status) {
    *status = -1;
    MMDB_s *database = (MMDB_s *)calloc(1, sizeof(MMDB_s));
    if (!database) return NULL;
    int descriptor = cmaxminddb_copy(bytes, count);
    if (descriptor < 0) {
        free(database);
        return NULL;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    *status = MMDB_open(path, MMDB_MODE_MMAP, database);
    close(descriptor);
    if (*status == MMDB_SUCCESS) return database;
    free(database);
    return NULL;
}

static inline void cmaxminddb_close(MMDB_s *database) {
    MMDB_close(database);
    free(database);
}

// The two letters of a country, the first in the higher byte; 0 where the record has none, -1 where it is broken.
static inline int32_t cmaxminddb_country_of(MMDB_entry_s *entry) {
    MMDB_entry_data_s value;
    int status = MMDB_get_value(entry, &value, "country", "iso_code", NULL);
    if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
        status = MMDB_get_value(entry, &value, "country_code", NULL);
    if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
        status = MMDB_get_value(entry, &value, "registered_country", "iso_code", NULL);
    if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) return 0;
    if (status != MMDB_SUCCESS) return -1;
    if (!value.has_data || value.type != MMDB_DATA_TYPE_UTF8_STRING || value.data_size != 2) return 0;
    return (uint8_t)value.utf8_string[0] << 8 | (uint8_t)value.utf8_string[1];
}

// The number of a network operator; 0 where the record has none, -1 where it is broken.
static inline int64_t cmaxminddb_network_of(MMDB_entry_s *entry) {
    MMDB_entry_data_s value;
    int status = MMDB_get_value(entry, &value, "autonomous_system_number", NULL);
    if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) return 0;
    if (status != MMDB_SUCCESS) return -1;
    if (!value.has_data) return 0;
    switch (value.type) {
    case MMDB_DATA_TYPE_UINT16: return value.uint16;
    case MMDB_DATA_TYPE_UINT32: return value.uint32;
    case MMDB_DATA_TYPE_INT32: return value.int32 > 0 ? value.int32 : 0;
    case MMDB_DATA_TYPE_UINT64: return value.uint64 <= UINT32_MAX ? (int64_t)value.uint64 : 0;
    default: return 0;
    }
}

// The record of an address, given as 16 bytes; IPv4 is mapped. 1 where there is one, 0 where not, -1 where the search
// met something broken.
static inline int cmaxminddb_find(const MMDB_s *database, const uint8_t *address, MMDB_entry_s *entry) {
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    union {
        struct sockaddr plain;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } place;
    memset(&place, 0, sizeof place);
    if (memcmp(address, mapped, sizeof mapped) == 0) {
        place.v4.sin_family = AF_INET;
        memcpy(&place.v4.sin_addr, address + 12, 4);
    } else {
        place.v6.sin6_family = AF_INET6;
        memcpy(&place.v6.sin6_addr, address, 16);
    }
    int error = MMDB_SUCCESS;
    MMDB_lookup_result_s result = MMDB_lookup_sockaddr(database, &place.plain, &error);
    // A database of IPv4 knows nothing of IPv6, and that is no fault.
    if (error == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) return 0;
    if (error != MMDB_SUCCESS) return -1;
    if (!result.found_entry) return 0;
    *entry = result.entry;
    return 1;
}

// Two letters as above, 0 where nothing is known.
static inline uint16_t cmaxminddb_country(const MMDB_s *database, const uint8_t *address) {
    MMDB_entry_s entry;
    if (cmaxminddb_find(database, address, &entry) != 1) return 0;
    int32_t country = cmaxminddb_country_of(&entry);
    return country > 0 ? (uint16_t)country : 0;
}

// A number as above, 0 where nothing is known.
static inline uint32_t cmaxminddb_network(const MMDB_s *database, const uint8_t *address) {
    MMDB_entry_s entry;
    if (cmaxminddb_find(database, address, &entry) != 1) return 0;
    int64_t network = cmaxminddb_network_of(&entry);
    return network > 0 ? (uint32_t)network : 0;
}

// Follows every branch of the tree and reads every record once. 1 where all of it is sound, 0 where not, -1 without
// memory.
static inline int cmaxminddb_is_sound(const MMDB_s *database) {
    uint8_t *seen = (uint8_t *)calloc((size_t)database->data_section_size / 8 + 1, 1);
    if (!seen) return -1;
    int is_sound = 1;
    for (uint32_t number = 0; is_sound && number < database->metadata.node_count; number++) {
        MMDB_search_node_s node;
        if (MMDB_read_node(database, number, &node) != MMDB_SUCCESS) {
            is_sound = 0;
            break;
        }
        for (int side = 0; is_sound && side < 2; side++) {
            uint8_t type = side ? node.right_record_type : node.left_record_type;
            MMDB_entry_s entry = side ? node.right_record_entry : node.left_record_entry;
            if (type == MMDB_RECORD_TYPE_INVALID) is_sound = 0;
            if (type != MMDB_RECORD_TYPE_DATA) continue;
            if (entry.offset >= database->data_section_size) {
                is_sound = 0;
                continue;
            }
            if (seen[entry.offset / 8] >> entry.offset % 8 & 1) continue;
            seen[entry.offset / 8] |= (uint8_t)(1U << entry.offset % 8);
            if (cmaxminddb_country_of(&entry) < 0 || cmaxminddb_network_of(&entry) < 0) is_sound = 0;
        }
    }
    free(seen);
    return is_sound;
}
