/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults under the lock of their VMA: lock_vma_under_rcu(), mm/memory.c, vma_start_read(),
 * include/linux/mm.h of v6.4 to v6.12.
 *
 * The kernel finds the VMA under RCU, tries its lock, and looks again whether the VMA still is in
 * the tree: here finding and trying are one step. In between, a writer can only have marked the
 * VMA, or taken it away, and either way the fault goes on under mmap_sem as it does here.
 */
#include "exec/var.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/mmap_lock.h"

#define VMA_LOCK_OBJECT(vma) OBJECT(OBJ_LOCK, (vma)->vm_lock.name, (vma)->vm_lock.class)

struct lookup {
	struct mm_struct *mm;
	uint64_t address;
};

/* find_vma() for an announcement: leaves no trace. */
static struct vm_area_struct *peek_vma(const struct lookup *l)
{
	struct vm_area_struct *vma = RB_ROOT(&l->mm->vmas);

	while (vma && (l->address < vma->vm_start || l->address >= vma->vm_end))
		vma = l->address < vma->vm_start ? RB_LEFT(vma, vm_rb) : RB_RIGHT(vma, vm_rb);
	return vma;
}

static void describe_lookup(struct announcement *a, const void *arg)
{
	const struct lookup *l = arg;
	const struct vm_area_struct *vma = peek_vma(l);

	announce_access(a, MM_OBJECT(l->mm, MM_VMAS), ACCESS_READ);
	if (vma)
		announce_access(a, VMA_LOCK_OBJECT(vma), ACCESS_WRITE);
}

/* What the release lets a fault do under this lock. */
static bool may_use_lock(struct vm_area_struct *vma)
{
	if (!vma_is_anonymous(vma))
		return has(ROW_VMA_LOCK_FILES);
	return has(ROW_VMA_LOCK_NO_ANON_VMA) || vma_family(vma);
}

/* vma_start_read(): a VMA that carries the mm's number is marked by a writer. */
static bool start_read(struct vm_area_struct *vma)
{
	bool got = vma->vm_lock_seq != vma->vm_mm->mm_lock_seq && !vma->vm_lock.writer;

	vma->vm_lock.readers += got;
	observe(got);
	return got;
}

struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm, uint64_t address)
{
	struct lookup l = {mm, address};
	struct vm_area_struct *vma;

	if (!direct())
		point_described(POINT_TRYLOCK, MM_OBJECT(mm, MM_VMAS), describe_lookup, &l);
	vma = find_vma(mm, address);
	if (!vma || vma->vm_start > address || !may_use_lock(vma))
		return NULL;
	return start_read(vma) ? vma : NULL;
}

void vma_end_read(struct vm_area_struct *vma)
{
	rwlock_release_read(&vma->vm_lock);
}

/*
 * anon_vma_prepare(), and vmf_anon_prepare() of v6.10: without the mmap lock nobody may give a VMA
 * its family (its neighbours' is looked at), so that lock is tried.
 */
unsigned vmf_anon_prepare(struct vm_fault *vmf)
{
	bool vma_lock_only = vmf->flags & FAULT_FLAG_VMA_LOCK;
	unsigned ret;

	if (vma_family(vmf->vma))
		return 0;
	if (vma_lock_only && !rwlock_try_read(&vmf->mm->mmap_sem)) {
		vma_end_read(vmf->vma);
		return VM_FAULT_RETRY;
	}
	ret = anon_vma_prepare(vmf->vma) ? VM_FAULT_OOM : 0;
	if (vma_lock_only)
		rwlock_release_read(&vmf->mm->mmap_sem);
	return ret;
}
