/* SPDX-License-Identifier: BSD-2-Clause */
/* Out of memory: what failures leave as it was, what they break where a fix is missing, and what is
 * done with less memory. */
#include "call_world.h"

#define PAGES 40

/*
 * Row 47b16d0462a4: mprotect() of the upper part of a mapping could become part of the one above,
 * but for want of memory.
 *
 *	page	100   105   110   120
 *		[ RW .. xxx ][ R  ]	xxx is to be R
 */
static long protect_upper_part(const char *release, bool *below_writable, bool *part_writable)
{
	struct call_world w = {0};
	long ret;

	call_open(&w, release);
	map_at(&w, 100, 20, RW);
	assert_int_equal(CALL(&w, sys_mprotect(W + P(110), P(10), PROT_READ)), 0);
	alloc_fail_nth(w.system->machine, 1);
	ret = CALL(&w, sys_mprotect(W + P(105), P(5), PROT_READ));
	alloc_fail_nth(w.system->machine, 0);
	*below_writable = store(&w, 102);
	*part_writable = store(&w, 107);
	call_close(&w);
	return ret;
}

static void test_modify_without_memory(void **state)
{
	bool below, part;

	/* the call says that all went well, and the part below has lost its rights */
	assert_int_equal(protect_upper_part("v6.12", &below, &part), 0);
	assert_false(below);
	/* before and after, an error or what was asked for */
	assert_int_equal(protect_upper_part("v6.11", &below, &part), 0);
	assert_true(below && !part);
	assert_int_equal(protect_upper_part("debian-6.12.117", &below, &part), -ENOMEM);
	assert_true(below && part);
	assert_int_equal(protect_upper_part("debian-6.1.192", &below, &part), 0);
	assert_true(below && !part);
}

/* ---- what a failure leaves as it was ---- */

/*
 * A mapping without pages would take over one that has some, and join its family for that: from
 * v6.1 on there may be no memory after it did.
 *
 *	[ RW ][ R ][ RW: page 9 ]
 */
static void test_import_undone(void **state)
{
	struct call_world w = {0};

	call_open(&w, "debian-6.12.117");
	map_at(&w, 0, 12, RW);
	assert_int_equal(CALL(&w, sys_mprotect(W + P(4), P(4), PROT_READ)), 0);
	assert_true(store(&w, 9));
	alloc_fail_nth(w.system->machine, 2); /* the first one is for the family */
	assert_int_equal(CALL(&w, sys_mprotect(W + P(4), P(4), RW)), -ENOMEM);
	assert_vma(&w, 0, 0, 4);
	assert_null(vma_at(&w, 0)->anon_vma);
	assert_true(LIST_EMPTY(&vma_at(&w, 0)->anon_vma_chain));
	assert_int_equal(CALL(&w, sys_mprotect(W + P(4), P(4), RW)), 0);
	assert_vma(&w, 0, 0, 12);
	assert_ptr_equal(vma_at(&w, 0), vma_at(&w, 9));
	assert_non_null(vma_at(&w, 0)->anon_vma);
	call_close(&w);
}

/* ---- a fallback ---- */

static void count_flush(void *payload, enum event_kind kind, uint64_t where)
{
	struct call_world *w = payload;

	w->seen += kind == EVENT_FLUSHED;
}

/* How often MADV_DONTNEED of 40 pages flushes. */
static int flushes(const char *release, bool without_memory)
{
	struct call_world w = {0};
	struct exec *exec;

	call_open(&w, release);
	map_at(&w, 0, PAGES, RW);
	for (unsigned i = 0; i < PAGES; i++)
		assert_true(store(&w, i));
	exec = &w.system->machine->exec;
	exec->event_payload = &w;
	exec->event = count_flush;
	if (without_memory)
		alloc_fail_from(w.system->machine, 1);
	assert_int_equal(CALL(&w, sys_madvise(W, P(PAGES), MADV_DONTNEED)), 0);
	call_close(&w);
	return w.seen;
}

/* Without a page for a batch a gather is full after 8 pages. */
static void test_small_gather(void **state)
{
	static const char *const release[] = {"v3.8", "v4.15", "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(release) / sizeof(*release); i++)
		assert_true(flushes(release[i], true) > flushes(release[i], false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modify_without_memory),
		cmocka_unit_test(test_import_undone),
		cmocka_unit_test(test_small_gather),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
