/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of /proc/vmstat. */
#include "words.h"

#include <stdio.h>
#include <string.h>

/* Of /proc/vmstat, what counts events of user memory only: equal in every run of a kernel. */
static const char *const counter_name[] = {
	"pgfault",
	"pgmajfault",
	"pgreuse",
	"pswpin",
	"pswpout",
	"swap_ra",
	"swap_ra_hit",
	"pglazyfree",
	"pglazyfreed",
	"numa_pte_updates",
	"numa_huge_pte_updates",
	"numa_hint_faults",
	"numa_hint_faults_local",
	"numa_pages_migrated",
	"pgmigrate_success",
	"pgmigrate_fail",
	"thp_migration_success",
	"thp_migration_fail",
	"thp_migration_split",
	"thp_fault_alloc",
	"thp_fault_fallback",
	"thp_split_page",
	"thp_split_page_failed",
	"thp_deferred_split_page",
	"thp_split_pmd",
	"thp_zero_page_alloc",
	"thp_zero_page_alloc_failed",
	"thp_swpout",
	"thp_swpout_fallback",
	"unevictable_pgs_culled",
	"unevictable_pgs_rescued",
	"unevictable_pgs_mlocked",
	"unevictable_pgs_munlocked",
	"unevictable_pgs_cleared",
	"unevictable_pgs_stranded",
};
#define NR_COUNTERS (sizeof(counter_name) / sizeof(counter_name[0]))

static uint64_t before[NR_COUNTERS];

/* A counter that is not there has never counted. */
static uint64_t value_of(unsigned i)
{
	uint64_t value = 0;

	side_counter(&value, counter_name[i]);
	return value;
}

void count(void)
{
	side_read_counters();
	for (unsigned i = 0; i < NR_COUNTERS; i++)
		before[i] = value_of(i);
}

static bool is_named(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name))
		names++;
	return *names;
}

void counters(void)
{
	static const char *const none[] = {NULL};

	counters_but(none);
}

void counters_but(const char *const *unwanted)
{
	char text[2048] = "";
	size_t used = 0;

	side_read_counters();
	for (unsigned i = 0; i < NR_COUNTERS; i++) {
		uint64_t now = value_of(i);

		if (now != before[i] && !is_named(counter_name[i], unwanted))
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %s+%lld",
						 counter_name[i], (long long)(now - before[i]));
		before[i] = now;
	}
	line("counters:%s", text);
}
