/* SPDX-License-Identifier: BSD-2-Clause */
/* A grace period ends when the sections that were open have ended, and not before. */
#include "sched_world.h"

#include "sched/rcu.h"

#define PUBLISHED(w) ((w)->x[0]) /* 0: the thing can be found; 1: not any more */
#define FREED(w)     ((w)->x[1])

static void reads(void *payload)
{
	const struct sched_world *w = payload;

	rcu_read_lock();
	rcu_read_lock(); /* sections nest */
	if (!numasim_atomic_read(PUBLISHED(w))) {
		rcu_read_unlock();
		numasim_assert(!numasim_atomic_read(FREED(w)));
	} else {
		rcu_read_unlock();
	}
	rcu_read_unlock();
}

static void takes_away(void *payload)
{
	const struct sched_world *w = payload;

	numasim_atomic_set(PUBLISHED(w), 1);
	synchronize_rcu();
	numasim_atomic_set(FREED(w), 1);
}

static void test_grace_period(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "reader", reads, 0);
	sched_add(w, "other", reads, 1);
	sched_add(w, "writer", takes_away, 2);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
	assert_true(w->info.states > 20);
}

/* Without the wait the same readers find it gone. */
static void takes_away_at_once(void *payload)
{
	const struct sched_world *w = payload;

	numasim_atomic_set(PUBLISHED(w), 1);
	numasim_atomic_set(FREED(w), 1);
}

static void test_no_grace_period(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "reader", reads, 0);
	sched_add(w, "writer", takes_away_at_once, 1);
	sched_search(w, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "assertion");
}

/* A section that began after the grace period does not hold it up: a reader may wait for it. */
static void waits_for_freed(void *payload)
{
	const struct sched_world *w = payload;

	numasim_atomic_wait_eq(PUBLISHED(w), 2);
	rcu_read_lock();
	numasim_atomic_wait_eq(FREED(w), 1);
	rcu_read_unlock();
}

static void lets_begin_after(void *payload)
{
	const struct sched_world *w = payload;

	synchronize_rcu();
	numasim_atomic_set(PUBLISHED(w), 2);
	numasim_atomic_set(FREED(w), 1);
}

static void test_later_sections(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "reader", waits_for_freed, 0);
	sched_add(w, "writer", lets_begin_after, 1);
	sched_search(w, NUMASIM_VERDICT_HOLDS);
}

/* To wait in a section of one's own is to wait for ever. */
static void waits_for_itself(void *payload)
{
	rcu_read_lock();
	synchronize_rcu();
	rcu_read_unlock();
}

static void test_own_section(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "a", waits_for_itself, 0);
	sched_search(w, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "deadlock");
}

static void switches(void *payload)
{
	rcu_read_lock();
	rcu_note_context_switch();
	rcu_read_unlock();
}

static void test_no_switch_inside(void **state)
{
	struct sched_world *w = *state;

	sched_add(w, "a", switches, 0);
	sched_search(w, NUMASIM_VERDICT_BROKEN);
	assert_string_equal(w->info.oracle, "oops");
	assert_non_null(strstr(w->info.sentence, "RCU read-side section"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCHED_TEST(test_grace_period),
		SCHED_TEST(test_no_grace_period),
		SCHED_TEST(test_later_sections),
		SCHED_TEST(test_own_section),
		SCHED_TEST(test_no_switch_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
