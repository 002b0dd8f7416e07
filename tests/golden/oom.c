/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every scenario of the golden runs again and again, each time with one more allocation let through
 * before one fails: pages, page tables, records of the kernel alike. The process gets an error (or a
 * signal, or the kernel falls back); when it has exited every page is back, nothing is left of its
 * address space, and the books of the pages are right.
 *
 *	golden-oom RELEASE [SCENARIO]
 */
#include "check/check.h"
#include "golden.h"
#include "mm/gfp.h"
#include "mm/page.h"
#include "mm/zone.h"
#include "sim/system.h"

#include <string.h>

/* Free pages, those that CPUs keep for themselves and a hugetlb pool included. */
static uint64_t free_pages(struct numasim_machine *m)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		sum += m->node[i].nr_free + pcp_count(m, i);
	return sum;
}

static long drain(void)
{
	lru_add_drain_all();
	return 0;
}

/* The books, when nobody runs. NULL: right; else what is wrong. */
static const char *audit(struct numasim_machine *m)
{
	struct exec *outer = exec_current;

	exec_current = &m->exec;
	check_pages(m);
	exec_current = outer;
	return m->exec.violation.found ? m->exec.violation.text : NULL;
}
