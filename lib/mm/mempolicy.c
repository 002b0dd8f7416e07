/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies as objects: mpol_new(), mpol_set_nodemask() and their kin of v3.8 to v6.12
 * mm/mempolicy.c. */
#include "mm/mempolicy.h"

#include "exec/point.h"

#include <errno.h>
#include <string.h>

int nodeset_next(const struct nodeset *s, int node)
{
	for (unsigned n = node + 1; n < MPOL_MAX_NODES; n = (n / 64 + 1) * 64) {
		uint64_t rest = s->word[n / 64] >> (n % 64);

		if (rest)
			return n + __builtin_ctzll(rest);
	}
	return -1;
}

unsigned nodeset_weight(const struct nodeset *s)
{
	unsigned weight = 0;

	for (unsigned i = 0; i < NODESET_WORDS; i++)
		weight += __builtin_popcountll(s->word[i]);
	return weight;
}

void mpol_put(struct mempolicy *policy)
{
	if (policy && !--policy->refcount)
		kfree(policy, sizeof(*policy));
}

struct mempolicy *mpol_dup(const struct mempolicy *policy)
{
	struct mempolicy *new = kmalloc(sizeof(*new));

	if (!new)
		return NULL;
	*new = *policy;
	new->refcount = 1;
	return new;
}

int mpol_copy(struct mempolicy **copy, const struct mempolicy *policy)
{
	*copy = policy ? mpol_dup(policy) : NULL;
	return policy && !*copy ? -ENOMEM : 0;
}

static bool same_nodes(const struct nodeset *a, const struct nodeset *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool mpol_equal(const struct mempolicy *a, const struct mempolicy *b)
{
	if (a == b)
		return true;
	if (!a || !b || a->mode != b->mode || a->flags != b->flags || a->mof != b->mof ||
	    a->moron != b->moron || a->home_node != b->home_node)
		return false;
	if (a->flags && !same_nodes(&a->user_nodes, &b->user_nodes))
		return false;
	return a->mode == MPOL_MODE_LOCAL || same_nodes(&a->nodes, &b->nodes);
}

static void digest_nodes(const struct nodeset *nodes, struct digest_sink *sink)
{
	int node = -1;

	while ((node = nodeset_next(nodes, node)) >= 0)
		digest_put(sink, node);
	digest_put(sink, UINT64_MAX);
}

void mpol_digest(const struct mempolicy *policy, struct digest_sink *sink)
{
	if (!policy) {
		digest_put(sink, 0);
		return;
	}
	digest_put(sink, (uint64_t)(uint32_t)policy->home_node << 32 | policy->flags << 8 |
				 policy->mode << 2 | policy->mof << 1 | policy->moron);
	digest_nodes(&policy->nodes, sink);
	digest_nodes(&policy->user_nodes, sink);
}

/* ---- making one ---- */

/*
 * mpol_relative_nodemask(): bit n of @ids stands for the n-th of the nodes that the task may use,
 * counted on from the first when there are not so many.
 */
static void relative_nodes(struct nodeset *out, const struct nodeset *ids,
			   const struct nodeset *allowed)
{
	unsigned weight = nodeset_weight(allowed), place = 0;
	struct nodeset folded = {0};
	int id = -1;

	while (weight && (id = nodeset_next(ids, id)) >= 0)
		nodeset_add(&folded, id % weight);
	for (id = -1; (id = nodeset_next(allowed, id)) >= 0; place++)
		if (nodeset_has(&folded, place))
			nodeset_add(out, id);
}

/* The nodes that a policy comes to have, by index. */
static void effective_nodes(struct nodeset *nodes, unsigned flags, const struct nodeset *ids)
{
	const struct numasim_machine *m = current_machine();
	struct nodeset allowed, chosen = {0};

	mpol_memory_ids(&allowed);
	if (flags & MPOL_FLAG_RELATIVE_NODES) {
		relative_nodes(&chosen, ids, &allowed);
	} else {
		for (unsigned i = 0; i < NODESET_WORDS; i++)
			chosen.word[i] = ids->word[i] & allowed.word[i];
	}
	for (unsigned i = 0; i < m->nr_nodes; i++)
		if (m->node[i].id < MPOL_MAX_NODES && nodeset_has(&chosen, m->node[i].id))
			nodeset_add(nodes, i);
}

/* Which masks and flags a mode can do with; "preferred" without nodes is local. 0 or -EINVAL. */
static int check_mask(int *mode, unsigned flags, bool empty)
{
	bool about_nodes = flags & (MPOL_FLAG_STATIC_NODES | MPOL_FLAG_RELATIVE_NODES);

	switch (*mode) {
	case MPOL_MODE_PREFERRED:
		if (!empty)
			return 0;
		*mode = MPOL_MODE_LOCAL;
		return about_nodes ? -EINVAL : 0;
	case MPOL_MODE_LOCAL:
		return !empty || (about_nodes && has(ROW_MEMPOL_LOCAL_FLAGS)) ? -EINVAL : 0;
	default:
		return empty ? -EINVAL : 0;
	}
}

static void set_balancing(struct mempolicy *p)
{
	bool may = p->mode == MPOL_MODE_BIND || (p->mode == MPOL_MODE_PREFERRED_MANY &&
						 has(ROW_MEMPOL_BALANCING_MANY));

	p->mof = p->moron = p->flags & MPOL_FLAG_NUMA_BALANCING && may;
}

int mpol_create(struct mempolicy **policy, int mode, unsigned flags, const struct nodeset *ids)
{
	struct nodeset nodes = {0};
	int ret;

	*policy = NULL;
	if (mode == MPOL_MODE_DEFAULT)
		return nodeset_empty(ids) ? 0 : -EINVAL;
	ret = check_mask(&mode, flags, nodeset_empty(ids));
	if (ret)
		return ret;
	if (mode != MPOL_MODE_LOCAL)
		effective_nodes(&nodes, flags, ids);
	*policy = kmalloc(sizeof(**policy));
	if (!*policy)
		return -ENOMEM;
	**policy = (struct mempolicy){.refcount = 1, .mode = mode, .flags = flags, .nodes = nodes,
				      .home_node = -1};
	if (flags)
		(*policy)->user_nodes = *ids;
	set_balancing(*policy);
	if (mode == MPOL_MODE_PREFERRED) {
		(*policy)->nodes = (struct nodeset){0};
		if (!nodeset_empty(&nodes))
			nodeset_add(&(*policy)->nodes, nodeset_next(&nodes, -1));
	}
	if (mode == MPOL_MODE_LOCAL || !nodeset_empty(&nodes))
		return 0;
	mpol_put(*policy);
	*policy = NULL;
	return -EINVAL;
}
