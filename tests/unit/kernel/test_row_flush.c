/* SPDX-License-Identifier: BSD-2-Clause */
/* When a flush takes everything: of no row, the same from v3.8 to v3.13. */
#include "row_world.h"

static void reads_three_pages(void *payload)
{
	const struct mm_world *w = payload;
	uint64_t value;

	numasim_user_load(&value, w->x);
	numasim_user_load(&value, w->x + 16 * FRAME_SIZE);
	numasim_user_load(&value, w->x + 17 * FRAME_SIZE);
}

static void flushes_16(void *payload)
{
	const struct mm_world *w = payload;

	numasim_flush_tlb_range(w->vma, w->x, w->x + 16 * FRAME_SIZE);
}

static void flushes_17(void *payload)
{
	const struct mm_world *w = payload;

	numasim_flush_tlb_range(w->vma, w->x, w->x + 17 * FRAME_SIZE);
}

/* How many of three translations are left on CPU 0 and on another after @flush on CPU 0. */
static void translations_left(unsigned *own, unsigned *other, void (*flush)(void *))
{
	unsigned flags = NUMASIM_MAP_READ | NUMASIM_MAP_WRITE;
	struct mm_world w;

	row_world_open(&w, "v3.13", false);
	assert_int_equal(numasim_program_map(&w.vma, w.program, w.mm, 32 * FRAME_SIZE, flags,
					     &w.err), 0);
	w.x = numasim_vma_start(w.vma);
	row_world_run(&w, reads_three_pages, 0);
	row_world_run(&w, reads_three_pages, 1);
	row_world_run(&w, flush, 0);
	*own = w.m->cpu[0].tlb->nr;
	*other = 0;
	for (unsigned i = 1; i < w.m->nr_cpus; i++)
		*other += w.m->cpu[i].tlb->nr;
	mm_world_close(&w);
}

static void long_ranges_flush_everything(void **state)
{
	unsigned own, other;

	translations_left(&own, &other, flushes_16);
	assert_int_equal(other, 2);
	assert_int_equal(own, 3); /* x of mm_world_open(), too */
	translations_left(&own, &other, flushes_17);
	assert_int_equal(other, 0);
	assert_int_equal(own, 0);
}

static void flushes_from_the_huge_page(void *payload)
{
	const struct mm_world *w = payload;

	numasim_flush_tlb_range(w->vma, w->x, w->x + FRAME_SIZE);
}

/* Less than 17 pages, but a huge page starts there: the base page elsewhere goes, too. */
static void huge_pages_flush_everything(void **state)
{
	unsigned flags = NUMASIM_MAP_READ | NUMASIM_MAP_WRITE;
	struct vm_area_struct *base, *huge;
	uint64_t x;
	struct mm_world w;

	row_world_open(&w, "v3.13", true);
	huge = w.vma;
	x = w.x;
	assert_int_equal(numasim_program_map(&base, w.program, w.mm, FRAME_SIZE, flags, &w.err), 0);
	w.vma = base;
	w.x = numasim_vma_start(base);
	row_world_run(&w, row_world_loads, 0);
	assert_int_equal(w.m->cpu[0].tlb->nr, 2);
	w.vma = huge;
	w.x = x;
	row_world_run(&w, flushes_from_the_huge_page, 0);
	assert_int_equal(w.m->cpu[0].tlb->nr, 0);
	mm_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_ranges_flush_everything),
		cmocka_unit_test(huge_pages_flush_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
