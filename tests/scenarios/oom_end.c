/* SPDX-License-Identifier: BSD-2-Clause */
#include "oom.h"

#include "check/check.h"
#include "mm/file.h"
#include "mm/gfp.h"
#include "mm/mm_life.h"
#include "mm/page.h"
#include "mm/swap.h"
#include "mm/switch.h"
#include "scenario/program.h"

#include <stdio.h>
#include <string.h>

/* ---- everybody goes ---- */

static bool has_tasks(const struct numasim_machine *m, const struct mm_struct *mm)
{
	const struct task_struct *task;

	TAILQ_FOREACH(task, &m->mm->tasks, link)
		if (task->mm == mm)
			return true;
	return false;
}

/* Processes without columns have no tasks. */
static void end_idle(struct scenario_run *run)
{
	for (unsigned i = 0; i < run->ast->nr_processes; i++)
		if (!has_tasks(run->m, run->program->mm[i]))
			mmput(run->program->mm[i]);
}

/* Whoever runs here exits. */
static void end_here(struct scenario_run *run)
{
	while (this_cpu()->task && this_cpu()->task->mm)
		do_exit();
}

/* And those who run nowhere: children without a column. */
static void end_others(struct scenario_run *run)
{
	struct numasim_machine *m = run->m;

	while (!TAILQ_EMPTY(&m->mm->tasks)) {
		context_switch(TAILQ_FIRST(&m->mm->tasks));
		do_exit();
	}
	lru_add_drain_all();
}

/* A page may stay in the swap cache though nobody needs it, until somebody looks for memory. */
static void empty_swap_cache(struct scenario_run *run)
{
	struct swap_device *d = run->m->mm->swap;

	for (uint64_t i = 1; d && i < d->nr_slots; i++) {
		struct page *page = d->slot[i].page;

		if (!page)
			continue;
		get_page(page);
		lock_page(page);
		try_to_free_swap(page);
		unlock_page(page);
		put_page(page);
	}
}

/* Whoever made a file has it open: its last user, now. */
static void close_files(struct scenario_run *run)
{
	struct file *file, *next;

	for (file = TAILQ_FIRST(&run->m->mm->files); file; file = next) {
		next = TAILQ_NEXT(file, link);
		if (file->refcount == 1)
			file_put(file);
	}
}

static void check(struct scenario_run *run)
{
	check_pages(run->m);
}

/* False: the kernel died of it. */
static bool straight(struct scenario_run *run, uint32_t cpu, void (*fn)(struct scenario_run *))
{
	struct numasim_machine *m = run->m;
	volatile bool alive = false;
	struct exec *outer;
	jmp_buf end;

	outer = exec_direct_begin(&m->exec, cpu, &end);
	if (!setjmp(end)) {
		fn(run);
		alive = true;
	}
	exec_direct_end(&m->exec, outer);
	return alive && !m->exec.violation.found;
}

static bool all_exit(struct scenario_run *run)
{
	if (!straight(run, 0, end_idle))
		return false;
	for (unsigned i = 0; i < run->m->nr_cpus; i++)
		if (!straight(run, i, end_here))
			return false;
	return straight(run, 0, end_others) && straight(run, 0, empty_swap_cache) &&
	       straight(run, 0, close_files) && straight(run, 0, check);
}

/* ---- what may stay ---- */

struct left {
	long pages; /* in use */
	long objects; /* their bytes */
};

/* Processors that idle have the last address space's top table loaded. */
static struct left held_lazily(const struct numasim_machine *m)
{
	struct left left = {0};
	struct mm_struct *mm;

	TAILQ_FOREACH(mm, &m->mm->mms, link)
		if (!mm->mm_users && mm->mm_count) {
			left.pages++;
			left.objects += sizeof(*mm) + sizeof(struct table);
		}
	return left;
}

/* A driver keeps the pages that it maps. */
static long driver_pages(const struct scenario_ast *ast)
{
	long pages = 0;

	for (unsigned i = 0; i < ast->nr_variables; i++) {
		const struct scenario_variable *v = &ast->variables[i];

		if (v->inherited != SCENARIO_NONE)
			continue;
		for (unsigned k = 0; k < v->nr_flags; k++)
			if (!strcmp(v->flags[k].key.text, "driver") &&
			    !strcmp(v->flags[k].value.text, "pages"))
				pages += (long)((v->size + FRAME_SIZE - 1) / FRAME_SIZE);
	}
	return pages;
}

static long pages_in_use(const struct numasim_machine *m)
{
	long pages = -1; /* the page of zeroes is there for ever */

	for (unsigned i = 0; i < m->nr_nodes; i++)
		pages += (long)(m->node[i].nr_frames - m->node[i].nr_free);
	return m->mm->huge_zero_users ? pages - 512 : pages;
}

bool nothing_is_left(struct scenario_run *run, char *why, size_t size)
{
	struct numasim_machine *m = run->m;
	struct left lazy;

	if (!all_exit(run)) {
		snprintf(why, size, "at exit: %s: %s", oracle_name(m->exec.violation.oracle),
			 m->exec.violation.text);
		return false;
	}
	lazy = held_lazily(m);
	lazy.pages += driver_pages(run->ast);
	*why = '\0';
	if (!TAILQ_EMPTY(&m->mm->files))
		snprintf(why, size, "a file has %d users that do not exist",
			 TAILQ_FIRST(&m->mm->files)->refcount);
	else if (pages_in_use(m) != lazy.pages)
		snprintf(why, size, "%ld pages are lost", pages_in_use(m) - lazy.pages);
	else if (!TAILQ_EMPTY(&m->mm->anon_vmas))
		snprintf(why, size, "a family of mappings has no mapping");
	else if (m->mm->swap && m->mm->swap->nr_used)
		snprintf(why, size, "%llu swap slots are lost",
			 (unsigned long long)m->mm->swap->nr_used);
	else if ((long)kmem_in_use(m) != lazy.objects)
		snprintf(why, size, "%ld bytes of objects are lost",
			 (long)kmem_in_use(m) - lazy.objects);
	return !*why;
}
