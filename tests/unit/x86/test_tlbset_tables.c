/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses through stale tables that paging-structure caches still name; and that software which
 * flushes what it changes never sees any of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "mmu_world.h"

/*
 *	load VA: caches the path
 *	                            frees the PTE table, puts up another one
 *	load VA + 4K: from the cached PMD entry, in the freed table
 */
static void test_stale_table(void **state)
{
	static const struct x86_rules *const rules[] = { &x86_rules_intel, &x86_rules_amd };
	struct world *o = *state;

	for (int i = 0; i < 2; i++) {
		uint64_t other = new_table(&o->t), *pmd = entry_of(&o->t, VA, X86_PMD);

		o->m.rules = rules[i];
		x86_drop_all(o->m.tlb, o->m.psc);
		map(&o->t, VA, X86_PTE, OLD | USER_TABLE);
		map(&o->t, VA + 0x1000, X86_PTE, OLD | USER_TABLE | 0x1000);
		*entry_of(&o->t, VA + 0x2000, X86_PTE) = 0;
		go(o, VA, false);
		*entry_at(&o->t, other, VA + 0x1000, X86_PTE) = NEW | USER_TABLE;
		*entry_at(&o->t, other, VA + 0x2000, X86_PTE) = NEW | USER_TABLE;
		*pmd = other | USER_TABLE;
		assert_true(go(o, VA + 0x1000, false) == OLD + 0x1000);
		assert_true(o->last.from_psc);
		/* what the old table does not have faults, or is looked up again from CR3 */
		if (rules[i]->fault_from_cache) {
			FAULTS(X86_PF_U, go(o, VA + 0x2000, false));
			assert_true(o->last.from_psc);
		}
		assert_true(go(o, VA + 0x2000, false) == NEW);
		assert_false(o->last.from_psc);
	}
}

/* The walk that sets D: from CR3, or by rule from what is cached of the upper levels. */
static void test_dirty_walk(void **state)
{
	static const struct x86_rules *const rules[] = { &x86_rules_intel, &x86_rules_amd };
	struct world *o = *state;

	for (int i = 0; i < 2; i++) {
		uint64_t other = new_table(&o->t), *pmd = entry_of(&o->t, VA, X86_PMD);

		o->m.rules = rules[i];
		x86_drop_all(o->m.tlb, o->m.psc);
		map(&o->t, VA, X86_PTE, OLD | USER_TABLE);
		go(o, VA, false);
		*entry_at(&o->t, other, VA, X86_PTE) = NEW | USER_TABLE;
		*pmd = other | USER_TABLE;
		assert_true(go(o, VA, true) == (rules[i]->dirty_walk_uses_psc ? OLD : NEW));
		assert_int_equal(o->last.tlb, X86_TLB_CLEAN_WRITE);
		assert_int_equal(o->last.from_psc, rules[i]->dirty_walk_uses_psc);
	}
}

static uint32_t draw(uint64_t *x, uint32_t below)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return (uint32_t)(*x >> 20) % below;
}

static const uint64_t place[] = { 0, 0x1000, 0x200000, 0x40000000 };

/* Change one PTE, or what the PMD above it grants, and say so to the page, or to every page. */
static void change_and_flush(struct world *o, uint64_t va, uint64_t *x)
{
	uint64_t grants = draw(x, 4) ? USER_TABLE : draw(x, 8), *e;

	if (draw(x, 3)) {
		*entry_of(&o->t, va, X86_PTE) = ((uint64_t)draw(x, 9) << 30) | grants;
		x86_invlpg(o->m.tlb, o->m.psc, o->m.rules, &o->mode, 0, va);
		return;
	}
	e = entry_of(&o->t, va, X86_PMD);
	*e = (*e & X86_PFN_MASK) | grants;
	for (int i = 0; i < 4; i++)
		x86_invlpg(o->m.tlb, o->m.psc, o->m.rules, &o->mode, 0, VA + place[i]);
}

/* Software that flushes whatever it changes never sees that there are caches at all. */
static void test_flushed_is_coherent(void **state)
{
	static const struct x86_rules *const rules[] = { &x86_rules_intel, &x86_rules_amd,
							 &x86_rules_amd_tce };
	struct world *o = *state;
	unsigned hits = 0, cached_walks = 0;
	uint64_t x = 42;

	for (int i = 0; i < 4; i++)
		map(&o->t, VA + place[i], X86_PTE, OLD | USER_TABLE);
	for (int round = 0; round < 5000; round++) {
		uint64_t va = VA + place[draw(&x, 4)], expect;
		struct x86_access a = { .va = va, .user = true, .write = draw(&x, 2) };
		struct x86_walk w;

		o->m.rules = rules[draw(&x, 3)];
		if (!draw(&x, 5))
			change_and_flush(o, va, &x);
		x86_walk(&w, &o->mode, &o->t.mem, o->t.cr3, &a);
		expect = w.outcome == X86_OK ? w.pa : w.error_code;
		assert_true(go(o, va, a.write) == expect);
		assert_int_equal(o->last.outcome, w.outcome);
		assert_int_equal(o->last.cause, w.cause);
		hits += o->last.tlb == X86_TLB_HIT;
		cached_walks += o->last.walked && o->last.from_psc;
	}
	assert_true(hits > 100 && cached_walks > 100); /* the caches were in use */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stale_table, start, stop),
		cmocka_unit_test_setup_teardown(test_dirty_walk, start, stop),
		cmocka_unit_test_setup_teardown(test_flushed_is_coherent, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
