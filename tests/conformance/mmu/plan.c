/* SPDX-License-Identifier: BSD-2-Clause */
#include "plan.h"

#include <string.h>

void mmu_plan_random(struct mmu_plan *p, struct mmu_random *r)
{
	*p = (struct mmu_plan){
		.access = mmu_below(r, MMU_ACCESSES),
		.cpl = mmu_one_in(r, 2) ? 3 : 0,
		.leaf = 1 + mmu_below(r, 3),
		.control = mmu_random(r),
		.rw = mmu_random(r) >> 20 & 1,
		.us = mmu_random(r) >> 20 & 1,
		.nx = mmu_random(r) >> 20 & 1,
		.key = mmu_below(r, MMU_KEYS),
		.pkey = mmu_below(r, 16),
	};
}

/* Clear or set @bit in the entries so that the walk as a whole denies the right: mostly in one. */
static void deny(struct mmu_vector *v, uint64_t bit, bool set, const struct mmu_plan *p,
		 unsigned top, struct mmu_random *r)
{
	unsigned levels = top - p->leaf + 1;
	unsigned where = 1 << mmu_below(r, levels);

	if (mmu_one_in(r, 3))
		where |= mmu_random(r) >> 16;
	for (unsigned i = 0; i < levels; i++) {
		if (!(where >> i & 1))
			continue;
		if (set)
			v->entry[p->leaf - 1 + i] |= bit;
		else
			v->entry[p->leaf - 1 + i] &= ~bit;
	}
}

/* An address that leads to the target: its low bits are the page's, the rest is free. */
static void choose_address(struct mmu_vector *v, const struct mmu_plan *p, unsigned top,
			   struct mmu_random *r)
{
	unsigned unused = 64 - x86_level_shift(top + 1);
	uint64_t low = x86_level_size(p->leaf) - 1;

	do {
		v->va = (mmu_random(r) & ~low) | (v->target & low);
		v->va = (uint64_t)((int64_t)(v->va << unused) >> unused);
	} while (x86_slot(v->va, top) == 0); /* the guest's */
}

static void choose_target(struct mmu_vector *v, const struct mmu_places *places,
			  struct mmu_random *r)
{
	const uint64_t *pages = places->page[mmu_page_of(v->access)];
	unsigned bytes = 1 << v->size;

	v->target = pages[mmu_below(r, MMU_GIBS * MMU_PAGES)];
	v->target += mmu_below(r, X86_PAGE_SIZE / bytes) * bytes;
	/*
	 * Smaller accesses need not be aligned, as long as one word of 8 bytes holds them. A
	 * locked one must be: of others QEMU makes a load and a store, each with a walk.
	 */
	if (bytes < 8 && v->access != MMU_RMW)
		v->target = (v->target & ~UINT64_C(7)) + mmu_below(r, 8 - bytes + 1);
}

static bool slot_taken(const struct mmu_vector *v, uint64_t slot)
{
	if (slot == (v->cr3 & X86_PFN_MASK)) /* slot 0 of the top table is the guest's */
		return true;
	for (unsigned i = 0; i < MMU_LEVELS; i++)
		if (v->slot[i] == slot)
			return true;
	return false;
}

/* Tables from the top down to the leaf's. Two levels may share a table, but not an entry. */
static void choose_tables(struct mmu_vector *v, const struct mmu_plan *p, unsigned top,
			  const struct mmu_places *places, struct mmu_random *r)
{
	for (unsigned level = top; level >= p->leaf; level--) {
		uint64_t table, slot;

		do {
			table = places->table[mmu_below(r, MMU_GIBS * MMU_TABLES)];
			slot = table + 8 * x86_slot(v->va, level);
			if (level == top)
				v->cr3 = table;
		} while (slot_taken(v, slot));
		v->slot[level - 1] = slot;
		if (level < top)
			v->entry[level] |= table;
	}
	v->cr3 |= mmu_random(r) & 0xfff;
}

/* Bits that no walk without a flaw may have set, whatever the machine. */
static uint64_t never_set(unsigned level, bool leaf)
{
	uint64_t bits = X86_PFN_MASK | X86_NX;

	if (!leaf || level > X86_PTE)
		bits |= X86_PSE;
	if (leaf && level > X86_PTE)
		bits &= ~X86_PAT_LARGE;
	return bits;
}

static void choose_entries(struct mmu_vector *v, const struct mmu_plan *p, unsigned top,
			   struct mmu_random *r)
{
	for (unsigned level = p->leaf; level <= top; level++)
		v->entry[level - 1] = (mmu_random(r) & ~never_set(level, level == p->leaf)) |
				      X86_P | X86_RW | X86_US;
	v->entry[p->leaf - 1] &= ~(uint64_t)X86_PKEY;
	v->entry[p->leaf - 1] |= (v->target & x86_leaf_frame_mask(p->leaf)) |
				 (uint64_t)p->pkey << X86_PKEY_SHIFT;
	if (p->leaf > X86_PTE)
		v->entry[p->leaf - 1] |= X86_PSE;
	if (!p->rw)
		deny(v, X86_RW, false, p, top, r);
	if (!p->us)
		deny(v, X86_US, false, p, top, r);
	if (p->nx)
		deny(v, X86_NX, true, p, top, r);
}

/* The key's two bits in the register for its kind of page; the other keys are any. */
static void choose_keys(struct mmu_vector *v, const struct mmu_plan *p, struct mmu_random *r)
{
	static const uint8_t bits[MMU_KEYS] = { [MMU_KEY_AD] = 1, [MMU_KEY_WD] = 2,
						[MMU_KEY_AD_WD] = 3 };
	uint32_t *reg = p->us ? &v->pkru : &v->pkrs;
	uint8_t enable = p->us ? MMU_PKE : MMU_PKS;

	v->pkru = mmu_random(r) >> 16;
	v->pkrs = mmu_random(r) >> 16;
	if (p->key == MMU_KEY_OFF) {
		v->control &= ~enable;
	} else {
		v->control |= enable;
		*reg &= ~(UINT32_C(3) << 2 * p->pkey);
		*reg |= (uint32_t)bits[p->key] << 2 * p->pkey;
	}
	/* The guest's own pages are supervisor pages, so only PKRS can forbid them. */
	do
		v->guest_key = mmu_below(r, 16);
	while (v->guest_key == p->pkey);
	v->pkrs &= ~(UINT32_C(3) << 2 * v->guest_key);
}

static bool is_wild(const struct mmu_vector *v, const struct mmu_plan *p,
		    const struct mmu_machine *machine)
{
	struct x86_mode mode = mmu_mode(machine, v);
	uint64_t entry = v->entry[p->flaw_level - 1];

	return !(entry & X86_P) || x86_reserved(&mode, entry, p->flaw_level);
}

/* Another address, which differs in the bits that must repeat the highest one in use. */
static void spoil_address(struct mmu_vector *v, const struct mmu_plan *p,
			  const struct mmu_machine *machine, struct mmu_random *r)
{
	unsigned first = x86_level_shift(machine->levels + 1);

	if (p->flaw_bit)
		v->va ^= UINT64_C(1) << p->flaw_bit;
	else
		v->va ^= (UINT64_C(1) + mmu_below(r, (1 << (64 - first)) - 2)) << first;
}

static void add_flaw(struct mmu_vector *v, const struct mmu_plan *p,
		     const struct mmu_machine *machine, struct mmu_random *r)
{
	switch (p->flaw) {
	case MMU_FLAW_ABSENT:
		if (mmu_one_in(r, 2))
			v->entry[p->flaw_level - 1] = mmu_random(r);
		v->entry[p->flaw_level - 1] &= ~(uint64_t)X86_P;
		break;
	case MMU_FLAW_RESERVED:
		v->entry[p->flaw_level - 1] |= UINT64_C(1) << p->flaw_bit;
		break;
	case MMU_FLAW_WILD:
		do
			v->entry[p->flaw_level - 1] = mmu_random(r);
		while (!is_wild(v, p, machine));
		break;
	case MMU_FLAW_NONCANONICAL:
		spoil_address(v, p, machine, r);
		break;
	}
}

void mmu_plan_build(struct mmu_vector *v, const struct mmu_plan *p,
		    const struct mmu_machine *machine, const struct mmu_places *places,
		    struct mmu_random *r)
{
	static const uint8_t sizes[MMU_ACCESSES] = { [MMU_READ] = 4, [MMU_WRITE] = 4,
						     [MMU_RMW] = 4, [MMU_FETCH] = 1 };

	memset(v, 0, sizeof(*v));
	v->access = p->access;
	v->size = sizes[p->access] ? mmu_below(r, sizes[p->access]) : 3;
	v->cpl = p->cpl;
	v->control = p->control;
	choose_target(v, places, r);
	choose_address(v, p, machine->levels, r);
	choose_entries(v, p, machine->levels, r);
	choose_tables(v, p, machine->levels, places, r);
	choose_keys(v, p, r);
	add_flaw(v, p, machine, r);
}
