/* SPDX-License-Identifier: BSD-2-Clause */
/* Work before the return to user mode: all of it, once, last added first. */
#include "sched_world.h"

#include "sched/task_work.h"

#include <errno.h>

/* Lives in the arena: searches put it back. */
struct job {
	struct task_work work;
	const struct sched_world *w;
	struct task_struct *task;
	struct job *then; /* added by this one's work */
	int64_t digit;
};

/* x0 = x0 * 10 + digit: the order can be read off. */
static void does(struct task_work *work)
{
	struct job *job = (struct job *)work;
	int64_t before = numasim_atomic_read(job->w->x[0]);

	numasim_atomic_set(job->w->x[0], before * 10 + job->digit);
	if (job->then)
		numasim_assert(!task_work_add(job->task, &job->then->work));
}

struct work_world {
	struct sched_world *w;
	struct task_struct *task;
	struct job *job[3];
};

static struct work_world open_work(struct sched_world *w)
{
	struct work_world ww = {.w = w};

	ww.task = task_create(w->m, NULL, 1);
	assert_non_null(ww.task);
	for (int i = 0; i < 3; i++) {
		ww.job[i] = arena_alloc(w->m->arena, sizeof(struct job));
		assert_non_null(ww.job[i]);
		*ww.job[i] = (struct job){.work = {.fn = does, .kind = i}, .w = w,
					  .task = ww.task, .digit = i + 1};
	}
	return ww;
}

static void add(struct sched_world *w, const char *name, void (*fn)(void *), unsigned cpu,
		struct work_world *ww)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = cpu};

	assert_int_equal(numasim_program_add(w->program, name, fn, ww, &seat, &w->err), 0);
}

/* ---- one processor ---- */

static void adds_and_returns(void *payload)
{
	struct work_world *ww = payload;

	this_cpu()->task = ww->task;
	return_to_user();
	numasim_assert(numasim_atomic_read(ww->w->x[0]) == 0);
	for (int i = 0; i < 3; i++)
		numasim_assert(!task_work_add(ww->task, &ww->job[i]->work));
	numasim_assert(task_work_cancel(ww->task, &ww->job[1]->work));
	numasim_assert(!task_work_cancel(ww->task, &ww->job[1]->work));
	return_to_user();
	numasim_assert(numasim_atomic_read(ww->w->x[0]) == 31);
	return_to_user();
	numasim_assert(numasim_atomic_read(ww->w->x[0]) == 31);
}

static void test_order(void **state)
{
	struct sched_world *w = *state;
	struct work_world ww = open_work(w);

	add(w, "task", adds_and_returns, 0, &ww);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

/* Work that adds work: it runs before user mode, too. */
static void chains(void *payload)
{
	struct work_world *ww = payload;

	this_cpu()->task = ww->task;
	ww->job[0]->then = ww->job[1];
	numasim_assert(!task_work_add(ww->task, &ww->job[0]->work));
	return_to_user();
	numasim_assert(numasim_atomic_read(ww->w->x[0]) == 12);
}

static void test_chain(void **state)
{
	struct sched_world *w = *state;
	struct work_world ww = open_work(w);

	add(w, "task", chains, 0, &ww);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

/* An exiting task does what it has, and takes no more. */
static void exits(void *payload)
{
	struct work_world *ww = payload;

	this_cpu()->task = ww->task;
	ww->task->flags |= TASK_EXITING;
	ww->job[0]->then = ww->job[1];
	numasim_assert(!task_work_add(ww->task, &ww->job[0]->work));
	task_work_run();
	numasim_assert(numasim_atomic_read(ww->w->x[0]) == 12);
	numasim_assert(task_work_add(ww->task, &ww->job[2]->work) == -ESRCH);
	numasim_assert(!task_work_cancel(ww->task, &ww->job[2]->work));
	task_work_run();
	numasim_assert(numasim_atomic_read(ww->w->x[0]) == 12);
}

static void test_exit(void **state)
{
	struct sched_world *w = *state;
	struct work_world ww = open_work(w);

	add(w, "task", exits, 0, &ww);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

/* ---- two ---- */

static void adds_from_afar(void *payload)
{
	struct work_world *ww = payload;

	numasim_assert(!task_work_add(ww->task, &ww->job[1]->work));
	numasim_atomic_set(ww->w->x[1], 1);
}

static void returns_twice(void *payload)
{
	struct work_world *ww = payload;

	this_cpu()->task = ww->task;
	numasim_assert(!task_work_add(ww->task, &ww->job[0]->work));
	return_to_user();
	numasim_atomic_wait_eq(ww->w->x[1], 1);
	return_to_user();
	numasim_atomic_add_return(1000, ww->w->x[0]);
}

/* In every order both ran once: 12 or 21. */
static void both_ran(void *payload)
{
	const struct work_world *ww = payload;
	int64_t value = numasim_atomic_read(ww->w->x[0]);

	numasim_assert(value == 1012 || value == 1021);
}

static void test_from_afar(void **state)
{
	struct sched_world *w = *state;
	struct work_world ww = open_work(w);

	add(w, "task", returns_twice, 0, &ww);
	add(w, "other", adds_from_afar, 1, &ww);
	numasim_program_check(w->program, both_ran, &ww);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCHED_TEST(test_order),
		SCHED_TEST(test_chain),
		SCHED_TEST(test_exit),
		SCHED_TEST(test_from_afar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
