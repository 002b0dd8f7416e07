/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a range that is mapped: madvise(), mlock(), policies. */
#include "differential.h"

#include <errno.h>
#include <sys/mman.h>

#define POPULATE_READ  22
#define POPULATE_WRITE 23
#define COLD	       20
#define PAGEOUT	       21
#define WIPEONFORK     18
#define KEEPONFORK     19

static const int advices[] = {MADV_DONTNEED, MADV_FREE, COLD, PAGEOUT, POPULATE_READ,
			      POPULATE_WRITE, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_DONTFORK,
			      MADV_DOFORK, WIPEONFORK, KEEPONFORK, MADV_NORMAL, PAGEOUT,
			      MADV_DONTNEED, MADV_SEQUENTIAL};

static bool any(const struct world *w, const struct op *op, bool (*is)(const struct model_page *p))
{
	for (unsigned i = op->page; i < op->page + op->n; i++)
		if (is(&w->model.proc[op->proc].page[i]))
			return true;
	return false;
}

static bool is_locked(const struct model_page *p)
{
	return p->locked;
}

static bool not_private_anonymous(const struct model_page *p)
{
	return p->file >= 0 || p->shared;
}

/* Faulting it in for writing copies what the file holds now. */
static bool is_private_file(const struct model_page *p)
{
	return p->file >= 0 && !p->shared;
}

/* Or beyond the end of its file. */
static bool not_readable(const struct model_page *p)
{
	return !(p->prot & PROT_READ) || p->file >= 0;
}

static bool not_writable(const struct model_page *p)
{
	return !(p->prot & PROT_WRITE) || p->file >= 0;
}

/* What the call must return for a range that is mapped without holes. 1: either. */
static int verdict(const struct world *w, const struct op *op, int advice)
{
	bool locked = any(w, op, is_locked), other = any(w, op, not_private_anonymous);

	switch (advice) {
	case MADV_DONTNEED:
	case COLD:
	case PAGEOUT:
		return locked ? 1 : 0; /* the mappings before the first locked one are done */
	case MADV_FREE:
		return locked || other ? 1 : 0;
	case WIPEONFORK:
		return other ? 1 : 0;
	case POPULATE_READ:
		return any(w, op, not_readable) ? 1 : 0;
	case POPULATE_WRITE:
		return any(w, op, not_writable) ? 1 : 0;
	default:
		return 0;
	}
}

static void apply(struct world *w, const struct op *op, int advice)
{
	struct model_page *p = &w->model.proc[op->proc].page[op->page];

	switch (advice) {
	case MADV_DONTNEED:
		model_dontneed(&w->model, op->proc, op->page, op->n);
		return;
	case MADV_FREE:
		model_lazyfree(&w->model, op->proc, op->page, op->n);
		return;
	}
	for (unsigned i = 0; i < op->n; i++) {
		if (advice == MADV_DONTFORK || advice == MADV_DOFORK)
			p[i].no_fork = advice == MADV_DONTFORK;
		if (advice == WIPEONFORK || advice == KEEPONFORK)
			p[i].wipe = advice == WIPEONFORK;
	}
}

bool op_madvise(struct world *w, const struct op *op)
{
	int advice = advices[op->arg % 16], expected;
	long got;

	if (!model_mapped(&w->model, op->proc, op->page, op->n))
		return true; /* what comes before a hole is done: where it ends is a VMA's affair */
	expected = verdict(w, op, advice);
	if (expected && (advice == MADV_DONTNEED || advice == MADV_FREE || advice == WIPEONFORK))
		return true; /* would be done in part */
	if (advice == POPULATE_WRITE && any(w, op, is_private_file))
		return true; /* how much would be copied? */
	got = numasim_sys_madvise(w->process[op->proc], address_of(op->page), op->n * PAGE, advice);
	if (got == -EINVAL && !w->strict)
		return true;
	if (!expected && got)
		return differ(w, "madvise(%d) returned %ld", advice, got);
	if (!got)
		apply(w, op, advice);
	return true;
}

bool op_mlock(struct world *w, const struct op *op)
{
	struct numasim_process *p = w->process[op->proc];
	bool lock = op->kind == OP_MLOCK;
	long got;

	if (!model_mapped(&w->model, op->proc, op->page, op->n) || any(w, op, is_private_file))
		return true;
	got = lock ? numasim_sys_mlock(p, address_of(op->page), op->n * PAGE)
		   : numasim_sys_munlock(p, address_of(op->page), op->n * PAGE);
	/* -ENOMEM, -EAGAIN: locked, but not all could be faulted in (no rights, beyond the end) */
	if (got && (!lock || (got != -ENOMEM && got != -EAGAIN)))
		return differ(w, "%s() returned %ld", op_name(op->kind), got);
	for (unsigned i = 0; i < op->n; i++)
		w->model.proc[op->proc].page[op->page + i].locked = lock;
	return true;
}

#define MPOL_MODES 5 /* default, preferred, bind, interleave, local */

static bool bind_range(struct world *w, const struct op *op, int mode, unsigned long nodes)
{
	long got = numasim_sys_mbind(w->process[op->proc], address_of(op->page), op->n * PAGE, mode,
				     nodes ? &nodes : NULL, nodes ? 64 : 0, 0);

	if (got)
		return differ(w, "mbind(%d, %#lx) returned %ld", mode, nodes, got);
	for (unsigned i = 0; i < op->n; i++) {
		struct model_page *p = &w->model.proc[op->proc].page[op->page + i];

		p->policy = (uint8_t)mode;
		p->nodes = (uint8_t)nodes;
	}
	return true;
}

bool op_policy(struct world *w, const struct op *op)
{
	int mode = (int)(op->arg % MPOL_MODES);
	unsigned long nodes = mode == 0 || mode == 4 ? 0 : 1 + (op->arg >> 3) % 3;
	long got;

	if (op->kind == OP_MBIND)
		return !model_mapped(&w->model, op->proc, op->page, op->n) ||
		       bind_range(w, op, mode, nodes);
	got = numasim_sys_set_mempolicy(w->process[op->proc], mode, nodes ? &nodes : NULL,
					nodes ? 64 : 0);
	return !got || differ(w, "set_mempolicy(%d, %#lx) returned %ld", mode, nodes, got);
}
