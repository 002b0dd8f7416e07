/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The schedule tree, against a count made in another way: random programs of reads, writes and
 * locked sections are enumerated by hand, and every schedule is brought into a normal form (the
 * equivalent schedule that is first in the order of contexts). Schedules, classes and final states
 * must agree with those of all engines.
 */
#include "program_world.h"

#define CONTEXTS 3
#define OPS	 6
#define STEPS	 (CONTEXTS * OPS)
#define VARS	 3

enum op_kind { OP_END, OP_READ, OP_WRITE, OP_ADD, OP_LOCK, OP_UNLOCK };

struct op {
	enum op_kind kind;
	int object;
};

struct plan {
	struct op op[CONTEXTS][OPS + 1];
	bool unlock_is_step;
};

/* ---- by hand ---- */

/* What one step touches: bits of objects. */
struct footprint {
	unsigned reads, writes;
	int context;
};

struct count {
	const struct plan *plan;
	int pc[CONTEXTS], owner[2];
	int64_t value[VARS];
	struct footprint step[STEPS];
	int nr_steps;
	uint64_t schedules, nr_classes, nr_finals;
	uint64_t class[4096], final[4096];
};

static bool remember(uint64_t *set, uint64_t *nr, uint64_t item)
{
	for (uint64_t i = 0; i < *nr; i++)
		if (set[i] == item)
			return false;
	assert_true(*nr < 4096);
	set[(*nr)++] = item;
	return true;
}

static bool conflict(const struct footprint *a, const struct footprint *b)
{
	return a->context == b->context || (a->writes & (b->reads | b->writes)) ||
	       (a->reads & b->writes);
}

/* The contexts of the normal form, as digits to the base 4. */
static uint64_t normal_form(const struct count *c)
{
	bool taken[STEPS] = {false};
	uint64_t form = 1;

	for (int n = 0; n < c->nr_steps; n++) {
		int best = -1;

		for (int i = 0; i < c->nr_steps; i++) {
			bool first = !taken[i];

			for (int k = 0; k < i && first; k++)
				first = taken[k] || !conflict(&c->step[k], &c->step[i]);
			if (first && (best < 0 || c->step[i].context < c->step[best].context))
				best = i;
		}
		taken[best] = true;
		form = form * 4 + c->step[best].context;
	}
	return form;
}

static const struct op *next_op(const struct count *c, int context)
{
	return &c->plan->op[context][c->pc[context]];
}

static void apply(struct count *c, int context, struct footprint *f)
{
	const struct op *op = next_op(c, context);
	unsigned bit = 1u << op->object, lock_bit = 16u << op->object;

	switch (op->kind) {
	case OP_READ:
		f->reads |= bit;
		break;
	case OP_WRITE:
		f->writes |= bit;
		c->value[op->object] = context * 16 + c->pc[context] + 1;
		break;
	case OP_ADD:
		f->writes |= bit;
		c->value[op->object] += 100;
		break;
	case OP_LOCK:
		f->writes |= lock_bit;
		c->owner[op->object] = context + 1;
		break;
	case OP_UNLOCK:
		f->writes |= lock_bit;
		c->owner[op->object] = 0;
		break;
	case OP_END:
		break;
	}
	c->pc[context]++;
}

static void enumerate(struct count *c)
{
	bool moved = false;

	for (int i = 0; i < CONTEXTS; i++) {
		const struct op *op = next_op(c, i);
		struct footprint *f = &c->step[c->nr_steps];
		struct count before;

		if (op->kind == OP_END || (op->kind == OP_LOCK && c->owner[op->object]))
			continue;
		moved = true;
		memcpy(&before, c, offsetof(struct count, schedules));
		*f = (struct footprint){.context = i};
		apply(c, i, f);
		while (!c->plan->unlock_is_step && next_op(c, i)->kind == OP_UNLOCK)
			apply(c, i, f);
		c->nr_steps++;
		enumerate(c);
		memcpy(c, &before, offsetof(struct count, schedules));
	}
	if (moved)
		return;
	c->schedules++;
	remember(c->class, &c->nr_classes, normal_form(c));
	remember(c->final, &c->nr_finals,
		 c->value[0] << 40 | c->value[1] << 20 | c->value[2]);
}

/* ---- random programs ---- */

static unsigned pick(uint64_t *seed, unsigned below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (*seed >> 33) % below;
}

static void make_plan(struct plan *plan, uint64_t seed)
{
	memset(plan, 0, sizeof(*plan));
	for (int c = 0; c < CONTEXTS; c++) {
		int length = 1 + pick(&seed, 3), lock = -1, at = 0;

		for (int i = 0; i < length; i++) {
			if (lock < 0 && !pick(&seed, 3)) {
				lock = pick(&seed, 2);
				plan->op[c][at++] = (struct op){OP_LOCK, lock};
			}
			plan->op[c][at++] = (struct op){OP_READ + pick(&seed, 3),
							pick(&seed, VARS)};
			if (lock >= 0 && (i == length - 1 || pick(&seed, 2))) {
				plan->op[c][at++] = (struct op){OP_UNLOCK, lock};
				lock = -1;
			}
			if (at > OPS - 3)
				break;
		}
		if (lock >= 0)
			plan->op[c][at++] = (struct op){OP_UNLOCK, lock};
	}
}

/* ---- the same on simulated CPUs ---- */

struct actor_payload {
	struct program_world *w;
	const struct op *op;
	int context;
};

static void run_ops(void *payload)
{
	const struct actor_payload *p = payload;
	struct program_world *w = p->w;

	for (const struct op *op = p->op; op->kind != OP_END; op++) {
		switch (op->kind) {
		case OP_READ:
			numasim_atomic_read(w->x[op->object]);
			break;
		case OP_WRITE:
			numasim_atomic_set(w->x[op->object],
					   p->context * 16 + (op - p->op) + 1);
			break;
		case OP_ADD:
			numasim_atomic_add_return(100, w->x[op->object]);
			break;
		case OP_LOCK:
			numasim_lock_take(w->l[op->object]);
			break;
		case OP_UNLOCK:
			numasim_lock_release(w->l[op->object]);
			break;
		case OP_END:
			break;
		}
	}
}

static void compare(const struct plan *plan, struct count *count)
{
	struct numasim_program_options options = {.unlock_is_step = plan->unlock_is_step};
	struct actor_payload payload[CONTEXTS];
	struct program_world w;

	memset(count, 0, sizeof(*count));
	count->plan = plan;
	enumerate(count);
	world_open(&w, &options);
	for (int i = 0; i < CONTEXTS; i++) {
		payload[i] = (struct actor_payload){&w, plan->op[i], i};
		assert_int_equal(numasim_program_add(w.program, (const char *[]){"a", "b", "c"}[i],
						     run_ops, &payload[i], NULL, NULL), 0);
	}
	world_explore(&w, NUMASIM_ENGINE_TREE);
	assert_int_equal(w.info.schedules, count->schedules);
	assert_int_equal(w.info.classes, count->nr_classes);
	assert_int_equal(w.info.positive, count->schedules);
	world_explore(&w, NUMASIM_ENGINE_TREE_MERGED);
	assert_int_equal(w.info.schedules, count->nr_classes);
	assert_int_equal(w.info.classes, count->nr_classes);
	world_explore(&w, NUMASIM_ENGINE_GRAPH);
	assert_int_equal(w.info.positive, count->nr_finals);
	world_close(&w);
}

static void test_random_programs(void **state)
{
	struct count *count = malloc(sizeof(*count));
	uint64_t most = 0, fewer = 0;

	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct plan plan;

		make_plan(&plan, seed);
		compare(&plan, count);
		most = count->nr_classes > most ? count->nr_classes : most;
		fewer += count->nr_classes < count->schedules;
	}
	assert_true(most > 20); /* they are not all trivial */
	assert_true(fewer > 40);
	free(count);
}

/* With nobody trying a lock, it makes no difference to classes that releasing is a step. */
static void test_releases_as_steps(void **state)
{
	struct count *count = malloc(sizeof(*count));

	for (uint64_t seed = 1; seed <= 25; seed++) {
		uint64_t classes, finals;
		struct plan plan;

		make_plan(&plan, seed);
		compare(&plan, count);
		classes = count->nr_classes;
		finals = count->nr_finals;
		plan.unlock_is_step = true;
		compare(&plan, count);
		assert_int_equal(count->nr_classes, classes);
		assert_int_equal(count->nr_finals, finals);
	}
	free(count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_programs),
		cmocka_unit_test(test_releases_as_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
