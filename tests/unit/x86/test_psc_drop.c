/* SPDX-License-Identifier: BSD-2-Clause */
/* What is dropped from paging-structure caches, and the check of their form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "psc_world.h"

/* Small universe, every kind of drop, against the rule applied entry by entry. */
static void test_drop_against_rule(void **state)
{
	struct world *o = *state;
	static const uint64_t regions[] = { 0, 0x200000, 0x40000000, UINT64_C(0x8000000000) };

	for (int r = 0; r < 4; r++)
		map(&o->t, VA ^ regions[r], X86_PTE, 0x1000 | USER_TABLE);
	for (int scope = X86_PSC_PATH; scope <= X86_PSC_ALL; scope++)
		for (int r = 0; r < 4; r++) {
			uint32_t gone = 0, left = 0, had;

			x86_psc_init(o->psc, CAP);
			for (uint16_t pcid = 1; pcid <= 2; pcid++)
				for (int i = 0; i < 4; i++)
					walk_and_fill(o, pcid, VA ^ regions[i]);
			had = o->psc->nr;
			assert_int_equal(had, 2 * (4 + 3 + 2));
			gone = x86_psc_drop(o->psc, scope, 2, VA ^ regions[r]);
			for (uint32_t i = 0; i < o->psc->nr; i++, left++) {
				const struct x86_psc_entry *e = &o->psc->entry[i];
				uint64_t size = UINT64_C(1) << (12 + 9 * (e->level - 1));
				bool on_path = (VA ^ regions[r]) - e->va < size;

				assert_int_not_equal(scope, X86_PSC_ALL);
				assert_true(e->pcid == 1 || (scope == X86_PSC_PATH && !on_path));
			}
			assert_int_equal(gone + left, had);
			/* PATH: a PMD, a PUD and a P4D entry; the other two all there are */
			assert_int_equal(gone, scope == X86_PSC_PATH ? 3 :
					       scope == X86_PSC_PCID ? 9 : 18);
			assert_true(x86_psc_valid(o->psc));
			for (size_t i = left * sizeof(o->psc->entry[0]);
			     i < CAP * sizeof(o->psc->entry[0]); i++)
				assert_int_equal(((const char *)o->psc->entry)[i], 0);
		}
}

static void test_valid_fires(void **state)
{
	struct world *o = *state;
	struct x86_psc *p = o->psc;
	struct x86_psc_entry good;

	map(&o->t, VA, X86_PTE, 0x1000 | USER_TABLE);
	walk_and_fill(o, 0, VA);
	assert_true(x86_psc_valid(p));
	good = p->entry[0];
	p->entry[0] = p->entry[1];
	assert_false(x86_psc_valid(p)); /* two alike */
	p->entry[0] = good;
	p->entry[0].level = 1;
	assert_false(x86_psc_valid(p));
	p->entry[0] = good;
	p->entry[0].va += 0x1000;
	assert_false(x86_psc_valid(p));
	p->entry[0] = good;
	p->entry[0].table |= 1;
	assert_false(x86_psc_valid(p));
	p->entry[0] = good;
	p->entry[0].pcid = 4096;
	assert_false(x86_psc_valid(p));
	p->entry[0] = good;
	p->nr = CAP + 1;
	assert_false(x86_psc_valid(p));
	p->nr = 3;
	assert_true(x86_psc_valid(p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_drop_against_rule, start, stop),
		cmocka_unit_test_setup_teardown(test_valid_fires, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
