#include "CNftables.h"

#include <dlfcn.h>

int cnftables_load(void) { return dlopen("libnftables.so.1", RTLD_NOW | RTLD_LOCAL) ? 0 : -1; }
