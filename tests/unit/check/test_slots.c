/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of its slots a page table took says who came first. Nothing depends on it, so two states
 * that differ in it alone are one. */
#include "mm/mm_world.h"

/* Let the tables in slots @a and @b change places, with all that knows of it. */
static void swap_slots(struct mm_world *w, unsigned a, unsigned b)
{
	struct table *table = w->mm->table, other = table[a];

	table[a] = table[b];
	table[b] = other;
	pfn_to_page(w->m, table[a].pa >> FRAME_SHIFT)->index = a;
	pfn_to_page(w->m, table[b].pa >> FRAME_SHIFT)->index = b;
}

static void test_slots_do_not_matter(void **state)
{
	struct mm_world *w = *state;
	struct digest before = exec_digest(&w->m->exec);
	unsigned nr = 0;

	while (w->mm->table[nr].used)
		nr++;
	assert_true(nr >= 3);
	for (unsigned a = 0; a < nr; a++) {
		for (unsigned b = 0; b < a; b++) {
			swap_slots(w, a, b);
			assert_true(digest_equal(before, exec_digest(&w->m->exec)));
		}
	}
	w->mm->table[1].ptl.owner = 1; /* what stands in them does */
	assert_false(digest_equal(before, exec_digest(&w->m->exec)));
	w->mm->table[1].ptl.owner = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUGE_TEST(test_slots_do_not_matter),
		BASE_TEST(test_slots_do_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
