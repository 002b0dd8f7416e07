/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/psc.h"

#include <errno.h>
#include <string.h>

size_t x86_psc_size(uint32_t cap)
{
	return sizeof(struct x86_psc) + (size_t)cap * sizeof(struct x86_psc_entry);
}

void x86_psc_init(struct x86_psc *p, uint32_t cap)
{
	memset(p, 0, x86_psc_size(cap));
	p->cap = cap;
}

/* Order by pcid, va, level. */
static int compare(const struct x86_psc_entry *a, const struct x86_psc_entry *b)
{
	if (a->pcid != b->pcid)
		return a->pcid < b->pcid ? -1 : 1;
	if (a->va != b->va)
		return a->va < b->va ? -1 : 1;
	return (int)a->level - (int)b->level;
}

static bool translates(const struct x86_psc_entry *e, uint16_t pcid, uint64_t va)
{
	return e->pcid == pcid && !((e->va ^ va) >> x86_level_shift(e->level));
}

const struct x86_psc_entry *x86_psc_lookup(const struct x86_psc *p, uint16_t pcid, uint64_t va)
{
	const struct x86_psc_entry *best = NULL;

	for (uint32_t i = 0; i < p->nr; i++)
		if (translates(&p->entry[i], pcid, va) &&
		    (!best || p->entry[i].level < best->level))
			best = &p->entry[i];
	return best;
}

static int insert(struct x86_psc *p, const struct x86_psc_entry *e)
{
	uint32_t at = 0;

	while (at < p->nr && compare(&p->entry[at], e) < 0)
		at++;
	if (at < p->nr && !compare(&p->entry[at], e)) {
		p->entry[at] = *e;
		return 0;
	}
	if (p->nr == p->cap)
		return -ENOSPC;
	memmove(&p->entry[at + 1], &p->entry[at], (p->nr - at) * sizeof(*e));
	p->entry[at] = *e;
	p->nr++;
	return 0;
}

/* SDM 4.10.3.1: cached only if present, not reserved, leading to a table, and accessed. */
static bool cacheable(const struct x86_walk *w, unsigned i)
{
	const struct x86_step *s = &w->step[i];
	bool refused = i == w->nr - 1 && w->outcome == X86_FAULT &&
		       (w->cause == X86_CAUSE_ABSENT || w->cause == X86_CAUSE_RESERVED);

	return !refused && !x86_is_leaf(s->seen, s->level) && (s->after & X86_A);
}

int x86_psc_fill(struct x86_psc *p, uint16_t pcid, uint64_t va, const struct x86_walk *w,
		 const struct x86_psc_entry *from)
{
	struct x86_rights r = { .rw = !from || from->rw, .us = !from || from->us,
				.nx = from && from->nx };
	int rc = 0;

	for (unsigned i = 0; i < w->nr && cacheable(w, i) && !rc; i++) {
		const struct x86_step *s = &w->step[i];
		struct x86_psc_entry e;

		x86_rights_narrow(&r, s->seen);
		e = (struct x86_psc_entry){
			.va = va & ~(x86_level_size(s->level) - 1),
			.table = s->seen & X86_PFN_MASK,
			.pcid = pcid,
			.level = (uint8_t)s->level,
			.rw = r.rw,
			.us = r.us,
			.nx = r.nx,
		};
		rc = insert(p, &e);
	}
	return rc;
}

void x86_walk_from_psc(struct x86_walk *w, const struct x86_mode *mode, const struct phys_map *mem,
		       const struct x86_psc_entry *from, const struct x86_access *a)
{
	struct x86_walk_start start = {
		.table = from->table,
		.level = from->level - 1u,
		.rights = { .rw = from->rw, .us = from->us, .nx = from->nx },
	};

	x86_walk_from(w, mode, mem, &start, a);
}

void x86_psc_drop_one(struct x86_psc *p, uint32_t index)
{
	p->nr--;
	memmove(&p->entry[index], &p->entry[index + 1],
		(p->nr - index) * sizeof(p->entry[0]));
	memset(&p->entry[p->nr], 0, sizeof(p->entry[0]));
}

static bool in_scope(const struct x86_psc_entry *e, enum x86_psc_scope scope, uint16_t pcid,
		     uint64_t va)
{
	switch (scope) {
	case X86_PSC_PATH:
		return translates(e, pcid, va);
	case X86_PSC_PCID:
		return e->pcid == pcid;
	case X86_PSC_ALL:
		return true;
	}
	return true;
}

uint32_t x86_psc_drop(struct x86_psc *p, enum x86_psc_scope scope, uint16_t pcid, uint64_t va)
{
	uint32_t kept = 0, had = p->nr;

	for (uint32_t i = 0; i < had; i++) {
		if (in_scope(&p->entry[i], scope, pcid, va))
			continue;
		if (kept != i)
			p->entry[kept] = p->entry[i];
		kept++;
	}
	memset(&p->entry[kept], 0, (had - kept) * sizeof(p->entry[0]));
	p->nr = kept;
	return had - kept;
}

static bool entry_valid(const struct x86_psc_entry *e)
{
	return e->level >= X86_PMD && e->level <= X86_PGD &&
	       !(e->va & (x86_level_size(e->level) - 1)) && !(e->table & ~X86_PFN_MASK) &&
	       e->pcid < 4096;
}

bool x86_psc_valid(const struct x86_psc *p)
{
	if (p->nr > p->cap)
		return false;
	for (uint32_t i = 0; i < p->nr; i++)
		if (!entry_valid(&p->entry[i]) ||
		    (i && compare(&p->entry[i - 1], &p->entry[i]) >= 0))
			return false;
	return true;
}
