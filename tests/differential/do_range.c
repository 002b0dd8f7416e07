/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a range that is mapped: madvise(), mlock(). And /proc/PID/mem. */
#include "differential.h"

#include <errno.h>
#include <sys/mman.h>

#define WIPEONFORK	18
#define KEEPONFORK	19
#define COLD		20
#define PAGEOUT		21
#define POPULATE_READ	22
#define POPULATE_WRITE	23
#define DONTNEED_LOCKED 24

#define DISK_FILE 1 /* file 0 and shared anonymous memory are in memory */

static const int advices[] = {MADV_DONTNEED, MADV_FREE, COLD, PAGEOUT, POPULATE_READ,
			      POPULATE_WRITE, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_DONTFORK,
			      MADV_DOFORK, WIPEONFORK, KEEPONFORK, MADV_NORMAL, PAGEOUT,
			      MADV_DONTNEED, DONTNEED_LOCKED, MADV_REMOVE};
#define ADVICES (sizeof(advices) / sizeof(*advices))

/* The release that a kind of advice came with. */
static unsigned since(int advice)
{
	switch (advice) {
	case MADV_FREE: return 405;
	case WIPEONFORK:
	case KEEPONFORK: return 414;
	case COLD:
	case PAGEOUT: return 504;
	case POPULATE_READ:
	case POPULATE_WRITE: return 514;
	case DONTNEED_LOCKED: return 518;
	default: return 0;
	}
}

/* What the page has against the advice: 0, or an error. */
static int objection(const struct world *w, unsigned page, const struct model_page *p, int advice)
{
	bool past_end = p->file >= 0 && p->index >= w->model.file[p->file].pages;
	bool huge = model_is_huge(page);

	switch (advice) {
	case MADV_DONTNEED:
	case DONTNEED_LOCKED:
		if (huge && w->model.version < 518)
			return -EINVAL;
		return p->lock && advice == MADV_DONTNEED ? -EINVAL : 0;
	case COLD:
	case PAGEOUT:
		return p->lock || huge ? -EINVAL : 0;
	case MADV_FREE:
		return p->lock || p->file >= 0 || huge ? -EINVAL : 0;
	case WIPEONFORK:
		return p->file >= 0 || huge ? -EINVAL : 0;
	case MADV_REMOVE:
		if (p->lock || (p->file < 0 && !huge))
			return -EINVAL;
		return !p->shared ? -EACCES : huge || p->file == DISK_FILE ? -EOPNOTSUPP : 0;
	case POPULATE_READ:
		return !(p->prot & PROT_READ) ? -EINVAL : past_end ? -EFAULT : 0;
	case POPULATE_WRITE:
		return !(p->prot & PROT_WRITE) ? -EINVAL : past_end ? -EFAULT : 0;
	default:
		return 0;
	}
}

static void apply(struct model *m, unsigned proc, unsigned page, int advice)
{
	struct model_page *p = &m->proc[proc].page[page];

	switch (advice) {
	case MADV_DONTNEED:
	case DONTNEED_LOCKED:
		model_dontneed(m, proc, page, 1);
		break;
	case MADV_FREE:
		model_lazyfree(m, proc, page, 1);
		break;
	case MADV_REMOVE:
		model_hole(m, (unsigned)p->file, p->index);
		break;
	case POPULATE_READ:
	case POPULATE_WRITE:
		model_fault_in(m, proc, page, advice == POPULATE_WRITE);
		break;
	case MADV_DONTFORK:
	case MADV_DOFORK:
		p->no_fork = advice == MADV_DONTFORK;
		break;
	case WIPEONFORK:
	case KEEPONFORK:
		p->wipe = advice == WIPEONFORK;
		break;
	}
}

/* Huge pages: when a mapping cannot have them varies much by release, and nobody sees it here. */
static bool about_thp(int advice)
{
	return advice == MADV_HUGEPAGE || advice == MADV_NOHUGEPAGE;
}

/* Page by page, to the first that the kernel objects to: that is where a mapping begins. */
bool op_madvise(struct world *w, const struct op *op)
{
	const struct model_page *p = w->model.proc[op->proc].page;
	int advice = advices[op->arg % ADVICES], expected = 0;
	unsigned n = mapped_run(w, op);
	struct op range = *op;
	long got;

	range.n = (uint16_t)(n ? n : 1);
	if (w->model.version < since(advice))
		expected = -EINVAL;
	else if (!n)
		expected = -ENOMEM;
	for (unsigned i = op->page; i < op->page + n && !expected; i++) {
		expected = objection(w, i, &p[i], advice);
		if (!expected)
			apply(&w->model, op->proc, i, advice);
	}
	got = numasim_sys_madvise(w->process[op->proc], address_of(w, op->page), bytes_of(&range),
				  advice);
	w->done = !got;
	return got == expected || (n && about_thp(advice) && got == -EINVAL) ||
	       differ(w, "madvise(%d) returned %ld instead of %d", advice, got, expected);
}

/* ---- locks ---- */

static void set_lock(struct model *m, unsigned proc, unsigned first, unsigned n,
		     enum model_lock lock)
{
	for (unsigned i = first; i < first + n; i++)
		if (!model_is_huge(i))
			m->proc[proc].page[i].lock = (uint8_t)lock;
}

bool op_mlock(struct world *w, const struct op *op)
{
	struct numasim_process *p = w->process[op->proc];
	bool on_fault = op->kind == OP_MLOCK && !(op->arg & 3) && w->model.version >= 404;
	unsigned n = mapped_run(w, op), failed;
	uint64_t at = address_of(w, op->page);
	struct op range = *op;
	long got, expected = 0;

	range.n = (uint16_t)(n ? n : 1);
	if (op->kind == OP_MUNLOCK) {
		set_lock(&w->model, op->proc, op->page, n, MODEL_UNLOCKED);
		got = numasim_sys_munlock(p, at, bytes_of(&range));
	} else {
		set_lock(&w->model, op->proc, op->page, n,
			 on_fault ? MODEL_ON_FAULT : MODEL_LOCKED);
		if (!model_populate(&w->model, op->proc, op->page, n, true, &failed))
			expected = -ENOMEM;
		got = on_fault ? numasim_sys_mlock2(p, at, bytes_of(&range), MLOCK_ONFAULT)
			       : numasim_sys_mlock(p, at, bytes_of(&range));
	}
	if (!n)
		expected = -ENOMEM;
	w->done = !got;
	return got == expected ||
	       differ(w, "%s() returned %ld instead of %ld", op_name(op->kind), got, expected);
}

bool op_mlockall(struct world *w, const struct op *op)
{
	static const int some[] = {0, MCL_CURRENT, 0, MCL_FUTURE, 0, MCL_CURRENT | MCL_FUTURE, 0,
				   MCL_CURRENT | MCL_ONFAULT, 0, MCL_FUTURE | MCL_ONFAULT};
	int flags = some[op->arg % 10];
	enum model_lock lock;
	unsigned failed;
	long got;

	if (w->model.version < 404)
		flags &= ~MCL_ONFAULT;
	lock = flags & MCL_ONFAULT ? MODEL_ON_FAULT : MODEL_LOCKED;
	got = flags ? numasim_sys_mlockall(w->process[op->proc], flags)
		    : numasim_sys_munlockall(w->process[op->proc]);
	w->model.proc[op->proc].future = flags & MCL_FUTURE ? lock : MODEL_UNLOCKED;
	if (!flags || flags & MCL_CURRENT)
		set_lock(&w->model, op->proc, 0, MODEL_PAGES, flags ? lock : MODEL_UNLOCKED);
	if (flags & MCL_CURRENT)
		model_populate(&w->model, op->proc, 0, MODEL_PAGES, false, &failed);
	w->done = !got;
	return !got || differ(w, "mlockall(%d) returned %ld", flags, got);
}

/* ---- /proc/PID/mem: past all rights, but what is shared is written only as they say ---- */

static bool peek(struct world *w, unsigned by, unsigned of, unsigned page)
{
	struct model_page *p = &w->model.proc[of].page[page];
	uint64_t word = 0, expected = 0;
	uint8_t prot = p->prot;
	bool or_zero = false, may;
	long got;

	p->prot = PROT_READ;
	may = model_load(&w->model, of, page, &expected, &or_zero);
	p->prot = prot;
	got = numasim_mem_read(w->process[by], &word, w->process[of], address_of(w, page));
	if (got != (may ? 0 : -EIO))
		return differ(w, "P%u reading page %u of P%u: %ld", by, page, of, got);
	if (may && word != expected && !(or_zero && !word))
		return differ(w, "P%u reads %#llx in page %u of P%u instead of %#llx", by,
			      (unsigned long long)word, page, of, (unsigned long long)expected);
	w->done = may;
	if (may) {
		model_loaded(&w->model, of, page, word);
		model_fault_in(&w->model, of, page, false);
	}
	return true;
}

static bool poke(struct world *w, unsigned by, unsigned of, unsigned page)
{
	struct model_page *p = &w->model.proc[of].page[page];
	uint64_t word = ++w->stores;
	uint8_t prot = p->prot;
	bool may;
	long got;

	if (p->shared && !(prot & PROT_WRITE) && w->model.version < 316)
		return true; /* went by the file's rights then */
	p->prot |= p->shared ? 0 : PROT_WRITE;
	may = model_store(&w->model, of, page, word);
	p->prot = prot;
	if (may)
		model_fault_in(&w->model, of, page, true);
	got = numasim_mem_write(w->process[by], w->process[of], address_of(w, page), word);
	w->done = may;
	return got == (may ? 0 : -EIO) ||
	       differ(w, "P%u writing to page %u of P%u: %ld", by, page, of, got);
}

bool op_remote(struct world *w, const struct op *op)
{
	unsigned of = op->arg % MODEL_PROCS;

	while (!w->model.proc[of].alive)
		of = (of + 1) % MODEL_PROCS;
	if (model_is_huge(op->page) ||
	    (op->kind == OP_POKE && w->dies_of_prot_none &&
	     !w->model.proc[of].page[op->page].prot))
		return true;
	return op->kind == OP_PEEK ? peek(w, op->proc, of, op->page)
				   : poke(w, op->proc, of, op->page);
}
