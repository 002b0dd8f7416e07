/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocation by policy where there is only the default one: this node, then by nearness. */
#include "mm/gfp.h"

static unsigned local_node(void)
{
	const struct task_struct *task = current_task();

	return task && task->home_node >= 0 ? (unsigned)task->home_node : this_cpu()->node;
}

struct page *alloc_page_vma(gfp_t gfp, unsigned order, struct vm_area_struct *vma,
			    uint64_t address)
{
	return alloc_pages_nodes(gfp, order, local_node(), NULL);
}

struct page *alloc_page_task(gfp_t gfp, unsigned order)
{
	return alloc_pages_nodes(gfp, order, local_node(), NULL);
}
