/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "model.h"

static uint32_t flags_of(const struct mmu_machine *machine, const struct mmu_vector *v)
{
	static const struct { uint8_t control; uint32_t flag; } bits[] = {
		{ MMU_WP, NUMASIM_TLB_WP },   { MMU_SMEP, NUMASIM_TLB_SMEP },
		{ MMU_SMAP, NUMASIM_TLB_SMAP }, { MMU_PKE, NUMASIM_TLB_PKE },
		{ MMU_NXE, NUMASIM_TLB_NXE },  { MMU_PGE, NUMASIM_TLB_PGE },
	};
	uint32_t flags = machine->levels == 5 ? NUMASIM_TLB_LA57 : 0;

	flags |= machine->gbpages ? NUMASIM_TLB_PAGE1GB : 0;
	for (unsigned i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		flags |= v->control & bits[i].control ? bits[i].flag : 0;
	/* It knows no implicit accesses; they are those that AC does not spare. */
	if ((v->control & MMU_AC) && v->access != MMU_IMPLICIT)
		flags |= NUMASIM_TLB_AC;
	return flags;
}

static unsigned kind_of(const struct mmu_vector *v)
{
	struct x86_access access = mmu_access(v);
	unsigned kind = access.user && !access.implicit ? 0 : NUMASIM_TLB_SUPERVISOR;

	if (access.exec)
		return kind | NUMASIM_TLB_FETCH;
	return kind | (access.write ? NUMASIM_TLB_WRITE : NUMASIM_TLB_READ);
}

/* Supervisor keys say something: the key forbids, and the page is no user page. */
static bool needs_pks(const struct x86_walk *w)
{
	return w->level && !w->rights.us && (w->error_code & X86_PF_PK);
}

static void answer_fault(const struct mmu_vector *v, const struct numasim_tlb_fault *fault,
			 struct mmu_answer *a)
{
	if (fault->why == NUMASIM_TLB_PAGE_FAULT) {
		a->vector = X86_PF;
		a->error = fault->error_code;
		a->cr2 = fault->va;
	} else if (fault->why == NUMASIM_TLB_NONCANONICAL) {
		a->vector = mmu_access(v).stack ? X86_SS : X86_GP;
	}
}

bool mmu_simulator_answer(struct mmu_model *model, const struct mmu_vector *v,
			  const struct x86_walk *w, struct mmu_answer *a)
{
	struct numasim_tlb_regs regs = {
		.cr3 = v->cr3,
		.flags = flags_of(&model->machine, v),
		.pkru = v->pkru,
		.phys_bits = model->machine.physical_bits,
	};
	struct numasim_tlb_fault fault;
	uint64_t pa;

	if (needs_pks(w))
		return false;
	mmu_answer_nothing_done(v, a);
	mmu_lay_tables(model, v);
	numasim_tlb_flush(model->tlb, true);
	if (numasim_tlb_set_regs(model->tlb, &regs, NULL)) {
		a->vector = ~UINT32_C(0); /* no answer: never what a processor says */
	} else if (numasim_tlb_access(&pa, NULL, model->tlb, v->va, kind_of(v), &fault)) {
		answer_fault(v, &fault, a);
	} else {
		mmu_answer_pass(v, a, pa);
	}
	mmu_take_tables(model, v, a);
	return true;
}
