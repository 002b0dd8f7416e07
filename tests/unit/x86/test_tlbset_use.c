/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accesses through stale translations. In the drawings the left column is this CPU, the right one
 * another CPU that changes the tables and has not (yet) flushed.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tables.h"
#include "x86/tlbset_use.h"

#define VA  UINT64_C(0x00007f1234400000)
#define RO  ((uint64_t)(X86_P | X86_US))
#define OLD UINT64_C(0x12400000)
#define NEW UINT64_C(0x45600000)

struct world {
	struct tables t;
	struct x86_mode mode;
	struct x86_mmu m;
	struct x86_translation last;
};

static int start(void **state)
{
	struct world *o = calloc(1, sizeof(*o));

	tables_start(&o->t, false);
	o->mode = usual_mode();
	o->m = (struct x86_mmu){ malloc(x86_tlbset_size(64)), malloc(x86_psc_size(64)),
				 &x86_rules_intel, &o->mode, &o->t.mem, o->t.cr3, false };
	x86_tlbset_init(o->m.tlb, 64);
	x86_psc_init(o->m.psc, 64);
	*state = o;
	return 0;
}

static int stop(void **state)
{
	struct world *o = *state;

	assert_true(x86_tlb_valid(o->m.tlb) && x86_psc_valid(o->m.psc));
	tables_end(&o->t);
	free(o->m.tlb);
	free(o->m.psc);
	free(o);
	return 0;
}

/* A user access; returns its physical address, or its error code when it faults. */
static uint64_t go(struct world *o, uint64_t va, bool write)
{
	struct x86_access a = { .va = va, .user = true, .write = write };

	assert_int_equal(x86_translate(&o->last, &o->m, &a), 0);
	return o->last.outcome == X86_OK ? o->last.pa : o->last.error_code;
}

#define FAULTS(code, access)                                                                       \
	do {                                                                                       \
		assert_int_equal(access, code);                                                    \
		assert_int_equal(o->last.outcome, X86_FAULT);                                      \
	} while (0)

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
		cmocka_unit_test_setup_teardown(test_miss_then_hit, start, stop),
		cmocka_unit_test_setup_teardown(test_clean_write_finds_new_frame, start, stop),
		cmocka_unit_test_setup_teardown(test_dirty_write_uses_old_frame, start, stop),
		cmocka_unit_test_setup_teardown(test_clean_write_finds_less, start, stop),
		cmocka_unit_test_setup_teardown(test_upgrade, start, stop),
		cmocka_unit_test_setup_teardown(test_denied_and_confirmed, start, stop),
		cmocka_unit_test_setup_teardown(test_stale_table, start, stop),
		cmocka_unit_test_setup_teardown(test_dirty_walk, start, stop),
		cmocka_unit_test_setup_teardown(test_no_translation, start, stop),
		cmocka_unit_test_setup_teardown(test_too_small, start, stop),
		cmocka_unit_test_setup_teardown(test_flushed_is_coherent, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
