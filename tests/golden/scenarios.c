/* SPDX-License-Identifier: BSD-2-Clause */
/* What the oracle's scenarios do, but for moving pages, KSM, placement and its own chatter. */
#include "golden.h"

#include <sys/mman.h>

#define RW (PROT_READ | PROT_WRITE)
#ifndef MADV_COLD
#define MADV_COLD 20
#endif

int golden_touch(struct golden *g, long p, uint64_t n)
{
	return numasim_touch(g->p, (uint64_t)p, n, true);
}

int golden_store(struct golden *g, long p)
{
	return golden_touch(g, p, 8);
}

int golden_load(struct golden *g, long p)
{
	return numasim_touch(g->p, (uint64_t)p, 8, false);
}

static int anon(struct golden *g)
{
	long p = golden_anon(g, 4 * MB, RW);

	TRY(p);
	golden_vs_get(g);
	golden_pt(g, "untouched", (uint64_t)p);
	TRY(golden_touch(g, p, 4 * MB));
	golden_vs(g, "touch1024");
	golden_pt(g, "touched", (uint64_t)p);
	golden_pm(g, "touched", (uint64_t)p);
	golden_pt(g, "touched_last", (uint64_t)p + 4 * MB - PG);
	golden_nm(g, "touched", (uint64_t)p);
	TRY(numasim_sys_madvise(g->p, (uint64_t)p, PG, MADV_DONTNEED));
	golden_pt(g, "dontneed", (uint64_t)p);
	TRY(numasim_sys_munmap(g->p, (uint64_t)p, 4 * MB));
	return 0;
}

static int zero(struct golden *g)
{
	long p = golden_anon(g, 16 * PG, RW), q;

	TRY(p);
	golden_vs_get(g);
	TRY(golden_load(g, p));
	golden_vs(g, "read1");
	golden_pt(g, "read", (uint64_t)p);
	golden_pm(g, "read", (uint64_t)p);
	TRY(golden_store(g, p));
	golden_vs(g, "write1");
	golden_pt(g, "then_write", (uint64_t)p);
	golden_pm(g, "then_write", (uint64_t)p);
	q = golden_anon(g, 16 * PG, PROT_READ);
	TRY(q);
	TRY(golden_load(g, q));
	golden_pt(g, "ro_vma_read", (uint64_t)q);
	TRY(numasim_sys_munmap(g->p, (uint64_t)q, 16 * PG));
	TRY(numasim_sys_munmap(g->p, (uint64_t)p, 16 * PG));
	return 0;
}

static int protect(struct golden *g, long p, int prot)
{
	return (int)numasim_sys_mprotect(g->p, (uint64_t)p, 16 * PG, prot);
}

static int protnone(struct golden *g)
{
	long p = golden_anon(g, 16 * PG, RW);

	TRY(p);
	TRY(golden_touch(g, p, 16 * PG));
	golden_pt(g, "rw", (uint64_t)p);
	golden_vs_get(g);
	TRY(protect(g, p, PROT_NONE));
	golden_vs(g, "mprotect_none");
	golden_pt(g, "prot_none", (uint64_t)p);
	golden_pm(g, "prot_none", (uint64_t)p);
	TRY(protect(g, p, RW));
	golden_vs(g, "mprotect_rw");
	golden_pt(g, "back_rw", (uint64_t)p);
	TRY(golden_store(g, p));
	golden_vs(g, "write");
	golden_pt(g, "back_rw_write", (uint64_t)p);
	TRY(protect(g, p, PROT_READ));
	golden_pt(g, "ro", (uint64_t)p);
	TRY(protect(g, p, RW));
	golden_pt(g, "rw_again", (uint64_t)p);
	TRY(golden_store(g, p));
	golden_pt(g, "rw_again_write", (uint64_t)p);
	TRY(protect(g, p, PROT_READ | PROT_EXEC));
	golden_pt(g, "rx", (uint64_t)p);
	TRY(protect(g, p, RW));
	TRY(numasim_sys_madvise(g->p, (uint64_t)p, 16 * PG, MADV_COLD));
	golden_pt(g, "madv_cold", (uint64_t)p);
	TRY(numasim_sys_munmap(g->p, (uint64_t)p, 16 * PG));
	return 0;
}

/* The second half of thp: the page's mapping is split, then the zero page's table is cut. */
static int thp_split(struct golden *g, long p)
{
	long q = p + 2 * (long)MB;

	TRY(numasim_sys_mprotect(g->p, (uint64_t)p + PG, PG, PROT_READ));
	golden_vs(g, "mprotect_one_tail_ro");
	golden_pt(g, "split_p0", (uint64_t)p);
	golden_pt(g, "split_p1_ro", (uint64_t)p + PG);
	golden_pt(g, "split_p2", (uint64_t)p + 2 * PG);
	golden_pm(g, "split_p0", (uint64_t)p);
	TRY(numasim_sys_madvise(g->p, (uint64_t)q + PG, PG, MADV_DONTNEED));
	golden_vs(g, "dontneed_one_tail");
	golden_pt(g, "zap_p0", (uint64_t)q);
	golden_pt(g, "zap_p1", (uint64_t)q + PG);
	return (int)numasim_sys_munmap(g->p, (uint64_t)p, 6 * MB);
}

static int thp(struct golden *g)
{
	long p = golden_thp(g, 4 * MB), q = p + 2 * (long)MB;

	TRY(p);
	golden_vs_get(g);
	TRY(golden_store(g, p));
	golden_vs(g, "touch1");
	golden_pt(g, "touched", (uint64_t)p);
	golden_pm(g, "touched", (uint64_t)p);
	golden_pm(g, "touched_tail", (uint64_t)p + PG);
	TRY(golden_load(g, q));
	golden_vs(g, "read_huge_zero");
	golden_pt(g, "huge_zero", (uint64_t)q);
	golden_pm(g, "huge_zero", (uint64_t)q);
	TRY(golden_store(g, q));
	golden_vs(g, "write_huge_zero");
	golden_pt(g, "huge_zero_written", (uint64_t)q);
	TRY(numasim_sys_mprotect(g->p, (uint64_t)p, 2 * MB, PROT_NONE));
	golden_vs(g, "mprotect_none");
	golden_pt(g, "prot_none", (uint64_t)p);
	golden_pm(g, "prot_none", (uint64_t)p);
	TRY(numasim_sys_mprotect(g->p, (uint64_t)p, 2 * MB, RW));
	golden_pt(g, "back_rw", (uint64_t)p);
	golden_vs(g, "move_thp"); /* the move itself is not built */
	return thp_split(g, p);
}

static int fork_and_write(struct golden *g)
{
	struct numasim_error err;
	long p = golden_anon(g, 16 * PG, RW);

	TRY(p);
	TRY(golden_touch(g, p, 16 * PG));
	golden_pt(g, "before", (uint64_t)p);
	golden_vs_get(g);
	TRY(numasim_fork(&g->child, g->p, "child", &err));
	golden_vs(g, "fork");
	golden_pt(g, "parent_cow", (uint64_t)p);
	golden_pt_of(g, "child_cow", g->child, (uint64_t)p);
	golden_pm(g, "parent_cow", (uint64_t)p);
	TRY(numasim_touch(g->child, (uint64_t)p, 8, true));
	golden_vs(g, "child_wrote");
	golden_pt(g, "parent_after_child_write", (uint64_t)p);
	golden_pt_of(g, "child_after_write", g->child, (uint64_t)p);
	golden_pm(g, "parent_after_child_write", (uint64_t)p);
	TRY(golden_store(g, p));
	golden_vs(g, "parent_wrote");
	golden_pt(g, "parent_after_own_write", (uint64_t)p);
	TRY(golden_store(g, p + (long)PG));
	golden_vs(g, "parent_wrote_p1");
	golden_pt(g, "parent_p1_copied", (uint64_t)p + PG);
	golden_pt_of(g, "child_p1", g->child, (uint64_t)p + PG);
	return (int)numasim_sys_munmap(g->p, (uint64_t)p, 16 * PG);
}

const struct golden_scenario golden_scenarios[] = {
	{"anon", anon},		    {"zeropage", zero},
	{"protnone", protnone},	    {"thp", thp},
	{"fork", fork_and_write},   {"numahint", golden_numahint_base},
	{"numahint_thp", golden_numahint_thp}, {"swap", golden_swap},
	{"misc", golden_misc},
};
const unsigned golden_nr_scenarios = sizeof(golden_scenarios) / sizeof(golden_scenarios[0]);
