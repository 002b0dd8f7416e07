/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames in a row: orders, splitting and merging, blocks that break and become whole, huge pages
 * that fall apart. */
#include "frame_world.h"

#define NODE_FRAMES 2048

/* Frames in a row start where they are aligned, and are in no other's. */
static void test_orders(void **state)
{
	struct numasim_machine *m = *state;
	struct node *node = &m->node[0];
	struct page *page[11];
	uint8_t owner[NODE_FRAMES] = {0};
	uint64_t used = 0;

	for (unsigned order = 0; order <= 10; order++) {
		uint64_t at;

		page[order] = frame_take_order(m, node, order);
		assert_non_null(page[order]);
		assert_int_equal(page_order(page[order]), order);
		assert_int_equal(page_nr_frames(page[order]), 1 << order);
		at = page_to_pfn(m, page[order]) - node->start_pfn;
		assert_int_equal(at % (1 << order), 0);
		for (unsigned i = 0; i < 1u << order; i++)
			assert_int_equal(owner[at + i]++, 0);
		used += 1u << order;
		assert_int_equal(node->nr_free, NODE_FRAMES - used);
	}
	assert_null(frame_take_order(m, node, 11));
	assert_int_equal(node->nr_free, 1); /* 1 + 2 + 4 ... + 1024 fit into 2048 */
	assert_null(frame_take_order(m, node, 1));
	for (int order = 0; order <= 10; order++)
		frame_give(m, page[order]);
	assert_int_equal(node->nr_free, NODE_FRAMES);
	for (int i = 0; i < 2; i++) { /* all of it has merged back */
		page[i] = frame_take_order(m, node, 10);
		assert_non_null(page[i]);
		assert_int_equal((page_to_pfn(m, page[i]) - node->start_pfn) % 1024, 0);
	}
	assert_null(frame_take(m, node));
}

/* Is there an aligned run of 2^order free frames? */
static bool run_is_free(const uint8_t *used, unsigned order)
{
	for (unsigned at = 0; at < NODE_FRAMES; at += 1u << order) {
		unsigned i = 0;

		while (i < 1u << order && !used[at + i])
			i++;
		if (i == 1u << order)
			return true;
	}
	return false;
}

struct taken {
	struct page *page;
	unsigned at, order;
};

static void take_some(struct numasim_machine *m, uint8_t *used, struct taken *t, unsigned *nr)
{
	unsigned order = rand() % 4 ? rand() % 5 : rand() % 11;
	bool expected = run_is_free(used, order);

	t[*nr].page = frame_take_order(m, &m->node[0], order);
	assert_int_equal(t[*nr].page != NULL, expected);
	if (!expected)
		return;
	t[*nr].at = page_to_pfn(m, t[*nr].page) - m->node[0].start_pfn;
	t[*nr].order = order;
	assert_int_equal(t[*nr].at % (1u << order), 0);
	for (unsigned i = 0; i < 1u << order; i++)
		assert_int_equal(used[t[*nr].at + i]++, 0);
	++*nr;
}

static void give_some(struct numasim_machine *m, uint8_t *used, struct taken *t, unsigned *nr)
{
	unsigned i = *nr ? rand() % *nr : 0;

	if (!*nr)
		return;
	frame_give(m, t[i].page);
	memset(&used[t[i].at], 0, 1u << t[i].order);
	t[i] = t[--*nr];
}

/* A request succeeds if and only if a map of all frames shows room for it, whatever came before. */
static void test_no_request_fails_in_vain(void **state)
{
	struct numasim_machine *m = *state;
	uint8_t used[NODE_FRAMES] = {0};
	struct taken t[NODE_FRAMES];
	unsigned nr = 0, in_use;

	srand(1);
	for (unsigned n = 0; n < 20000; n++) {
		bool filling = n / 500 % 2 == 0;

		if (rand() % 5 < (filling ? 4 : 1))
			take_some(m, used, t, &nr);
		else
			give_some(m, used, t, &nr);
		in_use = 0;
		for (unsigned i = 0; i < NODE_FRAMES; i++)
			in_use += used[i];
		assert_int_equal(m->node[0].nr_free, NODE_FRAMES - in_use);
	}
	while (nr)
		give_some(m, used, t, &nr);
	for (int i = 0; i < 2; i++)
		assert_non_null(frame_take_order(m, &m->node[0], 10));
}

/* A block is whole again when the last of its frames is back, and not before. */
static void test_whole_again(void **state)
{
	struct numasim_machine *m = *state;
	struct node *node = &m->node[2];
	struct page *page[512], *huge = frame_take_block(m, node);

	for (int i = 0; i < 512; i++)
		page[i] = frame_take(m, node);
	for (int i = 0; i < 511; i++)
		frame_give(m, page[i * 77 % 512]);
	assert_null(frame_take_block(m, node));
	frame_give(m, page[511 * 77 % 512]);
	assert_non_null(frame_take_block(m, node));
	assert_null(frame_take(m, node));
	frame_give(m, huge);
	assert_ptr_equal(frame_take(m, node), huge); /* its first frame has the block's record */
}

static void test_split(void **state)
{
	struct numasim_machine *m = *state;
	struct page *huge = frame_take_block(m, &m->node[2]), *part, *other;
	uint64_t pfn = page_to_pfn(m, huge);

	content_set(m->content, (pfn + 3) << FRAME_SHIFT, 33);
	huge->count = 5; /* a PMD, two PTEs, two others */
	huge->mapcount = 1;
	huge->index = 1000;
	frame_make_parts(m, huge);
	block_part(&m->space[2], 0, 0)->mapcount = 1;
	block_part(&m->space[2], 0, 3)->mapcount = 1;
	block_part(&m->space[2], 0, 3)->flags |= PAGE_ANON_EXCLUSIVE;
	frame_split_block(m, huge, PAGE_UPTODATE);
	assert_ptr_equal(pfn_to_page(m, pfn), huge);
	assert_int_equal(page_nr_frames(huge), 1);
	assert_int_equal(huge->count, 4);
	assert_int_equal(huge->mapcount, 2);
	part = pfn_to_page(m, pfn + 3);
	assert_int_equal(page_to_pfn(m, part), pfn + 3);
	assert_int_equal(part->count, 2);
	assert_int_equal(part->mapcount, 2);
	assert_int_equal(part->index, 1003);
	assert_int_equal(part->flags, PAGE_UPTODATE | PAGE_ANON_EXCLUSIVE);
	assert_int_equal(content_get(m->content, (pfn + 3) << FRAME_SHIFT), 33);
	other = pfn_to_page(m, pfn + 511);
	assert_int_equal(other->count, 1);
	assert_true(other->name != part->name && part->name != huge->name);
	frame_give(m, part);
	assert_int_equal(m->node[2].nr_free, 513);
	assert_ptr_equal(frame_take(m, &m->node[2]), part);
	for (int i = 0; i < 512; i++)
		frame_give(m, pfn_to_page(m, pfn + i));
	frame_take_block(m, &m->node[2]);
	assert_ptr_equal(frame_take_block(m, &m->node[2]), huge);
}

/* Two frames by their names: numbers do not matter. */
static struct digest digest_of_two(struct numasim_machine *m, uint32_t first, uint32_t second)
{
	struct page *a = frame_take(m, &m->node[0]), *b = frame_take(m, &m->node[0]);
	struct digest digest;

	a->name = first;
	b->name = second;
	(first < second ? a : b)->count = 7;
	digest = exec_digest(&m->exec);
	frame_give(m, b);
	frame_give(m, a);
	return digest;
}

static void test_digest_has_names(void **state)
{
	struct numasim_machine *m = *state;
	struct digest one = digest_of_two(m, 5, 9);

	assert_true(digest_equal(one, digest_of_two(m, 9, 5)));
	assert_false(digest_equal(one, digest_of_two(m, 9, 6)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_orders),
		TEST(test_no_request_fails_in_vain),
		TEST(test_whole_again),
		TEST(test_split),
		TEST(test_digest_has_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
