/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on a system and on the model, and comparing the two. */
#include "differential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_POOL "96" /* for all that processes can map, and copies, on any node */

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
		w->model.file[i].used = true;
		w->model.file[i].pages = FILE_PAGES;
	}
	return true;
}

#define BALANCING "/sys/kernel/debug/sched/numa_balancing/"

/* Scans that are due at nearly every tick, for processes that come after this one. */
static bool balance(struct numasim_system *system)
{
	struct numasim_process *p;

	if (numasim_process_create(&p, system, "boot", 0, NULL))
		return false;
	return !numasim_write_file(p, "/proc/sys/kernel/numa_balancing", "1") &&
	       !numasim_write_file(p, BALANCING "scan_delay_ms", "4") &&
	       !numasim_write_file(p, BALANCING "scan_period_min_ms", "4") &&
	       !numasim_write_file(p, BALANCING "scan_period_max_ms", "16") &&
	       !numasim_write_file(p, BALANCING "scan_size_mb", "16") && !numasim_exit(p);
}

/* Where the kernel's own choice begins, downwards: nothing is mapped yet. */
static bool find_top(struct world *w)
{
	long at = numasim_sys_mmap(w->process[0], 0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
				   -1, 0);

	w->top = (uint64_t)at + PAGE;
	return at > 0 && !numasim_sys_munmap(w->process[0], (uint64_t)at, PAGE);
}

/* "v6.1", "debian-6.12.117+row": 601, 612. */
static unsigned version_of(const char *release)
{
	const char *at = strpbrk(release, "0123456789");
	char *end;
	unsigned major = at ? (unsigned)strtoul(at, &end, 10) : 0;

	return major * 100 + (at && *end == '.' ? (unsigned)strtoul(end + 1, NULL, 10) : 0);
}

int world_open(struct world *w, const struct numasim_topology *topology, const char *release,
	       enum model_wrong wrong)
{
	struct numasim_system_options options = {.release = release, .topology = topology,
						 .watch = true};
	struct numasim_error err = {0};

	memset(w, 0, sizeof(*w));
	w->strict = !strncmp(release, "debian", 6);
	w->model.version = version_of(release);
	w->model.wrong = wrong;
	w->looks.lacks = (w->model.version < 517 ? 1ull << OP_HOME : 0) |
			 (w->model.version < 609 ? 1ull << OP_WEIGHT : 0);
	w->dies_of_prot_none = w->model.version >= 400 && w->model.version < 409 &&
			       !strstr(release, "38e088546522");
	if (numasim_system_create(&w->system, &options, &err))
		return printf("%s\n", err.text), -1;
	if (!balance(w->system))
		return printf("no NUMA balancing\n"), -1;
	if (numasim_process_create(&w->process[0], w->system, "P0", 0, &err))
		return printf("%s\n", err.text), -1;
	w->model.proc[0].alive = true;
	w->heap = (uint64_t)numasim_sys_brk(w->process[0], 0);
	if (!open_files(w) || !find_top(w) ||
	    numasim_sys_swapon(w->process[0], 4096) ||
	    numasim_write_file(w->process[0], "/proc/sys/vm/nr_hugepages", HUGE_POOL))
		return printf("no files, no swap or no pool\n"), -1;
	return 0;
}

void world_close(struct world *w)
{
	numasim_system_free(w->system);
}

/* Every other access is the second thread's, if there is one. */
static struct numasim_process *who(const struct world *w, unsigned proc)
{
	return w->by_thread && w->thread[proc] ? w->thread[proc] : w->process[proc];
}

bool op_load(struct world *w, unsigned proc, unsigned page)
{
	uint64_t word = 0, expected = 0;
	bool or_zero = false;
	bool may = model_load(&w->model, proc, page, &expected, &or_zero);
	unsigned allowed = may ? expect_place(w, proc, page, false) : 0;
	int ret = numasim_process_load(&word, who(w, proc), address_of(w, page));

	if (ret != (may ? 0 : -EFAULT))
		return differ(w, "P%u loading page %u: %d instead of %d", proc, page, ret,
			      may ? 0 : -EFAULT);
	if (may && word != expected && !(or_zero && !word))
		return differ(w, "P%u page %u holds %#llx instead of %#llx", proc, page,
			      (unsigned long long)word, (unsigned long long)expected);
	if (!may)
		return true;
	w->done = true;
	model_loaded(&w->model, proc, page, word);
	model_fault_in(&w->model, proc, page, false);
	return !allowed || look_at_place(w, proc, page, allowed);
}

bool op_store(struct world *w, unsigned proc, unsigned page)
{
	uint64_t word = ++w->stores;
	unsigned allowed = expect_place(w, proc, page, true);
	bool may = model_store(&w->model, proc, page, word);
	int ret = numasim_process_store(who(w, proc), address_of(w, page), word);

	if (ret != (may ? 0 : -EFAULT))
		return differ(w, "P%u storing to page %u: %d instead of %d", proc, page, ret,
			      may ? 0 : -EFAULT);
	if (!may)
		return true;
	w->done = true;
	model_fault_in(&w->model, proc, page, true);
	return !allowed || look_at_place(w, proc, page, allowed);
}

static bool op_touch(struct world *w, const struct op *op)
{
	for (unsigned i = op->page; i < op->page + op->n; i++)
		if (!(op->arg & 1 ? op_load(w, op->proc, i) : op_store(w, op->proc, i)))
			return false;
	return true;
}

static bool op_munmap(struct world *w, const struct op *op)
{
	long got = numasim_sys_munmap(w->process[op->proc], address_of(w, op->page), bytes_of(op));

	w->done = model_mapped(&w->model, op->proc, op->page, 1);
	model_unmap(&w->model, op->proc, op->page, op->n);
	return !got || differ(w, "munmap() returned %ld", got);
}

static bool op_run(struct world *w, const struct op *op)
{
	w->done = !numasim_process_run(w->process[op->proc], op->arg % 1000);
	return w->done || differ(w, "the kernel is dead");
}

static bool do_it(struct world *w, const struct op *op)
{
	switch ((enum op_kind)op->kind) {
	case OP_STORE: return op_store(w, op->proc, op->page);
	case OP_LOAD: return op_load(w, op->proc, op->page);
	case OP_TOUCH: return op_touch(w, op);
	case OP_MMAP:
	case OP_MMAP_SHARED:
	case OP_MMAP_FILE: return op_mmap(w, op);
	case OP_MUNMAP: return op_munmap(w, op);
	case OP_MPROTECT: return op_mprotect(w, op);
	case OP_MREMAP: return op_mremap(w, op);
	case OP_MOVE: return op_move(w, op);
	case OP_MADVISE: return op_madvise(w, op);
	case OP_MLOCK:
	case OP_MUNLOCK: return op_mlock(w, op);
	case OP_MLOCKALL: return op_mlockall(w, op);
	case OP_BRK: return op_brk(w, op);
	case OP_MBIND: return op_mbind(w, op);
	case OP_MEMPOLICY: return op_mempolicy(w, op);
	case OP_HOME: return op_home(w, op);
	case OP_WEIGHT: return op_weight(w, op);
	case OP_TRUNCATE: return op_truncate(w, op);
	case OP_FORK: return op_fork(w, op);
	case OP_EXIT: return op_exit(w, op);
	case OP_CPU: return op_cpu(w, op);
	case OP_PEEK:
	case OP_POKE: return op_remote(w, op);
	case OP_HINT:
	case OP_NOREPLACE:
	case OP_ANYWHERE: return op_place(w, op);
	case OP_MAYMOVE: return op_maymove(w, op);
	case OP_CLEAR_REFS: return op_clear_refs(w, op);
	case OP_PREAD:
	case OP_PWRITE:
	case OP_FSYNC: return op_file(w, op);
	case OP_THREAD: return op_thread(w, op);
	case OP_EXEC: return op_exec(w, op);
	case OP_GUP: return op_gup(w, op);
	case OP_RUN: return op_run(w, op);
	case OP_AUDIT: return w->done = world_audit(w);
	case OP_COMPARE: return world_compare(w);
	case OP_NR: break;
	}
	return differ(w, "no such operation");
}

/* Whoever is dead has somebody else do it. */
bool world_do(struct world *w, const struct op *op)
{
	struct op by = *op;

	while (!w->model.proc[by.proc].alive)
		by.proc = (by.proc + 1) % MODEL_PROCS;
	w->done = false;
	w->by_thread = by.arg >> 30 & 1;
	if (!do_it(w, &by))
		return false;
	w->looks.done[by.kind] += w->done;
	w->by_thread = false;
	while (!w->model.proc[by.proc].alive)
		by.proc = (by.proc + 1) % MODEL_PROCS;
	return look_at_policy(w, by.proc, by.page) &&
	       look_at_policy(w, by.proc, by.page + by.n - 1) &&
	       look_at_policy(w, by.proc, (by.page * 7u + by.other) % MODEL_PAGES) &&
	       look_at_task_policy(w, by.proc);
}

bool world_audit(struct world *w)
{
	struct numasim_error err = {0};

	return !numasim_system_audit(w->system, &err) || differ(w, "%s", err.text);
}

bool world_compare(struct world *w)
{
	for (unsigned k = 0; k < MODEL_PROCS; k++)
		for (unsigned i = 0; w->model.proc[k].alive && i < MODEL_PAGES; i++)
			if (!op_load(w, k, i) || !look_at_policy(w, k, i))
				return false;
	return true;
}

unsigned mapped_run(const struct world *w, const struct op *op)
{
	unsigned n = 0;

	while (n < op->n && w->model.proc[op->proc].page[op->page + n].mapped)
		n++;
	return n;
}
