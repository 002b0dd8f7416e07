/* SPDX-License-Identifier: BSD-2-Clause */
/* How get_user_pages() comes to a page that is not there: no memory, swap, a stack that grows. */
#include "gup_world.h"

#include "mm/gfp.h"

#define GROWSDOWN     0x100 /* MAP_GROWSDOWN */
#define PAGEOUT_ADVICE 21   /* MADV_PAGEOUT */

static const char *const releases[] = {"v3.8", "v4.4", "v4.9", "v5.8", "v5.19", "debian-6.1.192",
				       "v6.5", "debian-6.12.117"};

static void in_all(void (*check)(struct gup_world *w))
{
	for (unsigned i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		struct gup_world w;

		world_open(&w, releases[i], NUMASIM_THP_NEVER);
		check(&w);
		world_close(&w);
	}
}

static void check_oom(struct gup_world *w)
{
	struct numasim_machine *m = w->system->machine;
	uint64_t at = world_anon(w, PAGE, PROT_READ);
	long ret = -EIO;

	for (uint64_t nth = 1; ret; nth++) {
		assert_true(nth < 20);
		alloc_fail_nth(m, nth);
		ret = numasim_mem_write(w->p, w->p, at, 3);
		alloc_fail_nth(m, 0);
		assert_true(ret == 0 || ret == -EIO);
		assert_int_equal(numasim_system_audit(w->system, NULL), 0);
	}
	assert_int_equal(world_load(w->p, at), 3);
}

static void check_swap(struct gup_world *w)
{
	uint64_t at, value;

	if (!world_has(w, ROW_MADV_COLD))
		return;
	assert_int_equal(numasim_sys_swapon(w->p, 64), 0);
	at = world_written_page(w);
	assert_int_equal(numasim_sys_madvise(w->p, at, PAGE, PAGEOUT_ADVICE), 0);
	assert_false(world_entry(w->p, at) & X86_P);
	assert_int_equal(numasim_mem_read(w->p, &value, w->p, at), 0);
	assert_int_equal(value, 1);
	assert_int_equal(numasim_mem_write(w->p, w->p, at, 4), 0);
	assert_int_equal(world_load(w->p, at), 4);
}

/* A debugger writes below a stack, which grows. */
static void check_stack(struct gup_world *w)
{
	uint64_t at = world_anon(w, 64 * PAGE, PROT_NONE) + 60 * PAGE, value;
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | GROWSDOWN;

	assert_int_equal(numasim_sys_munmap(w->p, at - 60 * PAGE, 64 * PAGE), 0);
	assert_int_equal(numasim_sys_mmap(w->p, at, PAGE, PROT_READ | PROT_WRITE,
					  flags | MAP_FIXED, -1, 0), at);
	assert_int_equal(numasim_process_store(w->p, at, 1), 0);
	assert_int_equal(numasim_mem_write(w->p, w->p, at - 2 * PAGE, 6), 0);
	assert_int_equal(numasim_mem_read(w->p, &value, w->p, at - 2 * PAGE), 0);
	assert_int_equal(value, 6);
	assert_int_equal(world_load(w->p, at - 2 * PAGE), 6);
}

static void no_memory(void **state)
{
	in_all(check_oom);
}

static void swap(void **state)
{
	in_all(check_swap);
}

static void stack(void **state)
{
	in_all(check_stack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory),
		cmocka_unit_test(swap),
		cmocka_unit_test(stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
