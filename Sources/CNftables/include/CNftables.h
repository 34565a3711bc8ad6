/// The few functions of libnftables, found when they are first needed.
///
/// The library is not linked: most services have no kernel bans, and need not have it installed.
#pragma once

/// Finds the library; 0 when it is there, else -1. Any thread may call it, and any number of times.
int cnftables_load(void);
