/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The combinations that vectors are made for: rights, entries that are absent or reserved, bad
 * addresses, protection keys. A cell is a number written in mixed radix, one digit per property.
 */
#include "groups.h"

/* Split the last digit off @cell. */
static unsigned digit(unsigned *cell, unsigned radix)
{
	unsigned d = *cell % radix;

	*cell /= radix;
	return d;
}

#define LEAVES 3
#define MODES  32 /* WP, SMEP, SMAP, AC, NXE */

enum { GATED = MMU_WP | MMU_SMEP | MMU_SMAP | MMU_AC };

static uint8_t mode_control(unsigned mode)
{
	return (mode & GATED) | (mode & 16 ? MMU_NXE : 0);
}

static unsigned control_mode(uint8_t control)
{
	return (control & GATED) | (control & MMU_NXE ? 16 : 0);
}

/* The key's state as the page's rights make it matter. */
static enum mmu_key key_state(const struct mmu_seen *s)
{
	static const uint8_t state[4] = { MMU_KEY_ALLOWS, MMU_KEY_AD, MMU_KEY_WD, MMU_KEY_AD_WD };
	bool us = s->w->rights.us;
	uint32_t reg = us ? s->v->pkru : s->v->pkrs;

	if (!(s->v->control & (us ? MMU_PKE : MMU_PKS)))
		return MMU_KEY_OFF;
	return state[reg >> 2 * s->w->rights.pkey & 3];
}

/* rights: access, CPL, leaf, R/W, U/S, XD, mode, key */
void groups_rights_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r)
{
	p->access = digit(&cell, MMU_ACCESSES);
	p->cpl = digit(&cell, 2) ? 3 : 0;
	p->leaf = 1 + digit(&cell, LEAVES);
	p->rw = digit(&cell, 2);
	p->us = digit(&cell, 2);
	p->nx = digit(&cell, 2);
	p->control = mode_control(digit(&cell, MODES)) | (p->control & MMU_PGE) |
		     (p->control & (MMU_PKE | MMU_PKS));
	p->key = digit(&cell, MMU_KEYS);
}

bool groups_rights_possible(unsigned cell, const struct mmu_machine *machine)
{
	struct mmu_plan p = { 0 };

	groups_rights_plan(&p, cell, NULL);
	return !p.nx || (p.control & MMU_NXE); /* else the bit is reserved */
}

void groups_rights_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	const struct x86_rights *r = &s->w->rights;
	unsigned cell = 0;

	if (!s->w->level)
		return;
	cell = key_state(s);
	cell = cell * MODES + control_mode(s->v->control);
	cell = cell * 2 + r->nx;
	cell = cell * 2 + r->us;
	cell = cell * 2 + r->rw;
	cell = cell * LEAVES + s->w->level - 1;
	cell = cell * 2 + (s->v->cpl == 3);
	cell = cell * MMU_ACCESSES + s->v->access;
	mmu_hit(c, cell);
}

/* keys: number, state, U/S, access, CPL */
void groups_keys_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r)
{
	p->pkey = digit(&cell, 16);
	p->key = digit(&cell, MMU_KEYS);
	p->us = digit(&cell, 2);
	p->access = digit(&cell, MMU_ACCESSES);
	p->cpl = digit(&cell, 2) ? 3 : 0;
	p->nx = false; /* whatever NXE is, the walk must arrive */
}

bool groups_keys_possible(unsigned cell, const struct mmu_machine *machine)
{
	return true;
}

void groups_keys_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	unsigned cell = 0;

	if (!s->w->level)
		return;
	cell = s->v->cpl == 3;
	cell = cell * MMU_ACCESSES + s->v->access;
	cell = cell * 2 + s->w->rights.us;
	cell = cell * MMU_KEYS + key_state(s);
	cell = cell * 16 + s->w->rights.pkey;
	mmu_hit(c, cell);
}

/* absent: level of the entry, access, CPL */
void groups_absent_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r)
{
	p->flaw_level = 1 + digit(&cell, MMU_LEVELS);
	p->access = digit(&cell, MMU_ACCESSES);
	p->cpl = digit(&cell, 2) ? 3 : 0;
	p->flaw = MMU_FLAW_ABSENT;
	p->nx &= !!(p->control & MMU_NXE);
	if (p->leaf > p->flaw_level)
		p->leaf = p->flaw_level;
}

bool groups_absent_possible(unsigned cell, const struct mmu_machine *machine)
{
	return 1 + digit(&cell, MMU_LEVELS) <= machine->levels;
}

void groups_absent_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	unsigned cell = 0;

	if (s->w->cause != X86_CAUSE_ABSENT)
		return;
	cell = s->v->cpl == 3;
	cell = cell * MMU_ACCESSES + s->v->access;
	cell = cell * MMU_LEVELS + s->w->step[s->w->nr - 1].level - 1;
	mmu_hit(c, cell);
}

/* reserved: level of the entry, is it a leaf, bit, access, CPL */
void groups_reserved_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r)
{
	bool leaf;

	p->flaw_level = 1 + digit(&cell, MMU_LEVELS);
	leaf = digit(&cell, 2);
	p->flaw_bit = digit(&cell, 64);
	p->access = digit(&cell, MMU_ACCESSES);
	p->cpl = digit(&cell, 2) ? 3 : 0;
	p->flaw = MMU_FLAW_RESERVED;
	if (leaf)
		p->leaf = p->flaw_level;
	else if (p->leaf >= p->flaw_level)
		p->leaf = p->flaw_level - 1;
	if (p->flaw_bit == X86_NX_SHIFT)
		p->control &= ~MMU_NXE;
	p->nx &= !!(p->control & MMU_NXE);
}

bool groups_reserved_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned level = 1 + digit(&cell, MMU_LEVELS);
	bool leaf = digit(&cell, 2);
	unsigned bit = digit(&cell, 64);

	if (level > machine->levels || (leaf && level > X86_PUD) || (!leaf && level == X86_PTE))
		return false;
	return mmu_is_reserved(machine, level, leaf, bit, false);
}

/* Counted where that bit is the only reserved one. */
void groups_reserved_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	const struct x86_step *end;
	unsigned cell = 0;

	if (s->w->cause != X86_CAUSE_RESERVED || (s->w->reserved & (s->w->reserved - 1)))
		return;
	end = &s->w->step[s->w->nr - 1];
	cell = s->v->cpl == 3;
	cell = cell * MMU_ACCESSES + s->v->access;
	cell = cell * 64 + __builtin_ctzll(s->w->reserved);
	cell = cell * 2 + x86_is_leaf(end->seen, end->level);
	cell = cell * MMU_LEVELS + end->level - 1;
	mmu_hit(c, cell);
}

/* canonical: the one bit that makes the address bad, access, CPL */
void groups_canonical_plan(struct mmu_plan *p, unsigned cell, struct mmu_random *r)
{
	p->flaw_bit = digit(&cell, 64);
	p->access = digit(&cell, MMU_ACCESSES);
	p->cpl = digit(&cell, 2) ? 3 : 0;
	p->flaw = MMU_FLAW_NONCANONICAL;
}

/* An implicit access has no bad address: LLDT refuses the base. */
bool groups_canonical_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned bit = digit(&cell, 64);

	return bit >= x86_level_shift(machine->levels + 1) - 1 &&
	       digit(&cell, MMU_ACCESSES) != MMU_IMPLICIT;
}

void groups_canonical_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	struct x86_mode mode = mmu_mode(s->machine, s->v);
	unsigned outside = s->v->cpl == 3;

	if (s->w->outcome != X86_NONCANONICAL)
		return;
	outside = outside * MMU_ACCESSES + s->v->access;
	for (unsigned bit = 0; bit < 64; bit++)
		if (x86_canonical(&mode, s->v->va ^ UINT64_C(1) << bit))
			mmu_hit(c, outside * 64 + bit);
}
