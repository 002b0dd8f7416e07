/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/tlbset.h"

#include <errno.h>
#include <string.h>

size_t x86_tlbset_size(uint32_t cap)
{
	return sizeof(struct x86_tlbset) + (size_t)cap * sizeof(struct x86_tlb_entry);
}

void x86_tlbset_init(struct x86_tlbset *t, uint32_t cap)
{
	memset(t, 0, x86_tlbset_size(cap));
	t->cap = cap;
}

/* Order by pcid, va, level. */
static int compare(const struct x86_tlb_entry *a, const struct x86_tlb_entry *b)
{
	if (a->pcid != b->pcid)
		return a->pcid < b->pcid ? -1 : 1;
	if (a->va != b->va)
		return a->va < b->va ? -1 : 1;
	return (int)a->level - (int)b->level;
}

static bool translates(const struct x86_tlb_entry *e, uint16_t pcid, uint64_t va)
{
	return (e->pcid == pcid || e->global) && !((e->va ^ va) >> x86_level_shift(e->level));
}

/* Is @a taken before @b, when both translate an address? Both come in the order of the set. */
static bool preferred(const struct x86_tlb_entry *a, const struct x86_tlb_entry *b, uint16_t pcid)
{
	if (a->level != b->level)
		return a->level < b->level;
	return a->pcid == pcid && b->pcid != pcid;
}

uint32_t x86_tlb_match(uint32_t *index, uint32_t room, const struct x86_tlbset *t, uint16_t pcid,
		       uint64_t va)
{
	uint32_t nr = 0, first = 0;

	for (uint32_t i = 0; i < t->nr; i++)
		if (translates(&t->entry[i], pcid, va) &&
		    (!nr++ || preferred(&t->entry[i], &t->entry[first], pcid)))
			first = i;
	if (!nr || !room)
		return nr;
	index[0] = first;
	for (uint32_t i = 0, stored = 1; i < t->nr && stored < room && stored < nr; i++)
		if (i != first && translates(&t->entry[i], pcid, va))
			index[stored++] = i;
	return nr;
}

void x86_tlb_judge(struct x86_tlb_hit *hit, const struct x86_tlbset *t,
		   const struct x86_mode *mode, uint32_t index, const struct x86_access *a)
{
	const struct x86_tlb_entry *e = &t->entry[index];
	struct x86_rights r = { e->rw, e->us, e->nx, e->pkey };

	*hit = (struct x86_tlb_hit){
		.result = X86_TLB_HIT,
		.index = index,
		.pa = (e->pfn << X86_PAGE_SHIFT) | (a->va & (x86_level_size(e->level) - 1)),
		.cause = x86_rights_judge(&r, mode, a),
	};
	if (hit->cause != X86_CAUSE_NONE) {
		hit->result = X86_TLB_DENIED;
		hit->error_code = x86_error_code(hit->cause, &r, mode, a);
	} else if (a->write && !a->exec && !a->probe && !e->dirty) {
		hit->result = X86_TLB_CLEAN_WRITE;
	}
}

void x86_tlb_lookup(struct x86_tlb_hit *hit, const struct x86_tlbset *t,
		    const struct x86_mode *mode, uint16_t pcid, const struct x86_access *a)
{
	uint32_t index;

	if (x86_tlb_match(&index, 1, t, pcid, a->va))
		x86_tlb_judge(hit, t, mode, index, a);
	else
		*hit = (struct x86_tlb_hit){ .result = X86_TLB_MISS };
}

struct x86_tlb_entry x86_tlb_entry_of(const struct x86_walk *w, uint16_t pcid, uint64_t va)
{
	return (struct x86_tlb_entry){
		.va = va & ~(w->size - 1),
		.pfn = (w->pa & ~(w->size - 1)) >> X86_PAGE_SHIFT,
		.pcid = pcid,
		.level = (uint8_t)w->level,
		.memtype = w->memtype,
		.pkey = w->rights.pkey,
		.rw = w->rights.rw,
		.us = w->rights.us,
		.nx = w->rights.nx,
		.dirty = w->dirty,
		.global = w->global,
	};
}

static bool entry_valid(const struct x86_tlb_entry *e)
{
	uint64_t below;

	if (e->level < X86_PTE || e->level > X86_PUD || e->pcid >= X86_PCIDS || e->pkey > 15)
		return false;
	below = x86_level_size(e->level) - 1;
	return !(e->va & below) && !((e->pfn << X86_PAGE_SHIFT) & below) &&
	       !(e->pfn >> (52 - X86_PAGE_SHIFT));
}

int x86_tlb_fill(struct x86_tlbset *t, const struct x86_tlb_entry *e)
{
	uint32_t at = 0;

	if (!entry_valid(e))
		return -EINVAL;
	while (at < t->nr && compare(&t->entry[at], e) < 0)
		at++;
	if (at == t->nr || compare(&t->entry[at], e)) {
		if (t->nr == t->cap)
			return -ENOSPC;
		memmove(&t->entry[at + 1], &t->entry[at], (t->nr - at) * sizeof(*e));
		t->nr++;
	}
	t->entry[at] = *e;
	return 0;
}

void x86_tlb_drop_one(struct x86_tlbset *t, uint32_t index)
{
	t->nr--;
	memmove(&t->entry[index], &t->entry[index + 1],
		(t->nr - index) * sizeof(t->entry[0]));
	memset(&t->entry[t->nr], 0, sizeof(t->entry[0]));
}

static bool goes(const struct x86_tlb_entry *e, const struct x86_tlb_filter *f)
{
	uint64_t last = e->va + (x86_level_size(e->level) - 1);

	if (f->keep_global && e->global)
		return false;
	if (f->one_pcid && e->pcid != f->pcid && !(f->and_globals && e->global))
		return false;
	return !f->one_range || (e->va <= f->last && last >= f->start);
}

uint32_t x86_tlb_drop(struct x86_tlbset *t, const struct x86_tlb_filter *f)
{
	uint32_t kept = 0, had = t->nr;

	for (uint32_t i = 0; i < had; i++) {
		if (goes(&t->entry[i], f))
			continue;
		if (kept != i)
			t->entry[kept] = t->entry[i];
		kept++;
	}
	memset(&t->entry[kept], 0, (had - kept) * sizeof(t->entry[0]));
	t->nr = kept;
	return had - kept;
}

bool x86_tlb_valid(const struct x86_tlbset *t)
{
	if (t->nr > t->cap)
		return false;
	for (uint32_t i = 0; i < t->nr; i++)
		if (!entry_valid(&t->entry[i]) ||
		    (i && compare(&t->entry[i - 1], &t->entry[i]) >= 0))
			return false;
	return true;
}
