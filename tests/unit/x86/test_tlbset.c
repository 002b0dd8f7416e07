/* SPDX-License-Identifier: BSD-2-Clause */
/* The explorer's TLB as a set: fill, lookup, order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tlbset_world.h"

static void test_results(void **state)
{
	struct x86_tlbset *t = new_set(CAP);
	struct x86_tlb_entry e = entry(3, 0x400000, X86_PMD, 0x40000);
	struct x86_access read = { .va = 0x5abcde, .user = true };
	struct x86_access write = { .va = 0x5abcde, .user = true, .write = true };
	struct x86_access fetch = { .va = 0x5abcde, .user = true, .exec = true };
	struct x86_tlb_hit h;

	assert_int_equal(look(t, 3, read).result, X86_TLB_MISS);
	assert_int_equal(x86_tlb_fill(t, &e), 0);
	h = look(t, 3, read);
	assert_int_equal(h.result, X86_TLB_HIT);
	assert_true(h.pa == 0x401abcde);
	assert_int_equal(h.index, 0);
	h = look(t, 3, write); /* allowed, but memory does not know yet that it is dirty */
	assert_int_equal(h.result, X86_TLB_CLEAN_WRITE);
	h = look(t, 3, fetch);
	assert_int_equal(h.result, X86_TLB_DENIED);
	assert_int_equal(h.error_code, X86_PF_P | X86_PF_U | X86_PF_I);
	assert_int_equal(h.cause, X86_CAUSE_NX);
	assert_int_equal(look(t, 2, read).result, X86_TLB_MISS);
	read.va = 0x600000;
	assert_int_equal(look(t, 3, read).result, X86_TLB_MISS);

	e.dirty = true;
	assert_int_equal(x86_tlb_fill(t, &e), 0);
	assert_int_equal(t->nr, 1); /* replaced */
	assert_int_equal(look(t, 3, write).result, X86_TLB_HIT);
	e.rw = false; /* a missing right comes before the dirty bit */
	e.dirty = false;
	x86_tlb_fill(t, &e);
	h = look(t, 3, write);
	assert_int_equal(h.result, X86_TLB_DENIED);
	assert_int_equal(h.error_code, X86_PF_P | X86_PF_U | X86_PF_W);
	write.probe = true; /* the walker filling ahead writes nothing */
	assert_int_equal(look(t, 3, write).result, X86_TLB_HIT);
	free(t);
}

static void test_global(void **state)
{
	struct x86_tlbset *t = new_set(CAP);
	struct x86_tlb_entry g = entry(1, 0x1000, X86_PTE, 7), own = entry(2, 0x1000, X86_PTE, 8);
	struct x86_access a = { .va = 0x1000, .user = true };
	uint32_t index[4];

	g.global = true;
	x86_tlb_fill(t, &g);
	assert_true(look(t, 2, a).pa == 0x7000);
	x86_tlb_fill(t, &own);
	assert_true(look(t, 2, a).pa == 0x8000); /* the current PCID's own is preferred */
	assert_true(look(t, 3, a).pa == 0x7000);
	assert_int_equal(x86_tlb_match(index, 4, t, 2, 0x1fff), 2);
	assert_int_equal(index[0], 1);
	assert_int_equal(index[1], 0);
	assert_int_equal(x86_tlb_match(index, 4, t, 3, 0x1000), 1);
	free(t);
}

/* One page in three sizes, own and global: all found, smallest first, however much room. */
static void test_many_matches(void **state)
{
	struct x86_tlbset *t = new_set(CAP);
	uint32_t index[8];

	for (unsigned level = 3; level >= 1; level--) {
		struct x86_tlb_entry e = entry(4, 0, level, 0), g = entry(9, 0, level, 0);

		g.global = true;
		x86_tlb_fill(t, &e);
		x86_tlb_fill(t, &g);
	}
	for (uint32_t room = 0; room < 8; room++) {
		memset(index, 0xff, sizeof(index));
		assert_int_equal(x86_tlb_match(index, room, t, 4, 0xfff), 6);
		for (uint32_t i = 0; i < 8; i++)
			assert_int_equal(index[i] == UINT32_MAX, i >= room || i >= 6);
		if (room) {
			assert_int_equal(t->entry[index[0]].level, X86_PTE);
			assert_int_equal(t->entry[index[0]].pcid, 4);
		}
		for (uint32_t i = 0; i < room && i < 6; i++)
			for (uint32_t j = 0; j < i; j++)
				assert_int_not_equal(index[i], index[j]);
	}
	assert_int_equal(x86_tlb_match(index, 8, t, 4, 0x1000), 4);
	assert_int_equal(x86_tlb_match(index, 8, t, 5, 0x40000000), 0);
	free(t);
}

static void test_fill_refuses(void **state)
{
	struct x86_tlbset *t = new_set(2);
	struct x86_tlb_entry e = entry(0, 0x1000, X86_PTE, 1), bad;

	bad = e, bad.level = 0;
	assert_int_equal(x86_tlb_fill(t, &bad), -EINVAL);
	bad.level = 4;
	assert_int_equal(x86_tlb_fill(t, &bad), -EINVAL);
	bad = e, bad.pcid = 4096;
	assert_int_equal(x86_tlb_fill(t, &bad), -EINVAL);
	bad = e, bad.va = 0x1001;
	assert_int_equal(x86_tlb_fill(t, &bad), -EINVAL);
	bad = e, bad.pkey = 16;
	assert_int_equal(x86_tlb_fill(t, &bad), -EINVAL);
	bad = e, bad.pfn = UINT64_C(1) << 40;
	assert_int_equal(x86_tlb_fill(t, &bad), -EINVAL);
	bad = entry(0, 0x200000, X86_PMD, 0x201);
	assert_int_equal(x86_tlb_fill(t, &bad), -EINVAL);
	assert_int_equal(t->nr, 0);

	assert_int_equal(x86_tlb_fill(t, &e), 0);
	e.va = 0x3000;
	assert_int_equal(x86_tlb_fill(t, &e), 0);
	e.va = 0x2000;
	assert_int_equal(x86_tlb_fill(t, &e), -ENOSPC);
	e.va = 0x3000, e.pfn = 5;
	assert_int_equal(x86_tlb_fill(t, &e), 0); /* a replacement needs no room */
	assert_int_equal(t->nr, 2);
	assert_true(t->entry[1].pfn == 5);
	assert_true(x86_tlb_valid(t));
	free(t);
}

static void test_entry_of_walk(void **state)
{
	struct x86_mode m = usual_mode();
	struct x86_access a = { .va = UINT64_C(0xffffc90000123456), .write = true };
	struct x86_tlb_entry e;
	struct tables tables;
	struct x86_walk w;

	tables_start(&tables, false);
	map(&tables, a.va, X86_PMD, 0x40000000 | X86_P | X86_RW | X86_G | X86_NX | X86_PAT_LARGE |
					    UINT64_C(11) << X86_PKEY_SHIFT);
	x86_walk(&w, &m, &tables.mem, tables.cr3, &a);
	assert_int_equal(w.outcome, X86_OK);
	e = x86_tlb_entry_of(&w, 77, a.va);
	assert_true(e.va == UINT64_C(0xffffc90000000000) && e.pfn == 0x40000);
	assert_int_equal(e.pcid, 77);
	assert_int_equal(e.level, X86_PMD);
	assert_int_equal(e.memtype, 4);
	assert_int_equal(e.pkey, 11);
	assert_true(e.rw && !e.us && e.nx && e.dirty && e.global);
	assert_true(!e.frame_name && !e.frame_generation);
	tables_end(&tables);
}

/* However it was filled, the same content is the same bytes. */
static void test_order_is_content(void **state)
{
	struct x86_tlbset *a = new_set(CAP), *b = new_set(CAP);
	struct x86_tlb_entry extra = entry(1, 0x5000, X86_PTE, 5);

	for (int i = 0; i < 20; i++) {
		struct x86_tlb_entry e = entry(i % 3, (uint64_t)(i / 3) << 12, X86_PTE, i);
		struct x86_tlb_entry f = entry((19 - i) % 3, (uint64_t)((19 - i) / 3) << 12,
					       X86_PTE, 19 - i);

		x86_tlb_fill(a, &e);
		x86_tlb_fill(b, &f);
		if (i == 10)
			x86_tlb_fill(b, &extra);
	}
	assert_memory_not_equal(a, b, x86_tlbset_size(CAP));
	extra.pfn = 16;
	x86_tlb_fill(b, &extra);
	assert_memory_equal(a, b, x86_tlbset_size(CAP));
	x86_tlb_drop_one(a, 3);
	x86_tlb_drop_one(b, 3);
	assert_memory_equal(a, b, x86_tlbset_size(CAP));
	free(a);
	free(b);
}

static void test_valid_fires(void **state)
{
	struct x86_tlbset *t = new_set(2);
	struct x86_tlb_entry e = entry(0, 0x1000, X86_PTE, 1);

	x86_tlb_fill(t, &e);
	e.va = 0x2000;
	x86_tlb_fill(t, &e);
	assert_true(x86_tlb_valid(t));
	t->entry[0].va = 0x2000;
	assert_false(x86_tlb_valid(t)); /* two alike */
	t->entry[0].va = 0x3000;
	assert_false(x86_tlb_valid(t)); /* out of order */
	t->entry[0].va = 0x1800;
	assert_false(x86_tlb_valid(t)); /* not a page */
	t->entry[0].va = 0x1000;
	t->nr = 3;
	assert_false(x86_tlb_valid(t)); /* more than there is room for */
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_global),
		cmocka_unit_test(test_many_matches),
		cmocka_unit_test(test_fill_refuses),
		cmocka_unit_test(test_entry_of_walk),
		cmocka_unit_test(test_order_is_content),
		cmocka_unit_test(test_valid_fires),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
