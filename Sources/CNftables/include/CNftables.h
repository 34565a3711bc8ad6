/// The few functions of libnftables, found when they are first needed.
///
/// The library is not linked: most services have no kernel bans, and need not have it installed. What is declared here
/// has been the same in every version of the library since its first.
#pragma once
#include <stdint.h>

/// A connection to the kernel's packet filter, of one thread at a time.
typedef struct cnftables cnftables;

/// What a listing leaves out.
enum cnftables_listing {
    /// Everything is listed.
    CNFTABLES_WHOLE = 0,
    /// Elements of sets, and what changes with time, are not.
    CNFTABLES_SHAPE = 1,
};

/// Finds the library; 0 when it is there, else -1. Any thread may call it, and any number of times.
int cnftables_load(void);

/// Opens a connection; `cnftables_load` has answered 0. On failure the answer is null and `code` is an errno.
///
/// The library ends the whole process where it finds no descriptor for its socket, so this looks first whether there
/// are some to spare. It opens no other afterwards.
cnftables *_Nullable cnftables_open(int *_Nonnull code);

/// The number of the ruleset, which every change by anybody counts up; negative errno on failure.
int64_t cnftables_generation(cnftables *_Nonnull connection);

/// Runs commands, all or none of them; 0 when the kernel took them.
int cnftables_run(cnftables *_Nonnull connection, const char *_Nonnull commands, enum cnftables_listing listing);

/// What the last run listed; valid until the next one.
const char *_Nonnull cnftables_output(cnftables *_Nonnull connection);

/// What was wrong with the last run; valid until the next one.
const char *_Nonnull cnftables_error(cnftables *_Nonnull connection);

/// Ends a connection.
void cnftables_close(cnftables *_Nonnull connection);
