/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on a system and on the model, and comparing the two. */
#include "differential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

const char *op_name(enum op_kind kind)
{
	static const char *const name[] = {
#define X(id, text) text,
		OPS(X)
#undef X
	};

	return name[kind];
}

void op_print(const struct op *op)
{
	printf("\tP%u %s page %u n %u other %u arg %#x\n", op->proc, op_name(op->kind), op->page,
	       op->n, op->other, op->arg);
}

bool differ(struct world *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->why, sizeof(w->why), format, args);
	va_end(args);
	return false;
}

static bool open_files(struct world *w)
{
	struct numasim_process *p = w->process[0];

	w->fd[0][0] = (int)numasim_sys_memfd_create(p, "shared", 0);
	w->fd[0][1] = (int)numasim_sys_open(p, "/file", O_RDWR | O_CREAT);
	for (unsigned i = 0; i < 2; i++) {
		if (w->fd[0][i] < 0 || numasim_sys_ftruncate(p, w->fd[0][i], FILE_PAGES * PAGE))
			return false;
		w->model.file[i] = (struct model_file){.used = true, .pages = FILE_PAGES};
	}
	return true;
}

int world_open(struct world *w, const struct numasim_topology *topology, const char *release)
{
	struct numasim_system_options options = {.release = release, .topology = topology,
						  .watch = true};
	struct numasim_error err = {0};

	memset(w, 0, sizeof(*w));
	w->strict = !strncmp(release, "debian", 6);
	if (numasim_system_create(&w->system, &options, &err) ||
	    numasim_process_create(&w->process[0], w->system, "P0", 0, &err))
		return printf("%s\n", err.text), -1;
	w->model.proc[0].alive = true;
	if (!open_files(w) || numasim_sys_swapon(w->process[0], 4096))
		return printf("no files or no swap\n"), -1;
	return 0;
}

void world_close(struct world *w)
{
	numasim_system_free(w->system);
}

bool op_fork(struct world *w, const struct op *op)
{
	struct numasim_error err = {0};
	unsigned child = 0;
	int ret;

	while (child < MODEL_PROCS && w->model.proc[child].alive)
		child++;
	if (child == MODEL_PROCS)
		return true;
	ret = numasim_fork(&w->process[child], w->process[op->proc], NULL, &err);
	if (ret)
		return differ(w, "fork() returned %d: %s", ret, err.text);
	if (op->arg & 1)
		numasim_move(w->process[child], op->arg >> 1 & 3);
	memcpy(w->fd[child], w->fd[op->proc], sizeof(w->fd[child]));
	model_fork(&w->model, op->proc, child);
	return true;
}

bool op_exit(struct world *w, const struct op *op)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < MODEL_PROCS; i++)
		alive += w->model.proc[i].alive;
	if (alive == 1)
		return true;
	numasim_exit(w->process[op->proc]);
	w->process[op->proc] = NULL;
	memset(&w->model.proc[op->proc], 0, sizeof(w->model.proc[0]));
	return true;
}

static bool do_load(struct world *w, unsigned proc, unsigned page)
{
	uint64_t word = 0, expected = 0;
	bool or_zero = false;
	bool may = model_load(&w->model, proc, page, &expected, &or_zero);
	int ret = numasim_process_load(&word, w->process[proc], address_of(page));

	if (ret != (may ? 0 : -EFAULT))
		return differ(w, "P%u loading page %u: %d instead of %d", proc, page, ret,
			      may ? 0 : -EFAULT);
	if (may && word != expected && !(or_zero && !word))
		return differ(w, "P%u page %u holds %#llx instead of %#llx", proc, page,
			      (unsigned long long)word, (unsigned long long)expected);
	if (may)
		model_loaded(&w->model, proc, page, word);
	return true;
}

static bool do_store(struct world *w, const struct op *op, unsigned page)
{
	uint64_t word = ++w->stores;
	bool may = model_store(&w->model, op->proc, page, word);
	int ret = numasim_process_store(w->process[op->proc], address_of(page), word);

	return ret == (may ? 0 : -EFAULT) ||
	       differ(w, "P%u storing to page %u: %d instead of %d", op->proc, page, ret,
		      may ? 0 : -EFAULT);
}

static bool do_touch(struct world *w, const struct op *op)
{
	for (unsigned i = op->page; i < op->page + op->n; i++)
		if (!(op->arg & 1 ? do_load(w, op->proc, i) : do_store(w, op, i)))
			return false;
	return true;
}

static bool op_munmap(struct world *w, const struct op *op)
{
	long got = numasim_sys_munmap(w->process[op->proc], address_of(op->page), op->n * PAGE);

	model_unmap(&w->model, op->proc, op->page, op->n);
	return !got || differ(w, "munmap() returned %ld", got);
}

static bool do_mprotect(struct world *w, const struct op *op)
{
	static const uint8_t rights[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
					 PROT_READ | PROT_EXEC};
	uint8_t prot = rights[op->arg % 4];
	long got = numasim_sys_mprotect(w->process[op->proc], address_of(op->page), op->n * PAGE,
					prot);
	struct model_page *p = &w->model.proc[op->proc].page[op->page];
	unsigned i = 0;

	for (; i < op->n && p[i].mapped; i++) /* all before the first hole */
		p[i].prot = prot;
	return got == (i == op->n ? 0 : -ENOMEM) || differ(w, "mprotect() returned %ld", got);
}

static bool do_truncate(struct world *w, const struct op *op)
{
	unsigned file = op->arg & 1, pages = op->other % (FILE_PAGES + 1);
	long got = numasim_sys_ftruncate(w->process[op->proc], w->fd[op->proc][file],
					 (int64_t)(pages * PAGE));

	model_truncate(&w->model, file, pages);
	return !got || differ(w, "ftruncate() returned %ld", got);
}

bool world_do(struct world *w, const struct op *op)
{
	if (!w->model.proc[op->proc].alive)
		return true;
	switch (op->kind) {
	case OP_STORE: return do_store(w, op, op->page);
	case OP_LOAD: return do_load(w, op->proc, op->page);
	case OP_TOUCH: return do_touch(w, op);
	case OP_MMAP:
	case OP_MMAP_SHARED:
	case OP_MMAP_FILE: return op_mmap(w, op);
	case OP_MUNMAP: return op_munmap(w, op);
	case OP_MPROTECT: return do_mprotect(w, op);
	case OP_MREMAP: return op_mremap(w, op);
	case OP_MOVE: return op_move(w, op);
	case OP_MADVISE: return op_madvise(w, op);
	case OP_MLOCK:
	case OP_MUNLOCK: return op_mlock(w, op);
	case OP_MBIND:
	case OP_MEMPOLICY: return op_policy(w, op);
	case OP_TRUNCATE: return do_truncate(w, op);
	case OP_FORK: return op_fork(w, op);
	case OP_EXIT: return op_exit(w, op);
	case OP_RUN: return !numasim_process_run(w->process[op->proc], op->arg % 1000) ||
			    differ(w, "the kernel is dead");
	}
	return differ(w, "no such operation");
}

bool world_audit(struct world *w)
{
	struct numasim_error err = {0};

	return !numasim_system_audit(w->system, &err) || differ(w, "%s", err.text);
}

bool world_compare(struct world *w)
{
	for (unsigned k = 0; k < MODEL_PROCS; k++)
		for (unsigned i = 0; w->model.proc[k].alive && i < WINDOW_PAGES; i++)
			if (!do_load(w, k, i))
				return false;
	return true;
}
