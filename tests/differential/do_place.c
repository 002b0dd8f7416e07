/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings that go where the kernel puts them. */
#include "differential.h"

#include <errno.h>
#include <sys/mman.h>

#define NOREPLACE 0x100000 /* MAP_FIXED_NOREPLACE; before v4.17 an address without it is a wish */

/* The highest room for @n pages: from the top downwards. Negative: none that the model has. */
static int highest_room(const struct world *w, unsigned proc, unsigned n)
{
	for (int page = HUGE_FIRST - (int)n; page >= TOP_FIRST; page--)
		if (model_free(&w->model, proc, (unsigned)page, n))
			return page;
	return -1;
}

/* Anonymous or of a file, and not large enough to be aligned for huge pages. */
static struct model_page what(struct op *part)
{
	struct model_page like = {.mapped = true, .prot = rights_of(part->arg), .file = -1};

	if (part->n > FILE_PAGES)
		part->n = FILE_PAGES;
	if (!(part->arg >> 22 & 1))
		return like;
	like.file = part->arg >> 4 & 1;
	like.shared = part->arg >> 5 & 1;
	like.index = (uint16_t)((part->arg >> 8) % FILE_PAGES);
	return like;
}

/* Where @op is to come out: a page, or an error, or 1 << 20: not a question to ask. */
#define NOT_ASKED (1 << 20)
static int place_for(const struct world *w, const struct op *op)
{
	bool free = op->kind != OP_ANYWHERE && model_free(&w->model, op->proc, op->page, op->n);
	int room = highest_room(w, op->proc, op->n);

	if (free)
		return op->page;
	if (op->kind == OP_NOREPLACE && w->model.version >= 417)
		return -EEXIST;
	return room < 0 ? NOT_ASKED : room;
}

bool op_place(struct world *w, const struct op *op)
{
	struct op part = *op;
	struct model_page like = what(&part);
	int flags = (like.shared ? MAP_SHARED : MAP_PRIVATE) | (like.file < 0 ? MAP_ANONYMOUS : 0) |
		    (op->arg >> 16 & 15 ? 0 : MAP_LOCKED) |
		    (op->kind == OP_NOREPLACE ? NOREPLACE : 0);
	int fd = like.file < 0 ? -1 : w->fd[op->proc][like.file], place;
	long got, expected;

	if (model_is_huge(op->page))
		return true;
	place = place_for(w, &part);
	if (place == NOT_ASKED)
		return true;
	expected = place < 0 ? place : (long)address_of(w, (unsigned)place);
	got = numasim_sys_mmap(w->process[op->proc],
			       op->kind == OP_ANYWHERE ? 0 : address_of(w, op->page),
			       part.n * PAGE, like.prot, flags, fd, like.index * PAGE);
	if (got != expected)
		return differ(w, "mmap() of %u pages returned %#lx instead of %#lx", part.n, got,
			      expected);
	if (place < 0)
		return true;
	part.page = (uint16_t)place;
	map_in_model(w, &part, like, flags);
	w->done = true;
	return true;
}

/* Larger: in place if nothing is behind, else where there is room. */
bool op_maymove(struct world *w, const struct op *op)
{
	const struct model *m = &w->model;
	unsigned more = 1 + op->other % 16, n;
	int to;
	long got;

	if (model_is_huge(op->page) || !m->proc[op->proc].page[op->page].mapped)
		return true;
	n = alike(w, op->proc, op->page, op->n > FILE_PAGES ? FILE_PAGES : op->n);
	if (op->page + n + more > end_of_region(op->page))
		return true;
	to = model_free(m, op->proc, op->page + n, more) ? op->page
							 : highest_room(w, op->proc, n + more);
	if (to < 0)
		return true;
	got = numasim_sys_mremap(w->process[op->proc], address_of(w, op->page), n * PAGE,
				 (n + more) * PAGE, MREMAP_MAYMOVE, 0);
	if (got == -EFAULT && maybe_several(n))
		return true;
	if (got != (long)address_of(w, (unsigned)to))
		return differ(w, "mremap() of %u pages returned %#lx instead of page %d", n, got,
			      to);
	model_move(&w->model, op->proc, op->page, n, (unsigned)to, n + more, false);
	w->done = true;
	return true;
}
