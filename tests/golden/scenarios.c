/* SPDX-License-Identifier: BSD-2-Clause */
/* What the oracle's scenarios do, but for moving pages, KSM, placement and its own chatter. */
#include "golden.h"

#include <fcntl.h>
#include <sys/mman.h>

#define RW	       (PROT_READ | PROT_WRITE)
#define MPOL_DEFAULT   0
#define MPOL_PREFERRED 1
#ifndef MADV_COLD
#define MADV_COLD 20
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#define NUMA "/sys/kernel/debug/sched/numa_balancing/"
#define ON   "/proc/sys/kernel/numa_balancing"

static int touch(struct golden *g, long p, uint64_t n)
{
	return numasim_touch(g->p, (uint64_t)p, n, true);
}

static int store(struct golden *g, long p)
{
	return touch(g, p, 8);
}

static int load(struct golden *g, long p)
{
	return numasim_touch(g->p, (uint64_t)p, 8, false);
}

static int anon(struct golden *g)
{
	long p = golden_anon(g, 4 * MB, RW);

	TRY(p);
	golden_vs_get(g);
	golden_pt(g, "untouched", (uint64_t)p);
	TRY(touch(g, p, 4 * MB));
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
	TRY(load(g, p));
	golden_vs(g, "read1");
	golden_pt(g, "read", (uint64_t)p);
	golden_pm(g, "read", (uint64_t)p);
	TRY(store(g, p));
	golden_vs(g, "write1");
	golden_pt(g, "then_write", (uint64_t)p);
	golden_pm(g, "then_write", (uint64_t)p);
	q = golden_anon(g, 16 * PG, PROT_READ);
	TRY(q);
	TRY(load(g, q));
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
	TRY(touch(g, p, 16 * PG));
	golden_pt(g, "rw", (uint64_t)p);
	golden_vs_get(g);
	TRY(protect(g, p, PROT_NONE));
	golden_vs(g, "mprotect_none");
	golden_pt(g, "prot_none", (uint64_t)p);
	golden_pm(g, "prot_none", (uint64_t)p);
	TRY(protect(g, p, RW));
	golden_vs(g, "mprotect_rw");
	golden_pt(g, "back_rw", (uint64_t)p);
	TRY(store(g, p));
	golden_vs(g, "write");
	golden_pt(g, "back_rw_write", (uint64_t)p);
	TRY(protect(g, p, PROT_READ));
	golden_pt(g, "ro", (uint64_t)p);
	TRY(protect(g, p, RW));
	golden_pt(g, "rw_again", (uint64_t)p);
	TRY(store(g, p));
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
	TRY(store(g, p));
	golden_vs(g, "touch1");
	golden_pt(g, "touched", (uint64_t)p);
	golden_pm(g, "touched", (uint64_t)p);
	golden_pm(g, "touched_tail", (uint64_t)p + PG);
	TRY(load(g, q));
	golden_vs(g, "read_huge_zero");
	golden_pt(g, "huge_zero", (uint64_t)q);
	golden_pm(g, "huge_zero", (uint64_t)q);
	TRY(store(g, q));
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
	TRY(touch(g, p, 16 * PG));
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
	TRY(store(g, p));
	golden_vs(g, "parent_wrote");
	golden_pt(g, "parent_after_own_write", (uint64_t)p);
	TRY(store(g, p + (long)PG));
	golden_vs(g, "parent_wrote_p1");
	golden_pt(g, "parent_p1_copied", (uint64_t)p + PG);
	golden_pt_of(g, "child_p1", g->child, (uint64_t)p + PG);
	return (int)numasim_sys_munmap(g->p, (uint64_t)p, 16 * PG);
}

/* Until the entry of p is there and not present, or 4 s. */
static int scan(struct golden *g, long p)
{
	struct numasim_entries e;

	for (unsigned ms = 0; ms < 4000; ms += 4) {
		uint64_t leaf;

		TRY(numasim_process_run(g->p, 4));
		numasim_process_entries(&e, g->p, (uint64_t)p);
		leaf = e.pte ? e.pte : e.pmd;
		if (leaf && !(leaf & 1))
			break;
	}
	return 0;
}

static int numahint(struct golden *g, bool huge)
{
	long p, l;

	TRY(numasim_write_file(g->p, NUMA "scan_delay_ms", "1"));
	TRY(numasim_write_file(g->p, NUMA "scan_period_min_ms", "10"));
	TRY(numasim_write_file(g->p, NUMA "scan_period_max_ms", "20"));
	TRY(numasim_write_file(g->p, NUMA "scan_size_mb", "256"));
	p = huge ? golden_thp(g, 2 * MB) : golden_anon(g, 2 * MB, RW);
	TRY(p);
	l = golden_anon(g, 2 * MB, RW);
	TRY(l);
	TRY(golden_mbind(g, (uint64_t)p, 2 * MB, MPOL_PREFERRED, 2));
	TRY(touch(g, p, 2 * MB));
	TRY(golden_mbind(g, (uint64_t)p, 2 * MB, MPOL_DEFAULT, 0));
	TRY(touch(g, l, 2 * MB));
	golden_pt(g, "before", (uint64_t)p);
	golden_pt(g, "local_before", (uint64_t)l);
	golden_pm(g, "before", (uint64_t)p);
	golden_vs_get(g);
	TRY(numasim_write_file(g->p, ON, "1"));
	TRY(scan(g, p));
	TRY(numasim_write_file(g->p, ON, "0"));
	golden_vs(g, "scan");
	golden_pt(g, "hinted", (uint64_t)p);
	golden_pt(g, "hinted_last", (uint64_t)p + 2 * MB - PG);
	golden_pt(g, "local_single_thread_skipped", (uint64_t)l);
	golden_pm(g, "hinted", (uint64_t)p);
	TRY(numasim_write_file(g->p, ON, "1"));
	TRY(store(g, p));
	TRY(numasim_write_file(g->p, ON, "0"));
	golden_vs(g, "fault");
	golden_pt(g, "after_fault", (uint64_t)p);
	golden_pm(g, "after_fault", (uint64_t)p);
	golden_pt(g, "neighbour_still_hinted", (uint64_t)p + PG);
	return (int)numasim_sys_munmap(g->p, (uint64_t)l, 2 * MB);
}

static int numahint_base(struct golden *g)
{
	return numahint(g, false);
}

static int numahint_thp(struct golden *g)
{
	return numahint(g, true);
}

static int swap(struct golden *g)
{
	long p;

	TRY(numasim_sys_swapon(g->p, 16384 / 4));
	p = golden_anon(g, 64 * PG, RW);
	TRY(p);
	TRY(touch(g, p, 64 * PG));
	golden_pt(g, "before", (uint64_t)p);
	golden_vs_get(g);
	TRY(numasim_sys_madvise(g->p, (uint64_t)p, 64 * PG, MADV_PAGEOUT));
	golden_vs(g, "pageout");
	golden_pt(g, "swapped0", (uint64_t)p);
	golden_pt(g, "swapped1", (uint64_t)p + PG);
	golden_pm(g, "swapped0", (uint64_t)p);
	TRY(load(g, p));
	golden_vs(g, "read_in");
	golden_pt(g, "readback0", (uint64_t)p);
	golden_pm(g, "readback0", (uint64_t)p);
	TRY(store(g, p));
	golden_pt(g, "write0", (uint64_t)p);
	TRY(store(g, p + (long)PG));
	golden_pt(g, "write1", (uint64_t)p + PG);
	return (int)numasim_sys_munmap(g->p, (uint64_t)p, 64 * PG);
}

/* A page of the program's own text: mapped from a file, executed. */
static int text(struct golden *g)
{
	static const uint64_t code[512] = {0xc3};
	long fd = numasim_sys_open(g->p, "/init", O_RDWR | O_CREAT), p;

	TRY(fd);
	TRY(numasim_sys_pwrite(g->p, (int)fd, code, sizeof(code), 0));
	p = numasim_sys_mmap(g->p, 0, PG, PROT_READ | PROT_EXEC, MAP_PRIVATE, (int)fd, 0);
	TRY(p);
	TRY(load(g, p));
	golden_pt(g, "text", (uint64_t)p);
	TRY(numasim_sys_munmap(g->p, (uint64_t)p, PG));
	return (int)numasim_sys_close(g->p, (int)fd);
}

static int misc_hugetlb(struct golden *g)
{
	long h;

	TRY(numasim_write_file(g->p, "/proc/sys/vm/nr_hugepages", "2"));
	h = numasim_sys_mmap(g->p, 0, 2 * MB, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	TRY(h);
	TRY(store(g, h));
	golden_pt(g, "hugetlb", (uint64_t)h);
	TRY(numasim_sys_munmap(g->p, (uint64_t)h, 2 * MB));
	return (int)numasim_write_file(g->p, "/proc/sys/vm/nr_hugepages", "0");
}

static int misc_shmem(struct golden *g)
{
	long s = numasim_sys_mmap(g->p, 0, 16 * PG, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	TRY(s);
	TRY(store(g, s));
	golden_pt(g, "shmem_written", (uint64_t)s);
	TRY(load(g, s + (long)PG));
	golden_pt(g, "shmem_read", (uint64_t)s + PG);
	golden_pm(g, "shmem_written", (uint64_t)s);
	return 0;
}

static int misc(struct golden *g)
{
	long p = golden_anon(g, 16 * PG, RW), e;

	TRY(p);
	TRY(touch(g, p, 16 * PG));
	TRY(numasim_write_file(g->p, "/proc/self/clear_refs", "4"));
	golden_pt(g, "soft_dirty_cleared", (uint64_t)p);
	TRY(store(g, p));
	golden_pt(g, "soft_dirty_written", (uint64_t)p);
	TRY(numasim_write_file(g->p, "/proc/self/clear_refs", "1"));
	golden_pt(g, "referenced_cleared", (uint64_t)p);
	TRY(load(g, p));
	golden_pt(g, "referenced_again", (uint64_t)p);
	TRY(misc_shmem(g));
	TRY(misc_hugetlb(g));
	e = golden_anon(g, 16 * PG, RW | PROT_EXEC);
	TRY(e);
	TRY(store(g, e));
	TRY(load(g, e)); /* the call of the RET that was stored there */
	golden_pt(g, "rwx_exec", (uint64_t)e);
	TRY(text(g));
	return (int)numasim_sys_munmap(g->p, (uint64_t)p, 16 * PG);
}

const struct golden_scenario golden_scenarios[] = {
	{"anon", anon},		    {"zeropage", zero},
	{"protnone", protnone},	    {"thp", thp},
	{"fork", fork_and_write},   {"numahint", numahint_base},
	{"numahint_thp", numahint_thp}, {"swap", swap},
	{"misc", misc},
};
const unsigned golden_nr_scenarios = sizeof(golden_scenarios) / sizeof(golden_scenarios[0]);
