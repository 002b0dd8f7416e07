/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages: references, the page lock, LRU isolation, allocation by node, copying. */
#include "mm/zone.h"
#include "mm_world.h"

/* The page that maps x. */
static struct page *page_of(const struct mm_world *w)
{
	return numasim_pmd_page(numasim_entry_read(numasim_mm_find_pmd(w->mm, w->x)));
}

/* ---- references ---- */

static void counts(void *payload)
{
	const struct mm_world *w = payload;
	struct page *page = page_of(w), *small = numasim_alloc_pages_node(0, 0, 0);

	numasim_assert(numasim_page_count(page) == 1);
	numasim_assert(numasim_page_mapcount(page) == 1);
	numasim_get_page(page);
	numasim_assert(numasim_get_page_unless_zero(page));
	numasim_assert(numasim_page_count(page) == 3);
	numasim_put_page(page);
	numasim_put_page(page);
	numasim_assert(numasim_page_count(page) == 1);
	numasim_assert(numasim_page_count(small) == 1);
	numasim_assert(numasim_page_mapcount(small) == 0);
	numasim_put_page(small);
	numasim_assert(!numasim_get_page_unless_zero(small)); /* free: not looked at further */
}

static void test_references(void **state)
{
	mm_world_run(*state, counts);
}

/* The last reference gives the frame back to its node, and another gets it next. */
static void frees(void *payload)
{
	const struct numasim_machine *m = current_machine();
	uint64_t free_before = m->node[0].nr_free;
	struct page *a = numasim_alloc_pages_node(0, NUMASIM_GFP_THISNODE, 0);
	uint64_t pfn = numasim_page_to_pfn(a);

	numasim_assert(m->node[0].nr_free == free_before - 1);
	numasim_put_page(a);
	numasim_assert(m->node[0].nr_free == free_before);
	a = numasim_alloc_pages_node(0, NUMASIM_GFP_THISNODE, 0);
	numasim_assert(numasim_page_to_pfn(a) == pfn);
	numasim_put_page(a);
}

static void test_last_reference_frees(void **state)
{
	mm_world_run(*state, frees);
}

/* ---- the page lock ---- */

static void locks(void *payload)
{
	struct page *page = page_of(payload);

	numasim_assert(!numasim_page_locked(page));
	numasim_lock_page(page);
	numasim_assert(numasim_page_locked(page));
	numasim_assert(!numasim_trylock_page(page));
	numasim_unlock_page(page);
	numasim_assert(numasim_trylock_page(page));
	numasim_unlock_page(page);
	numasim_wait_on_page_locked(page); /* nothing to wait for */
}

static void test_page_lock(void **state)
{
	mm_world_run(*state, locks);
}

static void locks_for_a_while(void *payload)
{
	struct page *page = page_of(payload);

	numasim_lock_page(page);
	numasim_note("holds it");
	numasim_page_count(page);
	numasim_unlock_page(page);
}

static void waits(void *payload)
{
	struct page *page = page_of(payload);

	numasim_wait_on_page_locked(page);
	numasim_lock_page(page);
	numasim_assert(numasim_page_locked(page));
	numasim_unlock_page(page);
}

static void test_waiting_in_every_order(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "a", locks_for_a_while, 0);
	mm_world_add(w, "b", waits, 1);
	mm_world_add(w, "c", waits, 0);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	if (w->info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s", w->info.sentence);
}

/* ---- LRU ---- */

/* A page that was put back waits in its CPU's batch, which holds it, and nobody can isolate it. */
static void isolates(void *payload)
{
	struct page *page = page_of(payload);

	numasim_assert(numasim_isolate_lru_page(page));
	numasim_assert(numasim_page_count(page) == 2);
	numasim_assert(!numasim_isolate_lru_page(page)); /* it is on none any more */
	numasim_assert(numasim_page_count(page) == 2);
	numasim_putback_lru_page(page);
	numasim_assert(numasim_page_count(page) == 2);
	numasim_assert(!numasim_isolate_lru_page(page));
	lru_add_drain();
	numasim_assert(numasim_page_count(page) == 1);
	numasim_assert(numasim_isolate_lru_page(page));
	numasim_putback_lru_page(page);
}

static void test_isolation(void **state)
{
	mm_world_run(*state, isolates);
}

static void isolates_if_it_can(void *payload)
{
	struct page *page = page_of(payload);

	if (numasim_isolate_lru_page(page))
		numasim_putback_lru_page(page);
}

static void test_one_isolates(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "a", isolates_if_it_can, 0);
	mm_world_add(w, "b", isolates_if_it_can, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	assert_int_equal(w->info.verdict, NUMASIM_VERDICT_HOLDS);
}

/* One puts a page back into its CPU's batch, another drains all batches, a third looks whether it
 * can have the page: in every order the books are right in the end. */
static void puts_back(void *payload)
{
	struct page *page = page_of(payload);

	if (isolate_lru_page(page))
		putback_lru_page(page);
}

static void drains_all(void *payload)
{
	lru_add_drain_all();
}

static void test_batch_in_every_order(void **state)
{
	struct mm_world *w = *state;

	mm_world_add(w, "a", puts_back, 0);
	mm_world_add(w, "b", drains_all, 1);
	mm_world_add(w, "c", puts_back, 1);
	mm_world_search(w, NUMASIM_ENGINE_GRAPH, NULL);
	if (w->info.verdict != NUMASIM_VERDICT_HOLDS)
		fail_msg("%s", w->info.sentence);
}

/* ---- allocation ---- */

static void allocates(void *payload)
{
	struct page *page[3];

	for (int nid = 0; nid < 2; nid++) {
		page[nid] = numasim_alloc_pages_node(nid, NUMASIM_GFP_THISNODE, 0);
		numasim_assert(numasim_page_to_nid(page[nid]) == nid);
	}
	page[2] = numasim_alloc_pages_node(1, 0, NUMASIM_HPAGE_PMD_ORDER);
	numasim_assert(numasim_page_to_nid(page[2]) == 1);
	numasim_assert(numasim_page_to_pfn(page[2]) % 512 == 0);
	for (int i = 0; i < 3; i++)
		numasim_put_page(page[i]);
	numasim_assert(!numasim_alloc_pages_node(2, 0, 0));
	numasim_assert(!numasim_alloc_pages_node(-1, 0, 0));
	numasim_assert(!numasim_alloc_pages_node(0, 0, 1));
	numasim_assert(!numasim_alloc_pages_node(0, 0, 10));
}

static void test_allocation(void **state)
{
	mm_world_run(*state, allocates);
}

/* When a node has nothing above its reserve, only those who insist on it get nothing. */
static void empties_node_1(void *payload)
{
	const struct numasim_machine *m = current_machine();
	uint64_t reserve = zone_of(m, 1)->watermark[WMARK_MIN];
	struct page *page;

	numasim_assert(reserve > 0);
	while (numasim_alloc_pages_node(1, NUMASIM_GFP_THISNODE, NUMASIM_HPAGE_PMD_ORDER))
		;
	numasim_assert(m->node[1].nr_free < reserve + BLOCK_FRAMES);
	while (numasim_alloc_pages_node(1, NUMASIM_GFP_THISNODE, 0))
		;
	numasim_assert(m->node[1].nr_free == reserve);
	page = numasim_alloc_pages_node(1, 0, 0);
	numasim_assert(numasim_page_to_nid(page) == 0);
}

static void test_an_empty_node(void **state)
{
	mm_world_run(*state, empties_node_1);
}

/* ---- copying ---- */

static void copies(void *payload)
{
	const struct mm_world *w = payload;
	struct numasim_machine *m = current_machine();
	struct page *from = page_of(w), *to;

	to = numasim_alloc_pages_node(1, 0, NUMASIM_HPAGE_PMD_ORDER);
	numasim_assert(content_get(m->content, numasim_page_to_pfn(to) << FRAME_SHIFT) == 0);
	numasim_copy_page(to, from);
	numasim_assert(content_get(m->content, numasim_page_to_pfn(to) << FRAME_SHIFT) == 1);
	numasim_put_page(to);
}

static void test_copy(void **state)
{
	mm_world_run(*state, copies);
}

static void copies_wrongly(void *payload)
{
	numasim_copy_page(numasim_alloc_pages_node(0, 0, 0), page_of(payload));
}

static void test_copy_of_another_size(void **state)
{
	struct mm_world *w = *state;
	struct numasim_seat seat = {.mm = w->mm};

	assert_int_equal(numasim_program_setup(w->program, copies_wrongly, w, &seat, &w->err),
			 -EPROTO);
	assert_non_null(strstr(w->err.text, "another size"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUGE_TEST(test_references),
		HUGE_TEST(test_last_reference_frees),
		HUGE_TEST(test_page_lock),
		HUGE_TEST(test_waiting_in_every_order),
		HUGE_TEST(test_isolation),
		HUGE_TEST(test_one_isolates),
		HUGE_TEST(test_batch_in_every_order),
		HUGE_TEST(test_allocation),
		HUGE_TEST(test_an_empty_node),
		HUGE_TEST(test_copy),
		HUGE_TEST(test_copy_of_another_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
