/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scenarios of the oracle that recorded real kernels, done on a system: the same system calls
 * in the same order, and a line for each look at the entries (PT), at pagemap and page flags
 * (PM), at numa_maps (NM) and at counters (VS), in the form of the recorded ones with frame
 * numbers masked.
 *
 * Every scenario ends early, without a line more, when a call fails: that is what happens when
 * memory runs out on purpose (oom.c).
 */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <numasim/numasim.h>

#define PG 4096ul
#define MB (1ul << 20)

/* Counters that are equal in every run of a real kernel: the tester's own faults touch none. */
#define GOLDEN_COUNTERS(X)                                                                         \
	X("pgmajfault") X("numa_pte_updates") X("numa_huge_pte_updates") X("numa_hint_faults")     \
	X("numa_hint_faults_local") X("thp_fault_alloc") X("thp_fault_fallback")                   \
	X("thp_split_page") X("thp_split_pmd") X("thp_zero_page_alloc") X("pswpin") X("pswpout")
#define GOLDEN_NR_COUNTERS 12

struct golden {
	struct numasim_system *system;
	struct numasim_process *p, *child;
	const char *scenario;
	FILE *out; /* NULL: no lines */
	uint64_t next_address;
	uint64_t counter[GOLDEN_NR_COUNTERS];
	bool looks_fail; /* memory runs out on purpose: lines may fail */
};

struct golden_scenario {
	const char *name;
	int (*run)(struct golden *g);
};
extern const struct golden_scenario golden_scenarios[];
extern const unsigned golden_nr_scenarios;

/* Boot, and bring up the scenario's process. 0, or an error. */
int golden_open(struct golden *g, const char *release);
int golden_start(struct golden *g);
/* Its processes exit. */
void golden_end(struct golden *g);
void golden_close(struct golden *g);

/* What the oracle's functions of these names do. A mapping of n bytes at the next place of its own,
 * or an error. */
long golden_anon(struct golden *g, uint64_t n, int prot);
/* The same, of huge pages: 2 MiB aligned, MADV_HUGEPAGE. */
long golden_thp(struct golden *g, uint64_t n);
int golden_mbind(struct golden *g, uint64_t addr, uint64_t n, int mode, unsigned long mask);

/* An access: to every page of n bytes; to the word at p. */
int golden_touch(struct golden *g, long p, uint64_t n);
int golden_store(struct golden *g, long p);
int golden_load(struct golden *g, long p);

/* Scenarios of scenarios_kernel.c. */
int golden_numahint_base(struct golden *g);
int golden_numahint_thp(struct golden *g);
int golden_swap(struct golden *g);
int golden_misc(struct golden *g);

void golden_pt(struct golden *g, const char *step, uint64_t address);
void golden_pt_of(struct golden *g, const char *step, struct numasim_process *p,
		  uint64_t address);
void golden_pm(struct golden *g, const char *step, uint64_t address);
void golden_nm(struct golden *g, const char *step, uint64_t address);
void golden_vs_get(struct golden *g);
void golden_vs(struct golden *g, const char *step);

#define TRY(call)                                                                                  \
	do {                                                                                       \
		long try_ret = (call);                                                             \
		if (try_ret < 0 && try_ret > -4096)                                                \
			return (int)try_ret;                                                       \
	} while (0)

#endif
