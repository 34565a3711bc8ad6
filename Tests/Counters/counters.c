/// Counts what one thread of a program calls: a library to preload (LD_PRELOAD) into a dynamically linked Portcullis.
///
/// Each function of `functions.h` is defined here, counts and jumps on to the real one. The counts stand in a file that
/// PORTCULLIS_COUNTERS names, mapped by whoever reads it while the program runs; without that variable nothing is
/// counted. Only a thread that has called `epoll_wait` is counted: the one worker, not the writers of logs.
///
/// Where the file's `is_recording` is set, the callers are noted, too, in the same file.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef __x86_64__
#error "the counters are written for x86-64"
#endif

#define HIDDEN __attribute__((visibility("hidden")))

enum {
#define FUNCTION(name) index_##name,
#define WAIT(name) index_##name,
#define ALLOCATOR(name, own) index_##name,
#include "functions.h"
#undef FUNCTION
#undef WAIT
#undef ALLOCATOR
    function_count,
};

enum { frame_count = 8, caller_count = 2048, name_size = 64 };

/// One way on which a function was called.
struct caller {
    uint64_t index_and_one; // 0 in a free place
    uint64_t count;
    uint64_t frames[frame_count]; // return addresses, the innermost first, 0 behind the last
};

/// The file, in the byte order of the machine. `Counters.swift` reads it.
struct counters {
    uint64_t function_count;
    uint64_t is_recording; // written by the reader
    uint64_t is_waiting; // whether the thread waits for events
    uint64_t lost_caller_count; // calls whose way found no place
    uint64_t counts[function_count];
    char names[function_count][name_size];
    struct caller callers[caller_count];
};

static struct counters *file;
/// The file, for the thread that is counted. Initial-exec, so that reading it takes two instructions and no call.
HIDDEN __thread struct counters *counted __attribute__((tls_model("initial-exec"))) = NULL;

static const char *const names[function_count] = {
#define FUNCTION(name) [index_##name] = #name,
#define WAIT(name) [index_##name] = #name,
#define ALLOCATOR(name, own) [index_##name] = #name,
#include "functions.h"
#undef FUNCTION
#undef WAIT
#undef ALLOCATOR
};

/// The first call of each function leads to `find`, whoever makes it and however early.
#define FUNCTION(name) extern HIDDEN char find_##name[];
#define WAIT(name) FUNCTION(name)
#define ALLOCATOR(name, own) extern char own[];
#include "functions.h"
#undef FUNCTION
#undef WAIT
#undef ALLOCATOR

/// Where to jump on to.
HIDDEN void *real_functions[function_count] = {
#define FUNCTION(name) [index_##name] = find_##name,
#define WAIT(name) FUNCTION(name)
#define ALLOCATOR(name, own) [index_##name] = own,
#include "functions.h"
#undef FUNCTION
#undef WAIT
#undef ALLOCATOR
};

/* A trampoline touches no register but r11 and the flags: the runtime's functions are called with values in others. */
#define TRAMPOLINE(binding, symbol, index)                                                                            \
    __asm__ volatile(".pushsection .text\n"                                                                           \
                     binding " " symbol "\n"                                                                          \
                     ".type " symbol ", @function\n" symbol ":\n"                                                     \
                     "movq counted@gottpoff(%%rip), %%r11\n"                                                          \
                     "movq %%fs:(%%r11), %%r11\n"                                                                     \
                     "testq %%r11, %%r11\n"                                                                           \
                     "jz 1f\n"                                                                                        \
                     "incq %c0(%%r11)\n"                                                                              \
                     "cmpq $0, %c1(%%r11)\n"                                                                          \
                     "jnz 2f\n"                                                                                       \
                     "1: jmp *real_functions+%c2(%%rip)\n"                                                            \
                     "2: pushq $%c3\n"                                                                                \
                     "call note_caller\n"                                                                             \
                     "addq $8, %%rsp\n"                                                                               \
                     "jmp 1b\n"                                                                                       \
                     ".size " symbol ", .-" symbol "\n"                                                               \
                     ".popsection"                                                                                    \
                     :                                                                                                \
                     : "i"(offsetof(struct counters, counts) + 8 * (index)),                                          \
                       "i"(offsetof(struct counters, is_recording)), "i"(8 * (index)), "i"(index))

#define FINDER(symbol, index)                                                                                         \
    __asm__ volatile(".pushsection .text\n"                                                                           \
                     ".globl " symbol "\n.hidden " symbol "\n" symbol ":\n"                                           \
                     "pushq $%c0\n"                                                                                   \
                     "jmp find_and_go_on\n"                                                                           \
                     ".popsection"                                                                                    \
                     :                                                                                                \
                     : "i"(index))

/// Never called: the place where the assembler is told everything, because only in a function can it be told numbers.
__attribute__((used, noinline)) static void define(void) {
#define FUNCTION(name)                                                                                                \
    TRAMPOLINE(".globl", #name, index_##name);                                                                        \
    FINDER("find_" #name, index_##name);
#define WAIT(name) FINDER("find_" #name, index_##name);
#define ALLOCATOR(name, own) TRAMPOLINE(".globl", #name, index_##name);
#include "functions.h"
#undef FUNCTION
#undef WAIT
#undef ALLOCATOR
}

/* Eight registers that a call may change; the others it keeps. */
#define SAVE "pushq %rax\npushq %rcx\npushq %rdx\npushq %rsi\npushq %rdi\npushq %r8\npushq %r9\npushq %r10\n"
#define RESTORE "popq %r10\npopq %r9\npopq %r8\npopq %rdi\npopq %rsi\npopq %rdx\npopq %rcx\npopq %rax\n"

/* On the stack: where to return to in the trampoline, the function's index, and where its caller goes on. `note` is
   compiled without vector registers, so those need not be kept. */
__asm__(".text\nnote_caller:\n" SAVE
        "movq 72(%rsp), %rdi\n"
        "leaq 80(%rsp), %rsi\n"
        "movq %rbp, %rdx\n"
        "subq $8, %rsp\n"
        "call note\n"
        "addq $8, %rsp\n" RESTORE "ret\n");

/* On the stack: the function's index, and where its caller goes on. Arguments may stand in vector registers. */
__asm__(".text\nfind_and_go_on:\n" SAVE
        "subq $128, %rsp\n"
        "movdqu %xmm0, (%rsp)\nmovdqu %xmm1, 16(%rsp)\nmovdqu %xmm2, 32(%rsp)\nmovdqu %xmm3, 48(%rsp)\n"
        "movdqu %xmm4, 64(%rsp)\nmovdqu %xmm5, 80(%rsp)\nmovdqu %xmm6, 96(%rsp)\nmovdqu %xmm7, 112(%rsp)\n"
        "movq 192(%rsp), %rdi\n"
        "call find\n"
        "movq %rax, %r11\n"
        "movdqu (%rsp), %xmm0\nmovdqu 16(%rsp), %xmm1\nmovdqu 32(%rsp), %xmm2\nmovdqu 48(%rsp), %xmm3\n"
        "movdqu 64(%rsp), %xmm4\nmovdqu 80(%rsp), %xmm5\nmovdqu 96(%rsp), %xmm6\nmovdqu 112(%rsp), %xmm7\n"
        "addq $128, %rsp\n" RESTORE "addq $8, %rsp\njmp *%r11\n");

/// Looks a function up, once; whoever calls one that nobody defines meets a trap.
__attribute__((used)) HIDDEN void *find(uint64_t index) {
    void *real = dlsym(RTLD_NEXT, names[index]);
    if (real == NULL) __builtin_trap();
    return real_functions[index] = real;
}

/// Adds a call to the file.
///
/// The callers of the caller are found by frame pointers, as far as those lead upwards and stay on this thread's
/// stack: glibc keeps a thread's own data, to which `fs` points, at the end of it.
__attribute__((used, target("general-regs-only"))) HIDDEN void note(
    uint64_t index, const uint64_t *stack, const uint64_t *frame) {
    uint64_t frames[frame_count] = {stack[0]};
    const uint64_t *end;
    __asm__("movq %%fs:0, %0" : "=r"(end));
    const uint64_t *low = stack;
    for (int depth = 1; depth < frame_count; depth++) {
        if (frame < low || frame + 2 > end || (uintptr_t)frame % 8 != 0) break;
        frames[depth] = frame[1];
        low = frame + 2;
        frame = (const uint64_t *)frame[0];
    }
    uint64_t hash = index;
    for (int depth = 0; depth < frame_count; depth++) hash = (hash ^ frames[depth]) * 0x9E3779B97F4A7C15u;
    for (uint64_t probe = 0; probe < 64; probe++) {
        struct caller *caller = &file->callers[((hash >> 32) + probe) % caller_count];
        int is_same = caller->index_and_one == index + 1;
        for (int depth = 0; is_same && depth < frame_count; depth++) is_same = caller->frames[depth] == frames[depth];
        if (!is_same) {
            if (caller->index_and_one != 0) continue;
            for (int depth = 0; depth < frame_count; depth++) caller->frames[depth] = frames[depth];
            caller->index_and_one = index + 1;
        }
        caller->count++;
        return;
    }
    file->lost_caller_count++;
}

/// From the first wait on a thread is counted.
static void begin_waiting(int index) {
    counted = file;
    if (file == NULL) return;
    file->counts[index]++;
    __atomic_store_n(&file->is_waiting, 1, __ATOMIC_SEQ_CST);
}

static void end_waiting(void) {
    if (file != NULL) __atomic_store_n(&file->is_waiting, 0, __ATOMIC_SEQ_CST);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout) {
    int (*real)(int, struct epoll_event *, int, int) = real_functions[index_epoll_wait];
    begin_waiting(index_epoll_wait);
    int count = real(epoll, events, most, timeout);
    end_waiting();
    return count;
}

int epoll_pwait(int epoll, struct epoll_event *events, int most, int timeout, const sigset_t *signals) {
    int (*real)(int, struct epoll_event *, int, int, const sigset_t *) = real_functions[index_epoll_pwait];
    begin_waiting(index_epoll_pwait);
    int count = real(epoll, events, most, timeout, signals);
    end_waiting();
    return count;
}

static struct counters *open_file(void) {
    const char *path = getenv("PORTCULLIS_COUNTERS");
    if (path == NULL) return NULL;
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return NULL;
    void *map = MAP_FAILED;
    if (ftruncate(descriptor, sizeof(struct counters)) == 0) {
        map = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    }
    close(descriptor);
    return map == MAP_FAILED ? NULL : map;
}

__attribute__((constructor)) static void start(void) {
    struct counters *opened = open_file();
    if (opened == NULL) return;
    for (int index = 0; index < function_count; index++) strncpy(opened->names[index], names[index], name_size - 1);
    opened->function_count = function_count;
    file = opened;
}
