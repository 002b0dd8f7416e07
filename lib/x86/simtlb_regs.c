/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of the simulator's TLB, turned into masks and the table of what is allowed. */
#include <errno.h>
#include <inttypes.h>

#include "base/error.h"
#include "x86/entry.h"
#include "x86/simtlb.h"

#define ALL_FLAGS (NUMASIM_TLB_PAGE1GB * 2 - 1)

/* PKRU and the rights of a page with user access (SDM vol. 3A 4.6.2). */
static bool key_allows(const struct numasim_tlb_regs *regs, unsigned rights, unsigned kind)
{
	unsigned key = regs->pkru >> 2 * (rights >> SIMTLB_PKEY_SHIFT) & 3;
	bool supervisor = kind & NUMASIM_TLB_SUPERVISOR;

	if (!(regs->flags & NUMASIM_TLB_PKE) || !(rights & SIMTLB_US))
		return true;
	if ((kind & 3) == NUMASIM_TLB_FETCH)
		return true;
	if (key & 1)
		return false;
	return (kind & 3) == NUMASIM_TLB_READ || !(key & 2) ||
	       (supervisor && !(regs->flags & NUMASIM_TLB_WP));
}

/* SDM vol. 3A 4.6.1: does a page with @rights allow an access of @kind, D left aside? */
static bool rights_allow(const struct numasim_tlb_regs *regs, unsigned rights, unsigned kind)
{
	bool supervisor = kind & NUMASIM_TLB_SUPERVISOR, user_page = rights & SIMTLB_US;
	uint32_t flags = regs->flags;

	if (!supervisor && !user_page)
		return false;
	if ((kind & 3) == NUMASIM_TLB_FETCH)
		return !(rights & SIMTLB_NX) &&
		       !(supervisor && user_page && (flags & NUMASIM_TLB_SMEP));
	if (supervisor && user_page && (flags & NUMASIM_TLB_SMAP) && !(flags & NUMASIM_TLB_AC))
		return false;
	if ((kind & 3) == NUMASIM_TLB_WRITE && !(rights & SIMTLB_RW) &&
	    (!supervisor || (flags & NUMASIM_TLB_WP)))
		return false;
	return key_allows(regs, rights, kind);
}

static void make_allow(struct numasim_tlb *tlb)
{
	for (unsigned rights = 0; rights <= SIMTLB_RIGHTS; rights++) {
		unsigned allow = 0;

		for (unsigned kind = 0; kind < 8; kind++) {
			if ((kind & 3) == 3 || !rights_allow(&tlb->regs, rights, kind))
				continue;
			if ((kind & 3) == NUMASIM_TLB_WRITE && !(rights & SIMTLB_D))
				continue;
			allow |= 1u << kind;
		}
		tlb->allow[rights] = (uint8_t)allow;
	}
}

/* Reserved bits: SDM vol. 3A 4.5, the tables of entry formats. */
static void make_reserved(struct numasim_tlb *tlb, unsigned phys_bits)
{
	uint64_t high = SIMTLB_FRAME & (phys_bits < 64 ? ~UINT64_C(0) << phys_bits : 0);
	uint64_t nx = tlb->regs.flags & NUMASIM_TLB_NXE ? 0 : (uint64_t)X86_NX;

	for (unsigned level = X86_PMD; level <= X86_PGD; level++)
		tlb->table_reserved[level] = high | nx | (level >= X86_P4D ? X86_PSE : 0);
	tlb->leaf_reserved[X86_PTE] = high | nx;
	tlb->leaf_reserved[X86_PMD] = high | nx | X86_LOW_2M;
	tlb->leaf_reserved[X86_PUD] = high | nx | X86_LOW_1G;
	if (!(tlb->regs.flags & NUMASIM_TLB_PAGE1GB))
		tlb->leaf_reserved[X86_PUD] |= X86_PSE;
}

static int check_cr3(uint64_t cr3, unsigned phys_bits, struct numasim_error *err)
{
	if (phys_bits < 64 && cr3 >> phys_bits)
		return error_set(err, -EINVAL,
				 "CR3 is 0x%" PRIx64 ", but physical addresses have %u bits", cr3,
				 phys_bits);
	return 0;
}

static unsigned phys_bits_of(const struct numasim_tlb_regs *regs)
{
	return regs->phys_bits ? regs->phys_bits : 52;
}

static void load_cr3(struct numasim_tlb *tlb, uint64_t cr3)
{
	tlb->regs.cr3 = cr3;
	tlb->root = cr3 & SIMTLB_FRAME;
	tlb->pcid_bits = tlb->regs.flags & NUMASIM_TLB_PCIDE
				 ? (cr3 & 0xfff) << SIMTLB_PCID_SHIFT
				 : 0;
}

int numasim_tlb_set_regs(struct numasim_tlb *tlb, const struct numasim_tlb_regs *regs,
			 struct numasim_error *err)
{
	unsigned phys_bits = phys_bits_of(regs);
	int rc;

	if (regs->flags & ~(uint32_t)ALL_FLAGS)
		return error_set(err, -EINVAL, "unknown register flags 0x%x; known are 0x%x",
				 regs->flags & ~(uint32_t)ALL_FLAGS, (unsigned)ALL_FLAGS);
	if (phys_bits < 32 || phys_bits > 52)
		return error_set(err, -EINVAL,
				 "physical addresses of %u bits; 32 to 52 are possible, 0 means 52",
				 phys_bits);
	rc = check_cr3(regs->cr3, phys_bits, err);
	if (rc)
		return rc;
	tlb->regs = *regs;
	tlb->top = regs->flags & NUMASIM_TLB_LA57 ? X86_PGD : X86_P4D;
	tlb->nx_mask = regs->flags & NUMASIM_TLB_NXE ? (uint64_t)X86_NX : 0;
	tlb->pkey_mask = regs->flags & NUMASIM_TLB_PKE ? (uint64_t)X86_PKEY : 0;
	tlb->g_mask = regs->flags & NUMASIM_TLB_PGE ? (uint64_t)X86_G : 0;
	load_cr3(tlb, regs->cr3);
	make_reserved(tlb, phys_bits);
	make_allow(tlb);
	return 0;
}

void numasim_tlb_regs(struct numasim_tlb_regs *regs, const struct numasim_tlb *tlb)
{
	*regs = tlb->regs;
}

int numasim_tlb_write_cr3(struct numasim_tlb *tlb, uint64_t cr3, struct numasim_error *err)
{
	bool pcide = tlb->regs.flags & NUMASIM_TLB_PCIDE;
	uint64_t keep = pcide ? cr3 & NUMASIM_TLB_CR3_NOFLUSH : 0;
	int rc = check_cr3(cr3 & ~keep, phys_bits_of(&tlb->regs), err);

	if (rc)
		return rc;
	load_cr3(tlb, cr3 & ~keep);
	if (!keep)
		numasim_tlb_invpcid(tlb, NUMASIM_TLB_INVPCID_PCID, pcide ? cr3 & 0xfff : 0, 0);
	return 0;
}
