/* SPDX-License-Identifier: BSD-2-Clause */
/* refcount: the books of swap slots and page caches. Each is right after ordinary work, and a wrong
 * one is noticed. */
#include "mm/system_world.h"

#include "mm/file.h"
#include "mm/swap.h"

#include <numasim/system_calls.h>
#include <sys/mman.h>

#define PAGES 4

/* A page in swap, another one in its cache as well, and a file with two pages in memory. */
static void open_backed(struct system_world *w, const char *release)
{
	const uint64_t memory[] = {64 * MIB, 64 * MIB};
	long p, f, fd;

	system_open(w, release, 2, memory, NULL);
	assert_int_equal(numasim_sys_swapon(w->process, 64), 0);
	p = numasim_sys_mmap(w->process, 0, PAGES * FRAME_SIZE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fd = numasim_sys_memfd_create(w->process, "f", 0);
	assert_int_equal(numasim_sys_ftruncate(w->process, fd, PAGES * FRAME_SIZE), 0);
	f = numasim_sys_mmap(w->process, 0, PAGES * FRAME_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			     fd, 0);
	assert_int_equal(numasim_touch(w->process, p, PAGES * FRAME_SIZE, true), 0);
	assert_int_equal(numasim_touch(w->process, f, 2 * FRAME_SIZE, true), 0);
	assert_int_equal(numasim_system_drain(w->system), 0);
	assert_int_equal(numasim_sys_madvise(w->process, p, PAGES * FRAME_SIZE, MADV_PAGEOUT), 0);
	assert_int_equal(numasim_touch(w->process, p, FRAME_SIZE, false), 0);
}

/* The first slot that entries hold. */
static struct swap_slot *used_slot(const struct system_world *w)
{
	struct swap_device *d = w->m->mm->swap;

	for (uint64_t i = 1; i < d->nr_slots; i++)
		if (d->slot[i].count)
			return &d->slot[i];
	fail_msg("nothing is in swap");
	return NULL;
}

static void counts_too_many(struct system_world *w)
{
	used_slot(w)->count++;
}

static void counts_too_few(struct system_world *w)
{
	used_slot(w)->count--;
}

static void uses_too_many(struct system_world *w)
{
	w->m->mm->swap->nr_used++;
}

static struct file *file_of(const struct system_world *w)
{
	return TAILQ_FIRST(&w->m->mm->files);
}

static void caches_too_many(struct system_world *w)
{
	file_of(w)->mapping.nr_pages++;
}

static void caches_at_the_wrong_place(struct system_world *w)
{
	RB_MIN(cache_tree, &file_of(w)->mapping.cache)->page->index = 3;
}

static void caches_somebody_elses(struct system_world *w)
{
	RB_MIN(cache_tree, &file_of(w)->mapping.cache)->page->flags |= PAGE_ANON;
}

static void test_right(void **state)
{
	static const char *const releases[] = {"v5.4", "v5.19", "debian-6.1.192",
					       "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		struct numasim_error err = {0};
		struct system_world w;

		open_backed(&w, releases[i]);
		if (numasim_system_audit(w.system, &err))
			fail_msg("%s: %s", releases[i], err.text);
		numasim_system_free(w.system);
	}
}

/* Only this half: pages would be found wrong as well. */
static void look(struct numasim_machine *m)
{
	struct exec *outer = exec_current;

	exec_current = &m->exec;
	check_backing(m);
	exec_current = outer;
}

static void test_wrong(void **state)
{
	static const struct {
		void (*spoil)(struct system_world *w);
		const char *sentence;
	} cases[] = {
		{counts_too_many, "users, but 1 entries hold it"},
		{counts_too_few, "swap device of 64 slots"},
		{uses_too_many, "swap device of 64 slots"},
		{caches_too_many, "of its pages are cached, but it is 2"},
		{caches_at_the_wrong_place, "thinks that it is page 3"},
		{caches_somebody_elses, "not the file's"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct numasim_error err = {0};
		struct system_world w;

		open_backed(&w, "debian-6.12.117");
		cases[i].spoil(&w);
		look(w.m);
		assert_true(w.m->exec.violation.found);
		if (!strstr(w.m->exec.violation.text, cases[i].sentence))
			fail_msg("%s", w.m->exec.violation.text);
		assert_int_equal(numasim_system_audit(w.system, &err), -EUCLEAN);
		numasim_system_free(w.system);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
