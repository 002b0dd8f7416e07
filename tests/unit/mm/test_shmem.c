/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared memory: memfd, MAP_SHARED | MAP_ANONYMOUS. Entries are those that the Debian kernels were
 * seen to have.
 *
 * Rows that a test here fails without: eca56ff906bd, 64e455079e1b.
 */
#include "backing_world.h"

#include "mm/mmap.h"

#define SHARED	 (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SHARED | VM_MAYSHARE)
#define WRITTEN	 0x8000000000000867
#define READ	 0x8000000000000027
#define PAGES	 16

#define SETUP(name, release)                                                                       \
	static int setup_##name(void **state)                                                      \
	{                                                                                          \
		*state = world_open(release);                                                      \
		return 0;                                                                          \
	}
SETUP(3_8, "v3.8")
SETUP(4_4, "v4.4")
SETUP(4_5, "v4.5")
SETUP(6_1, "debian-6.1.192")
SETUP(6_12, "debian-6.12.117")

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

static uint64_t flags_of(uint64_t address)
{
	return world_entry(address, 1) & ~PFN_FIELD;
}

static struct file *shmem(void)
{
	struct file *file = file_create(FILE_SHMEM, "/memfd:x (deleted)", PAGES * FRAME_SIZE);

	assert_non_null(file);
	return file;
}

/* As golden's misc: page 0 written, page 1 read; both have RW, for nobody asks about writes. */
static long golden(void)
{
	struct file *file = shmem();
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED | VM_SOFTDIRTY, file, 0);
	struct page *page;

	assert_false(vma_wants_writenotify(vma));
	assert_int_equal(world_file_fault(vma, BASE, true), 0);
	assert_int_equal(world_store(BASE, 1), 0);
	assert_int_equal(flags_of(BASE), WRITTEN);
	assert_int_equal(world_file_fault(vma, BASE + FRAME_SIZE, false), 0);
	assert_int_equal(world_load(BASE + FRAME_SIZE), 0);
	assert_int_equal(flags_of(BASE + FRAME_SIZE), READ);
	page = pte_page(world_entry(BASE, 1));
	assert_true(page->flags & PAGE_DIRTY);
	assert_true(page->flags & PAGE_SWAPBACKED);
	assert_true(page->flags & PAGE_UPTODATE);
	assert_false(page->flags & PAGE_ANON);
	assert_false(pte_page(world_entry(BASE + FRAME_SIZE, 1))->flags & PAGE_DIRTY);
	assert_int_equal(vma->vm_mm->rss[MM_SHMEMPAGES], 2);
	assert_int_equal(current_machine()->mm->vm_event[VM_EVENT_PGMAJFAULT], 0);
	world_unmap(vma);
	assert_int_equal(current_task()->mm->rss[MM_SHMEMPAGES], 0);
	file_put(file);
	return 0;
}

static void golden_misc(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, golden()), 0);
	world_audit(*state);
}

/* After clear_refs (no VM_SOFTDIRTY) first writes are to be noticed. */
static long soft_dirty_cleared(void)
{
	struct file *file = shmem();
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED, file, 0);
	pte_t *pte;

	assert_true(vma_wants_writenotify(vma));
	assert_int_equal(world_file_fault(vma, BASE, false), 0);
	assert_false(pte_write(world_entry(BASE, 1)));
	pte = entry_find(current_machine(), vma->vm_mm, BASE, 1);
	lock_take(pte_lockptr(vma->vm_mm, pte));
	assert_int_equal(do_shared_wp(vma->vm_mm, vma, BASE, pte, *pte), 0);
	assert_int_equal(flags_of(BASE), WRITTEN);
	assert_true(pte_page(*pte)->flags & PAGE_DIRTY);
	return 0;
}

static void soft_dirty_is_noticed(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, soft_dirty_cleared()), 0);
	world_audit(*state);
}

/* Which counter its pages are in: that of files to v4.4. */
static long counted(enum rss_kind kind)
{
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED, shmem(), 0);

	assert_int_equal(world_file_fault(vma, BASE, true), 0);
	assert_int_equal(vma->vm_mm->rss[kind], 1);
	return 0;
}

static void counts_as_file(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, counted(MM_FILEPAGES)), 0);
}

static void counts_as_shmem(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, counted(MM_SHMEMPAGES)), 0);
}

static long map_and_store(struct file *file)
{
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED, file, 0);

	assert_int_equal(world_file_fault(vma, BASE, true), 0);
	return world_store(BASE, 11);
}

/* Another process, at another address and offset, sees the same page; write-back does nothing. */
static long map_and_load(struct file *file)
{
	struct vm_area_struct *vma = world_map(2 * BASE, 1, SHARED, file, 0);

	assert_int_equal(world_file_fault(vma, 2 * BASE, false), 0);
	assert_int_equal(file_writeback(file), 0);
	assert_int_equal(file_drop_cache(file), 0);
	return world_load(2 * BASE);
}

static void both_see_it(void **state)
{
	struct backing_world *w = *state;
	struct file *volatile file = NULL;

	assert_int_equal(IN(w, (file = shmem(), map_and_store(file))), 0);
	assert_int_equal(IN2(w, map_and_load(file)), 11);
	world_audit(w);
}

/* The file's last user takes the pages with it. */
static long last_user(void)
{
	struct vm_area_struct *vma;
	struct file *file = shmem();

	vma = world_map(BASE, PAGES, SHARED, file, 0);
	file_put(file);
	assert_int_equal(world_file_fault(vma, BASE, true), 0);
	assert_false(TAILQ_EMPTY(&current_machine()->mm->files));
	world_unmap(vma);
	assert_true(TAILQ_EMPTY(&current_machine()->mm->files));
	return 0;
}

static void last_user_frees(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, last_user()), 0);
	world_audit(*state);
}

/* A page that was read, made ready for writing ahead of the write: the page is dirty, the entry is
 * not (FOLL_TOUCH). To be read only, it stays clean. */
static long populated(void)
{
	struct file *file = shmem();
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED | VM_SOFTDIRTY, file, 0);
	struct page *page;

	assert_int_equal(world_file_fault(vma, BASE, false), 0);
	page = pte_page(world_entry(BASE, 1));
	assert_int_equal(populate_range(vma, BASE, BASE + FRAME_SIZE, false, false), 0);
	assert_false(page->flags & PAGE_DIRTY);
	assert_int_equal(populate_range(vma, BASE, BASE + FRAME_SIZE, true, false), 0);
	assert_true(page->flags & PAGE_DIRTY);
	assert_int_equal(flags_of(BASE), READ);
	world_unmap(vma);
	file_put(file);
	return 0;
}

static void populated_is_dirty(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, populated()), 0);
	world_audit(*state);
}

/* MADV_PAGEOUT: no mapping has the page any more. It stays in the cache if it was ever written. */
static long paged_out(void)
{
	uint64_t clean = BASE + FRAME_SIZE;
	struct file *file = shmem();
	struct vm_area_struct *vma = world_map(BASE, PAGES, SHARED | VM_SOFTDIRTY, file, 0);
	struct page *page;

	assert_int_equal(world_file_fault(vma, BASE, true), 0);
	assert_int_equal(world_store(BASE, 7), 0);
	assert_int_equal(world_file_fault(vma, clean, false), 0);
	page = pte_page(world_entry(BASE, 1));
	assert_int_equal(vma->vm_mm->rss[MM_SHMEMPAGES], 2);
	assert_int_equal(file->mapping.nr_pages, 2);

	assert_false(world_pageout(BASE));
	assert_true(world_pageout(clean));
	assert_int_equal(world_entry(BASE, 1), 0);
	assert_int_equal(world_entry(clean, 1), 0);
	assert_int_equal(page->mapcount, 0);
	assert_int_equal(vma->vm_mm->rss[MM_SHMEMPAGES], 0);
	assert_int_equal(file->mapping.nr_pages, 1);

	assert_int_equal(world_file_fault(vma, BASE, false), 0);
	assert_ptr_equal(pte_page(world_entry(BASE, 1)), page);
	assert_int_equal(world_load(BASE), 7);
	assert_int_equal(world_file_fault(vma, clean, false), 0);
	assert_int_equal(world_load(clean), 0);
	world_unmap(vma);
	file_put(file);
	return 0;
}

static void paged_out_is_unmapped(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, paged_out()), 0);
	world_audit(*state);
}

#define TEST(fn, release) cmocka_unit_test_setup_teardown(fn, setup_##release, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(golden_misc, 6_1),	      TEST(golden_misc, 6_12),
		TEST(soft_dirty_is_noticed, 6_1), TEST(soft_dirty_is_noticed, 6_12),
		TEST(counts_as_file, 3_8),    TEST(counts_as_file, 4_4),
		TEST(counts_as_shmem, 4_5),   TEST(counts_as_shmem, 6_12),
		TEST(both_see_it, 3_8),	      TEST(both_see_it, 6_12),
		TEST(last_user_frees, 3_8),   TEST(last_user_frees, 6_12),
		TEST(populated_is_dirty, 6_1), TEST(populated_is_dirty, 6_12),
		TEST(paged_out_is_unmapped, 6_1), TEST(paged_out_is_unmapped, 6_12),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
