/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every scenario of the golden runs again and again, each time with one more allocation let
 * through before one fails: pages, page tables, records of the kernel alike. The process gets an
 * error (or a signal, or the kernel falls back); when it has exited every page is back, nothing
 * is left of its address space, and the books of the pages are right.
 *
 *	golden-oom RELEASE [SCENARIO]
 */
#include "golden.h"
#include "mm/file.h"
#include "mm/gfp.h"
#include "mm/hugetlb.h"
#include "mm/page.h"
#include "mm/zone.h"
#include "sim/system.h"

#include <stdlib.h>
#include <string.h>

/* Free pages, those that CPUs keep for themselves and a hugetlb pool included. */
static uint64_t free_pages(struct numasim_machine *m)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < m->nr_nodes; i++)
		sum += m->node[i].nr_free + pcp_count(m, i);
	return sum;
}

/*
 * Pages that are rightly not free: of the hugetlb pool, of files on the disk, the huge zero page
 * (which goes when memory is scarce), and the top table of an address space that nobody uses and
 * an idle CPU has still loaded.
 */
static uint64_t held(struct numasim_machine *m)
{
	uint64_t pages = hugetlb_counts(m).free * 512 + (m->mm->huge_zero_users ? 512 : 0);
	struct mm_struct *mm;
	struct file *file;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		pages += !mm->mm_users && mm->mm_count;

	TAILQ_FOREACH(file, &m->mm->files, link)
		pages += file->mapping.nr_pages;
	return pages;
}

static long drain(void)
{
	lru_add_drain_all();
	return 0;
}

static void drain_in(struct numasim_system *system)
{
	IN_SYSTEM(system, 0, drain());
}

/* One scenario with the nth allocation failing. True: it was reached. */
static bool one(const char *release, const struct golden_scenario *scenario, uint64_t nth, int *bad)
{
	struct golden g = {.scenario = scenario->name};
	struct numasim_machine *m;
	struct numasim_error err = {0};
	uint64_t before, after, tried;
	int ret;

	if (golden_open(&g, release))
		return (*bad)++, false;
	m = g.system->machine;
	before = free_pages(m);
	tried = alloc_count(m);
	alloc_fail_nth(m, nth);
	ret = golden_start(&g) ?: scenario->run(&g);
	tried = alloc_count(m) - tried;
	alloc_fail_nth(m, 0);
	golden_end(&g);
	drain_in(g.system);
	after = free_pages(m) + held(m);
	if (g.system->dead || numasim_system_audit(g.system, &err)) {
		printf("not ok - %s, allocation %llu (%d): %s\n", scenario->name,
		       (unsigned long long)nth, ret,
		       err.text[0] ? err.text : m->exec.violation.text);
		(*bad)++;
	} else if (after != before) {
		printf("not ok - %s, allocation %llu (%d): %lld pages are lost\n", scenario->name,
		       (unsigned long long)nth, ret, (long long)(before - after));
		(*bad)++;
	}
	golden_close(&g);
	return tried >= nth;
}

int main(int argc, char **argv)
{
	int bad = 0;

	if (argc < 2 || argc > 3)
		return fprintf(stderr, "usage: golden-oom RELEASE [SCENARIO]\n"), 2;
	for (unsigned i = 0; i < golden_nr_scenarios; i++) {
		const struct golden_scenario *scenario = &golden_scenarios[i];
		uint64_t nth = 1;

		if (argc == 3 && strcmp(argv[2], scenario->name))
			continue;
		while (one(argv[1], scenario, nth, &bad) && bad < 20)
			nth++;
		printf("# %s: %llu allocations failed in turn\n", scenario->name,
		       (unsigned long long)nth - 1);
		if (nth < 10) {
			printf("not ok - %s allocates next to nothing\n", scenario->name);
			bad++;
		}
	}
	return bad ? 1 : 0;
}
