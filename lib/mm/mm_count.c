/* SPDX-License-Identifier: BSD-2-Clause */
/* Who holds address spaces and tasks, and the room's list of tasks. */
#include "mm/mm_life.h"

#include "exec/var.h"
#include "mm/gfp.h"
#include "mm/table.h"

/* Whoever counts up has a reference, so nobody can see the difference but by counting down. */
void mmget(struct mm_struct *mm)
{
	touch(MM_OBJECT(mm, MM_USERS), ACCESS_WRITE);
	mm->mm_users++;
}

void mmgrab(struct mm_struct *mm)
{
	touch(MM_OBJECT(mm, MM_COUNT), ACCESS_WRITE);
	mm->mm_count++;
}

static void mm_free(struct mm_struct *mm)
{
	struct numasim_machine *m = current_machine();

	pgd_free(mm);
	mm_unlink(m, mm);
	birth_dead(mm->name);
	kfree(mm, sizeof(*mm));
}

void mmdrop(struct mm_struct *mm)
{
	if (!shared_add32(MM_OBJECT(mm, MM_COUNT), &mm->mm_count, -1))
		mm_free(mm);
}

void task_free(struct task_struct *task)
{
	birth_dead(task->name);
	kfree(task, sizeof(*task));
}

void task_link(struct mm_room *room, struct task_struct *task)
{
	struct task_struct *at;

	TAILQ_FOREACH(at, &room->tasks, link)
		if (at->name > task->name)
			break;
	if (at)
		TAILQ_INSERT_BEFORE(at, task, link);
	else
		TAILQ_INSERT_TAIL(&room->tasks, task, link);
}

void mm_join(struct numasim_machine *m, struct mm_struct *mm, struct task_struct *task)
{
	const struct task_struct *at;

	TAILQ_FOREACH(at, &m->mm->tasks, link)
		if (at->mm == mm)
			break;
	if (at)
		mm->mm_users++; /* the first one has the reference that the mm was made with */
	kmem_adopt(m, sizeof(*task));
	task_link(m->mm, task);
}
