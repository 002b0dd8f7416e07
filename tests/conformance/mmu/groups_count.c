/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Combinations that come about while vectors are made for others, and are counted: which bits,
 * slots and sizes were used, which level denied a right, what A and D were before and what became
 * of the walk.
 */
#include "groups.h"

/* Cells have their properties as digits; the first named is the lowest. */
#define DIGIT(cell, below, radix) ((cell) / (below) % (radix))

static bool is_write(unsigned access)
{
	return access == MMU_WRITE || access == MMU_RMW || access == MMU_PUSH;
}

/* reserved_bits: level, is it a leaf, bit; as in the group reserved, whatever the access */
bool groups_reserved_bits_possible(unsigned cell, const struct mmu_machine *machine)
{
	return groups_reserved_possible(cell, machine);
}

void groups_reserved_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	const struct x86_step *end;
	unsigned cell = 0;

	if (s->w->cause != X86_CAUSE_RESERVED || (s->w->reserved & (s->w->reserved - 1)))
		return;
	end = &s->w->step[s->w->nr - 1];
	cell = __builtin_ctzll(s->w->reserved) * 2 + x86_is_leaf(end->seen, end->level);
	mmu_hit(c, cell * MMU_LEVELS + end->level - 1);
}

/* causes: access, CPL, cause; those that a walk can end with */
bool groups_causes_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned access = DIGIT(cell, 1, MMU_ACCESSES);
	bool user = DIGIT(cell, MMU_ACCESSES, 2), fetch = access == MMU_FETCH;
	bool supervisor = !user || access == MMU_IMPLICIT;

	switch ((enum x86_cause)(cell / (2 * MMU_ACCESSES))) {
	case X86_CAUSE_NONE:
	case X86_CAUSE_ABSENT:
	case X86_CAUSE_RESERVED:
		return true;
	case X86_CAUSE_NX:
		return fetch;
	case X86_CAUSE_SMEP:
		return fetch && supervisor;
	case X86_CAUSE_USER:
		return !supervisor;
	case X86_CAUSE_SMAP:
		return !fetch && supervisor;
	case X86_CAUSE_READ_ONLY:
		return is_write(access);
	case X86_CAUSE_PKEY:
		return !fetch;
	}
	return false;
}

void groups_causes_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	if (s->w->outcome == X86_OK || s->w->outcome == X86_FAULT)
		mmu_hit(c, (s->w->cause * 2 + (s->v->cpl == 3)) * MMU_ACCESSES + s->v->access);
}

/* denied: level, level of the leaf, right; one entry alone denies it */
bool groups_denied_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned level = 1 + DIGIT(cell, 1, MMU_LEVELS), leaf = 1 + DIGIT(cell, MMU_LEVELS, 3);

	return level >= leaf && level <= machine->levels;
}

void groups_denied_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	static const struct { uint64_t bit; bool denies; } right[] = {
		{ X86_RW, false }, { X86_US, false }, { X86_NX, true },
	};

	if (!s->w->level)
		return;
	for (unsigned r = 0; r < 3; r++) {
		unsigned denying = 0, level = 0;

		for (unsigned i = 0; i < s->w->nr; i++) {
			if (!!(s->w->step[i].seen & right[r].bit) != right[r].denies)
				continue;
			denying++;
			level = s->w->step[i].level;
		}
		if (denying == 1)
			mmu_hit(c, (r * 3 + s->w->level - 1) * MMU_LEVELS + level - 1);
	}
}

/* accessed: level, A before, what becomes of the walk */
enum fate { PASSES, LACKS_A_RIGHT, FAULTS_BELOW, FAULTS_HERE, FATES };

bool groups_accessed_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned level = 1 + DIGIT(cell, 1, MMU_LEVELS);
	enum fate fate = cell / (2 * MMU_LEVELS);

	return level <= machine->levels && (fate != FAULTS_BELOW || level > X86_PTE);
}

void groups_accessed_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	for (unsigned i = 0; i < s->w->nr; i++) {
		const struct x86_step *step = &s->w->step[i];
		enum fate fate = PASSES;

		if (s->w->outcome == X86_FAULT && s->w->level)
			fate = LACKS_A_RIGHT;
		else if (s->w->outcome == X86_FAULT)
			fate = i == s->w->nr - 1 ? FAULTS_HERE : FAULTS_BELOW;
		mmu_hit(c, (fate * 2 + !!(step->seen & X86_A)) * MMU_LEVELS + step->level - 1);
	}
}

/* dirty: access, level of the leaf, D before, does the walk pass? */

bool groups_dirty_possible(unsigned cell, const struct mmu_machine *machine)
{
	return true;
}

void groups_dirty_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	unsigned cell = s->w->outcome == X86_OK;

	if (!s->w->level)
		return;
	cell = cell * 2 + !!(s->w->step[s->w->nr - 1].seen & X86_D);
	cell = cell * 3 + s->w->level - 1;
	mmu_hit(c, cell * MMU_ACCESSES + s->v->access);
}

/* bits: bit, its value, level, leaf or table; of entries that the walk gets past */
bool groups_bits_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned bit = DIGIT(cell, 1, 64), value = DIGIT(cell, 64, 2);
	unsigned level = 1 + DIGIT(cell, 128, MMU_LEVELS);
	bool leaf = cell / (128 * MMU_LEVELS);

	if (level > machine->levels || (leaf && level > X86_PUD) || (!leaf && level == X86_PTE))
		return false;
	if (bit == X86_P_SHIFT)
		return value;
	if (bit == X86_PSE_SHIFT && level > X86_PTE)
		return value == leaf; /* else it were no leaf, or no table, or reserved */
	return !value || !mmu_is_reserved(machine, level, leaf, bit, true);
}

void groups_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	unsigned passed = s->w->level ? s->w->nr : s->w->nr - 1;

	for (unsigned i = 0; s->w->nr && i < passed; i++) {
		const struct x86_step *step = &s->w->step[i];
		bool leaf = x86_is_leaf(step->seen, step->level);
		unsigned shape = leaf * MMU_LEVELS + step->level - 1;

		for (unsigned bit = 0; bit < 64; bit++)
			mmu_hit(c, (shape * 2 + (step->seen >> bit & 1)) * 64 + bit);
	}
}

/* slots: slot, level; the guest has slot 0 of the top table */
bool groups_slots_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned level = 1 + cell / X86_TABLE_SLOTS;

	return level < machine->levels || (level == machine->levels && cell % X86_TABLE_SLOTS);
}

void groups_slots_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	for (unsigned i = 0; i < s->w->nr; i++) {
		unsigned level = s->w->step[i].level;

		mmu_hit(c, (level - 1) * X86_TABLE_SLOTS + x86_slot(s->v->va, level));
	}
}

/* sizes: log2 of the bytes, access */
bool groups_sizes_possible(unsigned cell, const struct mmu_machine *machine)
{
	unsigned size = DIGIT(cell, 1, 4), access = cell / 4;

	if (access == MMU_READ || access == MMU_WRITE || access == MMU_RMW)
		return true;
	return size == (access == MMU_FETCH ? 0 : 3);
}

void groups_sizes_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	mmu_hit(c, s->v->access * 4 + s->v->size);
}

/* cr3: bit below the frame, its value */
bool groups_cr3_possible(unsigned cell, const struct mmu_machine *machine)
{
	return true;
}

void groups_cr3_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	for (unsigned bit = 0; bit < X86_PAGE_SHIFT; bit++)
		mmu_hit(c, (s->v->cr3 >> bit & 1) * X86_PAGE_SHIFT + bit);
}
