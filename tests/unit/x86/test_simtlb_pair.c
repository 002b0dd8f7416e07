/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_simtlb_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

uint64_t pair_random_address(struct pair *p)
{
	struct world *w = &p->world;
	uint64_t *recent = &p->recent[world_pick(w, 8)];
	unsigned i = world_pick(w, w->nr_pages);

	if (world_once_in(w, 2))
		return *recent ^ world_pick(w, 4096);
	if (world_once_in(w, 40))
		return world_random(w);
	*recent = w->page[i] + world_random(w) % (UINT64_C(0x1000) << 9 * w->size[i]);
	return *recent;
}

/* Mostly what suits the address: the kernel's half is the supervisor's. */
static unsigned random_kind(struct world *w, uint64_t va)
{
	static const uint8_t kinds[] = {0, 0, 0, 1, 1, 2};
	unsigned kind = kinds[world_pick(w, sizeof(kinds))];

	return kind + ((va >> 63) ^ world_once_in(w, 20) ? NUMASIM_TLB_SUPERVISOR : 0);
}

/* ---- comparing what they hold ---- */

struct listing {
	struct numasim_tlb_entry entry[8192];
	int level[8192];
	unsigned n;
};

static int list_entry(const struct numasim_tlb_entry *entry, int level, void *payload)
{
	struct listing *l = payload;

	assert_true(l->n < 8192);
	l->entry[l->n] = *entry;
	l->level[l->n++] = level;
	return 0;
}

static void assert_same_entry(const struct numasim_tlb_entry *a, const struct numasim_tlb_entry *b)
{
	assert_int_equal(a->va, b->va);
	assert_int_equal(a->pa, b->pa);
	assert_int_equal(a->pcid, b->pcid);
	assert_int_equal(a->size, b->size);
	assert_int_equal(a->pkey, b->pkey);
	assert_int_equal(a->writable, b->writable);
	assert_int_equal(a->user, b->user);
	assert_int_equal(a->nx, b->nx);
	assert_int_equal(a->dirty, b->dirty);
	assert_int_equal(a->global, b->global);
}

static void assert_same_contents(struct pair *p)
{
	struct listing *l = calloc(1, sizeof(*l));
	unsigned n = 0;

	assert_int_equal(numasim_tlb_foreach(p->tlb, list_entry, l), 0);
	for (int level = 0; level < 2; level++)
		for (int a = 0; a < 3; a++) {
			const struct numasim_tlb_array *s = &p->model.geometry.level[level][a];

			for (unsigned i = 0; i < s->sets * s->ways; i++) {
				struct model_way *way = &p->model.array[level][a].way[i];

				if (!way->valid)
					continue;
				assert_true(n < l->n);
				assert_int_equal(l->level[n], level + 1);
				assert_same_entry(&l->entry[n++], &way->entry);
			}
		}
	assert_int_equal(n, l->n);
	free(l);
}

void pair_assert_same_all(struct pair *p)
{
	struct numasim_tlb_counters c;

	numasim_tlb_get_counters(&c, p->tlb);
	assert_memory_equal(&c, &p->model.count, sizeof(c));
	assert_same_contents(p);
	assert_true(world_same(&p->world));
}

/* ---- doing the same to both ---- */

static void assert_same_fault(const struct numasim_tlb_fault *a, const struct numasim_tlb_fault *b)
{
	assert_int_equal(a->why, b->why);
	assert_int_equal(a->error_code, b->error_code);
	assert_int_equal(a->va, b->va);
	assert_int_equal(a->pa, b->pa);
}

/* Run va[0..n) on both up to the first fault. How many were served. */
static size_t run_both(struct pair *p, const uint64_t *va, const uint8_t *kind, size_t n)
{
	struct numasim_tlb_fault fault, expected;
	uint64_t pa[64], pa_expected;
	uint8_t how[64], how_expected;
	bool with_how = world_once_in(&p->world, 2);
	struct numasim_tlb_batch batch = {.va = va, .kind = kind, .n = n, .pa = pa};
	size_t done, i;

	batch.how = with_how ? how : NULL;
	assert_int_equal(numasim_tlb_access_batch(&done, p->tlb, &batch, &fault), 0);
	for (i = 0; i < n; i++) {
		p->accesses++;
		if (model_access(&p->model, &pa_expected, &how_expected, va[i], kind[i], &expected))
			break;
		assert_true(i < done);
		assert_int_equal(pa[i], pa_expected);
		if (with_how)
			assert_int_equal(how[i], how_expected);
	}
	assert_int_equal(i, done);
	if (i < n) {
		assert_int_equal(fault.index, i);
		assert_same_fault(&fault, &expected);
		p->faults++;
	} else {
		assert_int_equal(fault.why, NUMASIM_TLB_NO_FAULT);
	}
	return done;
}

static void do_batch(struct pair *p)
{
	struct world *w = &p->world;
	unsigned n = 1 + world_pick(w, 64), one = random_kind(w, world_random(w));
	bool uniform = world_once_in(w, 8);
	uint64_t va[64];
	uint8_t kind[64];

	for (unsigned i = 0; i < n; i++) {
		va[i] = pair_random_address(p);
		kind[i] = (uint8_t)(uniform ? one : random_kind(w, va[i]));
	}
	for (size_t i = 0; i < n; i++)
		i += run_both(p, va + i, kind + i, n - i);
}

static void do_invalidate(struct pair *p)
{
	struct world *w = &p->world;
	uint64_t va = w->page[world_pick(w, w->nr_pages)] + world_pick(w, 4096);
	unsigned type = world_pick(w, 4), pcid = world_pick(w, 4);
	bool pcide = p->model.regs.flags & NUMASIM_TLB_PCIDE;

	switch (world_pick(w, 8)) {
	case 0:
		numasim_tlb_flush(p->tlb, type & 1);
		model_invpcid(&p->model, type & 1 ? 2 : 3, 0, 0);
		break;
	case 1:
	case 2:
		if (!numasim_tlb_invpcid(p->tlb, type, pcide ? pcid : 0, va))
			model_invpcid(&p->model, type, pcide ? pcid : 0, va);
		break;
	default:
		numasim_tlb_invlpg(p->tlb, va);
		model_invlpg(&p->model, va);
	}
}

static void do_cr3(struct pair *p)
{
	struct world *w = &p->world;
	uint64_t cr3 = w->root[world_pick(w, WORLD_SPACES)];

	if (p->model.regs.flags & NUMASIM_TLB_PCIDE)
		cr3 |= world_pick(w, 4) | (world_once_in(w, 2) ? NUMASIM_TLB_CR3_NOFLUSH : 0);
	assert_int_equal(numasim_tlb_write_cr3(p->tlb, cr3, NULL), 0);
	model_write_cr3(&p->model, cr3);
}

void pair_regs(struct pair *p)
{
	struct world *w = &p->world;
	struct numasim_tlb_regs regs = p->model.regs;
	uint32_t keep = NUMASIM_TLB_LA57;

	regs.flags = (regs.flags & keep) | NUMASIM_TLB_REGS_LINUX;
	for (uint32_t f = 1; f <= NUMASIM_TLB_PAGE1GB; f *= 2)
		if (!(f & keep) && world_once_in(w, 10))
			regs.flags ^= f;
	regs.pkru = world_once_in(w, 2) ? 0 : (uint32_t)(world_random(w) & world_random(w));
	regs.phys_bits = world_once_in(w, 2) ? 0 : 40 + world_pick(w, 13);
	assert_int_equal(numasim_tlb_set_regs(p->tlb, &regs, NULL), 0);
	p->model.regs = regs;
}

/* The system changes an entry, and may forget to tell the TLB. */
static void do_write_entry(struct pair *p)
{
	struct world *w = &p->world;
	uint64_t slot = w->slot[world_pick(w, w->nr_pages)], value;

	if (!slot)
		return;
	value = world_read(w, slot);
	value ^= (uint64_t[]){TEST_RW, TEST_D, TEST_A,  TEST_P,
			      TEST_NX, TEST_G, TEST_US, TEST_D | TEST_A}[world_pick(w, 8)];
	world_write(w, slot, value);
}

static void do_fill(struct pair *p)
{
	struct world *w = &p->world;
	unsigned i = world_pick(w, w->nr_pages);
	unsigned size = world_once_in(w, 3) ? world_pick(w, 3) : w->size[i]; /* pages may overlap */
	uint64_t mask = (UINT64_C(0x1000) << 9 * size) - 1, bits = world_random(w);
	struct numasim_tlb_entry e = {
		.va = w->page[i] & ~mask,
		.pa = world_random(w) & UINT64_C(0xffffffffff000) & ~mask,
		.size = (uint8_t)size,
		.pcid = world_pick(w, 4),
		.writable = bits & 1,
		.user = bits >> 1 & 1,
		.nx = bits >> 2 & 1,
		.dirty = bits >> 3 & 1,
		.global = bits >> 4 & 1,
		.pkey = bits >> 5 & 15,
	};

	if (e.global)
		e.pcid = 0;
	if (!numasim_tlb_fill(p->tlb, &e, NULL))
		model_fill(&p->model, &e);
}

void pair_something(struct pair *p)
{
	switch (world_pick(&p->world, 12)) {
	case 0:
		do_invalidate(p);
		break;
	case 1:
		do_cr3(p);
		break;
	case 2:
		pair_regs(p);
		break;
	case 3:
		do_write_entry(p);
		break;
	case 4:
		do_fill(p);
		break;
	default:
		do_batch(p);
	}
}
