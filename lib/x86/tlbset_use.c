/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/tlbset_use.h"

#include <string.h>

/* Where the walk may start: NULL is CR3. After X86_TLB_DENIED nothing is cached any more. */
static const struct x86_psc_entry *walk_start(const struct x86_mmu *m, uint16_t pcid, uint64_t va,
					      enum x86_tlb_result tlb)
{
	if (!m->psc)
		return NULL;
	if (tlb == X86_TLB_CLEAN_WRITE && !m->rules->dirty_walk_uses_psc)
		return NULL;
	return x86_psc_lookup(m->psc, pcid, va);
}

/*
 * Walk, from a paging-structure-cache entry if one may be used. A fault that a cached entry has
 * part in is confirmed from CR3 where the rules want that (APM 5.5.3), and stands where they do
 * not (SDM 4.10.4.3: it may be spurious, once).
 */
static int walk(struct x86_translation *t, const struct x86_mmu *m, uint16_t pcid,
		const struct x86_access *a)
{
	const struct x86_psc_entry *from = walk_start(m, pcid, a->va, t->tlb);

	t->walked = true;
	t->from_psc = from;
	if (from)
		x86_walk_from_psc(&t->walk, m->mode, m->mem, from, a);
	if (from && t->walk.outcome != X86_OK && !m->rules->fault_from_cache) {
		x86_psc_drop(m->psc, X86_PSC_PATH, pcid, a->va);
		t->from_psc = false;
		from = NULL;
	}
	if (!from)
		x86_walk(&t->walk, m->mode, m->mem, m->cr3, a);
	x86_walk_commit(&t->walk); /* nothing came between */
	return m->psc && t->walk.outcome == X86_OK ?
		       x86_psc_fill(m->psc, pcid, a->va, &t->walk, from) : 0;
}

static int translate_by_walk(struct x86_translation *t, const struct x86_mmu *m, uint16_t pcid,
			     const struct x86_access *a)
{
	int psc_rc = walk(t, m, pcid, a), rc;

	t->outcome = t->walk.outcome;
	t->error_code = t->walk.error_code;
	t->cause = t->walk.cause;
	if (t->outcome == X86_FAULT)
		x86_fault_drops(m->tlb, m->psc, pcid, a->va);
	if (t->outcome != X86_OK)
		return 0;
	t->pa = t->walk.pa;
	t->used = x86_tlb_entry_of(&t->walk, pcid, a->va);
	rc = x86_tlb_fill(m->tlb, &t->used);
	return rc ? rc : psc_rc;
}

int x86_translate(struct x86_translation *t, const struct x86_mmu *m, const struct x86_access *a)
{
	uint16_t pcid = x86_pcid(m->pcide, m->cr3);
	struct x86_tlb_hit hit;

	memset(t, 0, offsetof(struct x86_translation, walk));
	t->outcome = X86_NONCANONICAL;
	if (!x86_canonical(m->mode, a->va))
		return 0;
	x86_tlb_lookup(&hit, m->tlb, m->mode, pcid, a);
	t->tlb = hit.result;
	if (hit.result == X86_TLB_MISS)
		return translate_by_walk(t, m, pcid, a);
	t->used = m->tlb->entry[hit.index];
	if (hit.result == X86_TLB_HIT) {
		t->outcome = X86_OK;
		t->pa = hit.pa;
		return 0;
	}
	t->stale = t->used;
	t->used = (struct x86_tlb_entry){ 0 };
	if (hit.result == X86_TLB_DENIED && m->rules->fault_from_cache) {
		t->outcome = X86_FAULT;
		t->error_code = hit.error_code;
		t->cause = hit.cause;
		x86_fault_drops(m->tlb, m->psc, pcid, a->va);
		return 0;
	}
	if (hit.result == X86_TLB_DENIED)
		x86_fault_drops(m->tlb, m->psc, pcid, a->va);
	else
		x86_tlb_drop_one(m->tlb, hit.index);
	return translate_by_walk(t, m, pcid, a);
}
