/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings: mmap(), mremap(). */
#include "differential.h"

#include <errno.h>
#include <sys/mman.h>

static const uint8_t rights[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
				 PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC, PROT_WRITE,
				 PROT_READ | PROT_WRITE | PROT_EXEC, PROT_READ | PROT_WRITE};

static bool mapped_as(struct world *w, const struct op *op, long got, struct model_page like)
{
	if (got != (long)address_of(op->page))
		return differ(w, "mmap() returned %ld", got);
	model_map(&w->model, op->proc, op->page, op->n, like);
	return true;
}

static long map(struct world *w, const struct op *op, int prot, int flags, int fd, uint64_t offset)
{
	return numasim_sys_mmap(w->process[op->proc], address_of(op->page), op->n * PAGE, prot,
				flags | MAP_FIXED, fd, offset);
}

bool op_mmap(struct world *w, const struct op *op)
{
	struct model_page like = {.mapped = true, .prot = rights[op->arg % 8], .file = -1};
	struct op part = *op;
	unsigned file = op->arg >> 4 & 1;

	if (op->kind == OP_MMAP)
		return mapped_as(w, op, map(w, op, like.prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
				 like);
	if (part.n > FILE_PAGES)
		part.n = FILE_PAGES;
	if (op->kind == OP_MMAP_SHARED) {
		/* what is mapped over goes first, and its file may be the one that is used again */
		model_unmap(&w->model, op->proc, op->page, part.n);
		like.file = (int16_t)model_new_file(&w->model, part.n);
		like.shared = true;
		return mapped_as(w, &part,
				 map(w, &part, like.prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0), like);
	}
	like.file = (int16_t)file;
	like.shared = op->arg >> 5 & 1;
	like.index = (uint16_t)((op->arg >> 8) % FILE_PAGES);
	return mapped_as(w, &part, map(w, &part, like.prot, like.shared ? MAP_SHARED : MAP_PRIVATE,
				       w->fd[op->proc][file], like.index * PAGE), like);
}

/* The longest stretch from @page on, at most @n, that is surely one mapping by what the model
 * knows. */
static unsigned alike(const struct world *w, unsigned proc, unsigned page, unsigned n)
{
	const struct model_page *p = &w->model.proc[proc].page[page];
	unsigned k = 1;

	while (k < n && page + k < WINDOW_PAGES && p[k].mapped && p[k].prot == p->prot &&
	       p[k].shared == p->shared && p[k].file == p->file && p[k].locked == p->locked &&
	       p[k].policy == p->policy && p[k].nodes == p->nodes &&
	       p[k].no_fork == p->no_fork && p[k].wipe == p->wipe &&
	       (p->file < 0 || p[k].index == p->index + k))
		k++;
	return k;
}

/* Once a smaller size needed no mapping to begin with: what is cut off is unmapped. */
static bool shrank_nothing(struct world *w, const struct op *op, unsigned n, unsigned new_n,
			   long got)
{
	if (got == -EFAULT)
		return true;
	if (w->strict || new_n > n)
		return differ(w, "mremap() of nothing returned %ld", got);
	model_unmap(&w->model, op->proc, op->page + new_n, n - new_n);
	return true;
}

/*
 * In place: smaller, or larger if nothing is behind. What looks like one mapping can be several
 * (mappings with families of their own do not merge): then the kernel says -EFAULT, or -ENOMEM for
 * what grows in the middle, and nothing may change.
 */
bool op_mremap(struct world *w, const struct op *op)
{
	unsigned n = w->model.proc[op->proc].page[op->page].mapped
			     ? alike(w, op->proc, op->page, op->n) : op->n;
	unsigned new_n = 1 + op->other % 64;
	long got;

	if (op->page + new_n > WINDOW_PAGES || op->page + n > WINDOW_PAGES)
		return true;
	got = numasim_sys_mremap(w->process[op->proc], address_of(op->page), n * PAGE,
				 new_n * PAGE, 0, 0);
	if (!w->model.proc[op->proc].page[op->page].mapped)
		return shrank_nothing(w, op, n, new_n, got);
	if (new_n > n && (got == -EFAULT || got == -ENOMEM || got == -EAGAIN))
		return true;
	if (new_n == n && got == -EFAULT)
		return true;
	if (got != (long)address_of(op->page))
		return differ(w, "mremap() in place to %u pages returned %ld", new_n, got);
	if (new_n < n)
		model_unmap(&w->model, op->proc, op->page + new_n, n - new_n);
	else if (!model_free(&w->model, op->proc, op->page + n, new_n - n))
		return differ(w, "mremap() grew into another mapping");
	else
		model_move(&w->model, op->proc, op->page, n, op->page, new_n, false);
	return true;
}

/* Elsewhere, where nothing is: MREMAP_FIXED, by the argument with MREMAP_DONTUNMAP. */
bool op_move(struct world *w, const struct op *op)
{
	const struct model_page *p = &w->model.proc[op->proc].page[op->page];
	bool keep = op->arg & 1 && p->file < 0 && !p->shared && !p->locked;
	unsigned n = p->mapped ? alike(w, op->proc, op->page, op->n) : op->n, new_n;
	long got;

	new_n = keep ? n : n + (op->arg >> 1) % 3;
	if (!p->mapped || op->other + new_n > WINDOW_PAGES ||
	    !model_free(&w->model, op->proc, op->other, new_n))
		return true;
	if (p->no_fork || p->wipe)
		keep = false;
	got = numasim_sys_mremap(w->process[op->proc], address_of(op->page), n * PAGE,
				 new_n * PAGE,
				 MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0),
				 address_of(op->other));
	if (got == -EFAULT || (keep && !w->strict && got == -EINVAL))
		return true;
	if (got != (long)address_of(op->other))
		return differ(w, "mremap() to page %u returned %ld", op->other, got);
	model_move(&w->model, op->proc, op->page, n, op->other, new_n, keep);
	return true;
}
