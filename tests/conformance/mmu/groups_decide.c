/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bits of control registers that decide about an access: with the bit the other way round, the walk
 * would end otherwise.
 */
#include "groups.h"

static bool decides(const struct mmu_seen *s, const struct mmu_vector *otherwise)
{
	struct x86_mode mode = mmu_mode(s->machine, otherwise);
	struct x86_access access = mmu_access(otherwise);

	return s->w->level && x86_rights_judge(&s->w->rights, &mode, &access) != s->w->cause;
}

/* With NXE the other way round, bit 63 would be reserved, or no longer. */
static bool nxe_decides(const struct mmu_seen *s)
{
	if (s->v->control & MMU_NXE)
		return s->w->level && s->w->rights.nx;
	return s->w->cause == X86_CAUSE_RESERVED && s->w->reserved == X86_NX;
}

/* control_bits: bit, its value */
bool groups_control_bits_possible(unsigned cell, const struct mmu_machine *machine)
{
	return 1 << cell % MMU_CONTROLS != MMU_PGE; /* it concerns what is cached only */
}

void groups_control_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	for (unsigned bit = 0; bit < MMU_CONTROLS; bit++) {
		struct mmu_vector otherwise = *s->v;

		otherwise.control ^= 1 << bit;
		if (1 << bit == MMU_NXE ? nxe_decides(s) : decides(s, &otherwise))
			mmu_hit(c, (s->v->control >> bit & 1) * MMU_CONTROLS + bit);
	}
}

/* key_bits: bit, its value, register */
bool groups_key_bits_possible(unsigned cell, const struct mmu_machine *machine)
{
	return true;
}

void groups_key_bits_visit(struct mmu_coverage *c, const struct mmu_seen *s)
{
	bool us = s->w->rights.us;
	uint32_t reg = us ? s->v->pkru : s->v->pkrs;

	for (unsigned i = 0; s->w->level && i < 2; i++) {
		unsigned bit = 2 * s->w->rights.pkey + i;
		struct mmu_vector otherwise = *s->v;

		*(us ? &otherwise.pkru : &otherwise.pkrs) ^= UINT32_C(1) << bit;
		if (decides(s, &otherwise))
			mmu_hit(c, (us * 2 + (reg >> bit & 1)) * 32 + bit);
	}
}
