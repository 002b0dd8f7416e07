/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"

#include <string.h>
#include <sys/mman.h>

static bool beyond_end(const struct model *m, const struct model_page *p)
{
	return p->file >= 0 && p->index >= m->file[p->file].pages;
}

bool model_load(const struct model *m, unsigned proc, unsigned page, uint64_t *word, bool *or_zero)
{
	const struct model_page *p = &m->proc[proc].page[page];

	if (!p->mapped || !p->prot || beyond_end(m, p))
		return false;
	*word = p->file >= 0 && !p->own ? m->file[p->file].word[p->index] : p->word;
	*or_zero = p->maybe_zero;
	return true;
}

bool model_store(struct model *m, unsigned proc, unsigned page, uint64_t word)
{
	struct model_page *p = &m->proc[proc].page[page];

	if (!p->mapped || !(p->prot & PROT_WRITE) || beyond_end(m, p))
		return false;
	if (p->file >= 0 && !p->own)
		m->file[p->file].settled[p->index] = true; /* to be copied */
	if (p->shared) {
		m->file[p->file].word[p->index] = word;
		return true;
	}
	p->own = true;
	p->word = word;
	p->maybe_zero = false;
	return true;
}

void model_loaded(struct model *m, unsigned proc, unsigned page, uint64_t word)
{
	struct model_page *p = &m->proc[proc].page[page];

	if (p->maybe_zero && !word) {
		p->word = 0;
		p->maybe_zero = false;
	}
}

void model_map(struct model *m, unsigned proc, unsigned first, unsigned n, struct model_page like)
{
	for (unsigned i = 0; i < n; i++) {
		m->proc[proc].page[first + i] = like;
		like.index++;
	}
}

void model_unmap(struct model *m, unsigned proc, unsigned first, unsigned n)
{
	memset(&m->proc[proc].page[first], 0, n * sizeof(struct model_page));
}

bool model_mapped(const struct model *m, unsigned proc, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		if (!m->proc[proc].page[i].mapped)
			return false;
	return true;
}

bool model_free(const struct model *m, unsigned proc, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		if (m->proc[proc].page[i].mapped)
			return false;
	return true;
}

static void empty(struct model_page *p)
{
	p->own = p->maybe_zero = p->settled = false;
	p->word = 0;
}

void model_dontneed(struct model *m, unsigned proc, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		empty(&m->proc[proc].page[i]);
}

void model_lazyfree(struct model *m, unsigned proc, unsigned first, unsigned n)
{
	for (unsigned i = first; i < first + n; i++)
		m->proc[proc].page[i].maybe_zero = true;
}

void model_move(struct model *m, unsigned proc, unsigned from, unsigned n, unsigned to,
		unsigned new_n, bool keep)
{
	struct model_page moved[WINDOW_PAGES], more;
	unsigned failed;

	memcpy(moved, &m->proc[proc].page[from], n * sizeof(moved[0]));
	if (keep)
		model_dontneed(m, proc, from, n);
	else
		model_unmap(m, proc, from, n);
	for (unsigned i = from; keep && i < from + n; i++)
		m->proc[proc].page[i].lock = MODEL_UNLOCKED;
	memcpy(&m->proc[proc].page[to], moved, (n < new_n ? n : new_n) * sizeof(moved[0]));
	if (new_n <= n)
		return;
	more = moved[n - 1];
	empty(&more);
	more.index++;
	model_map(m, proc, to + n, new_n - n, more);
	if (more.lock == MODEL_LOCKED)
		model_populate(m, proc, to + n, new_n - n, false, &failed);
}

void model_fork(struct model *m, unsigned parent, unsigned child)
{
	struct model_proc *to = &m->proc[child];

	*to = m->proc[parent];
	to->future = MODEL_UNLOCKED;
	for (unsigned i = 0; i < MODEL_PAGES; i++) {
		struct model_page *p = &to->page[i];

		p->lock = MODEL_UNLOCKED;
		if (p->no_fork)
			memset(p, 0, sizeof(*p));
		else if (p->wipe && m->wrong != MODEL_FORGETS_WIPE)
			model_dontneed(m, child, i, 1);
	}
}

void model_truncate(struct model *m, unsigned file, unsigned pages)
{
	struct model_file *f = &m->file[file];

	f->pages = pages;
	for (unsigned i = pages; i < FILE_PAGES; i++) {
		f->word[i] = 0;
		f->settled[i] = false;
	}
	for (unsigned k = 0; k < MODEL_PROCS; k++)
		for (unsigned i = 0; i < MODEL_PAGES; i++) {
			struct model_page *p = &m->proc[k].page[i];

			if (p->mapped && p->file == (int)file && p->index >= pages)
				model_dontneed(m, k, i, 1);
		}
}

void model_hole(struct model *m, unsigned file, unsigned index)
{
	if (index < FILE_PAGES) {
		m->file[file].word[index] = 0;
		m->file[file].settled[index] = false;
	}
	for (unsigned k = 0; k < MODEL_PROCS; k++)
		for (unsigned i = 0; i < MODEL_PAGES; i++) {
			struct model_page *p = &m->proc[k].page[i];

			if (p->mapped && p->file == (int)file && p->index == index && !p->own)
				p->settled = false;
		}
}

static bool file_used(const struct model *m, int file)
{
	for (unsigned k = 0; k < MODEL_PROCS; k++)
		for (unsigned i = 0; m->proc[k].alive && i < MODEL_PAGES; i++)
			if (m->proc[k].page[i].mapped && m->proc[k].page[i].file == file)
				return true;
	return false;
}

/* One that is mapped nowhere any more is as good as new. */
int model_new_file(struct model *m, unsigned pages)
{
	for (int i = DISK_FILE + 1; i < MODEL_FILES; i++)
		if (!m->file[i].used || !file_used(m, i)) {
			memset(&m->file[i], 0, sizeof(m->file[i]));
			m->file[i].used = true;
			m->file[i].pages = pages;
			return i;
		}
	return -1;
}

/* The page is there, and may have come in one piece with those around it. */
static void settle(struct model *m, unsigned proc, unsigned page)
{
	struct model_page *p = m->proc[proc].page;

	p[page].settled = true;
	if (!model_in_huge(m, proc, page))
		return;
	for (unsigned i = page & ~511u; i <= (page | 511u); i++)
		p[i].settled = true;
}

bool model_fault_in(struct model *m, unsigned proc, unsigned page, bool write)
{
	struct model_page *p = &m->proc[proc].page[page];

	if (beyond_end(m, p))
		return false;
	if (p->file >= 0 && !p->own)
		m->file[p->file].settled[p->index] = true;
	if (write && !p->settled)
		settle(m, proc, page);
	if (write && !p->shared && p->file >= 0 && !p->own && m->wrong != MODEL_FORGETS_COPY) {
		p->own = true;
		p->word = m->file[p->file].word[p->index];
	}
	return true;
}

bool model_populate(struct model *m, unsigned proc, unsigned first, unsigned n, bool stop,
		    unsigned *failed)
{
	bool fine = true;

	for (unsigned i = first; i < first + n; i++) {
		const struct model_page *p = &m->proc[proc].page[i];

		if (!p->mapped || p->lock == MODEL_ON_FAULT)
			continue;
		if (p->prot && model_fault_in(m, proc, i, p->prot & PROT_WRITE && !p->shared))
			continue;
		if (fine)
			*failed = i;
		fine = false;
		if (stop)
			break;
	}
	return fine;
}
