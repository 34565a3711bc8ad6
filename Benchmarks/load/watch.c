// The processor time of other processes at one moment, so that a round's cost is read exactly where the round begins
// and ends, and not when a script on a busy machine comes to it.
#define _GNU_SOURCE
#include "common.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct watch parse_watch(const char *comma_separated) {
    struct watch watch = {0};
    for (const char *at = comma_separated; at && *at && watch.count < WATCHED_MOST;) {
        watch.pids[watch.count++] = (pid_t)atoi(at);
        at = strchr(at, ',');
        if (at) at++;
    }
    return watch;
}

// All threads of the process, those that ended included, in the scheduler's nanoseconds. It is the sum of the first
// fields of task/*/schedstat, but current even for a thread that runs at this moment.
static uint64_t process_cpu_ns(pid_t pid) {
    struct timespec time;
    clockid_t clock;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// How long the threads of the process were ready to run and another had the processor.
static uint64_t process_waited_ns(pid_t pid) {
    char path[64];
    uint64_t total = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *directory = opendir(path);
    if (!directory) return 0;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        char file_path[384];
        uint64_t ran, waited;
        snprintf(file_path, sizeof file_path, "%s/%s/schedstat", path, entry->d_name);
        FILE *file = fopen(file_path, "r");
        if (!file) continue;
        if (fscanf(file, "%lu %lu", &ran, &waited) == 2) total += waited;
        fclose(file);
    }
    closedir(directory);
    return total;
}

static void read_ticks(pid_t pid, struct process_time *into) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return;
    size_t count = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[count] = 0;
    // The name stands in parentheses and may hold anything; the fields behind the last one are numbers.
    char *rest = strrchr(line, ')');
    if (rest)
        sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &into->user_ticks,
               &into->system_ticks);
}

static void read_machine(struct snapshot *into) {
    char line[512];
    FILE *file = fopen("/proc/stat", "r");
    if (!file) return;
    while (fgets(line, sizeof line, file) && strncmp(line, "cpu", 3) == 0) {
        uint64_t user, nice, system, idle, io_wait, interrupt, soft, stolen = 0;
        int number;
        if (line[3] == ' ' || into->cpu_count >= CPU_MOST) continue;
        if (sscanf(line, "cpu%d %lu %lu %lu %lu %lu %lu %lu %lu", &number, &user, &nice, &system, &idle, &io_wait,
                   &interrupt, &soft, &stolen) != 9)
            continue;
        into->busy_ticks[into->cpu_count++] = user + nice + system + interrupt + soft;
        into->stolen_ticks += stolen;
    }
    fclose(file);
}

void take_snapshot(const struct watch *watch, struct snapshot *into) {
    memset(into, 0, sizeof *into);
    into->at_ns = now_ns();
    into->count = watch->count;
    for (int index = 0; index < watch->count; index++) {
        struct process_time *process = &into->processes[index];
        process->pid = watch->pids[index];
        process->cpu_ns = process_cpu_ns(process->pid);
        process->waited_ns = process_waited_ns(process->pid);
        read_ticks(process->pid, process);
    }
    read_machine(into);
}

void print_cpu(const struct snapshot *begin, const struct snapshot *end, FILE *out) {
    fprintf(out, "\"seconds\":%.6f,\"cpu\":{", (double)(end->at_ns - begin->at_ns) / 1e9);
    for (int index = 0; index < end->count; index++) {
        const struct process_time *from = &begin->processes[index], *to = &end->processes[index];
        fprintf(out, "%s\"%d\":{\"ns\":%lu,\"waited_ns\":%lu,\"user_ticks\":%lu,\"system_ticks\":%lu}",
                index ? "," : "", to->pid, to->cpu_ns - from->cpu_ns, to->waited_ns - from->waited_ns,
                to->user_ticks - from->user_ticks, to->system_ticks - from->system_ticks);
    }
    fprintf(out, "},\"busy_ticks\":[");
    for (int index = 0; index < end->cpu_count; index++)
        fprintf(out, "%s%lu", index ? "," : "", end->busy_ticks[index] - begin->busy_ticks[index]);
    fprintf(out, "],\"stolen_ticks\":%lu", end->stolen_ticks - begin->stolen_ticks);
}
