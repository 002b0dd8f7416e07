/* SPDX-License-Identifier: BSD-2-Clause */
/* Which mappings the scanner leaves out by what they are: kernel/sched/fair.c, v3.8 to v6.12. */
#include "mm/file.h"
#include "mm/mempolicy.h"
#include "numa/numa.h"

/* vma_migratable(); memory that DMA cannot reach is not modelled. */
static bool vma_migratable(const struct vm_area_struct *vma)
{
	return !(vma->vm_flags & (VM_IO | VM_PFNMAP));
}

/*
 * vma_policy_mof(): the default policy does, a user's own only if it says so (v5.12+). Shared
 * memory has the policy of its object or, before the row, none that would.
 */
static bool policy_migrates(struct vm_area_struct *vma)
{
	const struct mempolicy *own = vma_own_policy(vma, vma->vm_start);

	if (!own && vma->vm_file && vma->vm_file->kind == FILE_SHMEM &&
	    !has(ROW_SCAN_SHARED_MEMORY))
		return false;
	return (own ?: get_task_policy())->mof;
}

static bool shared_library(const struct vm_area_struct *vma)
{
	return vma->vm_file && (vma->vm_flags & (VM_READ | VM_WRITE)) == VM_READ;
}

enum vma_verdict scan_judge_vma(struct vm_area_struct *vma)
{
	if (!vma_migratable(vma))
		return VMA_UNMIGRATABLE;
	if (has(ROW_SCAN_SKIPS_POLICY) && !policy_migrates(vma))
		return VMA_POLICY;
	if (has(ROW_SCAN_SKIPS_HUGETLB) && vma->vm_flags & VM_HUGETLB)
		return VMA_HUGETLB;
	if (has(ROW_A21_SKIP_MIXEDMAP) && vma->vm_flags & VM_MIXEDMAP)
		return VMA_MIXEDMAP;
	if (!has(ROW_SCAN_SMALL_VMAS) && vma->vm_end - vma->vm_start < HPAGE_SIZE)
		return VMA_SMALL; /* v3.8 to v3.12 */
	if (has(ROW_SCAN_SKIPS_SHARED_LIBRARIES) && shared_library(vma))
		return VMA_SHARED_LIBRARY;
	if (has(ROW_A17_SKIP_INACCESSIBLE) && !(vma->vm_flags & VM_ACCESS))
		return VMA_INACCESSIBLE;
	return VMA_SCAN;
}
