/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of disk files: faults, faults around, copies, first writes, write-back.
 *
 * Longer than 300 lines because all of it stands on the same file and eras.
 *
 * Rows that a test here fails without: 8c6e50b0290c.
 */
#include "backing_world.h"

#define PRIVATE (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SOFTDIRTY)
#define SHARED	(PRIVATE | VM_SHARED | VM_MAYSHARE)
#define PAGES	20

#define SETUP(name, release)                                                                       \
	static int setup_##name(void **state)                                                      \
	{                                                                                          \
		*state = world_open(release);                                                      \
		return 0;                                                                          \
	}
SETUP(3_8, "v3.8")
SETUP(3_13, "v3.13")
SETUP(3_15, "v3.15")
SETUP(5_4, "v5.4")
SETUP(6_1, "debian-6.1.192")
SETUP(6_12, "debian-6.12.117")

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

/* A file whose page i holds i + 1 on the disk, nothing of it in memory. */
static struct file *file_on_disk(void)
{
	struct file *file = file_create(FILE_REGULAR, "/data", PAGES * FRAME_SIZE);

	assert_non_null(file);
	for (uint64_t i = 0; i < PAGES; i++)
		assert_int_equal(file_write_word(file, i * FRAME_SIZE, i + 1), 0);
	assert_int_equal(file_writeback(file), 0);
	assert_int_equal(file_drop_cache(file), PAGES);
	assert_int_equal(file->mapping.nr_pages, 0);
	return file;
}

static uint64_t flags_of(uint64_t address)
{
	return world_entry(address, 1) & ~PFN_FIELD;
}

static long read_from_disk(void)
{
	struct file *file = file_on_disk();
	struct vm_area_struct *vma = world_map(BASE, PAGES, PRIVATE, file, 0);
	uint64_t *major = &current_machine()->mm->vm_event[VM_EVENT_PGMAJFAULT];

	assert_int_equal(world_file_fault(vma, BASE + FRAME_SIZE, false), 0);
	assert_int_equal(*major, 1);
	assert_int_equal(flags_of(BASE + FRAME_SIZE), 0x8000000000000025);
	assert_int_equal(world_entry(BASE, 1), 0);
	assert_int_equal(world_load(BASE + FRAME_SIZE), 2);
	assert_int_equal(vma->vm_mm->rss[MM_FILEPAGES], 1);
	world_unmap(vma);
	assert_int_equal(file->mapping.nr_pages, 1);
	file_put(file);
	return 0;
}

static void reads_from_disk(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, read_from_disk()), 0);
	world_audit(*state);
}

/* Pages 2 to 18 are in memory. Aligned windows of 16: a fault at 3 maps 2 to 15. */
static long around(bool by_release)
{
	struct file *file = file_on_disk();
	struct vm_area_struct *vma = world_map(BASE, PAGES, PRIVATE, file, 0);
	uint64_t value;

	for (uint64_t i = 2; i < 19; i++)
		assert_int_equal(file_read_word(&value, file, i * FRAME_SIZE), 0);
	assert_int_equal(world_file_fault(vma, BASE + 3 * FRAME_SIZE, false), 0);
	for (uint64_t i = 0; i < PAGES; i++) {
		bool mapped = by_release ? i >= 2 && i < 16 : i == 3;

		assert_int_equal(pte_present(world_entry(BASE + i * FRAME_SIZE, 1)), mapped);
	}
	assert_int_equal(vma->vm_mm->rss[MM_FILEPAGES], by_release ? 14 : 1);
	world_unmap(vma);
	assert_int_equal(current_task()->mm->rss[MM_FILEPAGES], 0);
	file_put(file);
	return 0;
}

static void no_faults_around(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, around(false)), 0);
	world_audit(*state);
}

static void faults_around(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, around(true)), 0);
	world_audit(*state);
}

/* The window does not leave the mapping, which starts in the middle of it, at page 5. */
static long around_cut(void)
{
	struct file *file = file_on_disk();
	struct vm_area_struct *vma = world_map(BASE + 5 * FRAME_SIZE, 4, PRIVATE, file, 5);
	uint64_t value;

	for (uint64_t i = 0; i < PAGES; i++)
		assert_int_equal(file_read_word(&value, file, i * FRAME_SIZE), 0);
	assert_int_equal(world_file_fault(vma, BASE + 6 * FRAME_SIZE, false), 0);
	for (uint64_t i = 0; i < 16; i++)
		assert_int_equal(pte_present(world_entry(BASE + i * FRAME_SIZE, 1)),
				 i >= 5 && i < 9);
	assert_int_equal(world_load(BASE + 8 * FRAME_SIZE), 9);
	return 0;
}

static void around_stays_inside(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, around_cut()), 0);
	world_audit(*state);
}

/* A private write: a copy that the file never sees. */
static long private_write(void)
{
	struct file *file = file_on_disk();
	struct vm_area_struct *vma = world_map(BASE, PAGES, PRIVATE, file, 0);
	uint64_t value;

	assert_int_equal(world_file_fault(vma, BASE, true), 0);
	assert_true(pte_write(world_entry(BASE, 1)));
	assert_true(pte_dirty(world_entry(BASE, 1)));
	assert_int_equal(world_load(BASE), 1);
	assert_int_equal(world_store(BASE, 42), 0);
	assert_int_equal(file_read_word(&value, file, 0), 0);
	assert_int_equal(value, 1);
	assert_int_equal(vma->vm_mm->rss[MM_ANONPAGES], 1);
	assert_int_equal(vma->vm_mm->rss[MM_FILEPAGES], 0);
	assert_true(pte_page(world_entry(BASE, 1))->flags & PAGE_ANON);
	world_unmap(vma);
	file_put(file);
	return 0;
}

static void private_write_copies(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, private_write()), 0);
	world_audit(*state);
}

static int wp(struct vm_area_struct *vma, uint64_t address)
{
	pte_t *pte = entry_find(current_machine(), vma->vm_mm, address, 1);

	lock_take(pte_lockptr(vma->vm_mm, pte));
	return do_shared_wp(vma->vm_mm, vma, address, pte, *pte);
}

/* A shared mapping of a disk file starts without RW; the first write makes the page dirty, the
 * write-back makes the entry clean and takes RW, and the disk has the value. */
static long shared_write(void)
{
	struct file *file = file_on_disk();
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED, file, 0);
	struct page *page;
	uint64_t value;

	assert_true(vma_wants_writenotify(vma));
	assert_int_equal(world_file_fault(vma, BASE, false), 0);
	page = pte_page(world_entry(BASE, 1));
	assert_false(pte_write(world_entry(BASE, 1)));
	assert_false(page->flags & PAGE_DIRTY);
	assert_int_equal(wp(vma, BASE), 0);
	assert_true(pte_write(world_entry(BASE, 1)));
	assert_true(page->flags & PAGE_DIRTY);
	assert_int_equal(world_store(BASE, 7), 0);

	assert_int_equal(file_writeback(file), 0);
	assert_false(pte_write(world_entry(BASE, 1)));
	assert_false(pte_dirty(world_entry(BASE, 1)));
	assert_false(page->flags & PAGE_DIRTY);
	assert_int_equal(world_load(BASE), 7);
	world_unmap(vma);
	assert_int_equal(file_drop_cache(file), 1);
	assert_int_equal(file_read_word(&value, file, 0), 0);
	assert_int_equal(value, 7);
	file_put(file);
	return 0;
}

static void shared_write_is_noticed(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, shared_write()), 0);
	world_audit(*state);
}

/* What the processor noted in the entry alone reaches the disk, too: D goes to the page first. */
static long dirty_entry(void)
{
	struct file *file = file_on_disk();
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED, file, 0);
	struct page *page;
	uint64_t value;

	assert_int_equal(world_file_fault(vma, BASE, true), 0);
	page = pte_page(world_entry(BASE, 1));
	assert_true(page->flags & PAGE_DIRTY);
	assert_int_equal(world_store(BASE, 8), 0);
	assert_int_equal(page_mkclean(page), 1);
	assert_int_equal(page_mkclean(page), 0);
	assert_int_equal(file_writeback(file), 0);
	world_unmap(vma);
	assert_int_equal(file_drop_cache(file), 1);
	assert_int_equal(file_read_word(&value, file, 0), 0);
	assert_int_equal(value, 8);
	file_put(file);
	return 0;
}

static void dirty_entries_are_written(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, dirty_entry()), 0);
	world_audit(*state);
}

static long map_shared(struct file *file)
{
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED, file, 0);

	return world_file_fault(vma, BASE, true);
}

/* Both processes have the page writable; one write-back makes both clean. */
static void mkclean_of_all(void **state)
{
	struct backing_world *w = *state;
	struct file *volatile file = NULL;

	assert_int_equal(IN(w, (file = file_on_disk(), map_shared(file))), 0);
	assert_int_equal(IN2(w, map_shared(file)), 0);
	assert_int_equal(IN(w, world_store(BASE, 5)), 0);
	assert_int_equal(IN2(w, world_load(BASE)), 5);
	assert_int_equal(IN(w, page_mapcount(pte_page(world_entry(BASE, 1)))), 2);
	assert_int_equal(IN(w, page_mkclean(pte_page(world_entry(BASE, 1)))), 2);
	assert_int_equal(IN2(w, world_entry(BASE, 1) & (X86_RW | X86_D)), 0);
	world_audit(w);
}

static long errors(void)
{
	struct file *file = file_on_disk(), *device = file_create(FILE_DEVICE, "/dev/x", 0);
	struct vm_area_struct *vma = world_map(BASE, PAGES + 2, SHARED, file, 0);
	struct vm_area_struct *dev = world_map(2 * BASE, 1, SHARED, device, 0);
	uint64_t value;

	assert_int_equal(world_file_fault(vma, BASE + PAGES * FRAME_SIZE, false), -EFAULT);
	assert_int_equal(world_file_fault(vma, BASE + PAGES * FRAME_SIZE, true), -EFAULT);
	assert_int_equal(world_file_fault(dev, 2 * BASE, false), -EFAULT);
	assert_int_equal(file_read_word(&value, file, 4), -EINVAL);
	assert_int_equal(file_write_word(file, 4, 0), -EINVAL);
	assert_int_equal(file_read_word(&value, file, PAGES * FRAME_SIZE), -ENODATA);
	assert_int_equal(file_write_word(file, PAGES * FRAME_SIZE, 0), -EFBIG);
	assert_int_equal(file_read_word(&value, device, 0), -EOPNOTSUPP);
	return 0;
}

static void errors_are_told(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, errors()), 0);
	world_audit(*state);
}

/* Every allocation of each kind of fault fails in turn; the tables are there already. */
static long out_of_memory(uint64_t flags, bool write, unsigned expected)
{
	struct file *file = file_on_disk();
	struct vm_area_struct *vma = world_map(BASE, PAGES, flags, file, 0);
	struct numasim_machine *m = current_machine();
	unsigned failures = 0;

	assert_int_equal(world_file_fault(vma, BASE + FRAME_SIZE, write), 0);
	for (;;) {
		int ret;

		alloc_fail_nth(m, failures + 1);
		ret = world_file_fault(vma, BASE, write);
		alloc_fail_nth(m, 0);
		if (!ret)
			break;
		assert_int_equal(ret, -ENOMEM);
		assert_int_equal(world_entry(BASE, 1), 0);
		failures++;
	}
	assert_int_equal(failures, expected);
	assert_int_equal(world_load(BASE), 1);
	world_unmap(vma);
	file_put(file);
	return 0;
}

static void faults_without_memory(void **state)
{
	struct backing_world *w = *state;

	assert_int_equal(IN(w, out_of_memory(PRIVATE, false, 2)), 0);
	assert_int_equal(IN(w, out_of_memory(PRIVATE, true, 3)), 0);
	assert_int_equal(IN(w, out_of_memory(SHARED, true, 2)), 0);
	world_audit(w);
}

#define TEST(fn, release) cmocka_unit_test_setup_teardown(fn, setup_##release, teardown)
#define ALL(fn)                                                                                    \
	TEST(fn, 3_8), TEST(fn, 3_13), TEST(fn, 3_15), TEST(fn, 5_4), TEST(fn, 6_1), TEST(fn, 6_12)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALL(reads_from_disk),
		TEST(no_faults_around, 3_8),
		TEST(no_faults_around, 3_13),
		TEST(faults_around, 3_15),
		TEST(faults_around, 6_1),
		TEST(faults_around, 6_12),
		TEST(around_stays_inside, 6_12),
		ALL(private_write_copies),
		ALL(shared_write_is_noticed),
		ALL(dirty_entries_are_written),
		ALL(mkclean_of_all),
		ALL(errors_are_told),
		ALL(faults_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
