/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/hint_common.h"

void hint_check_vma(const struct vm_fault *vmf)
{
	if (!has(ROW_A17_FAULT_CHECKS_VMA) && !vma_is_accessible(vmf->vma))
		kernel_oops("BUG_ON in do_numa_page: a hint fault in a mapping without access");
}

/* A shared mapping of a file that tracks who dirties it gets RW by a write fault only. */
bool hint_wants_write(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE && !(vma->vm_flags & VM_SHARED);
}

/* Tasks that only read a page are not taken for a group. */
static bool may_group(const struct numa_hint *h, bool entry_writable)
{
	if (has(ROW_HINT_GROUP_BY_VMA) && !has(ROW_HINT_GROUP_BY_ENTRY))
		return h->vmf->vma->vm_flags & VM_WRITE;
	return entry_writable;
}

void hint_account(struct numa_hint *h, uint64_t address, bool entry_writable)
{
	struct vm_area_struct *vma = h->vmf->vma;

	if (!may_group(h, entry_writable))
		h->flags |= TNF_NO_GROUP;
	if (vma->vm_flags & VM_SHARED && total_mapcount(h->page) > 1)
		h->flags |= TNF_SHARED;
	h->nid = h->page->node;
	h->last_cpupid = page_cpupid_last(h->page);
	if (current_machine()->mm->numa->vma_accessed)
		current_machine()->mm->numa->vma_accessed(vma);
	count_vm_events(VM_EVENT_NUMA_HINT_FAULTS, 1);
	event(EVENT_HINT_FAULT, address);
	if (h->page->node == this_cpu()->node) {
		count_vm_events(VM_EVENT_NUMA_HINT_FAULTS_LOCAL, 1);
		h->flags |= TNF_FAULT_LOCAL;
	}
	h->target_nid = current_machine()->mm->numa->mpol_misplaced(h->page, vma, address);
}

void hint_report(const struct numa_hint *h, unsigned pages)
{
	if (h->nid != -1)
		current_machine()->mm->numa->task_numa_fault(h->last_cpupid, h->nid, pages,
							     h->flags);
}
