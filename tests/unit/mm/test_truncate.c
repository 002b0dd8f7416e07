/* SPDX-License-Identifier: BSD-2-Clause */
/* Cutting files off under their mappings. */
#include "backing_world.h"

#define PRIVATE (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SOFTDIRTY)
#define SHARED	(PRIVATE | VM_SHARED | VM_MAYSHARE)
#define PAGES	4

#define SETUP(name, release)                                                                       \
	static int setup_##name(void **state)                                                      \
	{                                                                                          \
		*state = world_open(release);                                                      \
		return 0;                                                                          \
	}
SETUP(3_8, "v3.8")
SETUP(6_1, "debian-6.1.192")
SETUP(6_12, "debian-6.12.117")

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

static struct file *filled(enum file_kind kind)
{
	struct file *file = file_create(kind, "/data", PAGES * FRAME_SIZE);

	for (uint64_t i = 0; i < PAGES; i++) {
		assert_int_equal(file_write_word(file, i * FRAME_SIZE, i + 1), 0);
		assert_int_equal(file_write_word(file, i * FRAME_SIZE + 2048, i + 100), 0);
	}
	return file;
}

/* To one page and a half: pages 2 and 3 go from a shared mapping, and a private copy with them. */
static long cut(enum file_kind kind)
{
	struct file *file = filled(kind);
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED, file, 0);
	struct vm_area_struct *own = world_map(2 * BASE, PAGES, PRIVATE, file, 0);
	uint64_t value;

	for (uint64_t i = 0; i < PAGES; i++)
		if (!world_entry(BASE + i * FRAME_SIZE, 1))
			assert_int_equal(world_file_fault(vma, BASE + i * FRAME_SIZE, true), 0);
	assert_int_equal(world_file_fault(own, 2 * BASE, true), 0);
	assert_int_equal(world_file_fault(own, 2 * BASE + 3 * FRAME_SIZE, true), 0);

	file_truncate(file, FRAME_SIZE + 2048);
	assert_int_equal(file->mapping.nr_pages, 2);
	assert_int_not_equal(world_entry(BASE + FRAME_SIZE, 1), 0);
	assert_int_equal(world_entry(BASE + 2 * FRAME_SIZE, 1), 0);
	assert_int_equal(world_entry(BASE + 3 * FRAME_SIZE, 1), 0);
	assert_int_not_equal(world_entry(2 * BASE, 1), 0);
	assert_int_equal(world_entry(2 * BASE + 3 * FRAME_SIZE, 1), 0);
	assert_int_equal(world_file_fault(vma, BASE + 2 * FRAME_SIZE, false), -EFAULT);
	assert_int_equal(vma->vm_mm->rss[MM_ANONPAGES], 1);

	/* the half that was cut off is zero, also when the file grows again */
	assert_int_equal(world_load(BASE + FRAME_SIZE), 2);
	assert_int_equal(world_load(BASE + FRAME_SIZE + 2048), 0);
	file_truncate(file, PAGES * FRAME_SIZE);
	assert_int_equal(world_file_fault(vma, BASE + 3 * FRAME_SIZE, false), 0);
	assert_int_equal(world_load(BASE + 3 * FRAME_SIZE), 0);
	assert_int_equal(file_read_word(&value, file, 2 * FRAME_SIZE), 0);
	assert_int_equal(value, 0);
	world_unmap(vma);
	world_unmap(own);
	file_put(file);
	return 0;
}

static void cut_disk_file(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, cut(FILE_REGULAR)), 0);
	world_audit(*state);
}

static void cut_shared_memory(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, cut(FILE_SHMEM)), 0);
	world_audit(*state);
}

/* What was cut off is gone from the disk, too. */
static long cut_written(void)
{
	struct file *file = filled(FILE_REGULAR);
	uint64_t value;

	assert_int_equal(file_writeback(file), 0);
	file_truncate(file, 2048);
	file_truncate(file, PAGES * FRAME_SIZE);
	assert_int_equal(file_writeback(file), 0);
	file_drop_cache(file);
	assert_int_equal(file_read_word(&value, file, 0), 0);
	assert_int_equal(value, 1);
	assert_int_equal(file_read_word(&value, file, 2048), 0);
	assert_int_equal(value, 0);
	assert_int_equal(file_read_word(&value, file, FRAME_SIZE), 0);
	assert_int_equal(value, 0);
	return 0;
}

static void cut_reaches_the_disk(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, cut_written()), 0);
	world_audit(*state);
}

#define TEST(fn, release) cmocka_unit_test_setup_teardown(fn, setup_##release, teardown)
#define ALL(fn) TEST(fn, 3_8), TEST(fn, 6_1), TEST(fn, 6_12)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALL(cut_disk_file),
		ALL(cut_shared_memory),
		ALL(cut_reaches_the_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
