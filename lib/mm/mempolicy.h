/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory policies (mm/mempolicy.c): per VMA, else per task, else local. A policy is immutable and
 * counted; a VMA and a task may share one.
 */
#ifndef MM_MEMPOLICY_H
#define MM_MEMPOLICY_H

#include "mm/gfp.h"

/* The ABI's numbers. */
enum mpol_mode {
	MPOL_MODE_DEFAULT,
	MPOL_MODE_PREFERRED,
	MPOL_MODE_BIND,
	MPOL_MODE_INTERLEAVE,
	MPOL_MODE_LOCAL,	       /* v3.8+ */
	MPOL_MODE_PREFERRED_MANY,      /* v5.15+ */
	MPOL_MODE_WEIGHTED_INTERLEAVE, /* v6.9+ */
};
#define MPOL_FLAG_STATIC_NODES	 (1 << 15)
#define MPOL_FLAG_RELATIVE_NODES (1 << 14)
#define MPOL_FLAG_NUMA_BALANCING (1 << 13)

struct mempolicy {
	int32_t refcount;
	uint16_t mode;	/* enum mpol_mode */
	uint16_t flags; /* MPOL_FLAG_* as given */
	bool mof, moron; /* migrate on fault; to the node that it runs on */
	struct nodeset nodes;
	struct nodeset user_nodes;
	int32_t home_node; /* index; -1: none */
};

/* The policy that counts for @address: the VMA's, the task's, or the default one. */
struct mempolicy *get_vma_policy(struct vm_area_struct *vma, uint64_t address);

/* The policy of the running task; never NULL. */
struct mempolicy *get_task_policy(void);

void mpol_get(struct mempolicy *policy);
void mpol_put(struct mempolicy *policy);
bool mpol_equal(const struct mempolicy *a, const struct mempolicy *b);

/* As numa_maps prints it: "default", "bind:0-1", "prefer (many):0". */
void mpol_to_str(char *text, size_t size, const struct mempolicy *policy);

#endif
