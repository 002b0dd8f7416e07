/* SPDX-License-Identifier: BSD-2-Clause */
/* What each invalidation drops and what it leaves, entry by entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <numasim/tlb.h>

#define KERNEL UINT64_C(0xffff888000000000)
#define USER   UINT64_C(0x7f0000000000)

/* One of each: pcid 1 and 2, all sizes, global and not. Bit i of a mask is entry i. */
static const struct numasim_tlb_entry entries[] = {
	{.va = USER, .pa = 0x1000, .pcid = 1, .user = true},
	{.va = USER, .pa = 0x2000, .pcid = 2, .user = true},
	{.va = USER + 0x1000, .pa = 0x3000, .pcid = 1, .user = true},
	{.va = USER + 0x200000, .pa = 0x200000, .size = 1, .pcid = 1, .user = true},
	{.va = USER + 0x200000, .pa = 0x400000, .size = 1, .pcid = 2, .user = true},
	{.va = 0, .pa = 0x40000000, .size = 2, .pcid = 1, .user = true},
	{.va = KERNEL, .pa = 0x5000, .global = true},
	{.va = KERNEL + 0x200000, .pa = 0x600000, .size = 1, .global = true},
	{.va = KERNEL + 0x40000000, .pa = 0x80000000, .size = 2, .global = true},
	{.va = KERNEL + 0x1000, .pa = 0x6000, .pcid = 1},
};
#define N   (sizeof(entries) / sizeof(entries[0]))
#define ALL ((1u << N) - 1)

static struct numasim_tlb *tlb;

static int setup(void **state)
{
	struct numasim_tlb_regs regs = {.cr3 = 1, .flags = NUMASIM_TLB_REGS_LINUX};

	assert_int_equal(numasim_tlb_create_preset(&tlb, "amd-zen4", NULL), 0);
	assert_int_equal(numasim_tlb_set_regs(tlb, &regs, NULL), 0);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(numasim_tlb_fill(tlb, &entries[i], NULL), 0);
	return 0;
}

static int teardown(void **state)
{
	numasim_tlb_destroy(tlb);
	return 0;
}

static int mark(const struct numasim_tlb_entry *e, int level, void *payload)
{
	unsigned *held = payload;

	for (size_t i = 0; i < N; i++)
		if (entries[i].va == e->va && entries[i].pcid == e->pcid &&
		    entries[i].size == e->size)
			held[level - 1] |= 1u << i;
	return 0;
}

static void assert_dropped(unsigned mask)
{
	struct numasim_tlb_counters c;
	unsigned held[2] = {0, 0};
	uint64_t dropped = 0;

	numasim_tlb_foreach(tlb, mark, held);
	assert_int_equal(held[0], ALL & ~mask);
	assert_int_equal(held[1], ALL & ~mask);
	numasim_tlb_get_counters(&c, tlb);
	for (unsigned size = 0; size < 3; size++)
		dropped += c.invalidated[0][size] + c.invalidated[1][size];
	assert_int_equal(dropped, 2 * __builtin_popcount(mask));
}

static void test_nothing(void **state)
{
	assert_dropped(0);
	numasim_tlb_invlpg(tlb, USER + 0x5000);
	numasim_tlb_invlpg(tlb, UINT64_C(1) << 60);
	assert_int_equal(numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_PCID, 3, 0), 0);
	assert_dropped(0);
}

static void test_invlpg(void **state)
{
	numasim_tlb_invlpg(tlb, USER + 0xfff); /* the current PCID is 1 */
	assert_dropped(1u << 0);
	numasim_tlb_invlpg(tlb, USER + 0x3fffff); /* any byte of a huge page */
	numasim_tlb_invlpg(tlb, 0x3fffffff);
	assert_dropped(1u << 0 | 1u << 3 | 1u << 5);
	numasim_tlb_invlpg(tlb, KERNEL); /* global ones too */
	numasim_tlb_invlpg(tlb, KERNEL + 0x2ff000);
	numasim_tlb_invlpg(tlb, KERNEL + 0x7fffffff);
	assert_dropped(1u << 0 | 1u << 3 | 1u << 5 | 7u << 6);
}

static void test_invpcid_address(void **state)
{
	assert_int_equal(numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_ADDRESS, 2, USER), 0);
	assert_dropped(1u << 1);
	assert_int_equal(numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_ADDRESS, 1, KERNEL), 0);
	assert_dropped(1u << 1); /* not global ones */
	assert_int_equal(numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_ADDRESS, 2, USER + 0x3abcde),
			 0);
	assert_dropped(1u << 1 | 1u << 4);
}

static void test_invpcid_pcid(void **state)
{
	assert_int_equal(numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_PCID, 1, 0), 0);
	assert_dropped(1u << 0 | 1u << 2 | 1u << 3 | 1u << 5 | 1u << 9);
}

static void test_invpcid_all(void **state)
{
	assert_int_equal(numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_ALL, 9999, 1ull << 50), 0);
	assert_dropped(ALL & ~(7u << 6));
	assert_int_equal(numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_ALL_AND_GLOBAL, 9999, 0), 0);
	assert_dropped(ALL);
}

static void test_flush(void **state)
{
	numasim_tlb_flush(tlb, false);
	assert_dropped(ALL & ~(7u << 6));
	numasim_tlb_flush(tlb, true);
	assert_dropped(ALL);
}

static void test_write_cr3(void **state)
{
	assert_int_equal(numasim_tlb_write_cr3(tlb, 0x7002 | NUMASIM_TLB_CR3_NOFLUSH, NULL), 0);
	assert_dropped(0);
	assert_int_equal(numasim_tlb_lookup(NULL, tlb, USER + 0x1000), 0); /* now PCID 2 */
	assert_int_equal(numasim_tlb_write_cr3(tlb, 0x9002, NULL), 0);
	assert_dropped(1u << 1 | 1u << 4);
	assert_int_equal(numasim_tlb_write_cr3(tlb, 0x7001 | NUMASIM_TLB_CR3_NOFLUSH, NULL), 0);
	assert_int_equal(numasim_tlb_lookup(NULL, tlb, USER + 0x1000), 1);
}

/* What the instruction answers with #GP is -EINVAL, and drops nothing. */
static void test_bad(void **state)
{
	struct numasim_tlb_regs regs = {.flags = NUMASIM_TLB_PGE};

	assert_int_equal(numasim_tlb_invpcid(tlb, 4, 0, 0), -EINVAL);
	assert_int_equal(numasim_tlb_invpcid(tlb, 0, 4096, 0), -EINVAL);
	assert_int_equal(numasim_tlb_invpcid(tlb, 1, 4096, 0), -EINVAL);
	assert_int_equal(numasim_tlb_invpcid(tlb, 0, 1, UINT64_C(1) << 47), -EINVAL);
	assert_int_equal(numasim_tlb_write_cr3(tlb, UINT64_C(1) << 52, NULL), -EINVAL);
	assert_int_equal(numasim_tlb_set_regs(tlb, &regs, NULL), 0); /* no PCIDs now */
	assert_int_equal(numasim_tlb_invpcid(tlb, 0, 1, USER), -EINVAL);
	assert_int_equal(numasim_tlb_invpcid(tlb, 1, 1, 0), -EINVAL);
	assert_int_equal(numasim_tlb_write_cr3(tlb, NUMASIM_TLB_CR3_NOFLUSH, NULL), -EINVAL);
	assert_dropped(0);
}

/* A dropped way is free: it is filled before any other goes, the lowest one first. */
static void test_free_way_first(void **state)
{
	struct numasim_tlb_counters c;
	struct numasim_tlb_entry e = {.user = true};

	numasim_tlb_flush(tlb, true);
	for (unsigned i = 0; i < 72; i++) {
		e.va = USER + i * 0x1000u;
		assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
	}
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.evictions[0][0], 0);
	numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_ADDRESS, 0, USER + 40 * 0x1000);
	e.va = USER + 72 * 0x1000;
	assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.evictions[0][0], 0);
	e.va = USER + 73 * 0x1000;
	assert_int_equal(numasim_tlb_fill(tlb, &e, NULL), 0);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.evictions[0][0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_invlpg, setup, teardown),
		cmocka_unit_test_setup_teardown(test_invpcid_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_invpcid_pcid, setup, teardown),
		cmocka_unit_test_setup_teardown(test_invpcid_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flush, setup, teardown),
		cmocka_unit_test_setup_teardown(test_write_cr3, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_free_way_first, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
