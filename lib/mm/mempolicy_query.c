/* SPDX-License-Identifier: BSD-2-Clause */
/* get_mempolicy(): v3.8 to v6.12 mm/mempolicy.c. */
#include "mm/bits.h"
#include "mm/mempolicy.h"
#include "mm/mmap.h"
#include "mm/mmap_lock.h"
#include "mm/pmd.h"
#include "mm/syscalls.h"

#include <errno.h>

#define MPOL_F_NODE	    (1 << 0)
#define MPOL_F_ADDR	    (1 << 1)
#define MPOL_F_MEMS_ALLOWED (1 << 2)

struct answer {
	int policy;
	struct nodeset ids;
};

/* The page that can be read at @address now (that of zeroes is one); NULL: none. */
static struct page *mapped_page(struct mm_struct *mm, uint64_t address)
{
	struct numasim_machine *m = current_machine();
	uint64_t *entry = entry_find(m, mm, address, 2);
	uint64_t value = entry ? entry_read(entry) : 0;

	if (value & X86_P && kernel_pmd_leaf(m->kernel, value))
		return pmd_page(value);
	entry = value & X86_P ? entry_find(m, mm, address, 1) : NULL;
	value = entry ? entry_read(entry) : 0;
	return value & X86_P ? pte_page(value) : NULL;
}

/* The id of the node of the page at @address, which is faulted in for reading. mmap_sem is held. */
static int lookup_node(struct vm_area_struct *vma, uint64_t address)
{
	uint64_t start = address & PAGE_MASK_4K;
	struct page *page;

	if (vma->vm_flags & (VM_IO | VM_PFNMAP) || !(vma->vm_flags & VM_READ))
		return -EFAULT;
	while (!(page = mapped_page(vma->vm_mm, start))) {
		int ret = populate_range(vma, start, start + FRAME_SIZE, false, false);

		if (ret)
			return ret;
	}
	return current_machine()->node[page->node].id;
}

/* To v5.13 "local" is "preferred" without a node. */
static int mode_for_user(const struct mempolicy *policy)
{
	int mode = policy ? policy->mode : MPOL_MODE_DEFAULT;

	if (mode == MPOL_MODE_LOCAL && !has(ROW_MEMPOL_LOCAL_MODE))
		mode = MPOL_MODE_PREFERRED;
	return policy ? mode | policy->flags : mode;
}

static void describe_policy(struct answer *a, const struct mempolicy *policy)
{
	a->ids = (struct nodeset){0};
	if (policy && policy->flags)
		a->ids = policy->user_nodes;
	else if (policy)
		mpol_ids(&a->ids, &policy->nodes);
}

/* The id of the node that the task's interleaving comes to next. */
static int next_interleave_node(const struct mempolicy *policy)
{
	const struct task_struct *task = current_task();
	const struct node *node = current_machine()->node;
	int next;

	if (!policy || !mpol_interleaves(policy))
		return -EINVAL;
	if (policy->mode == MPOL_MODE_WEIGHTED_INTERLEAVE && task->il_weight)
		return node[task->il_prev].id;
	next = nodeset_next(&policy->nodes, task->il_prev);
	return node[next >= 0 ? next : nodeset_next(&policy->nodes, -1)].id;
}

/* MPOL_F_ADDR: the mapping's own policy, no other. Since v4.20 the kernel looks for the page after
 * it let go of mmap_sem; it may take it again. */
static int describe_address(struct answer *a, uint64_t address, unsigned long flags)
{
	struct mm_struct *mm = current_task()->mm;
	const struct mempolicy *policy;
	struct vm_area_struct *vma;
	int ret = 0;

	mmap_read_lock(mm);
	vma = find_vma(mm, address);
	if (!vma || vma->vm_start > address) {
		mmap_read_unlock(mm);
		return -EFAULT;
	}
	policy = vma_own_policy(vma, address);
	a->policy = mode_for_user(policy);
	describe_policy(a, policy);
	if (flags & MPOL_F_NODE)
		ret = a->policy = lookup_node(vma, address);
	mmap_read_unlock(mm);
	return ret < 0 ? ret : 0;
}

static int describe_task(struct answer *a, unsigned long flags)
{
	const struct mempolicy *policy = current_task()->mempolicy;

	a->policy = flags & MPOL_F_NODE ? next_interleave_node(policy) : mode_for_user(policy);
	if (a->policy < 0)
		return a->policy;
	describe_policy(a, policy);
	return 0;
}

static int describe(struct answer *a, uint64_t addr, unsigned long flags)
{
	if (flags & ~(unsigned long)(MPOL_F_NODE | MPOL_F_ADDR | MPOL_F_MEMS_ALLOWED))
		return -EINVAL;
	if (flags & MPOL_F_MEMS_ALLOWED) {
		if (flags & (MPOL_F_NODE | MPOL_F_ADDR))
			return -EINVAL;
		a->policy = 0;
		mpol_memory_ids(&a->ids);
		return 0;
	}
	if (flags & MPOL_F_ADDR)
		return describe_address(a, addr, flags);
	return addr ? -EINVAL : describe_task(a, flags);
}

long sys_get_mempolicy(int *policy, unsigned long *nmask, unsigned long maxnode, uint64_t addr,
		       unsigned long flags)
{
	unsigned long least = has(ROW_MEMPOL_NODE_IDS) ? mpol_nr_node_ids() : MPOL_MAX_NODES;
	struct answer a;
	int ret;

	if (nmask && maxnode < least)
		return -EINVAL;
	ret = describe(&a, addr, flags);
	if (ret)
		return ret;
	if (policy)
		*policy = a.policy;
	return nmask ? mpol_write_mask(nmask, maxnode, &a.ids) : 0;
}
