/* SPDX-License-Identifier: BSD-2-Clause */
/* Files past their mappings, marks of accesses, and references that devices keep. */
#include "differential.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

bool op_truncate(struct world *w, const struct op *op)
{
	unsigned file = op->arg & 1, pages = op->other % (FILE_PAGES + 1);
	long got = numasim_sys_ftruncate(w->process[op->proc], w->fd[op->proc][file],
					 (int64_t)(pages * PAGE));

	model_truncate(&w->model, file, pages);
	w->done = !got;
	return !got || differ(w, "ftruncate() returned %ld", got);
}

static bool file_read(struct world *w, const struct op *op, unsigned file, unsigned page)
{
	struct model_file *f = &w->model.file[file];
	long expected = page < f->pages ? 8 : 0, got;
	uint64_t word = 0;

	got = numasim_sys_pread(w->process[op->proc], w->fd[op->proc][file], &word, sizeof(word),
				page * PAGE);
	w->done = got == 8;
	if (w->done)
		f->settled[page] = true; /* read from the disk */
	if (got != expected)
		return differ(w, "pread() returned %ld instead of %ld", got, expected);
	return !got || word == f->word[page] ||
	       differ(w, "pread() of page %u found %#llx instead of %#llx", page,
		      (unsigned long long)word, (unsigned long long)f->word[page]);
}

static bool file_write(struct world *w, const struct op *op, unsigned file, unsigned page)
{
	struct model_file *f = &w->model.file[file];
	uint64_t word = ++w->stores;
	long got;

	if (page >= f->pages)
		return true; /* the size would be no whole number of pages */
	got = numasim_sys_pwrite(w->process[op->proc], w->fd[op->proc][file], &word, sizeof(word),
				 page * PAGE);
	f->word[page] = word;
	f->settled[page] = true;
	w->done = got == 8;
	return w->done || differ(w, "pwrite() returned %ld", got);
}

bool op_file(struct world *w, const struct op *op)
{
	unsigned file = op->arg & 1, page = op->other % FILE_PAGES;
	long got;

	if (op->kind == OP_PREAD)
		return file_read(w, op, file, page);
	if (op->kind == OP_PWRITE)
		return file_write(w, op, file, page);
	got = numasim_sys_fsync(w->process[op->proc], w->fd[op->proc][file]);
	w->done = !got;
	return !got || differ(w, "fsync() returned %ld", got);
}

/* Nothing of it shows in memory. */
bool op_clear_refs(struct world *w, const struct op *op)
{
	char text[2] = {(char)('1' + op->arg % 4), 0};
	bool known = text[0] < '4' || w->model.version >= 311;
	long got = numasim_write_file(w->process[op->proc], "/proc/self/clear_refs", text);

	w->done = !got;
	return got == (known ? 0 : -EINVAL) || differ(w, "clear_refs %s: %ld", text, got);
}

/* What the device that holds @op->page finds there. */
static bool look_at_device(struct world *w, const struct op *op, uint64_t word, const char *when)
{
	struct numasim_process *p = w->process[op->proc];
	uint64_t found = 0;
	long got = numasim_dma_read(p, &found, p, address_of(w, op->page));

	return (!got && found == word) ||
	       differ(w, "a device finds %#llx in page %u %s instead of %#llx (%ld)",
		      (unsigned long long)found, op->page, when, (unsigned long long)word, got);
}

/* While the device holds it: a child comes, others store, the page goes. */
static bool hold(struct world *w, const struct op *op, uint64_t word)
{
	struct op fork = {.kind = OP_FORK, .proc = op->proc};

	if (op->arg >> 8 & 1 && !op_fork(w, &fork))
		return false;
	if (!look_at_device(w, op, word, "after fork()"))
		return false;
	for (unsigned k = 0; op->arg >> 9 & 1 && k < MODEL_PROCS; k++)
		if (k != op->proc && w->model.proc[k].alive && !op_store(w, k, op->page))
			return false;
	if (!look_at_device(w, op, word, "after others stored"))
		return false;
	if (!(op->arg >> 10 & 1))
		return true;
	model_unmap(&w->model, op->proc, op->page, 1);
	if (numasim_sys_munmap(w->process[op->proc], address_of(w, op->page), PAGE))
		return differ(w, "munmap() of a page that a device holds");
	return look_at_device(w, op, word, "after munmap()");
}

/* A device takes a private page for writing, and keeps it while things happen. */
bool op_gup(struct world *w, const struct op *op)
{
	const struct model_page *page = &w->model.proc[op->proc].page[op->page];
	struct numasim_process *p = w->process[op->proc];
	unsigned flags = NUMASIM_GUP_WRITE | (op->arg & 1 ? NUMASIM_GUP_PIN : 0);
	uint64_t at = address_of(w, op->page);
	long got;

	if (model_is_huge(op->page) || !page->mapped || page->shared ||
	    !(page->prot & PROT_WRITE) || !op_store(w, op->proc, op->page))
		return !*w->why;
	if (!page->own)
		return true; /* beyond the end of its file */
	w->done = false;
	got = numasim_gup(p, p, at, flags);
	if (got)
		return differ(w, "gup() returned %ld", got);
	if (!hold(w, op, page->own ? page->word : w->stores))
		return false;
	got = numasim_gup_put(p, p, at);
	w->done = !got;
	return !got || differ(w, "putting a page back: %ld", got);
}
