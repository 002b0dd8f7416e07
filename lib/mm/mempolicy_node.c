/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy that counts, and the node that it names: get_vma_policy(), interleave_nodes(),
 * offset_il_node() and their kin of v3.8 to v6.12 mm/mempolicy.c.
 *
 * To v4.12 a task remembers the next node of its interleaving (il_next), then the one before
 * (il_prev): as policies are never rebound here, both come to the same.
 */
#include "mm/mempolicy.h"

#include "exec/point.h"
#include "mm/file.h"
#include "mm/zone.h"

#include <errno.h>

/* preferred_node_policy[], for whichever node one is on. */
static const struct mempolicy default_policy = {
	.refcount = 1, .mode = MPOL_MODE_DEFAULT, .mof = true, .moron = true, .home_node = -1,
};

/* What the code learns of a policy that somebody has set. */
static const struct mempolicy *seen(const struct mempolicy *policy)
{
	uint64_t hash;

	if (direct())
		return policy;
	hash = digest_mix((uint64_t)(uint32_t)policy->home_node << 32 | policy->mode,
			  (uint64_t)policy->flags << 2 | policy->mof << 1 | policy->moron);
	for (unsigned i = 0; i < NODESET_WORDS; i++)
		hash = digest_mix(hash, policy->nodes.word[i]);
	observe(hash);
	return policy;
}

const struct mempolicy *get_task_policy(void)
{
	const struct task_struct *task = current_task();

	return task && task->mempolicy ? seen(task->mempolicy) : &default_policy;
}

const struct mempolicy *vma_own_policy(struct vm_area_struct *vma, uint64_t address)
{
	const struct mempolicy *policy;

	if (vma->vm_file && vma->vm_file->kind == FILE_SHMEM)
		policy = mpol_shared(vma->vm_file, linear_page_index(vma, address));
	else
		policy = vma->vm_policy;
	return policy ? seen(policy) : NULL;
}

const struct mempolicy *get_vma_policy(struct vm_area_struct *vma, uint64_t address)
{
	return vma_own_policy(vma, address) ?: get_task_policy();
}

unsigned mpol_local_node(void)
{
	const struct task_struct *task = current_task();

	return task && task->home_node >= 0 ? (unsigned)task->home_node : this_cpu()->node;
}

/* From v6.7 on the pages of a shmem file begin at another node for every file, and a private
 * mapping of it counts along; before, only the file's own pages (alloc_page_shmem()). */
uint64_t mpol_interleave_index(const struct vm_area_struct *vma, uint64_t address, unsigned order)
{
	uint64_t index = (vma->vm_pgoff >> order) +
			 ((address - vma->vm_start) >> (FRAME_SHIFT + order));

	if (has(ROW_MEMPOL_ALLOC_MPOL) && vma->vm_file && vma->vm_file->kind == FILE_SHMEM)
		index += vma->vm_file->ino;
	return index;
}

unsigned mpol_nearest_node(const struct nodeset *nodes)
{
	struct numasim_machine *m = current_machine();
	const uint16_t *list = zonelist_from(m, this_cpu()->node);

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		unsigned node = list ? list[i] : i;

		if (nodeset_has(nodes, node) && m->node[node].nr_frames)
			return node;
	}
	return this_cpu()->node;
}

/* ---- weights: a table of the machine, by node; none: all 1 ---- */

unsigned mpol_weight(const struct numasim_machine *m, unsigned node)
{
	const uint8_t *weight = m->mm->interleave_weight;

	return weight && weight[node] ? weight[node] : 1;
}

int mpol_set_weight(struct numasim_machine *m, unsigned node_id, uint8_t weight)
{
	int node = machine_node_index(m, node_id);

	if (node < 0 || !m->node[node].nr_frames || !kernel_has(m->kernel, ROW_MEMPOL_WEIGHTED))
		return -ENOENT;
	if (!m->mm->interleave_weight)
		m->mm->interleave_weight = kmalloc(m->nr_nodes);
	if (!m->mm->interleave_weight)
		return -ENOMEM;
	m->mm->interleave_weight[node] = weight;
	return 0;
}

/* ---- interleaving ---- */

static unsigned next_in(const struct nodeset *nodes, int node)
{
	int next = nodeset_next(nodes, node);

	return next >= 0 ? next : nodeset_next(nodes, -1);
}

static unsigned counted_node(const struct mempolicy *policy)
{
	struct task_struct *task = current_task();

	observe((uint32_t)task->il_prev); /* it outlives a rest */
	task->il_prev = next_in(&policy->nodes, task->il_prev);
	return task->il_prev;
}

/* A node gets as many pages in a row as it weighs; its weight counts when its turn begins. */
static unsigned counted_weighted_node(const struct mempolicy *policy)
{
	struct task_struct *task = current_task();

	observe((uint64_t)(uint32_t)task->il_prev << 8 | task->il_weight);
	if (!task->il_weight || task->il_prev < 0 ||
	    !nodeset_has(&policy->nodes, task->il_prev)) {
		task->il_prev = next_in(&policy->nodes, task->il_prev);
		task->il_weight = mpol_weight(current_machine(), task->il_prev);
	}
	task->il_weight--;
	return task->il_prev;
}

/* To v6.6 only 32 bits of the place count. */
static unsigned node_at(const struct mempolicy *policy, uint64_t index)
{
	uint64_t place = has(ROW_MEMPOL_ALLOC_MPOL) ? index : (uint32_t)index;
	unsigned target = place % nodeset_weight(&policy->nodes);
	int node = nodeset_next(&policy->nodes, -1);

	while (target--)
		node = nodeset_next(&policy->nodes, node);
	return node;
}

static unsigned weighted_node_at(const struct mempolicy *policy, uint64_t index)
{
	const struct numasim_machine *m = current_machine();
	uint64_t total = 0;
	int node = -1;

	while ((node = nodeset_next(&policy->nodes, node)) >= 0)
		total += mpol_weight(m, node);
	index %= total;
	for (node = nodeset_next(&policy->nodes, -1); index >= mpol_weight(m, node);
	     node = nodeset_next(&policy->nodes, node))
		index -= mpol_weight(m, node);
	return node;
}

unsigned mpol_interleave_node(const struct mempolicy *policy, uint64_t index)
{
	bool weighted = policy->mode == MPOL_MODE_WEIGHTED_INTERLEAVE;

	if (index == NO_INTERLEAVE_INDEX)
		return weighted ? counted_weighted_node(policy) : counted_node(policy);
	return weighted ? weighted_node_at(policy, index) : node_at(policy, index);
}
