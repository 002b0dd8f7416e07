/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modes and node masks as system calls have them (v3.8 to v6.12 mm/mempolicy.c). Masks go by the
 * nodes' ids; MAX_NUMNODES is 1024, as in distributions' kernels.
 */
#include "mm/mempolicy.h"

#include <errno.h>
#include <string.h>

#define MASK_BITS_MOST (FRAME_SIZE * 8ul) /* a page of bits */

void mpol_ids(struct nodeset *ids, const struct nodeset *nodes)
{
	const struct numasim_machine *m = current_machine();
	int node = -1;

	*ids = (struct nodeset){0};
	while ((node = nodeset_next(nodes, node)) >= 0)
		nodeset_add(ids, m->node[node].id);
}

void mpol_memory_ids(struct nodeset *ids)
{
	const struct numasim_machine *m = current_machine();

	*ids = (struct nodeset){0};
	for (unsigned i = 0; i < m->nr_nodes; i++)
		if (m->node[i].nr_frames && m->node[i].id < MPOL_MAX_NODES)
			nodeset_add(ids, m->node[i].id);
}

unsigned mpol_nr_node_ids(void)
{
	const struct numasim_machine *m = current_machine();

	return m->node[m->nr_nodes - 1].id + 1;
}

static int nr_modes(void)
{
	if (has(ROW_MEMPOL_WEIGHTED))
		return MPOL_MODE_WEIGHTED_INTERLEAVE + 1;
	return has(ROW_MEMPOL_PREFERRED_MANY) ? MPOL_MODE_PREFERRED_MANY + 1 : MPOL_MODE_LOCAL + 1;
}

int mpol_split_mode(int *mode, unsigned *flags)
{
	int known = MPOL_FLAG_STATIC_NODES | MPOL_FLAG_RELATIVE_NODES;
	bool may;

	if (has(ROW_MEMPOL_BALANCING))
		known |= MPOL_FLAG_NUMA_BALANCING;
	*flags = *mode & known;
	*mode &= ~known;
	if (*mode < 0 || *mode >= nr_modes())
		return -EINVAL;
	if (*flags & MPOL_FLAG_STATIC_NODES && *flags & MPOL_FLAG_RELATIVE_NODES)
		return -EINVAL;
	may = *mode == MPOL_MODE_BIND ||
	      (*mode == MPOL_MODE_PREFERRED_MANY && has(ROW_MEMPOL_BALANCING_MANY));
	if (*flags & MPOL_FLAG_NUMA_BALANCING && has(ROW_MEMPOL_BALANCING_CHECKED) && !may)
		return -EINVAL;
	return 0;
}

int mpol_read_mask(struct nodeset *ids, const unsigned long *nmask, unsigned long maxnode)
{
	unsigned long words;

	maxnode--; /* 0 becomes too many */
	*ids = (struct nodeset){0};
	if (!maxnode || !nmask)
		return 0;
	if (maxnode > MASK_BITS_MOST)
		return -EINVAL;
	words = (maxnode + 63) / 64;
	for (unsigned long i = 0; i < words; i++) {
		uint64_t word = nmask[i];

		if (i == words - 1 && maxnode % 64)
			word &= (UINT64_C(1) << (maxnode % 64)) - 1;
		if (i < NODESET_WORDS)
			ids->word[i] = word;
		else if (word)
			return -EINVAL;
	}
	return 0;
}

int mpol_write_mask(unsigned long *nmask, unsigned long maxnode, const struct nodeset *ids)
{
	unsigned long copy = (maxnode - 1 + 63) / 64 * 8;
	unsigned long most = has(ROW_MEMPOL_NODE_IDS) ? (mpol_nr_node_ids() + 63) / 64 * 8
						      : MPOL_MAX_NODES / 8;

	if (copy > most) {
		if (copy > FRAME_SIZE)
			return -EINVAL;
		memset((char *)nmask + most, 0, copy - most);
		copy = most;
	}
	memcpy(nmask, ids, copy);
	return 0;
}
