/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical frames: blocks and broken blocks, free lists, what a node has, where things are. */
#include "frame_world.h"

#include <sys/resource.h>

static void test_what_nodes_have(void **state)
{
	struct numasim_machine *m = *state;

	assert_int_equal(m->nr_nodes, 3);
	assert_int_equal(m->node[0].nr_frames, 2048);
	assert_int_equal(m->node[1].nr_frames, 0);
	assert_int_equal(m->node[2].nr_frames, 1024); /* what is no whole block is not used */
	assert_int_equal(machine_node_index(m, 9), 2);
	assert_int_equal(machine_node_index(m, 1), -ENOENT);
	assert_int_equal(machine_distance(m, 0, 0), 10);
	assert_int_equal(machine_distance(m, 0, 2), 20);
	assert_true(m->node[0].start_pfn > 0); /* frame 0 is nobody's */
	assert_ptr_equal(node_of_pfn(m, m->node[0].start_pfn), &m->node[0]);
	assert_ptr_equal(node_of_pfn(m, m->node[0].start_pfn + 2047), &m->node[0]);
	assert_null(node_of_pfn(m, m->node[0].start_pfn + 2048));
	assert_null(node_of_pfn(m, 0));
	assert_null(pfn_to_page(m, 0));
	assert_null(pfn_to_page(m, m->node[0].start_pfn)); /* not touched yet */
}

static void test_blocks(void **state)
{
	struct numasim_machine *m = *state;
	struct page *page[4];

	for (int i = 0; i < 4; i++) {
		page[i] = frame_take_block(m, &m->node[0]);
		assert_non_null(page[i]);
		assert_true(page[i]->flags & PAGE_HEAD);
		assert_int_equal(page_nr_frames(page[i]), 512);
		assert_int_equal(page_to_pfn(m, page[i]), m->node[0].start_pfn + i * 512);
		assert_ptr_equal(pfn_to_page(m, page_to_pfn(m, page[i]) + 77), page[i]);
	}
	assert_int_equal(m->node[0].nr_free, 0);
	assert_null(frame_take_block(m, &m->node[0]));
	assert_null(frame_take(m, &m->node[0]));
	frame_give(m, page[1]);
	frame_give(m, page[3]);
	assert_int_equal(m->node[0].nr_free, 1024);
	assert_true(page[1]->flags & PAGE_FREE);
	assert_int_equal(frame_free_place(m, page[3]), 1); /* last freed is first taken */
	assert_int_equal(frame_free_place(m, page[1]), 2);
	assert_int_equal(frame_free_place(m, page[0]), 0);
	assert_ptr_equal(frame_take_block(m, &m->node[0]), page[3]);
	assert_int_equal(page[3]->generation, 1);
	assert_int_equal(page[0]->generation, 0);
	assert_ptr_equal(frame_take_block(m, &m->node[0]), page[1]);
	assert_null(frame_take_block(m, &m->node[0]));
}

static void test_frames(void **state)
{
	struct numasim_machine *m = *state;
	struct node *node = &m->node[2];
	struct page *page[1024];

	for (int i = 0; i < 1024; i++) {
		page[i] = frame_take(m, node);
		assert_non_null(page[i]);
		assert_int_equal(page_nr_frames(page[i]), 1);
		assert_int_equal(page_to_pfn(m, page[i]), node->start_pfn + i);
		assert_ptr_equal(pfn_to_page(m, node->start_pfn + i), page[i]);
		assert_int_equal(page[i]->node, 2);
	}
	assert_int_equal(node->nr_free, 0);
	assert_null(frame_take(m, node));
	assert_null(frame_take_block(m, node));
	frame_give(m, page[600]);
	frame_give(m, page[3]);
	assert_int_equal(frame_free_place(m, page[3]), 1);
	assert_int_equal(frame_free_place(m, page[600]), 2);
	assert_null(frame_take_block(m, node)); /* two single frames are no block */
	assert_ptr_equal(frame_take(m, node), page[3]);
	assert_ptr_equal(frame_take(m, node), page[600]);
	assert_null(frame_take(m, node));
}

/* One block is broken, and only when it is used up another. */
static void test_both(void **state)
{
	struct numasim_machine *m = *state;
	struct page *small = frame_take(m, &m->node[0]), *huge = frame_take_block(m, &m->node[0]);

	assert_int_equal(page_to_pfn(m, huge) - page_to_pfn(m, small), 512);
	assert_int_equal(page_to_pfn(m, frame_take(m, &m->node[0])) - page_to_pfn(m, small), 1);
	assert_int_equal(m->node[0].nr_free, 2048 - 512 - 2);
	assert_null(frame_take(m, &m->node[1])); /* a node without memory */
	assert_null(frame_take_block(m, &m->node[1]));
	assert_int_equal(m->error.code, 0); /* that is nobody's mistake */
}

/* What a frame held is gone when it is freed. */
static void test_contents_go(void **state)
{
	struct numasim_machine *m = *state;
	struct page *huge = frame_take_block(m, &m->node[0]), *small = frame_take(m, &m->node[0]);
	uint64_t pa = page_to_pfn(m, huge) << FRAME_SHIFT;
	uint64_t small_pa = page_to_pfn(m, small) << FRAME_SHIFT;

	content_set(m->content, pa, 1);
	content_set(m->content, pa + 2 * MIB - 8, 2);
	content_set(m->content, small_pa, 3);
	frame_give(m, huge);
	assert_int_equal(content_get(m->content, pa), 0);
	assert_int_equal(content_get(m->content, pa + 2 * MIB - 8), 0);
	assert_int_equal(content_get(m->content, small_pa), 3);
	frame_give(m, small);
	assert_int_equal(m->content->nr, 0);
}

/* Real bytes: what nobody stored is zero, copies are copies, and nothing outlives its frame. */
static void test_real_bytes(void **state)
{
	struct numasim_machine *m = *state;
	struct page *huge = frame_take_block(m, &m->node[0]), *small = frame_take(m, &m->node[0]);
	uint64_t pa = page_to_pfn(m, huge) << FRAME_SHIFT;
	uint64_t other = page_to_pfn(m, small) << FRAME_SHIFT;
	struct content *c = m->content;

	c->bytes = &m->phys;
	memset(phys_to_host(&m->phys, pa), 0x55, FRAME_SIZE); /* a page table was here */
	assert_int_equal(content_get(c, pa + 8), 0);
	assert_null(content_frame(c, pa));
	assert_int_equal(content_set(c, pa + 8, 0), 0);
	assert_null(content_frame(c, pa)); /* a zero changes nothing */
	assert_int_equal(content_set(c, pa + 8, 7), 0);
	assert_int_equal(content_get(c, pa + 8), 7);
	assert_int_equal(content_get(c, pa + 16), 0);
	assert_int_equal(content_frame(c, pa + 100)[1], 7);
	assert_int_equal(content_set(c, pa + 5 * FRAME_SIZE, 9), 0);
	assert_int_equal(content_copy(c, other, pa, 0, 12), 0);
	assert_int_equal(content_get(c, other + 8), 7);
	assert_int_equal(content_copy(c, other, pa + FRAME_SIZE, 0, 8), 0);
	assert_int_equal(content_get(c, other + 8), 7); /* only what was asked for */
	assert_int_equal(content_copy(c, other, pa + FRAME_SIZE, 0, FRAME_SIZE), 0);
	assert_int_equal(content_get(c, other + 8), 0);
	frame_give(m, huge);
	assert_int_equal(content_get(c, pa + 8), 0);
	assert_int_equal(content_get(c, pa + 5 * FRAME_SIZE), 0);
	assert_int_equal(content_set(c, 0, 1), -ENOSPC); /* no memory there */
	assert_int_equal(content_set(c, 0, 0), -ENOSPC);
	assert_int_equal(content_get(c, UINT64_C(1) << 50), 0);
}

/* Simulated memory has host addresses, and they lead back. */
static void test_host_addresses(void **state)
{
	struct numasim_machine *m = *state;
	struct page *page = frame_take(m, &m->node[2]);
	uint64_t pfn = page_to_pfn(m, page);
	char *host = phys_to_host(&m->phys, pfn << FRAME_SHIFT);

	assert_non_null(host);
	host[100] = 7;
	assert_int_equal(host_to_pfn(m, host), pfn);
	assert_int_equal(host_to_pfn(m, host + 4095), pfn);
	assert_int_equal(host_to_pfn(m, host + 4096), pfn + 1);
	assert_true(host_to_pfn(m, &pfn) == NO_FRAME);
	assert_true(host_to_pfn(m, NULL) == NO_FRAME);
	assert_null(phys_to_host(&m->phys, 0));
	assert_null(phys_to_host(&m->phys, UINT64_MAX));
}

/* ---- snapshots and digests ---- */

static void test_restored(void **state)
{
	struct numasim_machine *m = *state;
	struct page *kept = frame_take(m, &m->node[0]), *page;
	struct snapshot snap = {0};
	struct digest before;

	kept->count = 5;
	before = exec_digest(&m->exec);
	assert_int_equal(state_save(&m->exec.state, &snap), 0);
	for (int round = 0; round < 3; round++) {
		page = frame_take(m, &m->node[0]);
		assert_int_equal(page_to_pfn(m, page), m->node[0].start_pfn + 1);
		frame_take_block(m, &m->node[2]);
		kept->count = 0;
		frame_give(m, kept);
		assert_false(digest_equal(before, exec_digest(&m->exec)));
		state_restore(&snap);
		assert_true(digest_equal(before, exec_digest(&m->exec)));
		assert_int_equal(kept->count, 5);
		assert_false(kept->flags & PAGE_FREE);
		assert_int_equal(kept->generation, 0);
	}
	snapshot_destroy(&snap);
}

/* ---- a host that has no room ---- */

/* A node of 32 TiB where the host may use 1 GiB: an error that says how much was missing. */
static void test_no_address_space(void **state)
{
	struct numasim_topology *t = topology_new(1, 1, 0);
	struct numasim_error err = {0};
	struct numasim_machine *m;
	struct rlimit old, low;

	t->memory[0] = UINT64_C(32) << 40;
	t->first_cpu[1] = 1;
	topology_default_distances(t);
	assert_int_equal(machine_create(&m, t, &err), 0); /* costs nothing before it is used */
	exec_current = &m->exec;
	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	low = old;
	low.rlim_cur = UINT64_C(1) << 30;
	assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
	assert_null(frame_take_block(m, &m->node[0]));
	assert_null(frame_take(m, &m->node[0]));
	assert_null(m->space[0].block); /* nothing stays half reserved */
	assert_null(m->space[0].page);
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	assert_int_equal(m->error.code, -ENOMEM);
	assert_non_null(strstr(m->error.text, "33554432 MiB of address space for node 0"));
	exec_current = NULL;
	machine_destroy(m);
	numasim_topology_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_nodes_have),
		TEST(test_blocks),
		TEST(test_frames),
		TEST(test_both),
		TEST(test_contents_go),
		TEST(test_real_bytes),
		TEST(test_host_addresses),
		TEST(test_restored),
		cmocka_unit_test(test_no_address_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
