/* SPDX-License-Identifier: BSD-2-Clause */
/* The A and D bits that a walk calls for, and how they get into memory. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "walk_world.h"

/* A read sets A everywhere, a write D in the leaf, a walk ahead no D; a walk alone sets nothing. */
static void test_accessed_and_dirty(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();
	struct x86_access ahead = { .va = VA, .write = true, .probe = true };
	struct x86_walk w;

	for (unsigned level = 1; level <= 3; level++) {
		uint64_t va = VA - ((uint64_t)level << 39), leaf;

		map(t, va, level, USER_TABLE);
		leaf = *entry_of(t, va, level);
		w = walk(t, &m, user_read(va));
		assert_true(*entry_of(t, va, level) == leaf);
		assert_int_equal(x86_walk_commit(&w), 0);
		assert_true(*entry_of(t, va, level) == (leaf | X86_A));
		for (unsigned l = level + 1; l <= 4; l++)
			assert_true(*entry_of(t, va, l) & X86_A);
		ahead.va = va;
		w = walk(t, &m, ahead);
		assert_int_equal(x86_walk_commit(&w), 0);
		assert_false(w.dirty);
		assert_true(*entry_of(t, va, level) == (leaf | X86_A));
		w = walk(t, &m, user_write(va));
		assert_int_equal(x86_walk_commit(&w), 0);
		assert_true(w.dirty);
		assert_true(*entry_of(t, va, level) == (leaf | X86_A | X86_D));
		for (unsigned l = level + 1; l <= 4; l++)
			assert_false(*entry_of(t, va, l) & X86_D);
	}
}

/* What each choice leaves of A after a fault for lack of a right, and for lack of an entry. */
static void test_accessed_on_fault(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();

	for (m.fault_a = X86_FAULT_A_NONE; m.fault_a <= X86_FAULT_A_ALL; m.fault_a++) {
		bool tables = m.fault_a != X86_FAULT_A_NONE;
		struct x86_walk w;

		map(t, VA, X86_PTE, 0x1000 | X86_P | X86_US);
		w = walk(t, &m, user_write(VA));
		assert_int_equal(w.cause, X86_CAUSE_READ_ONLY);
		for (int i = 0; i < 3; i++)
			assert_int_equal(!!(w.step[i].after & X86_A), tables);
		assert_int_equal(!!(w.step[3].after & X86_A), m.fault_a == X86_FAULT_A_ALL);
		assert_false(w.step[3].after & X86_D);
		*entry_of(t, VA, X86_PTE) = 0;
		w = walk(t, &m, user_write(VA));
		for (int i = 0; i < 3; i++)
			assert_int_equal(!!(w.step[i].after & X86_A), tables);
		assert_true(w.step[3].after == 0);
	}
}

/* The leaf's A by the size of its page if a right is missing; if a reserved bit is set, never. */
static void test_leaf_accessed_on_fault(void **state)
{
	static const bool set[][4] = { /* [choice][level] */
		[X86_FAULT_A_NONE] = { 0, 0, 0, 0 },
		[X86_FAULT_A_TABLES] = { 0, 0, 0, 0 },
		[X86_FAULT_A_PUD] = { 0, 0, 0, 1 },
		[X86_FAULT_A_ALL] = { 0, 1, 1, 1 },
	};
	struct tables *t = *state;
	struct x86_mode m = usual_mode();

	m.nxe = false;
	for (m.fault_a = X86_FAULT_A_NONE; m.fault_a <= X86_FAULT_A_ALL; m.fault_a++) {
		for (unsigned level = 1; level <= 3; level++) {
			uint64_t va = VA - ((uint64_t)level << 39);
			struct x86_walk w;

			map(t, va, level, X86_P | X86_US);
			w = walk(t, &m, user_write(va));
			assert_int_equal(w.cause, X86_CAUSE_READ_ONLY);
			assert_int_equal(!!(w.step[w.nr - 1].after & X86_A), set[m.fault_a][level]);
			*entry_of(t, va, level) |= X86_NX;
			w = walk(t, &m, user_write(va));
			assert_int_equal(w.cause, X86_CAUSE_RESERVED);
			assert_false(w.step[w.nr - 1].after & X86_A);
		}
	}
}

/*
 *	walker                      another CPU
 *	reads the tables
 *	                            changes an entry
 *	sets A, D: finds out?
 */
static void test_commit_notices(void **state)
{
	struct tables *t = *state;
	struct x86_mode m = usual_mode();
	uint64_t *pte, *pmd;
	struct x86_walk w;

	map(t, VA, X86_PTE, 0x1000 | USER_TABLE);
	pte = entry_of(t, VA, X86_PTE);
	pmd = entry_of(t, VA, X86_PMD);
	w = walk(t, &m, user_write(VA));
	*pte = 0;
	assert_int_equal(x86_walk_commit(&w), -EAGAIN);
	assert_true(*pte == 0);
	assert_false(*pmd & X86_A); /* nothing was stored before the trouble was seen */

	*pte = 0x1000 | USER_TABLE | X86_A;
	*pmd |= X86_A;
	w = walk(t, &m, user_read(VA));
	*pmd = 0; /* the processor has no need to look at it again, and does not */
	*pte = 0x9000 | USER_TABLE;
	assert_int_equal(x86_walk_commit(&w), 0);
	assert_true(*pte == (0x9000 | USER_TABLE) && *pmd == 0);
	assert_true(w.pa == 0x1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_accessed_and_dirty, start, stop),
		cmocka_unit_test_setup_teardown(test_accessed_on_fault, start, stop),
		cmocka_unit_test_setup_teardown(test_leaf_accessed_on_fault, start, stop),
		cmocka_unit_test_setup_teardown(test_commit_notices, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
