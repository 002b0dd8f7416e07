/* SPDX-License-Identifier: BSD-2-Clause */
/* Snapshots and digests of registered parts. What a whole machine's snapshot holds is tested in
 * tests/unit/check/test_snapshot.c. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/state.h"

/* A part whose second stretch is in use only while `more` says so. */
struct thing {
	uint32_t more;
	char first[13];
	uint64_t second[50];
};

static void save_thing(void *self, struct snapshot *snap)
{
	struct thing *t = self;

	snapshot_add(snap, &t->more, sizeof(t->more));
	snapshot_add(snap, t->first, sizeof(t->first));
	if (t->more)
		snapshot_add(snap, t->second, sizeof(t->second));
}

static void digest_thing(void *self, struct digest_sink *sink)
{
	struct thing *t = self;

	digest_put(sink, t->more);
	digest_put(sink, t->second[0]);
}

static struct state_part thing_part(struct thing *t)
{
	return (struct state_part){"thing", save_thing, digest_thing, t};
}

static void test_put_back(void **state)
{
	struct thing a = {1, "first", {1, 2, 3}}, b = {0, "other", {4}}, old_a = a, old_b = b;
	struct state s = {0};
	struct snapshot snap = {0};

	assert_int_equal(state_register(&s, thing_part(&a)), 0);
	assert_int_equal(state_register(&s, thing_part(&b)), 0);
	assert_int_equal(state_save(&s, &snap), 0);
	for (int round = 0; round < 3; round++) { /* a snapshot can be put back again and again */
		memset(&a, 0xee, sizeof(a));
		memset(b.first, 0xee, sizeof(b.first));
		b.more = 7;
		state_restore(&snap);
		assert_int_equal(a.more, old_a.more);
		assert_memory_equal(a.first, old_a.first, sizeof(a.first));
		assert_memory_equal(a.second, old_a.second, sizeof(a.second));
		assert_int_equal(b.more, 0);
		assert_memory_equal(b.first, old_b.first, sizeof(b.first));
	}
	b.second[0] = 99; /* not in use when the snapshot was taken: nobody's business */
	state_restore(&snap);
	assert_int_equal(b.second[0], 99);
	snapshot_destroy(&snap);
	assert_null(snap.bytes);
}

static void test_saving_again_forgets(void **state)
{
	struct thing a = {0, "old", {0}};
	struct state s = {0};
	struct snapshot snap = {0};
	size_t used;

	state_register(&s, thing_part(&a));
	assert_int_equal(state_save(&s, &snap), 0);
	used = snap.used;
	memcpy(a.first, "new", 4);
	assert_int_equal(state_save(&s, &snap), 0);
	assert_int_equal(snap.used, used);
	memcpy(a.first, "xxx", 4);
	state_restore(&snap);
	assert_string_equal(a.first, "new");
	snapshot_destroy(&snap);
}

static void test_empty_snapshot_restores_nothing(void **state)
{
	struct snapshot snap = {0};

	state_restore(&snap);
	snapshot_destroy(&snap);
}

static void test_digest_is_of_all_parts(void **state)
{
	struct thing a = {1, "a", {5}}, b = {1, "b", {6}};
	struct state s = {0};
	struct digest_sink sink;
	struct digest first, second;

	assert_int_equal(digest_sink_init(&sink), 0);
	state_register(&s, thing_part(&a));
	state_register(&s, (struct state_part){"silent", NULL, NULL, NULL});
	state_register(&s, thing_part(&b));
	first = state_digest(&s, &sink);
	assert_true(digest_equal(first, state_digest(&s, &sink)));
	a.first[0] = 'z'; /* saved, not digested */
	assert_true(digest_equal(first, state_digest(&s, &sink)));
	b.second[0]++;
	second = state_digest(&s, &sink);
	assert_false(digest_equal(first, second));
	b.second[0]--;
	a.second[0]++;
	assert_false(digest_equal(first, state_digest(&s, &sink)));
	assert_false(digest_equal(second, state_digest(&s, &sink)));
	digest_sink_destroy(&sink);
}

static void test_too_many_parts(void **state)
{
	struct thing a = {0};
	struct state s = {0};

	for (int i = 0; i < STATE_MAX_PARTS; i++)
		assert_int_equal(state_register(&s, thing_part(&a)), 0);
	assert_int_equal(state_register(&s, thing_part(&a)), -ENOSPC);
	assert_int_equal(s.nr_parts, STATE_MAX_PARTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put_back),
		cmocka_unit_test(test_saving_again_forgets),
		cmocka_unit_test(test_empty_snapshot_restores_nothing),
		cmocka_unit_test(test_digest_is_of_all_parts),
		cmocka_unit_test(test_too_many_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
