/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory policies (mm/mempolicy.c): per page of a shmem file, else per VMA, else per task, else
 * local. A policy is immutable and counted; a VMA and a task may share one.
 *
 *   where it is set	set_mempolicy(): task     mbind(): VMA, and the file's pages if it is shmem
 *   mempolicy.c	policies as objects
 *   mempolicy_nodes.c	node masks as system calls have them: by id, not by index
 *   mempolicy_str.c	as text
 *   mempolicy_shared.c	what shmem files remember
 *   mempolicy_node.c	the policy that counts, and the node that it names
 *   mempolicy_alloc.c	pages by policy
 *   mempolicy_call.c	set_mempolicy(); mempolicy_query.c: get_mempolicy()
 *   mempolicy_bind.c	mbind(), set_mempolicy_home_node(); mempolicy_check.c: is all well placed?
 *
 * There are no cpusets: a task may use every node that has memory, and policies are never rebound.
 */
#ifndef MM_MEMPOLICY_H
#define MM_MEMPOLICY_H

#include "mm/gfp.h"

struct file;

/* The ABI's numbers. */
enum mpol_mode {
	MPOL_MODE_DEFAULT,
	MPOL_MODE_PREFERRED,
	MPOL_MODE_BIND,
	MPOL_MODE_INTERLEAVE,
	MPOL_MODE_LOCAL,	       /* v3.8+; to v5.13 the kernel keeps it as "preferred" */
	MPOL_MODE_PREFERRED_MANY,      /* v5.15+ */
	MPOL_MODE_WEIGHTED_INTERLEAVE, /* v6.9+ */
};
#define MPOL_FLAG_STATIC_NODES	 (1 << 15)
#define MPOL_FLAG_RELATIVE_NODES (1 << 14)
#define MPOL_FLAG_NUMA_BALANCING (1 << 13) /* v5.12+ */

#define MPOL_MAX_NODES (NODESET_WORDS * 64) /* MAX_NUMNODES: node ids in masks are below */

struct mempolicy {
	int32_t refcount;
	uint16_t mode;	/* enum mpol_mode, never DEFAULT but for the default policy */
	uint16_t flags; /* MPOL_FLAG_* as given */
	bool mof, moron; /* migrate on fault; to the node that it runs on */
	struct nodeset nodes;
	struct nodeset user_nodes; /* by id, as given; with STATIC, RELATIVE, NUMA_BALANCING */
	int32_t home_node; /* index; -1: none */
};

/*
 * The policy that counts for @address: the file's or VMA's, the task's, or the default one (local,
 * migrate on fault to the node that it runs on).
 */
const struct mempolicy *get_vma_policy(struct vm_area_struct *vma, uint64_t address);

/* The same without falling back: NULL is none. */
const struct mempolicy *vma_own_policy(struct vm_area_struct *vma, uint64_t address);

/* The policy of the running task; never NULL. */
const struct mempolicy *get_task_policy(void);

void mpol_put(struct mempolicy *policy); /* NULL is allowed */
bool mpol_equal(const struct mempolicy *a, const struct mempolicy *b);

/* What a digest sees of a policy; NULL is none. */
void mpol_digest(const struct mempolicy *policy, struct digest_sink *sink);

/* As numa_maps prints it: "default", "bind:0-1", "prefer (many):0"; NULL: default. */
void mpol_to_str(const struct numasim_machine *m, char *text, size_t size,
		 const struct mempolicy *policy);

/*
 * Weight of a node for weighted interleave, 1 to 255; 0: as if it was never set, that is 1
 * (/sys/kernel/mm/mempolicy/weighted_interleave/nodeN, v6.9+). 0, -ENOENT: no such node with
 * memory, or the release has no weights; -ENOMEM.
 */
int mpol_set_weight(struct numasim_machine *m, unsigned node_id, uint8_t weight);
unsigned mpol_weight(const struct numasim_machine *m, unsigned node);

/* ---- between the files of policies ---- */

static inline bool mpol_interleaves(const struct mempolicy *p)
{
	return p->mode == MPOL_MODE_INTERLEAVE || p->mode == MPOL_MODE_WEIGHTED_INTERLEAVE;
}

/* Modes with a node mask that confines. */
static inline bool mpol_confines(const struct mempolicy *p)
{
	return p->mode == MPOL_MODE_BIND || p->mode == MPOL_MODE_PREFERRED_MANY;
}

static inline bool nodeset_empty(const struct nodeset *s)
{
	for (unsigned i = 0; i < NODESET_WORDS; i++)
		if (s->word[i])
			return false;
	return true;
}

/* The lowest member above @node (-1: of all), or -1. */
int nodeset_next(const struct nodeset *s, int node);
unsigned nodeset_weight(const struct nodeset *s);

/* mpol_new() and mpol_set_nodemask(): *policy is NULL for the default one. 0, -EINVAL, -ENOMEM. */
int mpol_create(struct mempolicy **policy, int mode, unsigned flags, const struct nodeset *ids);
struct mempolicy *mpol_dup(const struct mempolicy *policy); /* NULL: no memory */
/* The same for a policy that may be NULL. 0, -ENOMEM. Every VMA and task has a copy of its own. */
int mpol_copy(struct mempolicy **copy, const struct mempolicy *policy);

/* Take flags and mode apart, by what the release knows (sanitize_mpol_flags()). 0 or -EINVAL. */
int mpol_split_mode(int *mode, unsigned *flags);

/* A mask of a system call, by id (get_nodes()). 0, -EINVAL. */
int mpol_read_mask(struct nodeset *ids, const unsigned long *nmask, unsigned long maxnode);
/* The other way (copy_nodes_to_user()). 0, -EINVAL. */
int mpol_write_mask(unsigned long *nmask, unsigned long maxnode, const struct nodeset *ids);
/* Ids of indices; of the nodes that have memory. */
void mpol_ids(struct nodeset *ids, const struct nodeset *nodes);
void mpol_memory_ids(struct nodeset *ids);
/* Above all ids that a node of this machine can have. */
unsigned mpol_nr_node_ids(void);

/* The pages of a VMA in its shmem file get @policy (NULL: none). 0, -ENOMEM. */
int mpol_set_shared(struct vm_area_struct *vma, const struct mempolicy *policy);
const struct mempolicy *mpol_shared(struct file *file, uint64_t index);

/* Where policies look for memory first. */
unsigned mpol_local_node(void);
/* The place that @address has for interleaving in pages of 2^order. */
uint64_t mpol_interleave_index(const struct vm_area_struct *vma, uint64_t address, unsigned order);
#define NO_INTERLEAVE_INDEX UINT64_MAX /* the task's own counter */
/* The node of an interleaving policy. */
unsigned mpol_interleave_node(const struct mempolicy *policy, uint64_t index);
/* The node of @nodes that is nearest to where the task runs. */
unsigned mpol_nearest_node(const struct nodeset *nodes);

/* For mbind(): holes and misplaced pages of [start, end). 0; -EFAULT; -EIO: misplaced and STRICT;
 * 1: misplaced, and one of the MOVE flags. */
#define MPOL_MF_STRICT	 (1 << 0)
#define MPOL_MF_MOVE	 (1 << 1)
#define MPOL_MF_MOVE_ALL (1 << 2)
struct mpol_check {
	uint64_t start, end;
	const struct nodeset *ids; /* where pages may be */
	unsigned flags;
	bool holes_allowed;
	bool to_move;		   /* found one */
};
int mpol_check_range(struct mm_struct *mm, struct mpol_check *check);

#endif
