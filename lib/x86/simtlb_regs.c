/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of the simulator's TLB, turned into masks and the table of what is allowed. */
#include <errno.h>
#include <inttypes.h>

#include "base/error.h"
#include "x86/entry.h"
#include "x86/simtlb.h"

#define ALL_FLAGS (NUMASIM_TLB_PAGE1GB * 2 - 1)

/* PKRU and a page with user access (SDM vol. 3A 4.6.2). */
static bool key_allows(const struct numasim_tlb_regs *regs, uint64_t entry, unsigned kind)
{
	unsigned key = regs->pkru >> 2 * (entry >> X86_PKEY_SHIFT & 15) & 3;
	bool supervisor = kind & NUMASIM_TLB_SUPERVISOR;

	if (!(regs->flags & NUMASIM_TLB_PKE) || !(entry & X86_US))
		return true;
	if ((kind & 3) == NUMASIM_TLB_FETCH)
		return true;
	if (key & 1)
		return false;
	return (kind & 3) == NUMASIM_TLB_READ || !(key & 2) ||
	       (supervisor && !(regs->flags & NUMASIM_TLB_WP));
}

/* Keys and D aside: the bits of an entry that matter for @kind, and what they must be (4.6.1). */
static void make_kind(struct numasim_tlb *tlb, unsigned kind)
{
	bool supervisor = kind & NUMASIM_TLB_SUPERVISOR, write = (kind & 3) == NUMASIM_TLB_WRITE;
	bool fetch = (kind & 3) == NUMASIM_TLB_FETCH;
	uint32_t flags = tlb->regs.flags;
	uint64_t want = 0, care = 0;

	if (!supervisor) {
		want |= X86_US;
		care |= X86_US;
	} else if (fetch ? flags & NUMASIM_TLB_SMEP
			 : (flags & NUMASIM_TLB_SMAP) && !(flags & NUMASIM_TLB_AC)) {
		care |= X86_US;
	}
	if (fetch)
		care |= X86_NX;
	if (write && (!supervisor || (flags & NUMASIM_TLB_WP))) {
		want |= X86_RW;
		care |= X86_RW;
	}
	tlb->want[kind] = want;
	tlb->care[kind] = care;
}

/* With D, and with what sends keyed pages to simtlb_allows(). */
static void make_kinds(struct numasim_tlb *tlb)
{
	bool key0 = (tlb->regs.flags & NUMASIM_TLB_PKE) && (tlb->regs.pkru & 3);

	for (unsigned kind = 0; kind < SIMTLB_KINDS; kind++) {
		make_kind(tlb, kind);
		if ((kind & 3) == NUMASIM_TLB_WRITE) {
			tlb->want[kind] |= X86_D;
			tlb->care[kind] |= X86_D;
		}
		tlb->care[kind] |= SIMTLB_KEYS;
		if (key0 || (kind & 3) == 3) {
			tlb->want[kind] |= SIMTLB_NEVER;
			tlb->care[kind] |= SIMTLB_NEVER;
		}
	}
}

bool simtlb_allows(const struct numasim_tlb *tlb, uint64_t entry, unsigned kind, bool dirty_too)
{
	uint64_t care = tlb->care[kind] & ~(uint64_t)(SIMTLB_KEYS | SIMTLB_NEVER);

	if (dirty_too)
		care &= ~(uint64_t)X86_D;
	return !((entry ^ tlb->want[kind]) & care) && key_allows(&tlb->regs, entry, kind);
}

/* Reserved bits: SDM vol. 3A 4.5, the tables of entry formats. */
static void make_reserved(struct numasim_tlb *tlb, unsigned phys_bits)
{
	uint64_t high = SIMTLB_FRAME & (phys_bits < 64 ? ~UINT64_C(0) << phys_bits : 0);
	uint64_t nx = tlb->regs.flags & NUMASIM_TLB_NXE ? 0 : (uint64_t)X86_NX;

	for (unsigned level = X86_PMD; level <= X86_PGD; level++)
		tlb->table_reserved[level] = high | nx | (level >= X86_P4D ? X86_PSE : 0);
	tlb->plain_table = high | nx | X86_P | X86_A | X86_PSE;
	tlb->leaf_reserved[X86_PTE] = high | nx;
	tlb->plain_leaf = high | nx | X86_P | X86_A;
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
	tlb->pcid_bits =
		tlb->regs.flags & NUMASIM_TLB_PCIDE ? (cr3 & 0xfff) << SIMTLB_PCID_SHIFT : 0;
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
	tlb->spare = regs->flags & NUMASIM_TLB_LA57 ? 7 : 16;
	tlb->top = regs->flags & NUMASIM_TLB_LA57 ? X86_PGD : X86_P4D;
	tlb->nx_mask = regs->flags & NUMASIM_TLB_NXE ? (uint64_t)X86_NX : 0;
	tlb->keys_mask = regs->flags & NUMASIM_TLB_PKE ? (uint64_t)X86_PKEY : 0;
	tlb->leaf_keep = SIMTLB_FRAME | X86_D | tlb->keys_mask;
	tlb->leaf_keep |= regs->flags & NUMASIM_TLB_PGE ? (uint64_t)X86_G : 0;
	load_cr3(tlb, regs->cr3);
	make_reserved(tlb, phys_bits);
	make_kinds(tlb);
	return 0;
}

void numasim_tlb_get_regs(struct numasim_tlb_regs *regs, const struct numasim_tlb *tlb)
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
