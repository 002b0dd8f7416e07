/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections are those of the Intel SDM, vol. 3A, in the numbering that chapter 4 is Paging and
 * chapter 6 Interrupt and Exception Handling.
 */
#include "deviations.h"

#include "places.h"

static const struct x86_step *last_step(const struct x86_walk *w)
{
	return &w->step[w->nr - 1];
}

static bool is_accessed(const struct mmu_answer *a, const struct x86_step *step)
{
	return a->entry[step->level - 1] & X86_A;
}

static void set_accessed(struct mmu_answer *a, const struct x86_step *step)
{
	a->entry[step->level - 1] |= X86_A;
}

/*
 * 4.7: a reserved bit is looked at only where P is 1, so that RSVD never comes without P. QEMU's
 * error code has RSVD alone.
 */
static bool is_reserved_fault(const struct mmu_answer *a, const struct mmu_vector *v,
			      const struct x86_walk *w)
{
	return w->cause == X86_CAUSE_RESERVED;
}

static void drop_p(struct mmu_answer *a, const struct mmu_vector *v, const struct x86_walk *w)
{
	a->error &= ~X86_PF_P;
}

/* 6.15, interrupt 12: a stack access with an address that is not canonical is #SS. QEMU has #GP. */
static bool is_bad_stack(const struct mmu_answer *a, const struct mmu_vector *v,
			 const struct x86_walk *w)
{
	return w->outcome == X86_NONCANONICAL && mmu_access(v).stack;
}

static void make_gp(struct mmu_answer *a, const struct mmu_vector *v, const struct x86_walk *w)
{
	a->vector = X86_GP;
}

/*
 * 4.6.1: with SMAP, EFLAGS.AC spares explicit supervisor accesses only. QEMU lets it spare implicit
 * ones, made at CPL 0, as well. The protection key is judged as ever.
 */
static bool is_implicit_with_ac(const struct mmu_answer *a, const struct mmu_vector *v,
				const struct x86_walk *w)
{
	return w->cause == X86_CAUSE_SMAP && v->access == MMU_IMPLICIT && v->cpl == 0 &&
	       (v->control & MMU_AC) && !(w->error_code & X86_PF_PK);
}

static void pass_implicit(struct mmu_answer *a, const struct mmu_vector *v,
			  const struct x86_walk *w)
{
	a->vector = MMU_DONE;
	a->error = 0;
	a->cr2 = MMU_CR2_BEFORE;
	a->value = mmu_descriptor_base(w->pa & ~UINT64_C(7));
	set_accessed(a, last_step(w));
}

/*
 * 4.8, 4.10.2.3: an entry with a reserved bit set translates nothing, so that its A stays. QEMU
 * looks at the low bits of an entry for 1 GiB only after it has set A.
 */
static bool is_low_reserved_1g(const struct mmu_answer *a, const struct mmu_vector *v,
			       const struct x86_walk *w)
{
	return w->cause == X86_CAUSE_RESERVED && last_step(w)->level == X86_PUD &&
	       !is_accessed(a, last_step(w)) && !(w->reserved & ~(uint64_t)X86_LOW_1G);
}

static void set_last_accessed(struct mmu_answer *a, const struct mmu_vector *v,
			      const struct x86_walk *w)
{
	set_accessed(a, last_step(w));
}

/*
 * 4.8 with the footnote to #PF in 6.15: whether the entry that maps a page gets its A when a right
 * is missing differs by model. In QEMU it does for 1 GiB and not for smaller pages. The explorer's
 * walk can be told to do the same (X86_FAULT_A_PUD); the simulator's sets none.
 */
static bool is_denied_1g(const struct mmu_answer *a, const struct mmu_vector *v,
			 const struct x86_walk *w)
{
	return w->outcome == X86_FAULT && w->level == X86_PUD && !is_accessed(a, last_step(w)) &&
	       !is_implicit_with_ac(a, v, w);
}

const struct mmu_deviation mmu_deviations[MMU_DEVIATIONS] = {
	{ "rsvd-without-p", "4.7", "the error code of a reserved bit lacks P",
	  "a fault handler that asks for P before RSVD takes the entry for an absent one",
	  is_reserved_fault, drop_p },
	{ "stack-gp", "6.15, #SS", "a stack access to a non-canonical address is #GP(0)",
	  "a kernel that expects #SS there", is_bad_stack, make_gp },
	{ "implicit-ac", "4.6.1", "EFLAGS.AC spares implicit supervisor accesses from SMAP",
	  "a kernel that loads a descriptor from a user page between STAC and CLAC",
	  is_implicit_with_ac, pass_implicit },
	{ "1g-reserved-a", "4.8, 4.10.2.3", "A is set in a 1 GiB entry with low reserved bits set",
	  "whoever counts such an entry as used", is_low_reserved_1g, set_last_accessed },
	{ "1g-denied-a", "4.8, 6.15", "A is set in a 1 GiB entry that denies the access",
	  "nobody: the manual leaves it open. x86_walk() has it as an option and agrees",
	  is_denied_1g, set_last_accessed },
};
