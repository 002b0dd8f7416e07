/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies as text: mpol_to_str() of v3.8 to v6.12 mm/mempolicy.c. */
#include "mm/mempolicy.h"

#include <stdio.h>

/* snprintf() at the end of @text, which is cut where the buffer ends. */
static size_t append(char *text, size_t size, size_t at, const char *format, unsigned long number)
{
	int length = at < size ? snprintf(text + at, size - at, format, number) : 0;

	at += length > 0 ? (size_t)length : 0;
	return at < size ? at : size - 1;
}

/* "0-1,3", by id. */
static size_t append_list(const struct numasim_machine *m, char *text, size_t size, size_t at,
			  const struct nodeset *nodes)
{
	const char *format = "%lu";
	int node = -1;

	while ((node = nodeset_next(nodes, node)) >= 0) {
		int last = node;

		for (int next = nodeset_next(nodes, last);
		     next >= 0 && m->node[next].id == m->node[last].id + 1;
		     next = nodeset_next(nodes, last))
			last = next;
		at = append(text, size, at, format, m->node[node].id);
		if (last != node)
			at = append(text, size, at, "-%lu", m->node[last].id);
		format = ",%lu";
		node = last;
	}
	return at;
}

static size_t append_flags(const struct numasim_machine *m, char *text, size_t size, size_t at,
			   unsigned flags)
{
	bool balancing = flags & MPOL_FLAG_NUMA_BALANCING &&
			 kernel_has(m->kernel, ROW_MEMPOL_STR_BALANCING);

	at = append(text, size, at, "=", 0);
	if (flags & MPOL_FLAG_STATIC_NODES)
		at = append(text, size, at, "static", 0);
	else if (flags & MPOL_FLAG_RELATIVE_NODES)
		at = append(text, size, at, "relative", 0);
	if (!balancing)
		return at;
	return append(text, size, at, flags & (flags - 1) ? "|balancing" : "balancing", 0);
}

void mpol_to_str(const struct numasim_machine *m, char *text, size_t size,
		 const struct mempolicy *policy)
{
	static const char *const mode[] = {
		[MPOL_MODE_DEFAULT] = "default",
		[MPOL_MODE_PREFERRED] = "prefer",
		[MPOL_MODE_BIND] = "bind",
		[MPOL_MODE_INTERLEAVE] = "interleave",
		[MPOL_MODE_LOCAL] = "local",
		[MPOL_MODE_PREFERRED_MANY] = "prefer (many)",
		[MPOL_MODE_WEIGHTED_INTERLEAVE] = "weighted interleave",
	};
	size_t at;

	at = append(text, size, 0, mode[policy ? policy->mode : MPOL_MODE_DEFAULT], 0);
	if (!policy)
		return;
	if (policy->flags)
		at = append_flags(m, text, size, at, policy->flags);
	if (nodeset_empty(&policy->nodes))
		return;
	at = append(text, size, at, ":", 0);
	append_list(m, text, size, at, &policy->nodes);
}
