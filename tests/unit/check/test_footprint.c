/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps that change what they do not name are found out, in every build where a trail is told to
 * look, and in debug builds by every search. */
#include "footprint_wrongs.h"

#include "check/footprint.h"
#include "explore/search.h"

static void does_wrong(void *payload)
{
	struct victim *v = payload;
	uint64_t object;

	numasim_atomic_read(v->turn);
	object = v->wrong->change(v);
	if (v->touches)
		touch(object, ACCESS_WRITE);
}

static void open_victim(struct victim *v, struct mm_world *w, const struct wrong *wrong,
			bool touches)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = 0};

	mm_world_open(w, NULL, true);
	*v = (struct victim){.w = w, .wrong = wrong, .touches = touches};
	assert_int_equal(numasim_atomic_new(&v->turn, w->m, "turn", 0, NULL), 0);
	assert_int_equal(numasim_atomic_new(&v->other, w->m, "other", 0, NULL), 0);
	assert_int_equal(numasim_lock_new(&v->lock, w->m, "users", NULL), 0);
	seat.mm = w->mm;
	assert_int_equal(numasim_program_add(w->program, "kernel", does_wrong, v, &seat, NULL), 0);
}

/* Take the one step there is, with an eye on it; true: it was found out. */
static bool is_found_out(struct mm_world *w, void (*fn)(void *), void *payload, bool look)
{
	struct trail *t = malloc(sizeof(*t));
	struct choice choice[EXEC_MAX_CHOICES];
	struct context *c;
	bool found = false;

	assert_int_equal(exec_add_context(&w->m->exec, &c, "kernel", fn, payload), 0);
	c->cpu = 0;
	assert_int_equal(cpu_add_actors(w->m), 0);
	w->m->exec.oracles = 0; /* that oracles are off makes no difference */
	assert_int_equal(trail_init(t, w->m, false), 0);
	if (look)
		assert_int_equal(trail_check_steps(t), 0);
	trail_rewind(t);
	while (!found && exec_choices(&w->m->exec, choice)) {
		trail_step(t, choice[0]);
		found = w->m->exec.violation.found;
	}
	state_restore(&t->root);
	trail_destroy(t);
	free(t);
	exec_drop_contexts(&w->m->exec);
	return found;
}

static void test_what_is_not_named_is_found(void **state)
{
	for (size_t i = 0; i < NR_WRONGS; i++) {
		const struct violation *v;
		struct victim victim;
		struct mm_world w;

		open_victim(&victim, &w, &wrongs[i], false);
		v = &w.m->exec.violation;
		if (!is_found_out(&w, does_wrong, &victim, true))
			fail_msg("nobody saw that %s changed", wrongs[i].name);
		assert_int_equal(v->oracle, ORACLE_ASSERTION);
		if (!strstr(v->text, "a step of kernel (read turn) changed ") ||
		    !strstr(v->text, wrongs[i].name) ||
		    !strstr(v->text, "neither announced nor touched"))
			fail_msg("%s: %s", wrongs[i].name, v->text);
		mm_world_close(&w);
	}
}

static void test_what_is_named_is_not(void **state)
{
	for (size_t i = 0; i < NR_WRONGS; i++) {
		struct victim victim;
		struct mm_world w;

		open_victim(&victim, &w, &wrongs[i], true);
		if (is_found_out(&w, does_wrong, &victim, true))
			fail_msg("%s", w.m->exec.violation.text);
		mm_world_close(&w);
	}
}

/* A read is not enough: changing is writing. */
static void reads_and_changes(void *payload)
{
	struct victim *v = payload;

	numasim_atomic_read(v->other);
	v->other->value++;
}

static void test_reading_is_not_writing(void **state)
{
	struct victim victim;
	struct mm_world w;

	open_victim(&victim, &w, &wrongs[0], false);
	assert_true(is_found_out(&w, reads_and_changes, &victim, true));
	mm_world_close(&w);
}

/* ---- private pages ---- */

static void prepares_a_page(void *payload)
{
	struct page *page = numasim_alloc_pages_node(0, 0, 0);

	numasim_atomic_read(((struct victim *)payload)->turn);
	page->cpupid = 77;
	page->mapping = 1;
	numasim_put_page(page);
}

static void test_private_pages(void **state)
{
	struct victim victim;
	struct mm_world w;

	open_victim(&victim, &w, &wrongs[0], false);
	if (is_found_out(&w, prepares_a_page, &victim, true))
		fail_msg("%s", w.m->exec.violation.text);
	mm_world_close(&w);
}

static void publishes_a_page(void *payload)
{
	struct victim *v = payload;
	struct page *page = numasim_alloc_pages_node(0, 0, NUMASIM_HPAGE_PMD_ORDER);
	uint64_t *pmd = numasim_mm_find_pmd(v->w->mm, v->w->x);

	numasim_set_entry_at(v->w->mm, v->w->x, pmd,
			     numasim_mk_huge_pmd(page, numasim_vma_page_prot(v->w->vma)));
	numasim_atomic_read(v->turn);
	page->cpupid = 77; /* too late: anybody may look */
}

static void test_published_pages(void **state)
{
	struct victim victim;
	struct mm_world w;

	open_victim(&victim, &w, &wrongs[0], false);
	assert_true(is_found_out(&w, publishes_a_page, &victim, true));
	assert_non_null(strstr(w.m->exec.violation.text, "last-fault tag of page"));
	mm_world_close(&w);
}

/* ---- in a search ---- */

/* Debug builds look without being asked, and then the search ends in a witness. */
static void test_searches(void **state)
{
	for (int engine = NUMASIM_ENGINE_GRAPH; engine <= NUMASIM_ENGINE_TREE; engine++) {
		struct victim victim;
		struct mm_world w;

		open_victim(&victim, &w, &(struct wrong){changes_variable, ""}, false);
		assert_int_equal(is_found_out(&w, does_wrong, &victim, false),
				 FOOTPRINTS_ARE_CHECKED);
		mm_world_search(&w, engine, "lost-write");
		if (FOOTPRINTS_ARE_CHECKED) {
			assert_int_equal(w.info.verdict, NUMASIM_VERDICT_BROKEN);
			assert_string_equal(w.info.oracle, "assertion");
			assert_non_null(strstr(w.info.sentence, "changed other, which it"));
		} else {
			assert_int_equal(w.info.verdict, NUMASIM_VERDICT_HOLDS);
		}
		mm_world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_named_is_found),
		cmocka_unit_test(test_what_is_named_is_not),
		cmocka_unit_test(test_reading_is_not_writing),
		cmocka_unit_test(test_private_pages),
		cmocka_unit_test(test_published_pages),
		cmocka_unit_test(test_searches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
