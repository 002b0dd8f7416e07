/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator's page walk, complete: Intel SDM vol. 3A 4.5 (walk), 4.6 (rights), 4.7 (error
 * codes), 4.8 (A and D).
 *
 *   CR3 ─> PGD ─> P4D ─> PUD ──> PMD ──> PTE      at each: memory there? P? reserved bits? then
 *         (LA57)          │       │       │       and RW and US, or NX, and set A on the way;
 *                         1G      2M      4K      at the leaf: allowed? then set A, D if a write
 */
#include <errno.h>
#include <string.h>

#include "x86/entry.h"
#include "x86/simtlb.h"

struct step {
	uint64_t *slot;
	uint64_t at; /* physical address of the slot */
	uint64_t value;
	uint64_t acc; /* all entries so far, and'ed */
	uint64_t any; /* or'ed */
	unsigned level;
};

static int page_fault(struct numasim_tlb_fault *fault, const struct numasim_tlb *tlb,
		      const struct step *step, unsigned kind, uint32_t code)
{
	unsigned type = kind & 3;

	if (type == NUMASIM_TLB_WRITE)
		code |= NUMASIM_TLB_PF_W;
	if (!(kind & NUMASIM_TLB_SUPERVISOR))
		code |= NUMASIM_TLB_PF_U;
	if (type == NUMASIM_TLB_FETCH && (tlb->regs.flags & (NUMASIM_TLB_NXE | NUMASIM_TLB_SMEP)))
		code |= NUMASIM_TLB_PF_I;
	fault->why = NUMASIM_TLB_PAGE_FAULT;
	fault->error_code = code;
	fault->pa = step->at;
	return -EFAULT;
}

/* Go from table to table until a leaf, whose reserved bits are checked too. */
static int descend(struct step *step, struct numasim_tlb *tlb, uint64_t va, unsigned kind,
		   struct numasim_tlb_fault *fault)
{
	uint64_t table = tlb->root;

	for (step->level = tlb->top;; step->level--) {
		char *page = phys_to_host(&tlb->map, table);
		bool leaf;

		step->at = table + 8 * x86_slot(va, step->level);
		if (!page) {
			fault->why = NUMASIM_TLB_NO_MEMORY;
			fault->pa = step->at;
			return -EFAULT;
		}
		step->slot = (uint64_t *)page + x86_slot(va, step->level);
		step->value = *step->slot;
		if (!(step->value & X86_P))
			return page_fault(fault, tlb, step, kind, 0);
		leaf = x86_is_leaf(step->value, step->level);
		if (step->value &
		    (leaf ? tlb->leaf_reserved[step->level] : tlb->table_reserved[step->level]))
			return page_fault(fault, tlb, step, kind,
					  NUMASIM_TLB_PF_P | NUMASIM_TLB_PF_RSVD);
		step->acc &= step->value;
		step->any |= step->value;
		if (leaf)
			return 0;
		if (!(step->value & X86_A))
			*step->slot = step->value | X86_A;
		table = step->value & SIMTLB_FRAME;
	}
}

/* Bit 5 of the error code: the key of a user page forbids this data access (SDM 4.7). */
static uint32_t key_code(const struct numasim_tlb *tlb, uint64_t entry, unsigned kind)
{
	unsigned key = tlb->regs.pkru >> 2 * (entry >> X86_PKEY_SHIFT & 15) & 3;
	bool keyed = (tlb->regs.flags & NUMASIM_TLB_PKE) && (entry & X86_US);
	bool obeys = !(kind & NUMASIM_TLB_SUPERVISOR) || (tlb->regs.flags & NUMASIM_TLB_WP);
	bool write = (kind & 3) == NUMASIM_TLB_WRITE;

	if (!keyed || (kind & 3) == NUMASIM_TLB_FETCH)
		return 0;
	return (key & 1) || (write && (key & 2) && obeys) ? NUMASIM_TLB_PF_PK : 0;
}

int simtlb_walk(uint64_t *entry, struct numasim_tlb *tlb, uint64_t va, unsigned kind,
		struct numasim_tlb_fault *fault)
{
	struct step step = {.acc = ~UINT64_C(0)};

	memset(fault, 0, sizeof(*fault));
	fault->va = va;
	if (!simtlb_canonical(tlb, va)) {
		fault->why = NUMASIM_TLB_NONCANONICAL;
		return -EFAULT;
	}
	if (descend(&step, tlb, va, kind, fault))
		return -EFAULT;
	*entry = simtlb_entry(tlb, step.value, step.acc, step.any, step.level - 1);
	if (!simtlb_allows(tlb, *entry, kind, true))
		return page_fault(fault, tlb, &step, kind,
				  NUMASIM_TLB_PF_P | key_code(tlb, *entry, kind));
	step.value |= X86_A | ((kind & 3) == NUMASIM_TLB_WRITE ? X86_D : 0);
	if (*step.slot != step.value)
		*step.slot = step.value;
	*entry |= step.value & X86_D;
	return 0;
}
