/* SPDX-License-Identifier: BSD-2-Clause */
/* Paging-structure caches: what is cached, and from where a walk may start. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "psc_world.h"

static void test_caches_every_table(void **state)
{
	struct world *o = *state;
	unsigned top = o->t.top;

	map(&o->t, VA, X86_PTE, 0x1000 | USER_TABLE);
	assert_int_equal(walk_and_fill(o, 5, VA), 0);
	assert_int_equal(o->psc->nr, top - 1);
	for (unsigned level = X86_PMD; level <= top; level++) {
		const struct x86_psc_entry *e = NULL;

		for (uint32_t i = 0; i < o->psc->nr; i++)
			if (o->psc->entry[i].level == level)
				e = &o->psc->entry[i];
		assert_non_null(e);
		assert_true(e->va == (VA & ~(x86_level_size(level) - 1)));
		assert_true(e->table == (*entry_of(&o->t, VA, level) & X86_PFN_MASK));
		assert_true(e->rw && e->us && !e->nx && e->pcid == 5);
	}
	assert_int_equal(walk_and_fill(o, 5, VA), 0);
	assert_int_equal(o->psc->nr, top - 1); /* again: the same */
	assert_int_equal(walk_and_fill(o, 6, VA), 0);
	assert_int_equal(o->psc->nr, 2 * (top - 1));
}

/* A huge page's entry is no table: only what is above it is cached. */
static void test_caches_no_leaf(void **state)
{
	struct world *o = *state;

	map(&o->t, VA, X86_PMD, USER_TABLE);
	walk_and_fill(o, 0, VA);
	assert_int_equal(o->psc->nr, 2);
	assert_int_equal(x86_psc_lookup(o->psc, 0, VA)->level, X86_PUD);
}

/* Of a walk that faults: what is present, sound and accessed. */
static void test_caches_on_fault(void **state)
{
	struct world *o = *state;

	map(&o->t, VA, X86_PTE, 0);
	walk_and_fill(o, 0, VA);
	assert_int_equal(o->w.outcome, X86_FAULT);
	assert_int_equal(o->psc->nr, 3);

	x86_psc_init(o->psc, CAP);
	*entry_of(&o->t, VA, X86_PMD) ^= X86_P; /* its A bit is set from before */
	walk_and_fill(o, 0, VA);
	assert_int_equal(o->w.cause, X86_CAUSE_ABSENT);
	assert_int_equal(o->psc->nr, 2);
	*entry_of(&o->t, VA, X86_PMD) ^= X86_P;

	x86_psc_init(o->psc, CAP);
	*entry_of(&o->t, VA, X86_PMD) |= UINT64_C(1) << 51;
	walk_and_fill(o, 0, VA);
	assert_int_equal(o->w.cause, X86_CAUSE_RESERVED);
	assert_int_equal(o->psc->nr, 2);
	*entry_of(&o->t, VA, X86_PMD) &= ~(UINT64_C(1) << 51);

	x86_psc_init(o->psc, CAP);
	o->mode.fault_a = X86_FAULT_A_NONE;
	*entry_of(&o->t, VA, X86_PUD) &= ~(uint64_t)X86_A;
	walk_and_fill(o, 0, VA);
	assert_int_equal(o->psc->nr, 1); /* the P4D entry; the PUD's A stayed 0 */
}

/* The lowest level wins; another PCID or another region finds less or nothing. */
static void test_lookup(void **state)
{
	struct world *o = *state;

	map(&o->t, VA, X86_PTE, 0x1000 | USER_TABLE);
	walk_and_fill(o, 1, VA);
	assert_int_equal(x86_psc_lookup(o->psc, 1, VA)->level, X86_PMD);
	assert_int_equal(x86_psc_lookup(o->psc, 1, VA ^ 0x1ff000)->level, X86_PMD);
	assert_int_equal(x86_psc_lookup(o->psc, 1, VA ^ 0x200000)->level, X86_PUD);
	assert_int_equal(x86_psc_lookup(o->psc, 1, VA ^ 0x40000000)->level, X86_P4D);
	assert_null(x86_psc_lookup(o->psc, 1, VA ^ UINT64_C(0x8000000000)));
	assert_null(x86_psc_lookup(o->psc, 2, VA));
}

/*
 * What a stale entry does: the table it names is read although the tree has another by now, and the
 * rights are those of the entries when they were cached, ANDed with what is below.
 */
static void test_walk_from_stale(void **state)
{
	struct world *o = *state;
	struct x86_access a = { .va = VA, .user = true, .write = true };
	const struct x86_psc_entry *from;
	struct x86_walk w;
	uint64_t other;

	map(&o->t, VA, X86_PTE, 0x1000 | USER_TABLE);
	*entry_of(&o->t, VA, X86_PUD) &= ~(uint64_t)X86_RW;
	walk_and_fill(o, 0, VA);
	other = new_table(&o->t);
	*entry_at(&o->t, other, VA, X86_PTE) = 0x9000 | USER_TABLE;
	*entry_of(&o->t, VA, X86_PUD) |= X86_RW;
	*entry_of(&o->t, VA, X86_PMD) = other | USER_TABLE;

	from = x86_psc_lookup(o->psc, 0, VA);
	x86_walk_from_psc(&w, &o->mode, &o->t.mem, from, &a);
	assert_int_equal(w.cause, X86_CAUSE_READ_ONLY);
	a.write = false;
	x86_walk_from_psc(&w, &o->mode, &o->t.mem, from, &a);
	assert_int_equal(w.outcome, X86_OK);
	assert_int_equal(w.nr, 1);
	assert_true(w.pa == 0x1000);
	x86_walk(&w, &o->mode, &o->t.mem, o->t.cr3, &a);
	assert_true(w.pa == 0x9000 && w.rights.rw);
	x86_psc_fill(o->psc, 0, VA, &w, NULL); /* takes the place of what was stale */
	assert_int_equal(o->psc->nr, 3);
	from = x86_psc_lookup(o->psc, 0, VA);
	assert_true(from->table == other && from->rw);
}

/* A walk that began at a cached entry caches what it went on to read, under the same rights. */
static void test_fill_from_cached(void **state)
{
	struct world *o = *state;
	struct x86_access a = { .va = VA ^ 0x200000, .user = true };
	const struct x86_psc_entry *from;
	struct x86_walk w;

	map(&o->t, VA, X86_PTE, 0x1000 | USER_TABLE);
	map(&o->t, a.va, X86_PTE, 0x2000 | USER_TABLE);
	*entry_of(&o->t, VA, X86_P4D) ^= X86_NX | X86_RW;
	walk_and_fill(o, 0, VA);
	from = x86_psc_lookup(o->psc, 0, a.va);
	assert_int_equal(from->level, X86_PUD);
	x86_walk_from_psc(&w, &o->mode, &o->t.mem, from, &a);
	assert_int_equal(w.nr, 2);
	assert_int_equal(x86_psc_fill(o->psc, 0, a.va, &w, from), 0);
	from = x86_psc_lookup(o->psc, 0, a.va);
	assert_int_equal(from->level, X86_PMD);
	assert_true(from->nx && !from->rw && from->us);
}

static void test_full(void **state)
{
	struct world *o = *state;
	struct x86_psc *small = malloc(x86_psc_size(2));

	map(&o->t, VA, X86_PTE, 0x1000 | USER_TABLE);
	walk_and_fill(o, 0, VA);
	x86_psc_init(small, 2);
	assert_int_equal(x86_psc_fill(small, 0, VA, &o->w, NULL), -ENOSPC);
	assert_int_equal(small->nr, 2);
	assert_true(x86_psc_valid(small));
	assert_int_equal(x86_psc_fill(small, 0, VA, &o->w, NULL), -ENOSPC);
	x86_psc_drop_one(small, 0);
	assert_int_equal(small->nr, 1);
	free(small);
}

static void test_presets(void **state)
{
	assert_ptr_equal(x86_rules_find("intel"), &x86_rules_intel);
	assert_ptr_equal(x86_rules_find("amd"), &x86_rules_amd);
	assert_ptr_equal(x86_rules_find("amd-tce"), &x86_rules_amd_tce);
	assert_null(x86_rules_find("via"));
	assert_null(x86_rules_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_caches_every_table, start, stop),
		cmocka_unit_test_setup_teardown(test_caches_every_table, start57, stop),
		cmocka_unit_test_setup_teardown(test_caches_no_leaf, start, stop),
		cmocka_unit_test_setup_teardown(test_caches_on_fault, start, stop),
		cmocka_unit_test_setup_teardown(test_lookup, start, stop),
		cmocka_unit_test_setup_teardown(test_walk_from_stale, start, stop),
		cmocka_unit_test_setup_teardown(test_fill_from_cached, start, stop),
		cmocka_unit_test_setup_teardown(test_full, start, stop),
		cmocka_unit_test(test_presets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
