/* SPDX-License-Identifier: BSD-2-Clause */
/* The scenarios in which the kernel does something by itself: NUMA hints, swap, caches of files. */
#include "golden.h"

#include <fcntl.h>
#include <sys/mman.h>

#define RW	       (PROT_READ | PROT_WRITE)
#define MPOL_DEFAULT   0
#define MPOL_PREFERRED 1
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
#define NUMA "/sys/kernel/debug/sched/numa_balancing/"
#define ON   "/proc/sys/kernel/numa_balancing"

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
	TRY(golden_touch(g, p, 2 * MB));
	TRY(golden_mbind(g, (uint64_t)p, 2 * MB, MPOL_DEFAULT, 0));
	TRY(golden_touch(g, l, 2 * MB));
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
	TRY(golden_store(g, p));
	TRY(numasim_write_file(g->p, ON, "0"));
	golden_vs(g, "fault");
	golden_pt(g, "after_fault", (uint64_t)p);
	golden_pm(g, "after_fault", (uint64_t)p);
	golden_pt(g, "neighbour_still_hinted", (uint64_t)p + PG);
	return (int)numasim_sys_munmap(g->p, (uint64_t)l, 2 * MB);
}

int golden_numahint_base(struct golden *g)
{
	return numahint(g, false);
}

int golden_numahint_thp(struct golden *g)
{
	return numahint(g, true);
}

int golden_swap(struct golden *g)
{
	long p;

	TRY(numasim_sys_swapon(g->p, 16384 / 4));
	p = golden_anon(g, 64 * PG, RW);
	TRY(p);
	TRY(golden_touch(g, p, 64 * PG));
	golden_pt(g, "before", (uint64_t)p);
	golden_vs_get(g);
	TRY(numasim_sys_madvise(g->p, (uint64_t)p, 64 * PG, MADV_PAGEOUT));
	golden_vs(g, "pageout");
	golden_pt(g, "swapped0", (uint64_t)p);
	golden_pt(g, "swapped1", (uint64_t)p + PG);
	golden_pm(g, "swapped0", (uint64_t)p);
	TRY(golden_load(g, p));
	golden_vs(g, "read_in");
	golden_pt(g, "readback0", (uint64_t)p);
	golden_pm(g, "readback0", (uint64_t)p);
	TRY(golden_store(g, p));
	golden_pt(g, "write0", (uint64_t)p);
	TRY(golden_store(g, p + (long)PG));
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
	TRY(golden_load(g, p));
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
	TRY(golden_store(g, h));
	golden_pt(g, "hugetlb", (uint64_t)h);
	TRY(numasim_sys_munmap(g->p, (uint64_t)h, 2 * MB));
	return (int)numasim_write_file(g->p, "/proc/sys/vm/nr_hugepages", "0");
}

static int misc_shmem(struct golden *g)
{
	long s = numasim_sys_mmap(g->p, 0, 16 * PG, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	TRY(s);
	TRY(golden_store(g, s));
	golden_pt(g, "shmem_written", (uint64_t)s);
	TRY(golden_load(g, s + (long)PG));
	golden_pt(g, "shmem_read", (uint64_t)s + PG);
	golden_pm(g, "shmem_written", (uint64_t)s);
	return 0;
}

int golden_misc(struct golden *g)
{
	long p = golden_anon(g, 16 * PG, RW), e;

	TRY(p);
	TRY(golden_touch(g, p, 16 * PG));
	TRY(numasim_write_file(g->p, "/proc/self/clear_refs", "4"));
	golden_pt(g, "soft_dirty_cleared", (uint64_t)p);
	TRY(golden_store(g, p));
	golden_pt(g, "soft_dirty_written", (uint64_t)p);
	TRY(numasim_write_file(g->p, "/proc/self/clear_refs", "1"));
	golden_pt(g, "referenced_cleared", (uint64_t)p);
	TRY(golden_load(g, p));
	golden_pt(g, "referenced_again", (uint64_t)p);
	TRY(misc_shmem(g));
	TRY(misc_hugetlb(g));
	e = golden_anon(g, 16 * PG, RW | PROT_EXEC);
	TRY(e);
	TRY(golden_store(g, e));
	TRY(golden_load(g, e)); /* the call of the RET that was stored there */
	golden_pt(g, "rwx_exec", (uint64_t)e);
	TRY(text(g));
	return (int)numasim_sys_munmap(g->p, (uint64_t)p, 16 * PG);
}
