/* SPDX-License-Identifier: BSD-2-Clause */
/* Where memory comes from: what was said of it, what is said of it now, where it came from. */
#include "differential.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#define MPOL_F_ADDR 2
#define STRICT	    1
#define MASK_WORDS  17 /* 1024 nodes, and one more than that as maxnode counts */
#define MAX_NODE    1025

struct request {
	unsigned mode, flags;
	unsigned long mask;
};

static struct request request_of(const struct world *w, uint32_t arg)
{
	static const uint8_t some[] = {0, 0, 0, 0, 0, 0, 0, 0, MODEL_STATIC, MODEL_STATIC,
				       MODEL_STATIC, MODEL_RELATIVE, MODEL_RELATIVE,
				       MODEL_BALANCING, MODEL_BALANCING | MODEL_STATIC,
				       MODEL_STATIC | MODEL_RELATIVE};
	struct request r = {.mode = arg % 7, .flags = some[arg >> 3 & 15], .mask = arg >> 7 & 31};

	if ((r.mode == 0 || r.mode == 4) && arg >> 12 & 3)
		r.mask = r.flags = 0; /* as they are meant */
	if (w->model.version < 515)
		r.flags &= ~(unsigned)MODEL_BALANCING; /* looked at late, or unknown */
	if (w->model.version < 414 && r.mode == 4)
		r.flags = 0;
	return r;
}

static int raw_mode(const struct request *r)
{
	return (int)(r->mode | r->flags << 13);
}

enum standing { AS_WANTED, ELSEWHERE, UNKNOWN };

/*
 * Is a page of the range on a node that is not in @mask, as move_pages() sees it? In v6.1 to v6.4
 * it does not see through PROT_NONE and hints; and mbind() hardly ever looks at hugetlb pages.
 */
static enum standing standing(struct world *w, const struct op *range, unsigned long mask)
{
	enum standing all = model_is_huge(range->page) ? UNKNOWN : AS_WANTED;
	bool blind = w->model.version >= 601 && w->model.version < 605;

	for (unsigned i = range->page; all != UNKNOWN && i < range->page + range->n; i++) {
		uint64_t at = address_of(w, i);
		int node = -1;

		numasim_sys_move_pages(w->process[range->proc], 1, &at, &node);
		if (node >= 0 && !(mask >> node & 1))
			return ELSEWHERE;
		if (node < 0 && blind)
			all = UNKNOWN;
	}
	return all;
}

bool op_mbind(struct world *w, const struct op *op)
{
	struct request r = request_of(w, op->arg);
	unsigned n = mapped_run(w, op);
	bool strict = !(op->arg >> 14 & 7); /* v4.0 to v5.0 take it for nothing (a7f40cfe3b7a) */
	struct model_policy policy;
	struct op range = *op;
	long got, expected;

	range.n = (uint16_t)(n ? n : 1);
	expected = model_policy_make(&policy, w->model.version, r.mode, r.flags, r.mask);
	if (!expected && !n)
		expected = -EFAULT;
	got = numasim_sys_mbind(w->process[op->proc], address_of(w, op->page), bytes_of(&range),
				raw_mode(&r), r.mask ? &r.mask : NULL, r.mask ? 64 : 0,
				strict ? STRICT : 0);
	strict = strict && (w->model.version < 400 || w->model.version > 500);
	if (strict && !expected && r.mode) {
		enum standing now = standing(w, &range, r.mask);

		if (now == ELSEWHERE || (now == UNKNOWN && got == -EIO))
			expected = -EIO; /* and nothing is changed */
	}
	if (got != expected)
		return differ(w, "mbind(%#x, %#lx) returned %ld instead of %ld", raw_mode(&r),
			      r.mask, got, expected);
	w->done = !got;
	if (!got)
		model_bind(&w->model, op->proc, op->page, n, &policy);
	return true;
}

bool op_mempolicy(struct world *w, const struct op *op)
{
	struct request r = request_of(w, op->arg);
	struct model_policy policy;
	long expected = model_policy_make(&policy, w->model.version, r.mode, r.flags, r.mask);
	long got = numasim_sys_set_mempolicy(w->process[op->proc], raw_mode(&r),
					     r.mask ? &r.mask : NULL, r.mask ? 64 : 0);

	w->done = !got;
	if (!got)
		w->model.proc[op->proc].policy = policy;
	return got == expected || differ(w, "set_mempolicy(%#x, %#lx) returned %ld instead of %ld",
					 raw_mode(&r), r.mask, got, expected);
}

bool op_home(struct world *w, const struct op *op)
{
	unsigned n = mapped_run(w, op), node = op->arg % MODEL_NODES;
	struct op range = *op;
	long got, expected;

	range.n = (uint16_t)(n ? n : 1);
	if (w->model.version < 517)
		expected = -ENOSYS;
	else
		expected = model_home(&w->model, op->proc, op->page, n, node);
	got = numasim_sys_set_mempolicy_home_node(w->process[op->proc], address_of(w, op->page),
						  bytes_of(&range), node, 0);
	w->done = !got;
	return got == expected || differ(w, "set_mempolicy_home_node(%u) returned %ld instead of "
					 "%ld", node, got, expected);
}

bool op_weight(struct world *w, const struct op *op)
{
	long expected = w->model.version < 609 ? -ENOENT : 0, got;
	char path[80], text[8];

	snprintf(path, sizeof(path), "/sys/kernel/mm/mempolicy/weighted_interleave/node%u",
		 op->arg % MODEL_NODES);
	snprintf(text, sizeof(text), "%u", 1 + (op->arg >> 2) % 4);
	got = numasim_write_file(w->process[op->proc], path, text);
	w->done = !got;
	return got == expected || differ(w, "the weight: %ld", got);
}

/* ---- looking ---- */

static bool same(struct world *w, const char *whose, unsigned proc, unsigned page,
		 const struct model_policy *policy, int mode, unsigned long mask)
{
	int expected = model_policy_mode(policy, w->model.version);

	w->looks.policies++;
	if (mode == expected && mask == model_policy_mask(policy))
		return true;
	return differ(w, "get_mempolicy() of %s%u (page %u): mode %#x, nodes %#lx instead of %#x, "
		      "%#x", whose, proc, page, mode, mask, expected, model_policy_mask(policy));
}

bool look_at_policy(struct world *w, unsigned proc, unsigned page)
{
	bool mapped = w->model.proc[proc].page[page].mapped;
	unsigned long mask[MASK_WORDS] = {0};
	struct model_policy policy;
	int mode = -1;
	long got = numasim_sys_get_mempolicy(w->process[proc], &mode, mask, MAX_NODE,
					     address_of(w, page), MPOL_F_ADDR);

	if (got != (mapped ? 0 : -EFAULT))
		return differ(w, "get_mempolicy() of page %u of P%u returned %ld", page, proc, got);
	if (!mapped || !model_policy_of(&w->model, proc, page, &policy))
		return true;
	return same(w, "P", proc, page, &policy, mode, mask[0]);
}

bool look_at_task_policy(struct world *w, unsigned proc)
{
	unsigned long mask[MASK_WORDS] = {0};
	int mode = -1;
	long got = numasim_sys_get_mempolicy(w->process[proc], &mode, mask, MAX_NODE, 0, 0);

	if (got)
		return differ(w, "get_mempolicy() of P%u returned %ld", proc, got);
	return same(w, "the task P", proc, 0, &w->model.proc[proc].policy, mode, mask[0]);
}

/* Does this access bring a page that was nowhere? */
static bool brings(const struct model *m, const struct model_page *p, bool write)
{
	bool shmem = p->shared && p->file != DISK_FILE;

	if (!p->mapped || !p->prot || (write && !(p->prot & PROT_WRITE)) ||
	    (p->file >= 0 && p->index >= m->file[p->file].pages))
		return false;
	if (p->shared)
		return shmem && !m->file[p->file].settled[p->index];
	return write && !p->settled;
}

unsigned expect_place(const struct world *w, unsigned proc, unsigned page, bool write)
{
	const struct model_page *p = &w->model.proc[proc].page[page];
	struct model_policy policy;

	if (model_is_huge(page) || (w->by_thread && w->thread[proc]) ||
	    !brings(&w->model, p, write) ||
	    !model_policy_of(&w->model, proc, page, &policy))
		return 0;
	if (!policy.mode)
		policy = w->model.proc[proc].policy;
	return model_allowed(&w->model, &policy, w->node[proc],
			     model_in_huge(&w->model, proc, page));
}

bool look_at_place(struct world *w, unsigned proc, unsigned page, unsigned allowed)
{
	uint64_t at = address_of(w, page);
	int node = -1;

	numasim_sys_move_pages(w->process[proc], 1, &at, &node);
	w->looks.places++;
	return (node >= 0 && allowed >> node & 1) ||
	       differ(w, "page %u of P%u came to node %d: none of %#x", page, proc, node, allowed);
}
