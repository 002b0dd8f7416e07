/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and threads: fork(), exec(), exit(), moving about. */
#include "differential.h"

#include <string.h>

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
	memcpy(w->fd[child], w->fd[op->proc], sizeof(w->fd[child]));
	w->node[child] = w->node[op->proc];
	model_fork(&w->model, op->proc, child);
	w->done = true;
	return true;
}

bool op_exit(struct world *w, const struct op *op)
{
	unsigned alive = 0;

	for (unsigned i = 0; i < MODEL_PROCS; i++)
		alive += w->model.proc[i].alive;
	if (alive == 1)
		return true;
	if ((w->thread[op->proc] && numasim_exit(w->thread[op->proc])) ||
	    numasim_exit(w->process[op->proc]))
		return differ(w, "the kernel is dead");
	w->process[op->proc] = w->thread[op->proc] = NULL;
	w->done = true;
	memset(&w->model.proc[op->proc], 0, sizeof(w->model.proc[0]));
	return true;
}

bool op_cpu(struct world *w, const struct op *op)
{
	unsigned node = op->arg % MODEL_NODES; /* one CPU each */

	w->node[op->proc] = node;
	w->done = !numasim_move(w->process[op->proc], node);
	return w->done || differ(w, "the process does not move");
}

/* The second thread comes, on any CPU, or goes. Its policy is not looked at. */
bool op_thread(struct world *w, const struct op *op)
{
	struct numasim_process **thread = &w->thread[op->proc], *gone = *thread;
	struct numasim_error err = {0};

	if (gone) {
		*thread = NULL;
		return !numasim_exit(gone) || differ(w, "the kernel is dead");
	}
	w->done = true;
	return !numasim_thread(thread, w->process[op->proc], op->arg % MODEL_NODES, &err) ||
	       differ(w, "a thread: %s", err.text);
}

/* All mappings and locks go; the policy and the descriptors stay. */
bool op_exec(struct world *w, const struct op *op)
{
	struct model_proc *proc = &w->model.proc[op->proc];
	struct numasim_error err = {0};
	long heap;

	if (w->thread[op->proc] && numasim_exit(w->thread[op->proc]))
		return differ(w, "the kernel is dead");
	w->thread[op->proc] = NULL;
	if (numasim_exec(w->process[op->proc], NULL, &err))
		return differ(w, "exec: %s", err.text);
	memset(proc->page, 0, sizeof(proc->page));
	proc->future = MODEL_UNLOCKED;
	proc->break_pages = 0;
	w->done = true;
	heap = numasim_sys_brk(w->process[op->proc], 0);
	return heap == (long)w->heap || differ(w, "the heap begins at %#lx after exec", heap);
}
