/* SPDX-License-Identifier: BSD-2-Clause */
/* A processor that translates through its caches, for the tests of accesses. Include cmocka. */
#ifndef TESTS_X86_MMU_WORLD_H
#define TESTS_X86_MMU_WORLD_H

#include <stdlib.h>

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

static inline int start(void **state)
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

static inline int stop(void **state)
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
static inline uint64_t go(struct world *o, uint64_t va, bool write)
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

#endif
