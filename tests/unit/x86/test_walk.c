/* SPDX-License-Identifier: BSD-2-Clause */
/* The page walk: what it reads and what it concludes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "walk_world.h"

static int start57(void **state)
{
	static struct tables t;

	tables_start(&t, true);
	*state = &t;
	return 0;
}

/* Each page size: every entry on the way, the address, the size, the attributes. */
static void test_translates(void **state)
{
	static const struct { unsigned level; uint64_t frame, low; } sizes[] = {
		{ X86_PTE, 0x12345000, 0xabc },
		{ X86_PMD, 0x40000000, 0x67abc },
		{ X86_PUD, 0x80000000, 0x34567abc },
	};
	struct tables *t = *state;
	struct x86_mode m = usual_mode();

	for (int i = 0; i < 3; i++) {
		uint64_t va = VA + 0xabc - ((uint64_t)i << 39);
		struct x86_walk w;

		map(t, va, sizes[i].level, sizes[i].frame | USER_TABLE | X86_G | X86_PCD);
		w = walk(t, &m, user_read(va));
		assert_int_equal(w.outcome, X86_OK);
		assert_int_equal(w.cause, X86_CAUSE_NONE);
		assert_int_equal(w.nr, 4 - sizes[i].level + 1);
		assert_int_equal(w.level, sizes[i].level);
		assert_true(w.size == UINT64_C(1) << (12 + 9 * (sizes[i].level - 1)));
		assert_true(w.pa == sizes[i].frame + (va & (w.size - 1)));
		assert_true((va & (w.size - 1)) == ((VA + 0xabc) & (w.size - 1)));
		assert_true(w.rights.rw && w.rights.us && !w.rights.nx);
		assert_true(w.global && !w.dirty);
		assert_int_equal(w.memtype, 2);
		for (unsigned s = 0; s < w.nr; s++) {
			assert_int_equal(w.step[s].level, 4 - s);
			assert_ptr_equal(w.step[s].host, entry_of(t, va, 4 - s));
			assert_ptr_equal(w.step[s].host, phys_to_host(&t->mem, w.step[s].pa));
			assert_true(w.step[s].seen == *w.step[s].host);
			assert_true(w.step[s].after == (w.step[s].seen | X86_A));
		}
	}
}

/* PAT is bit 7 of a small page and bit 12 of a large one; PCD and PWT stand still. */
static void test_memory_type(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();

	for (unsigned type = 0; type < 8; type++) {
		uint64_t low = (type & 1 ? X86_PWT : 0) | (type & 2 ? X86_PCD : 0) | USER_TABLE;

		map(t, VA, X86_PTE, 0x1000 | low | (type & 4 ? X86_PAT : 0));
		assert_int_equal(walk(t, &m, user_read(VA)).memtype, type);
		map(t, VA - (UINT64_C(1) << 39), X86_PMD, low | (type & 4 ? X86_PAT_LARGE : 0));
		assert_int_equal(walk(t, &m, user_read(VA - (UINT64_C(1) << 39))).memtype, type);
	}
}

/* G counts only with CR4.PGE. */
static void test_global(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();

	map(t, VA, X86_PTE, 0x1000 | USER_TABLE | X86_G);
	assert_true(walk(t, &m, user_read(VA)).global);
	m.pge = false;
	assert_false(walk(t, &m, user_read(VA)).global);
	map(t, VA, X86_PTE, 0x1000 | USER_TABLE);
	m.pge = true;
	assert_false(walk(t, &m, user_read(VA)).global);
}

static void test_five_levels(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();
	uint64_t va = UINT64_C(0x00fedcba98765432);
	struct x86_walk w;

	m.la57 = true;
	map(t, va, X86_PTE, 0x777000 | USER_TABLE);
	w = walk(t, &m, user_read(va));
	assert_int_equal(w.outcome, X86_OK);
	assert_int_equal(w.nr, 5);
	assert_int_equal(w.step[0].level, 5);
	assert_true(w.pa == 0x777432);
	*entry_of(t, va, X86_PGD) &= ~(uint64_t)X86_RW;
	assert_false(walk(t, &m, user_read(va)).rights.rw);
	m.la57 = false;
	assert_int_equal(walk(t, &m, user_read(va)).outcome, X86_NONCANONICAL);
}

static void test_canonical(void **state)
{
	static const struct { uint64_t va; bool in48, in57; } edges[] = {
		{ 0, true, true },
		{ UINT64_C(0x00007fffffffffff), true, true },
		{ UINT64_C(0x0000800000000000), false, true },
		{ UINT64_C(0x00ffffffffffffff), false, true },
		{ UINT64_C(0x0100000000000000), false, false },
		{ UINT64_C(0x8000000000000000), false, false },
		{ UINT64_C(0xfeffffffffffffff), false, false },
		{ UINT64_C(0xff00000000000000), false, true },
		{ UINT64_C(0xffff7fffffffffff), false, true },
		{ UINT64_C(0xffff800000000000), true, true },
		{ UINT64_C(0xffffffffffffffff), true, true },
	};
	struct tables *t = *state;
	struct x86_mode m = usual_mode();

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct x86_walk w;

		m.la57 = false;
		assert_int_equal(x86_canonical(&m, edges[i].va), edges[i].in48);
		w = walk(t, &m, user_read(edges[i].va));
		assert_int_equal(w.outcome, edges[i].in48 ? X86_FAULT : X86_NONCANONICAL);
		assert_int_equal(w.nr, edges[i].in48);
		assert_int_equal(x86_walk_commit(&w), 0);
		m.la57 = true;
		assert_int_equal(x86_canonical(&m, edges[i].va), edges[i].in57);
	}
}

/* Not present at each level: the walk stops there, and nothing above is lost. */
static void test_absent(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();

	map(t, VA, X86_PTE, 0x1000 | USER_TABLE);
	for (unsigned level = 1; level <= 4; level++) {
		uint64_t *e = entry_of(t, VA, level), was = *e;
		struct x86_walk w;

		*e = ~(uint64_t)X86_P; /* whatever else is set does not count */
		w = walk(t, &m, user_write(VA));
		assert_int_equal(w.outcome, X86_FAULT);
		assert_int_equal(w.cause, X86_CAUSE_ABSENT);
		assert_int_equal(w.error_code, X86_PF_W | X86_PF_U);
		assert_int_equal(w.nr, 4 - level + 1);
		assert_int_equal(w.level, 0);
		assert_true(w.step[w.nr - 1].after == w.step[w.nr - 1].seen);
		*e = was;
	}
}

/* An entry where the machine has no memory: neither read nor guessed. */
static void test_bus(void **state)
{
	static const uint64_t holes[] = { PHYS_GIB_SIZE, 5 * PHYS_GIB_SIZE, UINT64_C(1) << 45 };
	struct tables *t = *state;
	struct x86_mode m = usual_mode();
	struct x86_walk w;

	for (int i = 0; i < 3; i++) {
		*entry_of(t, VA, X86_PMD) = holes[i] | USER_TABLE;
		w = walk(t, &m, user_read(VA));
		assert_int_equal(w.outcome, X86_BUS);
		assert_int_equal(w.nr, 3);
		assert_true(w.missing == holes[i] + x86_slot(VA, 1) * 8);
		assert_int_equal(x86_walk_commit(&w), 0);
	}
	/* A page that maps nothing is the caller's to see: the walk itself did not need it. */
	*entry_of(t, VA, X86_PMD) = PHYS_GIB_SIZE | USER_TABLE | X86_PSE;
	w = walk(t, &m, user_read(VA));
	assert_int_equal(w.outcome, X86_OK);
	assert_null(phys_to_host(&t->mem, w.pa));
}

/* One table at all four levels: its own entry is read four times, and gets A and D once. */
static void test_self_map(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();
	uint64_t *self = entry_at(t, t->cr3, 0, X86_P4D);
	struct x86_walk w;

	*self = t->cr3 | USER_TABLE;
	w = walk(t, &m, user_write(0x18));
	assert_int_equal(w.outcome, X86_OK);
	assert_true(w.pa == t->cr3 + 0x18);
	assert_int_equal(x86_walk_commit(&w), 0);
	assert_true(*self == (t->cr3 | USER_TABLE | X86_A | X86_D));
}

static void test_cr3_low_bits(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();
	struct x86_walk w;
	struct x86_access a = user_read(VA);

	map(t, VA, X86_PTE, 0x1000 | USER_TABLE);
	x86_walk(&w, &m, &t->mem, t->cr3 | 0xfff | UINT64_C(1) << 63, &a);
	assert_int_equal(w.outcome, X86_OK);
}

/* What each way to end raises; a stack access differs only where the address is bad. */
static void test_exception(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();
	struct x86_access good = user_read(VA), bad = user_read(UINT64_C(1) << 47);
	struct x86_walk w;

	for (int stack = 0; stack <= 1; stack++) {
		good.stack = bad.stack = stack;
		map(t, VA, X86_PTE, 0x1000 | USER_TABLE);
		w = walk(t, &m, good);
		assert_int_equal(x86_walk_exception(&w, &good), X86_NO_EXCEPTION);
		map(t, VA, X86_PTE, 0);
		w = walk(t, &m, good);
		assert_int_equal(x86_walk_exception(&w, &good), X86_PF);
		w = walk(t, &m, bad);
		assert_int_equal(x86_walk_exception(&w, &bad), stack ? X86_SS : X86_GP);
		x86_walk(&w, &m, &t->mem, PHYS_GIB_SIZE, &good);
		assert_int_equal(w.outcome, X86_BUS);
		assert_int_equal(x86_walk_exception(&w, &good), X86_NO_EXCEPTION);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_translates, start, stop),
		cmocka_unit_test_setup_teardown(test_memory_type, start, stop),
		cmocka_unit_test_setup_teardown(test_global, start, stop),
		cmocka_unit_test_setup_teardown(test_five_levels, start57, stop),
		cmocka_unit_test_setup_teardown(test_canonical, start, stop),
		cmocka_unit_test_setup_teardown(test_absent, start, stop),
		cmocka_unit_test_setup_teardown(test_bus, start, stop),
		cmocka_unit_test_setup_teardown(test_self_map, start, stop),
		cmocka_unit_test_setup_teardown(test_cr3_low_bits, start, stop),
		cmocka_unit_test_setup_teardown(test_exception, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
