/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/vmstat and /sys/devices/system/node/nodeN/numastat: what is counted here of vmstat_text[]
  * of v3.8 to v6.12 mm/vmstat.c, in its order; the many lines of what is not modelled are left out.
 * "pgalloc_normal" stands for all zones, as a node has one here.
 */
#include "report/proc.h"

#include "mm/zone.h"

#include <inttypes.h>

#define V(major, minor) ((major) << 8 | (minor))
#define ALWAYS		0
#define EVER		V(255, 255)

/* In the order of the file; a line is there from `since` on, and before `until`. */
static const struct {
	const char *name;
	enum vm_event event;
	unsigned since, until;
} events[] = {
	{"pswpin", VM_EVENT_PSWPIN, ALWAYS, EVER},
	{"pswpout", VM_EVENT_PSWPOUT, ALWAYS, EVER},
	{"pgalloc_normal", VM_EVENT_PGALLOC_NORMAL, ALWAYS, EVER},
	{"pgfree", VM_EVENT_PGFREE, ALWAYS, EVER},
	{"pglazyfree", VM_EVENT_PGLAZYFREE, V(4, 12), EVER},
	{"pgfault", VM_EVENT_PGFAULT, ALWAYS, EVER},
	{"pgmajfault", VM_EVENT_PGMAJFAULT, ALWAYS, EVER},
	{"pglazyfreed", VM_EVENT_PGLAZYFREED, V(4, 5), EVER},
	{"pgreuse", VM_EVENT_PGREUSE, V(5, 9), EVER},
	{"numa_pte_updates", VM_EVENT_NUMA_PTE_UPDATES, ALWAYS, EVER},
	{"numa_huge_pte_updates", VM_EVENT_NUMA_HUGE_PTE_UPDATES, V(3, 13), EVER},
	{"numa_hint_faults", VM_EVENT_NUMA_HINT_FAULTS, ALWAYS, EVER},
	{"numa_hint_faults_local", VM_EVENT_NUMA_HINT_FAULTS_LOCAL, ALWAYS, EVER},
	{"numa_pages_migrated", VM_EVENT_NUMA_PAGES_MIGRATED, ALWAYS, EVER},
	{"pgmigrate_success", VM_EVENT_PGMIGRATE_SUCCESS, ALWAYS, EVER},
	{"pgmigrate_fail", VM_EVENT_PGMIGRATE_FAIL, ALWAYS, EVER},
	{"unevictable_pgs_culled", VM_EVENT_UNEVICTABLE_PGCULLED, ALWAYS, EVER},
	{"unevictable_pgs_rescued", VM_EVENT_UNEVICTABLE_PGRESCUED, ALWAYS, EVER},
	{"unevictable_pgs_mlocked", VM_EVENT_UNEVICTABLE_PGMLOCKED, ALWAYS, EVER},
	{"unevictable_pgs_munlocked", VM_EVENT_UNEVICTABLE_PGMUNLOCKED, ALWAYS, EVER},
	{"unevictable_pgs_cleared", VM_EVENT_UNEVICTABLE_PGCLEARED, ALWAYS, EVER},
	{"unevictable_pgs_stranded", VM_EVENT_UNEVICTABLE_PGSTRANDED, ALWAYS, EVER},
	{"thp_fault_alloc", VM_EVENT_THP_FAULT_ALLOC, ALWAYS, EVER},
	{"thp_fault_fallback", VM_EVENT_THP_FAULT_FALLBACK, ALWAYS, EVER},
	{"thp_split", VM_EVENT_THP_SPLIT_PAGE, ALWAYS, V(4, 5)},
	{"thp_split_page", VM_EVENT_THP_SPLIT_PAGE, V(4, 5), EVER},
	{"thp_deferred_split_page", VM_EVENT_THP_DEFERRED_SPLIT_PAGE, V(4, 5), EVER},
	{"thp_split_pmd", VM_EVENT_THP_SPLIT_PMD, V(4, 5), EVER},
	{"thp_zero_page_alloc", VM_EVENT_THP_ZERO_PAGE_ALLOC, ALWAYS, EVER},
	{"thp_zero_page_alloc_failed", VM_EVENT_THP_ZERO_PAGE_ALLOC_FAILED, ALWAYS, EVER},
};

static void print_numa(FILE *out, const struct numasim_machine *m)
{
	static const char *const name[] = {
		[NUMA_STAT_HIT] = "numa_hit",
		[NUMA_STAT_MISS] = "numa_miss",
		[NUMA_STAT_FOREIGN] = "numa_foreign",
		[NUMA_STAT_INTERLEAVE_HIT] = "numa_interleave",
		[NUMA_STAT_LOCAL] = "numa_local",
		[NUMA_STAT_OTHER] = "numa_other",
	};

	for (unsigned i = 0; i < NUMA_STAT_NR; i++) {
		uint64_t sum = 0;

		for (unsigned node = 0; node < m->nr_nodes; node++)
			sum += zone_of(m, node)->stat[i];
		fprintf(out, "%s %" PRIu64 "\n", name[i], sum);
	}
}

void proc_vmstat(FILE *out, const struct numasim_machine *m)
{
	uint64_t free = 0;

	for (unsigned node = 0; node < m->nr_nodes; node++)
		free += m->node[node].nr_free;
	fprintf(out, "nr_free_pages %" PRIu64 "\n", free);
	print_numa(out, m);
	for (unsigned i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		unsigned since = events[i].since, until = events[i].until;

		if (proc_since(m, since >> 8, since & 0xff) &&
		    !proc_since(m, until >> 8, until & 0xff))
			fprintf(out, "%s %" PRIu64 "\n", events[i].name,
				m->mm->vm_event[events[i].event]);
	}
}

void proc_numastat(FILE *out, const struct numasim_machine *m, unsigned node)
{
	static const char *const name[] = {
#define X(id, text) text,
		NUMA_STATS(X)
#undef X
	};

	for (unsigned i = 0; i < NUMA_STAT_NR; i++)
		fprintf(out, "%s %" PRIu64 "\n", name[i], zone_of(m, node)->stat[i]);
}
