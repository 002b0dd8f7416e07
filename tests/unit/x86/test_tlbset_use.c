/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses through stale translations. In the drawings the left column is this CPU, the right one
 * another CPU that changes the tables and has not (yet) flushed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "mmu_world.h"

static void test_miss_then_hit(void **state)
{
	struct world *o = *state;

	map(&o->t, VA, X86_PTE, OLD | USER_TABLE);
	assert_true(go(o, VA + 5, false) == OLD + 5);
	assert_int_equal(o->last.tlb, X86_TLB_MISS);
	assert_true(o->last.walked);
	assert_true(*entry_of(&o->t, VA, X86_PTE) & X86_A);
	*entry_of(&o->t, VA, X86_PTE) = 0; /* nobody flushed */
	assert_true(go(o, VA + 6, false) == OLD + 6);
	assert_int_equal(o->last.tlb, X86_TLB_HIT);
	assert_false(o->last.walked);
	assert_true(o->last.used.pfn == OLD >> 12);
}

/*
 *	load: caches OLD, clean
 *	                            moves the page: entry = NEW
 *	store: D must be set
 *	       drop, walk, NEW
 */
static void test_clean_write_finds_new_frame(void **state)
{
	static const unsigned sizes[] = { X86_PTE, X86_PMD };
	struct world *o = *state;

	for (int i = 0; i < 2; i++) {
		uint64_t va = VA + ((uint64_t)i << 30), *e = entry_of(&o->t, va, sizes[i]);

		map(&o->t, va, sizes[i], OLD | USER_TABLE);
		go(o, va, false);
		*e = NEW | USER_TABLE | (sizes[i] == X86_PMD ? X86_PSE : 0);
		assert_true(go(o, va, false) == OLD); /* a load goes on reading the old frame */
		assert_true(go(o, va + 8, true) == NEW + 8);
		assert_int_equal(o->last.tlb, X86_TLB_CLEAN_WRITE);
		assert_true(o->last.stale.pfn == OLD >> 12 && o->last.used.pfn == NEW >> 12);
		assert_true((*e & (X86_A | X86_D)) == (X86_A | X86_D));
		assert_true(go(o, va, false) == NEW);
		assert_true(go(o, va, true) == NEW);
		assert_int_equal(o->last.tlb, X86_TLB_HIT); /* dirty by now: no table is read */
	}
}

/* A page cached dirty is written through the stale translation: the lost write's last step. */
static void test_dirty_write_uses_old_frame(void **state)
{
	struct world *o = *state;

	map(&o->t, VA, X86_PTE, OLD | USER_TABLE | X86_D);
	go(o, VA, false);
	*entry_of(&o->t, VA, X86_PTE) = NEW | USER_TABLE;
	assert_true(go(o, VA, true) == OLD);
	assert_false(*entry_of(&o->t, VA, X86_PTE) & X86_D);
}

/* What else the walk of a clean write may find: fewer rights, nothing, small pages. */
static void test_clean_write_finds_less(void **state)
{
	struct world *o = *state;
	uint64_t *pte = entry_of(&o->t, VA, X86_PTE), *pmd;

	*pte = OLD | USER_TABLE;
	go(o, VA, false);
	*pte = OLD | RO;
	FAULTS(X86_PF_P | X86_PF_W | X86_PF_U, go(o, VA, true));
	assert_int_equal(o->last.tlb, X86_TLB_CLEAN_WRITE);
	assert_int_equal(o->m.tlb->nr, 0);
	assert_false(*pte & X86_D);

	*pte = OLD | USER_TABLE;
	go(o, VA, false);
	*pte = OLD | (USER_TABLE & ~(uint64_t)X86_P) | X86_G; /* a hint or PROT_NONE */
	FAULTS(X86_PF_W | X86_PF_U, go(o, VA, true));
	assert_int_equal(o->m.tlb->nr, 0);

	pmd = entry_of(&o->t, VA + (1 << 30), X86_PMD);
	*pmd = OLD | USER_TABLE | X86_PSE;
	go(o, VA + (1 << 30), false);
	assert_int_equal(o->m.tlb->entry[0].level, X86_PMD);
	*pmd = 0; /* split: the same frames as small pages, the third one elsewhere */
	map(&o->t, VA + (1 << 30) + 0x2000, X86_PTE, NEW | USER_TABLE);
	assert_true(go(o, VA + (1 << 30) + 0x2000, true) == NEW);
	assert_int_equal(o->m.tlb->nr, 1);
	assert_int_equal(o->m.tlb->entry[0].level, X86_PTE);
}

/*
 *	load: caches read-only
 *	                            makes it writable, no flush needed
 *	store: Intel may fault once (SDM 4.10.4.3); AMD looks again (APM 5.5.3)
 */
static void test_upgrade(void **state)
{
	static const struct x86_rules *const rules[] = { &x86_rules_intel, &x86_rules_amd,
							 &x86_rules_amd_tce };
	struct world *o = *state;
	uint64_t *pte = entry_of(&o->t, VA, X86_PTE);

	for (int i = 0; i < 3; i++) {
		o->m.rules = rules[i];
		*pte = OLD | RO;
		x86_drop_all(o->m.tlb, o->m.psc);
		go(o, VA, false);
		*pte = OLD | USER_TABLE;
		if (rules[i]->fault_from_cache) {
			FAULTS(X86_PF_P | X86_PF_W | X86_PF_U, go(o, VA, true));
			assert_false(o->last.walked);
			assert_int_equal(o->last.cause, X86_CAUSE_READ_ONLY);
			assert_int_equal(o->m.tlb->nr, 0);
		}
		assert_true(go(o, VA, true) == OLD); /* at most once */
		assert_int_equal(o->last.tlb, i ? X86_TLB_DENIED : X86_TLB_MISS);
		assert_true(*pte & X86_D);
	}
}

/* If the tables forbid it as well, both fault alike, and nothing stays cached for the address. */
static void test_denied_and_confirmed(void **state)
{
	static const struct x86_rules *const rules[] = { &x86_rules_intel, &x86_rules_amd };
	struct world *o = *state;

	for (int i = 0; i < 2; i++) {
		o->m.rules = rules[i];
		map(&o->t, VA, X86_PTE, OLD | RO);
		go(o, VA, false);
		FAULTS(X86_PF_P | X86_PF_W | X86_PF_U, go(o, VA, true));
		assert_int_equal(o->last.tlb, X86_TLB_DENIED);
		assert_int_equal(o->last.walked, i);
		assert_int_equal(o->m.tlb->nr, 0);
		assert_null(x86_psc_lookup(o->m.psc, 0, VA));
	}
}

static void test_no_translation(void **state)
{
	struct world *o = *state;

	go(o, UINT64_C(1) << 47, false);
	assert_int_equal(o->last.outcome, X86_NONCANONICAL);
	*entry_of(&o->t, VA, X86_PMD) = PHYS_GIB_SIZE | USER_TABLE;
	go(o, VA, false);
	assert_int_equal(o->last.outcome, X86_BUS);
	assert_true(o->last.walk.missing == PHYS_GIB_SIZE);
	assert_int_equal(o->m.tlb->nr, 0);
}

/* A cache that is too small is said to be, and the access is done all the same. */
static void test_too_small(void **state)
{
	struct world *o = *state;
	struct x86_access a = { .va = VA, .user = true, .write = true };
	struct x86_translation t;

	map(&o->t, VA, X86_PTE, OLD | USER_TABLE);
	o->m.tlb->cap = 0;
	assert_int_equal(x86_translate(&t, &o->m, &a), -ENOSPC);
	assert_int_equal(t.outcome, X86_OK);
	assert_true(t.pa == OLD);
	assert_true(*entry_of(&o->t, VA, X86_PTE) & X86_D);
	o->m.tlb->cap = 64;
	x86_psc_drop(o->m.psc, X86_PSC_ALL, 0, 0);
	o->m.psc->cap = 1;
	assert_int_equal(x86_translate(&t, &o->m, &a), -ENOSPC);
	assert_int_equal(o->m.tlb->nr, 1);
	assert_true(t.pa == OLD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_miss_then_hit, start, stop),
		cmocka_unit_test_setup_teardown(test_clean_write_finds_new_frame, start, stop),
		cmocka_unit_test_setup_teardown(test_dirty_write_uses_old_frame, start, stop),
		cmocka_unit_test_setup_teardown(test_clean_write_finds_less, start, stop),
		cmocka_unit_test_setup_teardown(test_upgrade, start, stop),
		cmocka_unit_test_setup_teardown(test_denied_and_confirmed, start, stop),
		cmocka_unit_test_setup_teardown(test_no_translation, start, stop),
		cmocka_unit_test_setup_teardown(test_too_small, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
