/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Swap under every order of steps: a load that swaps a page in, against a store and a second
 * swap-out of it. The device has one slot, so that the second one takes the slot of the first. (A
 * load that finds the slot free, and then the same entry again, takes that for VM_FAULT_OOM, as
 * the kernel does: it does not succeed then.)
 *
 * H6, v4.15 to v6.7: both read past the swap cache; the slot is freed, and used again with the same
 * number, while the first still holds the old contents; its entry looks as before, and the store is
 * lost.
 */
#include "mm_world.h"

#include "mm/swap.h"

struct race {
	struct mm_world w;
	struct page *page;
};

static uint64_t entry_of(const struct race *r)
{
	return *entry_find(r->w.m, r->w.mm, r->w.x, 1);
}

static void out(const struct race *r)
{
	struct page *page;
	uint64_t entry = entry_of(r);

	observe(pte_present(entry));
	if (!pte_present(entry))
		return;
	page = pte_page(entry);
	lru_add_drain_all();
	if (!isolate_lru_page(page))
		return;
	lock_page(page);
	if (!pageout_anon(page))
		putback_lru_page(page);
}

static void swaps_out(void *payload)
{
	out(payload);
}

static void loads(void *payload)
{
	const struct race *r = payload;
	uint64_t value = 0;

	if (numasim_user_load(&value, r->w.x))
		numasim_assert(value == 1 || value == 2);
}

static void stores_and_swaps(void *payload)
{
	const struct race *r = payload;

	numasim_assert(numasim_user_store(r->w.x, 2));
	out(r);
}

/* What the address would read, from memory or from the device. */
static void holds_the_store(void *payload)
{
	const struct race *r = payload;
	uint64_t entry = entry_of(r), offset = r->w.x % FRAME_SIZE, value = 0;

	if (kernel_pte_present(r->w.m->kernel, entry)) {
		value = content_get(r->w.m->content,
				    kernel_pte_pfn(r->w.m->kernel, entry) << FRAME_SHIFT | offset);
	} else {
		const struct page_image *image =
			r->w.m->mm->swap->slot[kernel_swp_offset(r->w.m->kernel, entry)].image;

		for (uint32_t i = 0; image && i < image->nr; i++)
			if (image->word[i].offset == offset)
				value = image->word[i].value;
	}
	numasim_assert(value == 2);
}

/* Is the store lost in some order? */
static bool lost(const char *release)
{
	struct numasim_program_options options = {.release = release};
	struct race r;
	bool broken;

	mm_world_open(&r.w, &options, false);
	assert_int_equal(swap_on(r.w.m, 2), 0);
	for (unsigned i = 0; i < 3; i++) {
		struct numasim_seat seat = {.where = NUMASIM_SEAT_NODE, .id = i == 2, .mm = r.w.mm};
		int ret = i ? numasim_program_add(r.w.program, i == 1 ? "loads" : "stores",
						  i == 1 ? loads : stores_and_swaps, &r, &seat,
						  &r.w.err)
			    : numasim_program_setup(r.w.program, swaps_out, &r, &seat, &r.w.err);

		if (ret)
			fail_msg("%s", r.w.err.text);
	}
	assert_false(kernel_pte_present(r.w.m->kernel, entry_of(&r)));
	assert_int_equal(numasim_program_check(r.w.program, holds_the_store, &r), 0);
	mm_world_search(&r.w, NUMASIM_ENGINE_GRAPH, "assertion");
	assert_true(r.w.info.states > 10);
	if (r.w.info.sentence && strstr(r.w.info.sentence, "the model itself"))
		fail_msg("%s", r.w.info.sentence);
	if (r.w.info.verdict == NUMASIM_VERDICT_UNDECIDED)
		fail_msg("%s: %s", release, r.w.info.undecided);
	broken = r.w.info.verdict == NUMASIM_VERDICT_BROKEN;
	mm_world_close(&r.w);
	return broken;
}

static void through_the_cache(void **state)
{
	assert_false(lost("v3.8"));
	assert_false(lost("v3.13"));
}

static void h6_past_the_cache(void **state)
{
	assert_true(lost("v3.13+0bcac06f27d7"));
}

static void h6_closed(void **state)
{
	assert_false(lost("v3.13+13ddaf26be32"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_the_cache),
		cmocka_unit_test(h6_past_the_cache),
		cmocka_unit_test(h6_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
