/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first program of the machine, and director of its cases; the program of an actor, if it is
 * called so.
 */
#include "guest.h"
#include "words/words.h"

#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define MPOL_LOCAL 4
#define THP	   "/sys/kernel/mm/transparent_hugepage/"
#define HEAP	   (32 << 20)

static void mount_at(const char *what, const char *where)
{
	mkdir(where, 0755);
	if (mount(what, where, what, 0, NULL))
		side_fail("cannot mount %s", where);
}

char *command_line(const char *name)
{
	char *text = file_read("/proc/cmdline", NULL), wanted[64], *found;

	snprintf(wanted, sizeof(wanted), " %s=", name);
	found = text ? strstr(text, wanted) : NULL;
	if (found) {
		found = strdup(found + strlen(wanted));
		found[strcspn(found, " \n")] = '\0';
	}
	free(text);
	return found;
}

/* All the memory that the director will need, while nobody counts. */
static void grow_heap(void)
{
	void *room;

	mallopt(M_MMAP_THRESHOLD, 2 * HEAP);
	mallopt(M_TRIM_THRESHOLD, 2 * HEAP);
	room = malloc(HEAP);
	if (!room)
		side_fail("no memory for the director");
	free(room);
}

/*
 * The director keeps out of the way: on the last CPU, never faulting, never scanned. The page of
 * the clock is the one that mlockall() leaves out.
 */
static void settle_down(void)
{
	struct timespec now;
	cpu_set_t set;

	grow_heap();
	clock_gettime(CLOCK_MONOTONIC, &now);

	CPU_ZERO(&set);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
	if (sched_setaffinity(0, sizeof(set), &set) ||
	    syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0) || mlockall(MCL_CURRENT | MCL_FUTURE))
		side_fail("the director cannot settle down");
}

/* What the kernel would do by itself at a time of its own. */
static void quieten_kernel(void)
{
	file_must_write("/proc/sys/kernel/numa_balancing", "0");
	file_must_write(THP "enabled", "madvise");
	file_must_write(THP "khugepaged/scan_sleep_millisecs", "4000000000");
	file_must_write("/proc/sys/vm/compaction_proactiveness", "0");
}

static void open_all(void)
{
	kcore_open();
	btf_open();
	tables_open();
	actors_open();
	devices_open();
	swap_open();
	trace_open();
}

void side_begin_case(const char *name)
{
	side_settle(NULL);
}

void side_end_case(void)
{
	swap_end_case();
	trace_end_case();
}

int main(int argc, char **argv)
{
	struct utsname name;

	if (argc == 2 && !strcmp(argv[0], "actor"))
		return actor_main((unsigned)atoi(argv[1]));
	output_open();
	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("devtmpfs", "/dev");
	mount_at("debugfs", "/sys/kernel/debug");
	mount_at("tracefs", "/sys/kernel/tracing");
	uname(&name);
	line("## %s", name.version);
	quieten_kernel();
	open_all();
	settle_down();
	guest_run();
	output_end();
}
