/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's rights and walk. */
#include "test_simtlb_model.h"

#include <errno.h>
#include <string.h>

uint64_t model_page_bytes(unsigned size)
{
	return size == 0 ? 0x1000 : size == 1 ? 0x200000 : 0x40000000;
}

bool model_flag(const struct model *m, unsigned f)
{
	return (m->regs.flags & f) != 0;
}

unsigned model_pcid(const struct model *m)
{
	return model_flag(m, NUMASIM_TLB_PCIDE) ? m->regs.cr3 % 4096 : 0;
}

bool model_canonical(const struct model *m, uint64_t va)
{
	uint64_t low = model_flag(m, NUMASIM_TLB_LA57) ? UINT64_C(1) << 56 : UINT64_C(1) << 47;

	return va < low || va >= -low;
}

/* ---- rights ---- */

static bool key_denies(const struct model *m, const struct numasim_tlb_entry *e, unsigned kind)
{
	bool supervisor = kind >= NUMASIM_TLB_SUPERVISOR;
	unsigned ad = m->regs.pkru >> 2 * e->pkey & 1, wd = m->regs.pkru >> (2 * e->pkey + 1) & 1;

	if (!model_flag(m, NUMASIM_TLB_PKE) || !e->user || kind % 4 == NUMASIM_TLB_FETCH)
		return false;
	if (ad)
		return true;
	return wd && kind % 4 == NUMASIM_TLB_WRITE &&
	       (!supervisor || model_flag(m, NUMASIM_TLB_WP));
}

bool model_denies(const struct model *m, const struct numasim_tlb_entry *e, unsigned kind)
{
	bool supervisor = kind >= NUMASIM_TLB_SUPERVISOR;

	if (key_denies(m, e, kind))
		return true;
	switch (kind) {
	case NUMASIM_TLB_READ:
		return !e->user;
	case NUMASIM_TLB_WRITE:
		return !e->user || !e->writable;
	case NUMASIM_TLB_FETCH:
		return !e->user || e->nx;
	case NUMASIM_TLB_SUPERVISOR | NUMASIM_TLB_FETCH:
		return e->nx || (e->user && model_flag(m, NUMASIM_TLB_SMEP));
	default:
		if (supervisor && e->user && model_flag(m, NUMASIM_TLB_SMAP) &&
		    !model_flag(m, NUMASIM_TLB_AC))
			return true;
		return kind % 4 == NUMASIM_TLB_WRITE && !e->writable &&
		       model_flag(m, NUMASIM_TLB_WP);
	}
}

/* ---- the walk ---- */

static int fault_page(struct model *m, struct numasim_tlb_fault *fault, unsigned kind,
		      uint32_t code)
{
	fault->why = NUMASIM_TLB_PAGE_FAULT;
	fault->error_code = code;
	if (kind % 4 == NUMASIM_TLB_WRITE)
		fault->error_code |= 2;
	if (kind < NUMASIM_TLB_SUPERVISOR)
		fault->error_code |= 4;
	if (kind % 4 == NUMASIM_TLB_FETCH &&
	    (model_flag(m, NUMASIM_TLB_NXE) || model_flag(m, NUMASIM_TLB_SMEP)))
		fault->error_code |= 16;
	return -EFAULT;
}

static bool reserved(const struct model *m, uint64_t e, unsigned level, bool leaf)
{
	unsigned phys = m->regs.phys_bits ? m->regs.phys_bits : 52;

	for (unsigned bit = phys; bit < 52; bit++)
		if (e >> bit & 1)
			return true;
	if ((e >> 63) && !model_flag(m, NUMASIM_TLB_NXE))
		return true;
	if (level >= 4 && (e >> 7 & 1))
		return true;
	if (level == 3 && leaf && !model_flag(m, NUMASIM_TLB_PAGE1GB))
		return true;
	if (level > 1 && leaf) /* bit 12 is PAT */
		return e % model_page_bytes(level - 1) >= 0x2000;
	return false;
}

static void leaf_entry(const struct model *m, struct numasim_tlb_entry *entry, uint64_t e,
		       unsigned level, uint64_t va)
{
	unsigned size = level - 1;
	uint64_t address = e & UINT64_C(0x000ffffffffff000);

	entry->size = (uint8_t)size;
	entry->va = va - va % model_page_bytes(size);
	entry->pa = address - address % model_page_bytes(size);
	entry->global = model_flag(m, NUMASIM_TLB_PGE) && (e >> 8 & 1);
	entry->pcid = entry->global ? 0 : (uint16_t)model_pcid(m);
	entry->pkey = model_flag(m, NUMASIM_TLB_PKE) ? e >> 59 & 15 : 0;
}

int model_walk(struct model *m, struct numasim_tlb_entry *entry, uint64_t va, unsigned kind,
	       struct numasim_tlb_fault *fault)
{
	uint64_t table = m->regs.cr3 & UINT64_C(0x000ffffffffff000), *slot, e;
	unsigned level = model_flag(m, NUMASIM_TLB_LA57) ? 5 : 4;
	bool leaf;

	memset(fault, 0, sizeof(*fault));
	memset(entry, 0, sizeof(*entry));
	fault->va = va;
	if (!model_canonical(m, va)) {
		fault->why = NUMASIM_TLB_NONCANONICAL;
		return -EFAULT;
	}
	entry->writable = entry->user = true;
	for (;; level--) {
		uint64_t at = table + (va >> (12 + 9 * (level - 1))) % 512 * 8;

		fault->pa = at;
		if (at >> 30 >= m->nr_gib || !m->gib[at >> 30]) {
			fault->why = NUMASIM_TLB_NO_MEMORY;
			return -EFAULT;
		}
		slot = (uint64_t *)(m->gib[at >> 30] + at % (1u << 30));
		e = *slot;
		if (!(e & 1))
			return fault_page(m, fault, kind, 0);
		leaf = level == 1 || (level <= 3 && (e & 0x80));
		if (reserved(m, e, level, leaf))
			return fault_page(m, fault, kind, 1 | 8);
		entry->writable &= e >> 1 & 1;
		entry->user &= e >> 2 & 1;
		entry->nx |= e >> 63;
		if (leaf)
			break;
		*slot |= 0x20;
		table = e & UINT64_C(0x000ffffffffff000);
	}
	leaf_entry(m, entry, e, level, va);
	if (model_denies(m, entry, kind))
		return fault_page(m, fault, kind, 1 | (key_denies(m, entry, kind) ? 32 : 0));
	*slot |= 0x20;
	if (kind % 4 == NUMASIM_TLB_WRITE)
		*slot |= 0x40;
	entry->dirty = *slot >> 6 & 1;
	memset(fault, 0, sizeof(*fault));
	return 0;
}
