/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator's walk: error codes and A and D bits by hand, one line per case; and beside
 * the explorer's walk, which shares no code with it, on random tables.
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
#include "x86/walk.h"

#define VA    UINT64_C(0x7f1234567000)
#define FRAME UINT64_C(0x123456000)
#define U     (TEST_P | TEST_RW | TEST_US)
#define L     NUMASIM_TLB_REGS_LINUX
#define SUP   NUMASIM_TLB_SUPERVISOR
#define R     NUMASIM_TLB_READ
#define W     NUMASIM_TLB_WRITE
#define X     NUMASIM_TLB_FETCH
#define KEY3  (UINT64_C(3) << 59)
#define OK    (-1)

struct walk_case {
	uint64_t leaf, table; /* without the frame; the same table bits in all levels */
	uint32_t flags, pkru;
	int kind, code; /* error code, or OK */
	uint64_t set;   /* A and D as the leaf has them afterwards */
};

static const struct walk_case walk_cases[] = {
	/* rights of the user */
	{U, U, L, 0, R, OK, TEST_A},
	{U, U, L, 0, W, OK, TEST_A | TEST_D},
	{U, U, L, 0, X, OK, TEST_A},
	{0, U, L, 0, R, 4, 0},
	{0, U, L, 0, W, 6, 0},
	{0, U, L, 0, X, 0x14, 0},
	{0, U, 0, 0, X, 4, 0}, /* the I bit needs NXE or SMEP */
	{U & ~TEST_RW, U, L, 0, R, OK, TEST_A},
	{U & ~TEST_RW, U, L, 0, W, 7, 0},
	{U & ~TEST_US, U, L, 0, R, 5, 0},
	{U | TEST_NX, U, L, 0, X, 0x15, 0},
	{U | TEST_NX, U, L, 0, R, OK, TEST_A},
	/* the rights of a table count as much */
	{U, U & ~TEST_RW, L, 0, W, 7, 0},
	{U, U & ~TEST_US, L, 0, R, 5, 0},
	{U, U | TEST_NX, L, 0, X, 0x15, 0},
	/* the supervisor */
	{U & ~TEST_US, U, L, 0, R | SUP, OK, TEST_A},
	{U & ~TEST_US, U, L, 0, W | SUP, OK, TEST_A | TEST_D},
	{U & ~TEST_US & ~TEST_RW, U, L, 0, W | SUP, 3, 0},
	{U & ~TEST_US & ~TEST_RW, U, L & ~NUMASIM_TLB_WP, 0, W | SUP, OK, TEST_A | TEST_D},
	{U, U, L, 0, R | SUP, 1, 0}, /* SMAP */
	{U, U, L | NUMASIM_TLB_AC, 0, R | SUP, OK, TEST_A},
	{U, U, L & ~NUMASIM_TLB_SMAP, 0, W | SUP, OK, TEST_A | TEST_D},
	{U, U, L, 0, X | SUP, 0x11, 0}, /* SMEP */
	{U, U, L | NUMASIM_TLB_AC, 0, X | SUP, 0x11, 0},
	{U, U, L & ~NUMASIM_TLB_SMEP, 0, X | SUP, OK, TEST_A},
	/* reserved bits */
	{U | TEST_NX, U, L & ~NUMASIM_TLB_NXE, 0, R, 0xd, 0},
	{U, U | TEST_NX, L & ~NUMASIM_TLB_NXE, 0, W | SUP, 0xb, 0},
	/* protection keys: 3 may not be accessed, or not written */
	{U | KEY3, U, L, 1 << 6, R, OK, TEST_A}, /* CR4.PKE is off */
	{U | KEY3, U, L | NUMASIM_TLB_PKE, 1 << 6, R, 0x25, 0},
	{U | KEY3, U, L | NUMASIM_TLB_PKE, 1 << 6, X, OK, TEST_A},
	{U | KEY3, U, L | NUMASIM_TLB_PKE, 2 << 6, R, OK, TEST_A},
	{U | KEY3, U, L | NUMASIM_TLB_PKE, 2 << 6, W, 0x27, 0},
	{U | KEY3, U, L | NUMASIM_TLB_PKE | NUMASIM_TLB_AC, 2 << 6, W | SUP, 0x23, 0},
	{U | KEY3, U, (L | NUMASIM_TLB_PKE | NUMASIM_TLB_AC) & ~NUMASIM_TLB_WP, 2 << 6, W | SUP, OK,
	 TEST_A | TEST_D},
	{(U & ~TEST_US) | KEY3, U, L | NUMASIM_TLB_PKE, 1 << 6, R | SUP, OK, TEST_A},
	{U, U, L | NUMASIM_TLB_PKE, 1, R, 0x25, 0}, /* key 0 can be closed as well */
	{U & ~TEST_RW, U, L | NUMASIM_TLB_PKE, 2, W, 0x27, 0},
};

/* Tables for VA, all A bits clear. Returns the slot of the leaf. */
static uint64_t build(struct world *w, unsigned size, uint64_t leaf, uint64_t table)
{
	uint64_t mask = (UINT64_C(0x1000) << 9 * size) - 1;

	leaf |= (FRAME & ~mask) | (size ? TEST_PS : 0);
	return world_map(w, 0, VA, size, leaf, table);
}

static struct numasim_tlb *make_tlb(struct world *w, const struct numasim_tlb_regs *regs)
{
	struct numasim_tlb *tlb;

	assert_int_equal(numasim_tlb_create_preset(&tlb, "intel-golden-cove", NULL), 0);
	numasim_tlb_set_memory(tlb, w->gib[0], WORLD_GIB);
	assert_int_equal(numasim_tlb_set_regs(tlb, regs, NULL), 0);
	return tlb;
}

static void check_case(const struct walk_case *c, unsigned size, unsigned levels)
{
	uint32_t la57 = levels == 5 ? NUMASIM_TLB_LA57 : 0;
	struct numasim_tlb_regs regs = {.flags = c->flags | la57, .pkru = c->pkru};
	struct numasim_tlb_fault fault;
	struct numasim_tlb *tlb;
	uint64_t slot, before, pa = 0;
	struct world w;
	uint8_t how = 0;
	int rc;

	world_init(&w, levels, 1);
	slot = build(&w, size, c->leaf, c->table);
	before = world_read(&w, slot);
	regs.cr3 = w.root[0];
	tlb = make_tlb(&w, &regs);
	rc = numasim_tlb_access(&pa, &how, tlb, VA + 0x123, (unsigned)c->kind, &fault);
	assert_int_equal(rc, c->code == OK ? 0 : -EFAULT);
	if (c->code == OK) {
		assert_int_equal(how, NUMASIM_TLB_HOW(3, size));
		assert_int_equal(pa, (FRAME & ~((UINT64_C(0x1000) << 9 * size) - 1)) +
					     (VA + 0x123) % (UINT64_C(0x1000) << 9 * size));
	} else {
		assert_int_equal(fault.why, NUMASIM_TLB_PAGE_FAULT);
		assert_int_equal(fault.error_code, c->code);
		assert_int_equal(fault.va, VA + 0x123);
	}
	assert_int_equal(world_read(&w, slot), before | c->set);
	numasim_tlb_destroy(tlb);
	world_free(&w);
}

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof(walk_cases) / sizeof(walk_cases[0]); i++)
		for (unsigned size = 0; size < 3; size++)
			for (unsigned levels = 4; levels <= 5; levels++)
				check_case(&walk_cases[i], size, levels);
}

/* Each level's A is set on the way down, also when the leaf then faults. */
static void test_table_a(void **state)
{
	struct numasim_tlb_regs regs = {.flags = L};
	struct numasim_tlb_fault fault;
	struct numasim_tlb *tlb;
	struct world w;

	world_init(&w, 4, 1);
	build(&w, 0, 0, U);
	regs.cr3 = w.root[0];
	tlb = make_tlb(&w, &regs);
	assert_int_equal(numasim_tlb_access(NULL, NULL, tlb, VA, R, &fault), -EFAULT);
	for (unsigned t = 3; t < 6; t++) { /* tables 3, 4, 5 were made for VA; 0 is the root */
		uint64_t up = t == 3 ? w.root[0] : w.table[t - 1];
		unsigned shift = 39 - 9 * (t - 3);

		assert_int_equal(world_read(&w, up + (VA >> shift) % 512 * 8),
				 w.table[t] | U | TEST_A);
	}
	assert_int_equal(fault.pa, w.table[5] + (VA >> 12) % 512 * 8);
	numasim_tlb_destroy(tlb);
	world_free(&w);
}

static void test_no_memory(void **state)
{
	struct numasim_tlb_regs regs = {.flags = L};
	static const uint64_t roots[] = {UINT64_C(1) << 30, UINT64_C(9) << 30,
					 UINT64_C(0xffffffffff000)};
	struct numasim_tlb_fault fault;
	struct numasim_tlb *tlb;
	struct world w;

	world_init(&w, 4, 1);
	tlb = make_tlb(&w, &regs);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(numasim_tlb_write_cr3(tlb, roots[i], NULL), 0);
		assert_int_equal(numasim_tlb_access(NULL, NULL, tlb, VA, R, &fault), -EFAULT);
		assert_int_equal(fault.why, NUMASIM_TLB_NO_MEMORY);
		assert_int_equal(fault.pa, roots[i] + (VA >> 39) * 8);
		assert_int_equal(fault.error_code, 0);
	}
	assert_int_equal(numasim_tlb_write_cr3(tlb, w.root[0], NULL), 0);
	for (uint64_t va = UINT64_C(1) << 47; va; va <<= 1) {
		assert_int_equal(numasim_tlb_access(NULL, NULL, tlb, va, R, &fault), -EFAULT);
		assert_int_equal(fault.why, NUMASIM_TLB_NONCANONICAL);
		assert_int_equal(fault.va, va);
	}
	numasim_tlb_destroy(tlb);
	world_free(&w);
}

/* ---- beside the explorer's walk ---- */

static void mode_of(struct x86_mode *mode, const struct numasim_tlb_regs *regs)
{
	uint32_t f = regs->flags;

	memset(mode, 0, sizeof(*mode));
	mode->la57 = f & NUMASIM_TLB_LA57;
	mode->wp = f & NUMASIM_TLB_WP;
	mode->smep = f & NUMASIM_TLB_SMEP;
	mode->smap = f & NUMASIM_TLB_SMAP;
	mode->ac = f & NUMASIM_TLB_AC;
	mode->pke = f & NUMASIM_TLB_PKE;
	mode->nxe = f & NUMASIM_TLB_NXE;
	mode->pge = f & NUMASIM_TLB_PGE;
	mode->gbpages = f & NUMASIM_TLB_PAGE1GB;
	mode->maxphyaddr = (uint8_t)(regs->phys_bits ? regs->phys_bits : 52);
	mode->fault_a = X86_FAULT_A_TABLES;
	mode->pkru = regs->pkru;
}

/* The same access by both, each on its copy of the memory. */
static void compare_walks(struct world *w, struct numasim_tlb *tlb, struct numasim_tlb_regs *regs,
			  uint64_t va, unsigned kind)
{
	struct phys_map map = {.base = w->gib[1], .nr_gib = WORLD_GIB};
	struct x86_access a = {
		.va = va, .write = (kind & 3) == W, .exec = (kind & 3) == X, .user = !(kind & SUP)};
	struct numasim_tlb_fault fault;
	struct x86_mode mode;
	struct x86_walk walk;
	uint64_t entry = 0;
	int rc;

	mode_of(&mode, regs);
	x86_walk(&walk, &mode, &map, regs->cr3, &a);
	assert_int_equal(x86_walk_commit(&walk), 0);
	rc = simtlb_walk(&entry, tlb, va, kind, &fault);
	assert_int_equal(rc, walk.outcome == X86_OK ? 0 : -EFAULT);
	if (walk.outcome == X86_FAULT) {
		assert_int_equal(fault.why, NUMASIM_TLB_PAGE_FAULT);
		assert_int_equal(fault.error_code, walk.error_code);
		assert_int_equal(fault.pa, walk.step[walk.nr - 1].pa);
	} else if (walk.outcome == X86_OK) {
		assert_int_equal(simtlb_entry_size(entry), walk.level - 1);
		assert_int_equal((entry & SIMTLB_FRAME) | (va & (walk.size - 1)), walk.pa);
		assert_int_equal(!!(entry & X86_D), walk.dirty);
		assert_int_equal(!!(entry & X86_G), walk.global);
		assert_int_equal(!!(entry & X86_RW), walk.rights.rw);
		assert_int_equal(!!(entry & X86_US), walk.rights.us);
	} else {
		assert_int_equal(fault.why, walk.outcome == X86_BUS ? NUMASIM_TLB_NO_MEMORY
								    : NUMASIM_TLB_NONCANONICAL);
	}
}

static void random_regs(struct world *w, struct numasim_tlb_regs *regs)
{
	regs->flags = w->levels == 5 ? NUMASIM_TLB_LA57 : 0;
	regs->flags |= L | (world_once_in(w, 2) ? NUMASIM_TLB_PKE : 0);
	for (uint32_t f = 2; f <= NUMASIM_TLB_PAGE1GB; f *= 2)
		if (world_once_in(w, 6))
			regs->flags ^= f;
	regs->pkru = (uint32_t)(world_random(w) & world_random(w));
	regs->phys_bits = world_once_in(w, 2) ? 0 : 40 + world_pick(w, 13);
	regs->cr3 = w->root[world_pick(w, WORLD_SPACES)];
}

static void test_beside_x86_walk(void **state)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct numasim_tlb_regs regs = {0};
		struct numasim_tlb *tlb;
		struct world w;

		world_init(&w, levels, 77);
		world_populate(&w);
		tlb = make_tlb(&w, &regs);
		for (unsigned i = 0; i < 30000; i++) {
			static const uint8_t kinds[] = {0, 1, 2, 4, 5, 6};
			unsigned page = world_pick(&w, w.nr_pages);
			uint64_t va = w.page[page] ^ world_pick(&w, 4096);

			if (i % 16 == 0) {
				random_regs(&w, &regs);
				assert_int_equal(numasim_tlb_set_regs(tlb, &regs, NULL), 0);
			}
			compare_walks(&w, tlb, &regs, va, kinds[world_pick(&w, 6)]);
		}
		assert_true(world_same(&w));
		numasim_tlb_destroy(tlb);
		world_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_table_a),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_beside_x86_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
