/* SPDX-License-Identifier: BSD-2-Clause */
/* A processor with paging-structure caches, for the tests of them. */
#ifndef TESTS_X86_PSC_WORLD_H
#define TESTS_X86_PSC_WORLD_H

#include <stdlib.h>

#include "tables.h"
#include "x86/psc.h"

#define VA UINT64_C(0x00007f1234567000)
#define CAP 64

struct world {
	struct tables t;
	struct x86_mode mode;
	struct x86_psc *psc;
	struct x86_walk w;
};

static inline int start_with(void **state, bool la57)
{
	struct world *o = calloc(1, sizeof(*o));

	tables_start(&o->t, la57);
	o->mode = usual_mode();
	o->mode.la57 = la57;
	o->psc = malloc(x86_psc_size(CAP));
	x86_psc_init(o->psc, CAP);
	*state = o;
	return 0;
}

static inline int start(void **state)
{
	return start_with(state, false);
}

static inline int start57(void **state)
{
	return start_with(state, true);
}

static inline int stop(void **state)
{
	struct world *o = *state;

	assert_true(x86_psc_valid(o->psc));
	tables_end(&o->t);
	free(o->psc);
	free(o);
	return 0;
}

/* Walk for a user write, commit, cache what was on the way. */
static inline int walk_and_fill(struct world *o, uint16_t pcid, uint64_t va)
{
	struct x86_access a = { .va = va, .user = true, .write = true };

	x86_walk(&o->w, &o->mode, &o->t.mem, o->t.cr3, &a);
	assert_int_equal(x86_walk_commit(&o->w), 0);
	return x86_psc_fill(o->psc, pcid, va, &o->w, NULL);
}

#endif
