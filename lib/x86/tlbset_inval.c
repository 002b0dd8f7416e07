/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/tlbset_inval.h"

#include <errno.h>

static void drop_psc(struct x86_psc *p, enum x86_psc_scope scope, uint16_t pcid, uint64_t va)
{
	if (p)
		x86_psc_drop(p, scope, pcid, va);
}

/* What is tagged with @pcid and not global. */
static void drop_context(struct x86_tlbset *t, struct x86_psc *p, uint16_t pcid)
{
	x86_tlb_drop(t, &(struct x86_tlb_filter){
				.one_pcid = true, .keep_global = true, .pcid = pcid });
	drop_psc(p, X86_PSC_PCID, pcid, 0);
}

void x86_drop_all(struct x86_tlbset *t, struct x86_psc *p)
{
	x86_tlb_drop(t, &(struct x86_tlb_filter){ 0 });
	drop_psc(p, X86_PSC_ALL, 0, 0);
}

/* The page at @va, whatever its size: of @pcid, and global ones. */
static void drop_page(struct x86_tlbset *t, uint16_t pcid, uint64_t va)
{
	x86_tlb_drop(t, &(struct x86_tlb_filter){ .one_pcid = true, .and_globals = true,
						  .one_range = true, .pcid = pcid,
						  .start = va, .last = va });
}

void x86_invlpg(struct x86_tlbset *t, struct x86_psc *p, const struct x86_rules *rules,
		const struct x86_mode *mode, uint16_t pcid, uint64_t va)
{
	if (!x86_canonical(mode, va))
		return;
	drop_page(t, pcid, va);
	drop_psc(p, rules->invlpg_psc, pcid, va);
}

static bool invpcid_faults(const struct x86_mode *mode, bool pcide, unsigned type, uint64_t pcid,
			   uint64_t va)
{
	if (type > X86_INVPCID_ALL || pcid >= X86_PCIDS)
		return true;
	if (type <= X86_INVPCID_SINGLE && !pcide && pcid)
		return true;
	return type == X86_INVPCID_ADDR && !x86_canonical(mode, va);
}

int x86_invpcid(struct x86_tlbset *t, struct x86_psc *p, const struct x86_rules *rules,
		const struct x86_mode *mode, bool pcide, unsigned type, uint64_t pcid, uint64_t va)
{
	if (invpcid_faults(mode, pcide, type, pcid, va))
		return -EINVAL;
	switch (type) {
	case X86_INVPCID_ADDR:
		x86_tlb_drop(t, &(struct x86_tlb_filter){
					.one_pcid = true, .keep_global = true, .one_range = true,
					.pcid = (uint16_t)pcid, .start = va, .last = va });
		drop_psc(p, rules->invpcid_psc, (uint16_t)pcid, va);
		break;
	case X86_INVPCID_SINGLE:
		drop_context(t, p, (uint16_t)pcid);
		break;
	case X86_INVPCID_ALL_GLOBALS:
		x86_drop_all(t, p);
		break;
	case X86_INVPCID_ALL:
		x86_tlb_drop(t, &(struct x86_tlb_filter){ .keep_global = true });
		drop_psc(p, X86_PSC_ALL, 0, 0);
		break;
	}
	return 0;
}

void x86_mov_cr3(struct x86_tlbset *t, struct x86_psc *p, bool pcide, uint64_t operand)
{
	if (pcide && (operand & X86_CR3_NOFLUSH))
		return;
	drop_context(t, p, x86_pcid(pcide, operand));
}

void x86_mov_cr4(struct x86_tlbset *t, struct x86_psc *p, const struct x86_rules *rules,
		 uint16_t pcid, uint64_t before, uint64_t after)
{
	uint64_t changed = before ^ after, set = after & ~before, cleared = before & ~after;

	if ((changed & X86_CR4_PGE) || (cleared & X86_CR4_PCIDE) ||
	    (rules->pse_drops_all && (changed & X86_CR4_PSE)) ||
	    (rules->pke_drops_all && (set & X86_CR4_PKE))) {
		x86_drop_all(t, p);
	} else if (rules->smep_drops_pcid && (set & X86_CR4_SMEP)) {
		x86_tlb_drop(t, &(struct x86_tlb_filter){ .one_pcid = true, .pcid = pcid });
		drop_psc(p, X86_PSC_PCID, pcid, 0);
	}
}

void x86_fault_drops(struct x86_tlbset *t, struct x86_psc *p, uint16_t pcid, uint64_t va)
{
	drop_page(t, pcid, va);
	drop_psc(p, X86_PSC_PATH, pcid, va);
}
