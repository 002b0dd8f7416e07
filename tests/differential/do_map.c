/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings: mmap(), mremap(). */
#include "differential.h"

#include <errno.h>
#include <sys/mman.h>

static const uint8_t rights[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
				 PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC, PROT_WRITE,
				 PROT_READ | PROT_WRITE | PROT_EXEC, PROT_READ | PROT_WRITE};

uint8_t rights_of(uint32_t arg)
{
	return rights[arg % 8];
}

/* What there is new, and what of it is brought at once because of locks or MAP_POPULATE. */
void map_in_model(struct world *w, const struct op *op, struct model_page like, int flags)
{
	unsigned failed;

	if (flags & MAP_LOCKED && !model_is_huge(op->page))
		like.lock = MODEL_LOCKED;
	if (w->model.proc[op->proc].future && !model_is_huge(op->page))
		like.lock = w->model.proc[op->proc].future;
	model_map(&w->model, op->proc, op->page, op->n, like);
	if (like.lock == MODEL_LOCKED || flags & MAP_POPULATE)
		model_populate(&w->model, op->proc, op->page, op->n, false, &failed);
}

/* Do it on both sides. */
static bool map(struct world *w, const struct op *op, struct model_page like, int fd)
{
	int flags = MAP_FIXED | (like.shared ? MAP_SHARED : MAP_PRIVATE) |
		    (fd < 0 ? MAP_ANONYMOUS : 0) | (model_is_huge(op->page) ? MAP_HUGETLB : 0) |
		    (op->arg >> 16 & 15 ? 0 : MAP_LOCKED) | (op->arg >> 20 & 15 ? 0 : MAP_POPULATE);
	long got = numasim_sys_mmap(w->process[op->proc], address_of(w, op->page), bytes_of(op),
				    like.prot, flags, fd, like.index * PAGE);

	if (got != (long)address_of(w, op->page))
		return differ(w, "mmap() returned %ld", got);
	map_in_model(w, op, like, flags);
	w->done = true;
	return true;
}

static bool map_shared(struct world *w, const struct op *op, struct model_page like)
{
	struct op part = *op;
	int file;

	if (part.n > FILE_PAGES)
		part.n = FILE_PAGES;
	/* what is mapped over goes first, and its file may be the one that is used again */
	model_unmap(&w->model, op->proc, op->page, part.n);
	file = model_new_file(&w->model, part.n);
	if (file < 0)
		return differ(w, "the model has no more files");
	like.file = (int16_t)file;
	like.shared = true;
	return map(w, &part, like, -1);
}

bool op_mmap(struct world *w, const struct op *op)
{
	struct model_page like = {.mapped = true, .prot = rights[op->arg % 8], .file = -1};
	struct op part = *op;
	unsigned file = op->arg >> 4 & 1;

	if (op->kind == OP_MMAP_SHARED)
		return map_shared(w, op, like);
	if (op->kind == OP_MMAP || model_is_huge(op->page))
		return map(w, op, like, -1);
	if (part.n > FILE_PAGES)
		part.n = FILE_PAGES;
	like.file = (int16_t)file;
	like.shared = op->arg >> 5 & 1;
	like.index = (uint16_t)((op->arg >> 8) % FILE_PAGES);
	return map(w, &part, like, w->fd[op->proc][file]);
}

/* v4.2+: what a locked mapping may write from now on is brought at once. */
static void protect_in_model(struct model *m, unsigned proc, unsigned page, uint8_t prot)
{
	struct model_page *p = &m->proc[proc].page[page];
	bool brought = p->lock == MODEL_LOCKED && !p->shared && !(p->prot & PROT_WRITE) &&
		       prot & PROT_WRITE && m->version >= 402;

	p->prot = prot;
	if (brought)
		model_fault_in(m, proc, page, true);
}

bool op_mprotect(struct world *w, const struct op *op)
{
	static const uint8_t some[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
				       PROT_READ | PROT_EXEC};
	uint8_t prot = some[op->arg % 4];
	long got = numasim_sys_mprotect(w->process[op->proc], address_of(w, op->page), bytes_of(op),
					prot);
	unsigned n = mapped_run(w, op); /* all before the first hole */

	for (unsigned i = op->page; i < op->page + n; i++)
		protect_in_model(&w->model, op->proc, i, prot);
	w->done = !got;
	return got == (n == op->n ? 0 : -ENOMEM) || differ(w, "mprotect() returned %ld", got);
}

/* The break moves by whole pages; from v6.1 on not down over nothing but holes. */
bool op_brk(struct world *w, const struct op *op)
{
	struct model_page like = {.mapped = true, .prot = PROT_READ | PROT_WRITE, .file = -1};
	struct model_proc *proc = &w->model.proc[op->proc];
	unsigned from = proc->break_pages, to = op->arg % HEAP_PAGES;
	struct op range = {.proc = op->proc, .page = (uint16_t)(HEAP_FIRST + from)};
	bool moves = true;
	long got;

	if (to > from) {
		range.n = (uint16_t)(to - from);
		moves = model_free(&w->model, op->proc, range.page, range.n + 1);
		if (moves)
			map_in_model(w, &range, like, 0);
	} else if (to < from) {
		moves = w->model.version < 601 || !model_free(&w->model, op->proc, HEAP_FIRST + to,
							      from - to);
		model_unmap(&w->model, op->proc, HEAP_FIRST + to, from - to);
	}
	w->done = moves && to != from;
	if (moves)
		proc->break_pages = (uint16_t)to;
	got = numasim_sys_brk(w->process[op->proc], w->heap + to * PAGE);
	return got == (long)(w->heap + proc->break_pages * PAGE) ||
	       differ(w, "brk() to page %u returned page %ld", to, (got - (long)w->heap) / 4096);
}

unsigned alike(const struct world *w, unsigned proc, unsigned page, unsigned n)
{
	const struct model_page *p = &w->model.proc[proc].page[page];
	unsigned k = 1;

	while (k < n && page + k < end_of_region(page) && p[k].mapped && p[k].prot == p->prot &&
	       p[k].shared == p->shared && p[k].file == p->file && p[k].lock == p->lock &&
	       model_policy_same(&p[k].policy, &p->policy) &&
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
 * (mappings with families of their own do not merge): then the kernel says -EFAULT, and nothing may
 * change.
 */
bool op_mremap(struct world *w, const struct op *op)
{
	bool mapped = w->model.proc[op->proc].page[op->page].mapped;
	unsigned most = op->arg & 1 ? 1 : op->n; /* one page is one mapping */
	unsigned n = mapped ? alike(w, op->proc, op->page, most) : op->n;
	unsigned new_n = 1 + op->other % 64;
	bool free;
	long got;

	if (model_is_huge(op->page) || op->page + new_n > end_of_region(op->page))
		return true;
	got = numasim_sys_mremap(w->process[op->proc], address_of(w, op->page), n * PAGE,
				 new_n * PAGE, 0, 0);
	if (!mapped)
		return shrank_nothing(w, op, n, new_n, got);
	free = new_n <= n || model_free(&w->model, op->proc, op->page + n, new_n - n);
	if (new_n >= n && got == -EFAULT && maybe_several(n))
		return true;
	if (!free)
		return got == -ENOMEM ||
		       differ(w, "mremap() into what is mapped returned %ld", got);
	if (got != (long)address_of(w, op->page))
		return differ(w, "mremap() in place to %u pages returned %ld", new_n, got);
	w->done = new_n > n;
	if (new_n < n)
		model_unmap(&w->model, op->proc, op->page + new_n, n - new_n);
	else
		model_move(&w->model, op->proc, op->page, n, op->page, new_n, false);
	return true;
}

/* Elsewhere, where nothing is: MREMAP_FIXED, by the argument with MREMAP_DONTUNMAP. */
bool op_move(struct world *w, const struct op *op)
{
	const struct model_page *p = &w->model.proc[op->proc].page[op->page];
	bool keep = op->arg & 1 && p->file < 0 && !p->shared;
	unsigned n = p->mapped ? alike(w, op->proc, op->page, op->n) : op->n, new_n;
	long got;

	new_n = keep ? n : n + (op->arg >> 1) % 3;
	if (!p->mapped || model_is_huge(op->page) || op->other + new_n > WINDOW_PAGES ||
	    !model_free(&w->model, op->proc, op->other, new_n))
		return true;
	if (p->no_fork || p->wipe)
		keep = false;
	got = numasim_sys_mremap(w->process[op->proc], address_of(w, op->page), n * PAGE,
				 new_n * PAGE,
				 MREMAP_MAYMOVE | MREMAP_FIXED | (keep ? MREMAP_DONTUNMAP : 0),
				 address_of(w, op->other));
	if ((got == -EFAULT && maybe_several(n)) || (keep && !w->strict && got == -EINVAL))
		return true;
	if (got != (long)address_of(w, op->other))
		return differ(w, "mremap() to page %u returned %ld", op->other, got);
	model_move(&w->model, op->proc, op->page, n, op->other, new_n, keep);
	w->done = true;
	return true;
}
