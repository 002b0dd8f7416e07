/* SPDX-License-Identifier: BSD-2-Clause */
/* Random sequences on the explorer's TLB, against a model that is one flag for each page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tlbset_world.h"

enum { PCIDS = 3, PAGES = 6, SIZES = 3 };
/* Two 4K pages in one 2M page, one in the next, one in the next 1G page, and two in the kernel. */
static const uint64_t page[PAGES] = { 0x7000, 0x8000, 0x207000, 0x40007000,
				      UINT64_C(0xfffffffffffff000), UINT64_C(0xffffffff80000000) };

struct naive {
	bool in[PCIDS][PAGES][SIZES];
	struct x86_tlb_entry e[PCIDS][PAGES][SIZES];
};

static uint32_t draw(uint64_t *x, uint32_t below)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return (uint32_t)(*x >> 20) % below;
}

static uint64_t base_of(int p, int s)
{
	return page[p] & ~(x86_level_size(s + 1) - 1);
}

/* The first slot that stands for the same page of that size: pages share their huge page. */
static int slot_of(int p, int s)
{
	for (int i = 0; i < p; i++)
		if (base_of(i, s) == base_of(p, s))
			return i;
	return p;
}

static void random_fill(struct x86_tlbset *t, struct naive *n, uint64_t *x)
{
	int c = draw(x, PCIDS), p = draw(x, PAGES), s = draw(x, SIZES);
	struct x86_tlb_entry e = entry(c, base_of(p, s), s + 1, (uint64_t)draw(x, 99) << 18);

	e.global = !draw(x, 4);
	e.dirty = draw(x, 2);
	e.rw = draw(x, 2);
	e.frame_name = draw(x, 1000);
	assert_int_equal(x86_tlb_fill(t, &e), 0);
	p = slot_of(p, s);
	n->in[c][p][s] = true;
	n->e[c][p][s] = e;
}

static bool naive_goes(const struct x86_tlb_entry *e, const struct x86_tlb_filter *f)
{
	bool mine = !f->one_pcid || e->pcid == f->pcid || (f->and_globals && e->global);
	bool there = !f->one_range || !(e->va > f->last ||
					e->va + (x86_level_size(e->level) - 1) < f->start);

	return mine && there && !(f->keep_global && e->global);
}

static void random_drop(struct x86_tlbset *t, struct naive *n, uint64_t *x)
{
	uint32_t bits = draw(x, 16), expect = 0;
	struct x86_tlb_filter f = { .one_pcid = bits & 1, .and_globals = bits & 2,
				    .keep_global = bits & 4, .one_range = bits & 8,
				    .pcid = (uint16_t)draw(x, PCIDS) };

	f.start = page[draw(x, PAGES)] + draw(x, 4096);
	f.last = f.start + (draw(x, 2) ? 0 : draw(x, 0x300000));
	if (f.last < f.start)
		f.last = UINT64_MAX;
	for (int i = 0; i < PCIDS * PAGES * SIZES; i++)
		if ((&n->in[0][0][0])[i] && naive_goes(&(&n->e[0][0][0])[i], &f)) {
			(&n->in[0][0][0])[i] = false;
			expect++;
		}
	assert_int_equal(x86_tlb_drop(t, &f), expect);
}

/* The set holds what the flags say, in order, and lookups find what the flags find. */
static void compare(const struct x86_tlbset *t, const struct naive *n)
{
	uint32_t nr = 0;

	for (int c = 0; c < PCIDS; c++)
		for (int p = 0; p < PAGES; p++)
			for (int s = 0; s < SIZES; s++)
				nr += n->in[c][p][s];
	assert_int_equal(t->nr, nr);
	assert_true(x86_tlb_valid(t));
	for (uint32_t i = 0; i < t->nr; i++) {
		const struct x86_tlb_entry *e = &t->entry[i];
		int p = 0, s = e->level - 1;

		while (base_of(p, s) != e->va)
			p++;
		assert_true(n->in[e->pcid][p][s]);
		assert_memory_equal(e, &n->e[e->pcid][p][s], sizeof(*e));
	}
	for (uint32_t i = t->nr * sizeof(t->entry[0]); i < t->cap * sizeof(t->entry[0]); i++)
		assert_int_equal(((const char *)t->entry)[i], 0);
}

static const struct x86_tlb_entry *naive_lookup(const struct naive *n, int c, int p)
{
	for (int s = 0; s < SIZES; s++) {
		if (n->in[c][slot_of(p, s)][s])
			return &n->e[c][slot_of(p, s)][s];
		for (int other = 0; other < PCIDS; other++)
			if (n->in[other][slot_of(p, s)][s] && n->e[other][slot_of(p, s)][s].global)
				return &n->e[other][slot_of(p, s)][s];
	}
	return NULL;
}

static void compare_lookups(const struct x86_tlbset *t, const struct naive *n)
{
	for (int c = 0; c < PCIDS; c++)
		for (int p = 0; p < PAGES; p++) {
			const struct x86_tlb_entry *e = naive_lookup(n, c, p);
			struct x86_access a = { .va = page[p] + 0x123, .user = true };
			struct x86_tlb_hit h = look(t, (uint16_t)c, a);

			assert_int_equal(h.result, e ? X86_TLB_HIT : X86_TLB_MISS);
			if (e)
				assert_memory_equal(e, &t->entry[h.index], sizeof(*e));
		}
}

static void test_random_sequences(void **state)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15);
		struct x86_tlbset *t = new_set(CAP), *copy = malloc(x86_tlbset_size(CAP));
		struct naive n = { 0 };

		for (int step = 0; step < 60; step++) {
			if (draw(&x, 4))
				random_fill(t, &n, &x);
			else
				random_drop(t, &n, &x);
			compare(t, &n);
			compare_lookups(t, &n);
		}
		memcpy(copy, t, x86_tlbset_size(CAP)); /* a copy is a snapshot */
		x86_tlb_drop(t, &(struct x86_tlb_filter){ 0 });
		assert_int_equal(t->nr, 0);
		compare(copy, &n);
		free(copy);
		free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
