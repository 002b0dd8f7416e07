/* SPDX-License-Identifier: BSD-2-Clause */
/* set_mempolicy(): v3.8 to v6.12 mm/mempolicy.c. */
#include "mm/mempolicy.h"
#include "mm/mmap_lock.h"
#include "mm/syscalls.h"

#include <errno.h>

/* 5.12 to 5.14 look late whether the mode goes with the flag, and then only at a task's policy. */
static int check_balancing(const struct mempolicy *policy, unsigned flags)
{
	if (!(flags & MPOL_FLAG_NUMA_BALANCING) || has(ROW_MEMPOL_BALANCING_CHECKED))
		return 0;
	return policy && policy->mode == MPOL_MODE_BIND ? 0 : -EINVAL;
}

static void set_task_policy(struct task_struct *task, struct mempolicy *policy)
{
	mpol_put(task->mempolicy);
	task->mempolicy = policy;
	if (policy && mpol_interleaves(policy)) {
		task->il_prev = -1;
		task->il_weight = 0;
	}
}

long sys_set_mempolicy(int mode, const unsigned long *nmask, unsigned long maxnode)
{
	struct task_struct *task = current_task();
	bool lock = !has(ROW_MEMPOL_TASK_UNLOCKED) && task->mm;
	struct mempolicy *policy;
	struct nodeset ids;
	unsigned flags;
	int ret;

	ret = mpol_split_mode(&mode, &flags) ?: mpol_read_mask(&ids, nmask, maxnode);
	if (ret)
		return ret;
	ret = mpol_create(&policy, mode, flags, &ids);
	ret = ret ?: check_balancing(policy, flags);
	if (ret) {
		mpol_put(policy);
		return ret;
	}
	if (lock)
		mmap_write_lock(task->mm);
	set_task_policy(task, policy);
	if (lock)
		mmap_write_unlock(task->mm);
	return 0;
}
