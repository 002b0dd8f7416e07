/* SPDX-License-Identifier: BSD-2-Clause */
/* What single rows change in scanning, each with and without. */
#include "row_world.h"

#include "mm/entry.h"
#include "numa/numa.h"

static void scans(void *payload)
{
	task_numa_work();
}

/* Is the one base page a hint after a scan that met with @spoil? */
static bool scan_arms(const char *kernel, void (*spoil)(struct mm_world *w))
{
	struct mm_world w;
	bool armed;

	row_world_open(&w, kernel, false);
	*w.m->clock = 1000;
	w.mm->numa_next_scan = 1000; /* due */
	spoil(&w);
	row_world_run(&w, scans, 0);
	armed = kernel_pte_hint(w.m->kernel, *entry_find(w.m, w.mm, w.x, 1));
	mm_world_close(&w);
	return armed;
}

static void too_much_was_moved(struct mm_world *w)
{
	w->m->mm->migrate_window_pages[0] = 1 << 20;
	w->m->mm->migrate_window_end[0] = *w->m->clock + 50;
}

static void never_scanned(struct mm_world *w)
{
	w->mm->numa_next_scan = 0;
}

static void nothing(struct mm_world *w)
{
}

static void scans_go_on(void **state)
{
	assert_true(scan_arms("v3.13", nothing));
	assert_true(scan_arms("v3.13", too_much_was_moved));
	assert_true(scan_arms("v3.13~9e645ab6d089", nothing));
	assert_false(scan_arms("v3.13~9e645ab6d089", too_much_was_moved));
}

static void first_scans_wait(void **state)
{
	assert_false(scan_arms("v3.13", never_scanned));
	assert_true(scan_arms("v3.13~7e8d16b6cbcc", never_scanned));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scans_go_on),
		cmocka_unit_test(first_scans_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
