/* SPDX-License-Identifier: BSD-2-Clause */
/* MADV_REMOVE: a hole in a file in memory, and what it leaves. */
#include "sim_world.h"

/* Two mappings of one file of four pages, each page with its number, and a private copy of
 * page 1. */
struct holed {
	struct sim_world w;
	uint64_t shared, private;
};

static void open_with(struct holed *h, const char *release)
{
	long fd;

	sim_open(&h->w, release, NUMASIM_THP_NEVER);
	fd = numasim_sys_memfd_create(h->w.p, "m", 0);
	assert_int_equal(numasim_sys_ftruncate(h->w.p, (int)fd, 4 * PG), 0);
	h->shared = (uint64_t)numasim_sys_mmap(h->w.p, 0, 4 * PG, RW, MAP_SHARED, (int)fd, 0);
	h->private = (uint64_t)numasim_sys_mmap(h->w.p, 0, 4 * PG, RW, MAP_PRIVATE, (int)fd, 0);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(numasim_process_store(h->w.p, h->shared + i * PG, 10 + i), 0);
	assert_int_equal(numasim_process_store(h->w.p, h->private + PG, 21), 0);
	assert_int_equal(sim_word(&h->w, h->private + 2 * PG), 12);
}

/* Where the page at @at is: a node, or an error. */
static int place(struct holed *h, uint64_t at)
{
	int status = 1;

	assert_int_equal(numasim_sys_move_pages(h->w.p, 1, &at, &status), 0);
	return status;
}

static void holes_are_zeroes_and_copies_stay(void **state)
{
	static const char *const releases[] = {"v3.8", "v4.14", "debian-6.1.192",
					       "debian-6.12.117"};

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
		struct holed h;

		open_with(&h, releases[i]);
		assert_int_equal(numasim_sys_madvise(h.w.p, h.shared + PG, 2 * PG, MADV_REMOVE), 0);
		assert_int_equal(place(&h, h.shared + PG), -ENOENT);
		assert_int_equal(place(&h, h.private + PG), 0);
		assert_int_equal(place(&h, h.private + 2 * PG), -ENOENT);
		assert_int_equal(sim_word(&h.w, h.shared), 10);
		assert_int_equal(sim_word(&h.w, h.shared + PG), 0);
		assert_int_equal(sim_word(&h.w, h.shared + 2 * PG), 0);
		assert_int_equal(sim_word(&h.w, h.shared + 3 * PG), 13);
		assert_int_equal(sim_word(&h.w, h.private + PG), 21);
		assert_int_equal(sim_word(&h.w, h.private + 2 * PG), 0);
		sim_close(&h.w);
	}
}

/* Mapping by mapping: the lock is dropped for each, and what comes after is looked up anew. */
static void mappings_are_visited_in_turn(void **state)
{
	struct holed h;

	open_with(&h, "debian-6.1.192");
	assert_int_equal(numasim_sys_mprotect(h.w.p, h.shared + PG, PG, PROT_READ), 0);
	assert_int_equal(numasim_sys_madvise(h.w.p, h.shared, 4 * PG, MADV_REMOVE), 0);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(sim_word(&h.w, h.shared + i * PG), 0);
	assert_int_equal(numasim_sys_munmap(h.w.p, h.shared + 2 * PG, PG), 0);
	assert_int_equal(numasim_sys_madvise(h.w.p, h.shared, 4 * PG, MADV_REMOVE), -ENOMEM);
	sim_close(&h.w);
}

static void who_may_make_holes(void **state)
{
	struct holed h;
	uint64_t word = 1, anon, disk;
	long fd;

	open_with(&h, "debian-6.12.117");
	anon = sim_map(&h.w, PG, RW);
	assert_int_equal(numasim_sys_madvise(h.w.p, anon, PG, MADV_REMOVE), -EINVAL);
	assert_int_equal(numasim_sys_madvise(h.w.p, h.private, PG, MADV_REMOVE), -EACCES);
	assert_int_equal(numasim_sys_mlock(h.w.p, h.shared, PG), 0);
	assert_int_equal(numasim_sys_madvise(h.w.p, h.shared, PG, MADV_REMOVE), -EINVAL);
	fd = numasim_sys_open(h.w.p, "/f", O_RDWR | O_CREAT);
	assert_int_equal(numasim_sys_pwrite(h.w.p, (int)fd, &word, 8, 0), 8);
	disk = (uint64_t)numasim_sys_mmap(h.w.p, 0, PG, RW, MAP_SHARED, (int)fd, 0);
	assert_int_equal(numasim_sys_madvise(h.w.p, disk, PG, MADV_REMOVE), -EOPNOTSUPP);
	assert_int_equal(sim_word(&h.w, disk), 1);
	sim_close(&h.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holes_are_zeroes_and_copies_stay),
		cmocka_unit_test(mappings_are_visited_in_turn),
		cmocka_unit_test(who_may_make_holes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
