/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses through the public functions, by hand: what is served by what, writes through entries
 * cached clean, stale rights, faults in mid-batch, bad arguments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "test_simtlb_world.h"
#include "x86/simtlb.h"

#define VA    UINT64_C(0x7f0000000000)
#define U     (TEST_P | TEST_RW | TEST_US)
#define WALK  NUMASIM_TLB_HOW(3, NUMASIM_TLB_4K)
#define L1    NUMASIM_TLB_HOW(1, NUMASIM_TLB_4K)
#define L2    NUMASIM_TLB_HOW(2, NUMASIM_TLB_4K)
#define READ  NUMASIM_TLB_READ
#define WRITE NUMASIM_TLB_WRITE

static struct world w;
static struct numasim_tlb *tlb;

static int setup(void **state)
{
	struct numasim_tlb_regs regs = {.flags = NUMASIM_TLB_REGS_LINUX};

	world_init(&w, 4, 1);
	regs.cr3 = w.root[0] | 1;
	assert_int_equal(numasim_tlb_create_preset(&tlb, "classic-64-1536", NULL), 0);
	numasim_tlb_set_memory(tlb, w.gib[0], WORLD_GIB);
	return numasim_tlb_set_regs(tlb, &regs, NULL);
}

static int teardown(void **state)
{
	numasim_tlb_destroy(tlb);
	world_free(&w);
	return 0;
}

static uint64_t map(uint64_t va, uint64_t leaf)
{
	return world_map(&w, 0, va, 0, leaf, U | TEST_A);
}

/* NUMASIM_TLB_HOW(), or -1 and the fault's code in @code. */
static int touch(uint64_t va, unsigned kind, uint32_t *code)
{
	struct numasim_tlb_fault fault;
	uint8_t how;
	int rc = numasim_tlb_access(NULL, &how, tlb, va, kind, &fault);

	if (code)
		*code = fault.error_code;
	return rc ? -1 : how;
}

/*
 * 17 pages of one level-1 set (every 16th page), 4 ways:
 *
 *   page    0     16    32    48    64          0
 *           walk  walk  walk  walk  walk,       level 2
 *                                   evicts 0
 */
static void test_levels(void **state)
{
	struct numasim_tlb_counters c;

	for (unsigned i = 0; i <= 64; i += 16) {
		map(VA + i * 4096, 0x1000 * i | U);
		assert_int_equal(touch(VA + i * 4096, READ, NULL), WALK);
		assert_int_equal(touch(VA + i * 4096 + 8, READ, NULL), L1);
	}
	assert_int_equal(touch(VA, READ, NULL), L2);
	assert_int_equal(touch(VA, READ, NULL), L1);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.accesses, 12);
	assert_int_equal(c.walks[0], 5);
	assert_int_equal(c.hits[0][0], 6);
	assert_int_equal(c.hits[1][0], 1);
	assert_int_equal(c.evictions[0][0], 2);
	assert_int_equal(c.evictions[1][0], 0);
	numasim_tlb_reset_counters(tlb);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.accesses + c.walks[0] + c.evictions[0][0], 0);
}

/* The rule that the lost write of the huge-page race turns on. */
static void test_clean_entry(void **state)
{
	uint64_t slot = map(VA, 0x5000 | U), pa;
	struct numasim_tlb_counters c;

	assert_int_equal(touch(VA, READ, NULL), WALK); /* cached clean */
	assert_int_equal(touch(VA, WRITE, NULL), WALK);
	assert_int_equal(world_read(&w, slot), 0x5000 | U | TEST_A | TEST_D);
	assert_int_equal(touch(VA, WRITE, NULL), L1);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.dirty_walks, 1);
	assert_int_equal(c.denied_walks, 0);

	/* The page moves; a read still goes to the old frame, a write finds the new one. */
	numasim_tlb_flush(tlb, false);
	world_write(&w, slot, 0x5000 | U | TEST_A);
	assert_int_equal(touch(VA, READ, NULL), WALK);
	world_write(&w, slot, 0x9000 | U | TEST_A);
	assert_int_equal(numasim_tlb_access(&pa, NULL, tlb, VA + 4, READ, NULL), 0);
	assert_int_equal(pa, 0x5004);
	assert_int_equal(numasim_tlb_access(&pa, NULL, tlb, VA + 4, WRITE, NULL), 0);
	assert_int_equal(pa, 0x9004);
	assert_int_equal(numasim_tlb_access(&pa, NULL, tlb, VA + 4, READ, NULL), 0);
	assert_int_equal(pa, 0x9004);

	/* A write through an entry gone from the tables faults, and nothing stays cached. */
	numasim_tlb_flush(tlb, false);
	world_write(&w, slot, 0x5000 | U | TEST_A);
	assert_int_equal(touch(VA, READ, NULL), WALK);
	world_write(&w, slot, 0);
	assert_int_equal(touch(VA, READ, NULL), L1);
	assert_int_equal(touch(VA, WRITE, NULL), -1);
	assert_int_equal(touch(VA, READ, NULL), -1);
}

/* A dirty entry is used whatever the tables say by now: stale until flushed. */
static void test_stale(void **state)
{
	uint64_t slot = map(VA, 0x5000 | U);

	assert_int_equal(touch(VA, WRITE, NULL), WALK);
	world_write(&w, slot, 0x5000 | TEST_P | TEST_US | TEST_A);
	assert_int_equal(touch(VA, WRITE, NULL), L1);
	assert_int_equal(world_read(&w, slot) & TEST_D, 0);
	numasim_tlb_invlpg(tlb, VA);
	assert_int_equal(touch(VA, WRITE, NULL), -1);
}

/* Rights raised in the tables: the cached ones deny, the walk grants. */
static void test_raised_rights(void **state)
{
	uint64_t slot = map(VA, 0x5000 | TEST_P | TEST_US);
	struct numasim_tlb_counters c;
	uint32_t code;

	assert_int_equal(touch(VA, READ, NULL), WALK);
	assert_int_equal(touch(VA, WRITE, &code), -1);
	assert_int_equal(code, 7);
	assert_int_equal(touch(VA, READ, NULL), WALK); /* a fault drops the entry */
	world_write(&w, slot, world_read(&w, slot) | TEST_RW);
	assert_int_equal(touch(VA, WRITE, NULL), WALK);
	assert_int_equal(touch(VA, WRITE, NULL), L1);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.denied_walks, 2);
	assert_int_equal(c.dirty_walks, 0);
	assert_int_equal(c.faults, 1);
}

static void test_fault_in_batch(void **state)
{
	uint64_t va[6], pa[6] = {0};
	struct numasim_tlb_batch batch = {.va = va, .n = 6, .pa = pa};
	struct numasim_tlb_fault fault;
	size_t done;

	for (unsigned i = 0; i < 6; i++) {
		va[i] = VA + i * 0x1000 + i;
		map(va[i], i == 3 ? 0 : 0x10000 * (i + 1) | U);
	}
	assert_int_equal(numasim_tlb_access_batch(&done, tlb, &batch, &fault), 0);
	assert_int_equal(done, 3);
	assert_int_equal(fault.why, NUMASIM_TLB_PAGE_FAULT);
	assert_int_equal(fault.index, 3);
	assert_int_equal(fault.va, va[3]);
	assert_int_equal(fault.error_code, 4);
	assert_int_equal(pa[2], 0x30002);
	assert_int_equal(pa[3], 0);
	map(va[3], 0x40000 | U); /* the caller handles it and goes on */
	batch.va += done;
	batch.pa += done;
	batch.n -= done;
	assert_int_equal(numasim_tlb_access_batch(&done, tlb, &batch, &fault), 0);
	assert_int_equal(done, 3);
	assert_int_equal(fault.why, NUMASIM_TLB_NO_FAULT);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(pa[i], 0x10000 * (i + 1) + i);
}

static void test_bad(void **state)
{
	uint64_t va[300] = {0};
	uint8_t kind[300] = {0};
	struct numasim_tlb_batch batch = {.va = va, .n = 300};
	struct numasim_tlb_counters c;
	struct numasim_tlb *bare;
	size_t done = 99;

	for (unsigned i = 0; i < 300; i++)
		va[i] = VA;
	map(VA, 0x5000 | U);
	for (unsigned bad = 3; bad < 256; bad = bad == 3 ? 7 : bad + 1) {
		batch.kind = NULL;
		batch.kind_of_all = (uint8_t)bad;
		assert_int_equal(numasim_tlb_access_batch(&done, tlb, &batch, NULL), -EINVAL);
		assert_int_equal(numasim_tlb_access(NULL, NULL, tlb, VA, bad, NULL), -EINVAL);
		batch.kind = kind;
		kind[bad % 300] = (uint8_t)bad;
		assert_int_equal(numasim_tlb_access_batch(&done, tlb, &batch, NULL), -EINVAL);
		assert_int_equal(done, 0);
		kind[bad % 300] = 0;
	}
	assert_int_equal(numasim_tlb_access(NULL, NULL, tlb, VA, 256, NULL), -EINVAL);
	batch.va = NULL;
	assert_int_equal(numasim_tlb_access_batch(&done, tlb, &batch, NULL), -EINVAL);
	batch.n = 0;
	assert_int_equal(numasim_tlb_access_batch(&done, tlb, &batch, NULL), 0);
	numasim_tlb_get_counters(&c, tlb);
	assert_int_equal(c.accesses + c.faults, 0);
	assert_int_equal(numasim_tlb_create_preset(&bare, "amd-zen4", NULL), 0);
	assert_int_equal(numasim_tlb_access(NULL, NULL, bare, 0, READ, NULL), -EINVAL);
	numasim_tlb_destroy(bare);
}

/*
 * Batches have numbers, of 28 bits. What one noted is not believed by the next, nor, when numbers
 * start again, by the one that gets the same number.
 */
static void test_batch_numbers(void **state)
{
	static const uint64_t number[] = {0, 0xfffffff, 1, 2, 0xfffffff};
	uint64_t slot, pa;

	for (unsigned i = 0; i < 5; i++) {
		uint64_t frame = 0x10000 * (i + 1);

		/* a new page table for the same address each time; the old one stays as it was */
		if (i)
			world_write(&w, w.table[4] + (VA >> 21) % 512 * 8, 0);
		slot = map(VA, frame | U);
		numasim_tlb_flush(tlb, true);
		tlb->batch = number[i] << SIMTLB_BATCH_SHIFT;
		assert_int_equal(numasim_tlb_access(&pa, NULL, tlb, VA, READ, NULL), 0);
		assert_int_equal(pa, frame);
		assert_int_equal(world_read(&w, slot), frame | U | TEST_A);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_levels, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clean_entry, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(test_raised_rights, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fault_in_batch, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_batch_numbers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
