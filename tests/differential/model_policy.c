/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory policies, by the manual pages. */
#include "model.h"

#include <errno.h>
#include <string.h>

enum mode {
	DEFAULT,
	PREFERRED,
	BIND,
	INTERLEAVE,
	LOCAL,
	PREFERRED_MANY,
	WEIGHTED,
};

#define ALL_NODES ((1u << MODEL_NODES) - 1)

static unsigned last_mode(unsigned version)
{
	return version >= 609 ? WEIGHTED : version >= 515 ? PREFERRED_MANY : LOCAL;
}

static bool flags_fit(unsigned version, unsigned mode, unsigned flags)
{
	if (flags & MODEL_STATIC && flags & MODEL_RELATIVE)
		return false;
	if (!(flags & MODEL_BALANCING))
		return true;
	return mode == BIND || (mode == PREFERRED_MANY && version >= 610);
}

/* Relative ones count on from the first node when there are no more. */
static unsigned nodes_of(unsigned flags, unsigned mask)
{
	if (flags & MODEL_RELATIVE)
		return (mask | mask >> MODEL_NODES) & ALL_NODES;
	return mask & ALL_NODES;
}

int model_policy_make(struct model_policy *p, unsigned version, unsigned mode, unsigned flags,
		      unsigned mask)
{
	bool about_nodes = flags & (MODEL_STATIC | MODEL_RELATIVE);

	memset(p, 0, sizeof(*p));
	if (mode > last_mode(version) || !flags_fit(version, mode, flags))
		return -EINVAL;
	if (mode == DEFAULT)
		return mask ? -EINVAL : 0;
	if (mode == PREFERRED && !mask)
		mode = LOCAL;
	if (mode == LOCAL ? mask || about_nodes : !mask)
		return -EINVAL;
	p->mode = (uint8_t)mode;
	p->flags = (uint8_t)flags;
	p->user = (uint8_t)mask;
	p->nodes = (uint8_t)nodes_of(flags, mask);
	if (mode == PREFERRED)
		p->nodes &= (uint8_t)-p->nodes;
	return mode != LOCAL && !p->nodes ? -EINVAL : 0;
}

bool model_policy_same(const struct model_policy *a, const struct model_policy *b)
{
	return a->mode == b->mode && a->nodes == b->nodes && a->flags == b->flags &&
	       (!a->flags || a->user == b->user) && a->home == b->home;
}

/* To v5.13 "local" shows as "preferred" without a node. */
int model_policy_mode(const struct model_policy *p, unsigned version)
{
	return (p->mode == LOCAL && version < 514 ? PREFERRED : p->mode) | p->flags << 13;
}

unsigned model_policy_mask(const struct model_policy *p)
{
	return p->flags ? p->user : p->nodes;
}

/* ---- of pages: shmem files remember the policies of theirs, for all who map them ---- */

static bool is_shmem(const struct model_page *p)
{
	return p->file >= 0 && p->file != DISK_FILE;
}

bool model_policy_of(const struct model *m, unsigned proc, unsigned page, struct model_policy *p)
{
	const struct model_page *at = &m->proc[proc].page[page];

	*p = at->policy;
	if (!is_shmem(at) || model_is_huge(page))
		return true;
	*p = m->file[at->file].policy[at->index];
	return !m->file[at->file].unsure[at->index];
}

/* The page continues the mapping of the one before it, as far as one can see. */
static bool continues(const struct model_page *p)
{
	return p[-1].mapped && p->mapped && p[-1].file == p->file && p[-1].shared == p->shared &&
	       p[-1].index + 1 == p->index;
}

/*
 * When a mapping becomes one with a neighbour that has the policy already, the kernel may set the
 * policy of the file's pages for both or for none: by release, and by what else differs between
 * the two, which is not known here.
 */
static void doubt(struct model *m, unsigned proc, unsigned page, const struct model_policy *policy)
{
	const struct model_page *p = m->proc[proc].page;
	unsigned first = page, last = page;

	while (first && continues(&p[first]) && model_policy_same(&p[first - 1].policy, policy))
		first--;
	while (last + 1 < MODEL_PAGES && continues(&p[last + 1]) &&
	       model_policy_same(&p[last + 1].policy, policy))
		last++;
	for (unsigned i = first; last > first && i <= last; i++)
		m->file[p[i].file].unsure[p[i].index] = true;
}

static void set_shared(struct model *m, unsigned proc, unsigned page)
{
	const struct model_page *p = &m->proc[proc].page[page];

	m->file[p->file].policy[p->index] = p->policy;
	m->file[p->file].unsure[p->index] = false;
}

/* Is there a neighbour to become one with, at either end of a stretch with one policy? */
static bool has_neighbour(const struct model_page *pages, unsigned first, unsigned end,
			  const struct model_policy *policy)
{
	if (first && continues(&pages[first]) &&
	    model_policy_same(&pages[first - 1].policy, policy))
		return true;
	return end < MODEL_PAGES && continues(&pages[end]) &&
	       model_policy_same(&pages[end].policy, policy);
}

/* A stretch whose pages had other policies gets @policy. */
static void bind_stretch(struct model *m, unsigned proc, unsigned first, unsigned end,
			 const struct model_policy *policy)
{
	struct model_page *p = m->proc[proc].page;
	bool shmem = is_shmem(&p[first]) && !model_is_huge(first);

	for (unsigned i = first; i < end; i++) {
		if (m->wrong == MODEL_FORGETS_POLICY && !p[i].prot)
			continue;
		p[i].policy = *policy;
		if (!shmem)
			continue;
		set_shared(m, proc, i);
		/* to v5.17 the file does not hear of a second mapping that joins the first; where
		 * one begins is not known here */
		m->file[p[i].file].unsure[p[i].index] = m->version < 518 && i > first;
	}
}

void model_bind(struct model *m, unsigned proc, unsigned first, unsigned n,
		const struct model_policy *policy)
{
	struct model_page *p = m->proc[proc].page;

	for (unsigned i = first, end; i < first + n; i = end) {
		bool same = model_policy_same(&p[i].policy, policy), unsure;

		for (end = i + 1; end < first + n && continues(&p[end]) &&
				  model_policy_same(&p[end].policy, policy) == same; end++)
			;
		if (same)
			continue;
		unsure = has_neighbour(p, i, end, policy);
		bind_stretch(m, proc, i, end, policy);
		if (unsure && is_shmem(&p[i]) && !model_is_huge(i))
			doubt(m, proc, i, policy);
	}
}

/* Mapping by mapping, or what is alike of it. */
int model_home(struct model *m, unsigned proc, unsigned first, unsigned n, unsigned node)
{
	struct model_page *p = m->proc[proc].page;
	int ret = -ENOENT;

	for (unsigned i = first, end; i < first + n; i = end) {
		struct model_policy policy = p[i].policy;

		for (end = i + 1; end < first + n && continues(&p[end]) &&
				  model_policy_same(&p[end].policy, &policy); end++)
			;
		if (!policy.mode)
			continue;
		if (policy.mode != BIND && policy.mode != PREFERRED_MANY)
			return -EOPNOTSUPP;
		policy.home = (uint8_t)(node + 1);
		model_bind(m, proc, i, end - i, &policy);
		ret = 0;
	}
	return ret;
}

/* ---- where pages come from ---- */

static unsigned near(unsigned nodes, unsigned node)
{
	return nodes >> node & 1 ? 1u << node : nodes;
}

unsigned model_allowed(const struct model *m, const struct model_policy *p, unsigned local,
		       bool huge)
{
	unsigned here = 1u << local, from = p->home ? p->home - 1u : local;

	switch ((enum mode)p->mode) {
	case PREFERRED: /* v4.0 and v4.1 forget it for huge pages */
		return p->nodes | (huge && m->version >= 400 && m->version < 402 ? here : 0);
	case BIND:
	case PREFERRED_MANY: /* and those to v6.6 a home */
		return near(p->nodes, from) |
		       (huge && p->home && m->version < 607 ? near(p->nodes, local) : 0);
	case INTERLEAVE:
	case WEIGHTED:
		return p->nodes;
	case DEFAULT:
	case LOCAL:
		break;
	}
	return here;
}

bool model_in_huge(const struct model *m, unsigned proc, unsigned page)
{
	const struct model_page *p = &m->proc[proc].page[page & ~511u];

	if (page >= WINDOW_PAGES)
		return false;
	for (unsigned i = 0; i < 512; i++)
		if (!p[i].mapped || p[i].file >= 0 || p[i].shared)
			return false;
	return true;
}
