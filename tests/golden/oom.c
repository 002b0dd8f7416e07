/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every scenario of the golden runs again and again, each time with one more allocation let
 * through before one fails, and, for some, before all fail: pages, page tables, records of the
 * kernel alike. The process gets an error (or a signal, or the kernel falls back); when it has
 * exited every page and every object of the kernel is back, nothing is left of its address space,
 * and the books of the pages are right.
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

/* Objects of the kernel that rightly stay: those of such pools, address spaces and files. */
static uint64_t held_objects(struct numasim_machine *m)
{
	uint64_t bytes = hugetlb_counts(m).total * sizeof(struct pool_page) +
			 (m->mm->hugetlb ? sizeof(*m->mm->hugetlb) : 0);
	struct mm_struct *mm;
	struct file *file;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		if (!mm->mm_users && mm->mm_count)
			bytes += sizeof(*mm) + sizeof(struct table);
	TAILQ_FOREACH(file, &m->mm->files, link)
		bytes += sizeof(*file) + file->mapping.nr_pages * sizeof(struct cached_page);
	return bytes;
}

struct before {
	uint64_t pages, objects;
};

/* What is wrong when everybody has exited; false: nothing. */
static bool find_fault(struct golden *g, const struct before *before, char *why, size_t size)
{
	struct numasim_machine *m = g->system->machine;
	struct numasim_error err = {0};
	int64_t pages, objects;

	drain_in(g->system);
	if (g->system->dead || numasim_system_audit(g->system, &err)) {
		snprintf(why, size, "%s", err.text[0] ? err.text : m->exec.violation.text);
		return true;
	}
	pages = (int64_t)(before->pages - free_pages(m) - held(m));
	objects = (int64_t)(kmem_in_use(m) - held_objects(m) - before->objects);
	if (pages)
		snprintf(why, size, "%lld pages are lost", (long long)pages);
	else if (objects)
		snprintf(why, size, "%lld bytes of objects are lost", (long long)objects);
	return pages || objects;
}

/* One scenario with the nth allocation failing, or all from it on. True: it was reached. */
static bool one(const char *release, const struct golden_scenario *scenario, uint64_t nth,
		bool for_good, int *bad)
{
	struct golden g = {.scenario = scenario->name};
	struct numasim_machine *m;
	struct before before;
	uint64_t tried;
	char why[1024];
	int ret;

	if (golden_open(&g, release))
		return (*bad)++, false;
	m = g.system->machine;
	before = (struct before){free_pages(m), kmem_in_use(m)};
	tried = alloc_count(m);
	if (for_good)
		alloc_fail_from(m, nth);
	else
		alloc_fail_nth(m, nth);
	ret = golden_start(&g) ?: scenario->run(&g);
	tried = alloc_count(m) - tried;
	alloc_fail_nth(m, 0);
	golden_end(&g);
	if (find_fault(&g, &before, why, sizeof(why))) {
		printf("not ok - %s, allocation %llu%s (%d): %s\n", scenario->name,
		       (unsigned long long)nth, for_good ? " and all after it" : "", ret, why);
		(*bad)++;
	}
	golden_close(&g);
	return tried >= nth;
}

/* How many allocations failed in turn. */
static uint64_t each(const char *release, const struct golden_scenario *scenario, bool for_good,
		     unsigned step, int *bad)
{
	uint64_t nth = 1;

	while (*bad < 20 && one(release, scenario, nth, for_good, bad))
		nth += step;
	return nth / step;
}

#define SAMPLE 7 /* of the points from which all fail */

int main(int argc, char **argv)
{
	int bad = 0;

	if (argc < 2 || argc > 3)
		return fprintf(stderr, "usage: golden-oom RELEASE [SCENARIO]\n"), 2;
	for (unsigned i = 0; i < golden_nr_scenarios; i++) {
		const struct golden_scenario *scenario = &golden_scenarios[i];
		uint64_t alone, for_good;

		if (argc == 3 && strcmp(argv[2], scenario->name))
			continue;
		alone = each(argv[1], scenario, false, 1, &bad);
		for_good = each(argv[1], scenario, true, SAMPLE, &bad);
		printf("# %s: %llu allocations failed in turn, all from %llu places on\n",
		       scenario->name, (unsigned long long)alone - 1,
		       (unsigned long long)for_good);
		if (alone < 11) {
			printf("not ok - %s allocates next to nothing\n", scenario->name);
			bad++;
		}
	}
	return bad ? 1 : 0;
}
