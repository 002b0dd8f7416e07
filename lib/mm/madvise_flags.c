/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Advice that changes what a mapping is: v3.8 to v6.12 mm/madvise.c, and hugepage_madvise() and
 * ksm_madvise(). Pages are not merged (and so never unmerged): only the mark is kept.
 */
#include "mm/madvise_flags.h"

#include "mm/abi.h"

#include <errno.h>

static int huge_advice(uint64_t *vm_flags, bool wanted)
{
	uint64_t never = VM_SPECIAL | VM_HUGETLB | VM_SHARED | VM_MAYSHARE;
	uint64_t add = wanted ? VM_HUGEPAGE : VM_NOHUGEPAGE;

	if (!has(ROW_HUGE_ADVICE_TWICE))
		never |= add;
	if (!has(ROW_HUGE_ADVICE_ALWAYS) && *vm_flags & never)
		return -EINVAL;
	*vm_flags = (*vm_flags & ~(uint64_t)(VM_HUGEPAGE | VM_NOHUGEPAGE)) | add;
	return 0;
}

/* KSM takes only private ordinary memory; for the rest the advice is ignored. */
static void ksm_advice(uint64_t *vm_flags, bool wanted)
{
	if (!wanted)
		*vm_flags &= ~(uint64_t)VM_MERGEABLE;
	else if (!(*vm_flags & (VM_SHARED | VM_MAYSHARE | VM_SPECIAL | VM_HUGETLB | VM_DROPPABLE)))
		*vm_flags |= VM_MERGEABLE;
}

static int fork_advice(const struct vm_area_struct *vma, int behavior, uint64_t *vm_flags)
{
	switch (behavior) {
	case MADV_DONTFORK:
		*vm_flags |= VM_DONTCOPY;
		return 0;
	case MADV_DOFORK:
		if (vma->vm_flags & VM_IO)
			return -EINVAL;
		*vm_flags &= ~(uint64_t)VM_DONTCOPY;
		return 0;
	case MADV_WIPEONFORK:
		if (vma->vm_file || vma->vm_flags & VM_SHARED)
			return -EINVAL;
		*vm_flags |= VM_WIPEONFORK;
		return 0;
	default: /* MADV_KEEPONFORK; what may be dropped stays wiped */
		if (vma->vm_flags & VM_DROPPABLE)
			return -EINVAL;
		*vm_flags &= ~(uint64_t)VM_WIPEONFORK;
		return 0;
	}
}

static int dump_advice(const struct vm_area_struct *vma, bool wanted, uint64_t *vm_flags)
{
	if (!wanted) {
		*vm_flags |= VM_DONTDUMP;
		return 0;
	}
	if ((vma->vm_flags & VM_SPECIAL && !(vma->vm_flags & VM_HUGETLB)) ||
	    vma->vm_flags & VM_DROPPABLE)
		return -EINVAL;
	*vm_flags &= ~(uint64_t)VM_DONTDUMP;
	return 0;
}

int madvise_flags(const struct vm_area_struct *vma, int behavior, uint64_t *vm_flags)
{
	const uint64_t order = VM_SEQ_READ | VM_RAND_READ;

	switch (behavior) {
	case MADV_NORMAL:
		*vm_flags &= ~order;
		return 0;
	case MADV_SEQUENTIAL:
		*vm_flags = (*vm_flags & ~order) | VM_SEQ_READ;
		return 0;
	case MADV_RANDOM:
		*vm_flags = (*vm_flags & ~order) | VM_RAND_READ;
		return 0;
	case MADV_DONTDUMP:
	case MADV_DODUMP:
		return dump_advice(vma, behavior == MADV_DODUMP, vm_flags);
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
		ksm_advice(vm_flags, behavior == MADV_MERGEABLE);
		return 0;
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
		return huge_advice(vm_flags, behavior == MADV_HUGEPAGE);
	default:
		return fork_advice(vma, behavior, vm_flags);
	}
}
