/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a page costs: faults, mprotect() and back, fork(), munmap() of base pages on a system, and
 * arming them for hint faults as a scan does, in ns per page; and, if the yardstick was run first,
 * as ratios to the kernel that this program stands on. Arming has mprotect(PROT_NONE) beside it,
 * which writes the same entries, and must not cost more: else the exit status is 1.
 *
 *	bench-mm [MIB [REPETITIONS [RELEASE]]] [< what host_mm printed]
 *
 * The yardstick (bench/host_mm.c of the shared data) does the same system calls; its line on
 * standard input is looked through for the medians by name. Medians here as there.
 */
#include "mm/mempolicy.h"
#include "mm/mmap_lock.h"
#include "mm/mprotect.h"
#include "sim/system.h"

#include <numasim/numasim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MOST 64
#define RW   (PROT_READ | PROT_WRITE)

enum cost { FAULT, NONE, BACK, READ_ONLY, FORK, REUSE, UNMAP, ZERO, ARM, NR_COSTS };

static const struct {
	const char *name, *host;
} costs[NR_COSTS] = {
	[FAULT] = {"write fault", "minor_fault_write"},
	[NONE] = {"mprotect(NONE)", "mprotect_none"},
	[BACK] = {"mprotect(RW) back", "mprotect_rw"},
	[READ_ONLY] = {"mprotect(READ)", "mprotect_ro"},
	[FORK] = {"fork", "fork_per_pte"},
	[REUSE] = {"write after fork", "wp_reuse_fault"},
	[UNMAP] = {"munmap", "munmap"},
	[ZERO] = {"read fault", "read_fault_zeropage"},
	[ARM] = {"arming by a scan", "mprotect_none"},
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static long map(struct numasim_process *p, uint64_t bytes)
{
	long at = numasim_sys_mmap(p, 0, bytes, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at > 0 && numasim_sys_madvise(p, (uint64_t)at, bytes, MADV_NOHUGEPAGE))
		return -1;
	return at;
}

#define TIME(cost, call)                                                                           \
	do {                                                                                       \
		double begin = now();                                                              \
		long ret = (call);                                                                 \
		took[cost][r] = (now() - begin) / pages;                                           \
		if (ret < 0)                                                                       \
			return fprintf(stderr, "%s failed: %ld\n", costs[cost].name, ret), 1;      \
	} while (0)

/* The scan's work on one mapping, whose pages are far: all of its entries become hints. */
static long arm(struct mm_struct *mm, uint64_t at, uint64_t bytes)
{
	unsigned long armed;

	mmap_read_lock(mm);
	armed = change_prot_numa(find_vma(mm, at), at, at + bytes);
	mmap_read_unlock(mm);
	return armed == bytes / 4096 ? 0 : -1;
}

static int arm_round(struct numasim_process *p, uint64_t bytes, double (*took)[MOST], int r)
{
	uint64_t at = (uint64_t)map(p, bytes), pages = bytes / 4096;
	unsigned long node1 = 2;

	if (numasim_sys_mbind(p, at, bytes, MPOL_MODE_BIND, &node1, 64, 0) ||
	    numasim_touch(p, at, bytes, true) ||
	    numasim_sys_mbind(p, at, bytes, MPOL_MODE_DEFAULT, NULL, 0, 0))
		return fprintf(stderr, "no memory on node 1\n"), 1;
	TIME(ARM, IN_PROCESS(p, arm(p->task->mm, at, bytes)));
	return (int)numasim_sys_munmap(p, at, bytes);
}

/* One round of what host_mm.c does, in its order. */
static int round_of(struct numasim_process *p, uint64_t bytes, double (*took)[MOST], int r)
{
	double pages = (double)(bytes / 4096);
	struct numasim_process *child = NULL;
	struct numasim_error err;
	uint64_t at = (uint64_t)map(p, bytes);

	TIME(FAULT, numasim_touch(p, at, bytes, true));
	TIME(NONE, numasim_sys_mprotect(p, at, bytes, PROT_NONE));
	TIME(BACK, numasim_sys_mprotect(p, at, bytes, RW));
	numasim_touch(p, at, bytes, true);
	TIME(READ_ONLY, numasim_sys_mprotect(p, at, bytes, PROT_READ));
	numasim_sys_mprotect(p, at, bytes, RW);
	numasim_touch(p, at, bytes, true);
	TIME(FORK, numasim_fork(&child, p, "child", &err));
	numasim_exit(child);
	TIME(REUSE, numasim_touch(p, at, bytes, true));
	TIME(UNMAP, numasim_sys_munmap(p, at, bytes));
	at = (uint64_t)map(p, bytes);
	TIME(ZERO, numasim_touch(p, at, bytes, false));
	return (int)numasim_sys_munmap(p, at, bytes) ?: arm_round(p, bytes, took, r);
}

/* What the yardstick printed for a cost; 0: nothing. */
static double host_cost(const char *text, const char *name)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), " %s=", name);
	at = strstr(text, key);
	return at ? strtod(at + strlen(key), NULL) : 0;
}

/* 1: arming costs more than the kernel's mprotect(PROT_NONE). */
static int print(double (*took)[MOST], int repetitions, const char *host)
{
	double most = 0;

	printf("%-20s %10s %10s %8s\n", "ns per page", "here", "kernel", "ratio");
	for (int c = 0; c < NR_COSTS; c++) {
		double kernel = host_cost(host, costs[c].host), median;

		qsort(took[c], (size_t)repetitions, sizeof(double), by_size);
		median = took[c][repetitions / 2];
		if (c == ARM && kernel > 0)
			most = median / kernel;
		if (kernel > 0)
			printf("%-20s %10.1f %10.1f %8.2f\n", costs[c].name, median, kernel,
			       median / kernel);
		else
			printf("%-20s %10.1f %10s %8s\n", costs[c].name, median, "-", "-");
	}
	if (!(most > 0)) {
		printf("no figure of the kernel for arming: its ratio is not judged\n");
		return 0;
	}
	printf("arming is beside the kernel's mprotect(PROT_NONE): %.2f; 1.00 is the most allowed\n"
	       "the kernel's figure for fork is noisy: other load on the machine multiplies it\n",
	       most);
	return most > 1;
}

int main(int argc, char **argv)
{
	static double took[NR_COSTS][MOST];
	static char host[65536];
	long mib = argc > 1 ? atol(argv[1]) : 64;
	int repetitions = argc > 2 ? atoi(argv[2]) : 7, ret = 0;
	struct numasim_system_options options = {.release = argc > 3 ? argv[3] : NULL};
	struct numasim_topology *topology = NULL;
	struct numasim_system *system = NULL;
	struct numasim_process *p;
	struct numasim_error err;
	char machine[96];

	if (mib < 1 || repetitions < 1 || repetitions > MOST)
		return fprintf(stderr, "usage: bench-mm [MIB [REPETITIONS, 1 to 64 [RELEASE]]]\n"),
		       2;
	if (!isatty(0) && fread(host, 1, sizeof(host) - 1, stdin) == 0)
		host[0] = 0;
	snprintf(machine, sizeof(machine), "numa:2(memory=%ld) core:2 pu:1", (2 * mib + 64) << 20);
	if (numasim_topology_load(&topology, machine, &err))
		return fprintf(stderr, "%s\n", err.text), 1;
	options.topology = topology;
	if (numasim_system_create(&system, &options, &err) ||
	    numasim_process_create(&p, system, "bench", 0, &err))
		return fprintf(stderr, "%s\n", err.text), 1;
	for (int r = 0; r < repetitions && !ret; r++)
		ret = round_of(p, (uint64_t)mib << 20, took, r);
	if (!ret)
		ret = print(took, repetitions, host);
	numasim_system_free(system);
	numasim_topology_free(topology);
	return ret ? 1 : 0;
}
