/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of 2 MiB from a pool: promises, faults, copies, fork, what is done to ranges.
 *
 * Longer than 300 lines because one pool and one set of eras serve all of it.
 *
 * Rows that a test here fails without: cbef8478bee5, 30dad30922cc.
 */
#include "backing_world.h"

#include "mm/hugetlb.h"
#include "mm/mprotect.h"
#include "mm/tlb.h"

#define RW	(VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_HUGETLB | VM_DONTEXPAND)
#define SHARED	(RW | VM_SHARED | VM_MAYSHARE)
#define HUGE	HPAGE_SIZE
#define HUGE_PFN UINT64_C(0x000fffffffe00000)

#define SETUP(name, release)                                                                       \
	static int setup_##name(void **state)                                                      \
	{                                                                                          \
		*state = world_open(release);                                                      \
		return 0;                                                                          \
	}
SETUP(3_8, "v3.8")
SETUP(3_10, "v3.10")
SETUP(3_19, "v3.19")
SETUP(4_0, "v4.0")
SETUP(5_4, "v5.4")
SETUP(6_1, "debian-6.1.192")
SETUP(6_12, "debian-6.12.117")

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

static struct file *huge_file(uint64_t pages)
{
	return file_create(FILE_HUGETLB, "/anon_hugepage (deleted)", pages * HUGE);
}

/* A mapping of @pages huge pages with a file of its own; NULL: refused. */
static struct vm_area_struct *map_huge(uint64_t pages, uint64_t flags)
{
	struct file *file = huge_file(pages);
	struct vm_area_struct *vma = world_map(BASE, pages * BLOCK_FRAMES, flags, file, 0);

	file_put(file);
	return vma;
}

static void expect_pool(uint64_t total, uint64_t free, uint64_t reserved)
{
	struct hugetlb_counts c = hugetlb_counts(current_machine());

	assert_int_equal(c.total, total);
	assert_int_equal(c.free, free);
	assert_int_equal(c.reserved, reserved);
}

/* As golden's misc: the page written, the pool emptied again. */
static long golden(uint64_t expected)
{
	struct vm_area_struct *vma;

	expect_pool(0, 0, 0);
	assert_int_equal(hugetlb_set_pool(2), 2);
	vma = map_huge(1, RW);
	assert_non_null(vma);
	expect_pool(2, 2, 1);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	expect_pool(2, 1, 0);
	assert_int_equal(world_store(BASE, 1), 0);
	assert_int_equal(world_store(BASE + HUGE - 8, 2), 0);
	assert_int_equal(world_entry(BASE, 2) & ~HUGE_PFN, expected);
	assert_int_equal(world_load(BASE), 1);
	world_unmap(vma);
	expect_pool(2, 2, 0);
	assert_int_equal(hugetlb_set_pool(0), 0);
	expect_pool(0, 0, 0);
	return 0;
}

static void golden_6_1(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, golden(0x80000000000008e7)), 0);
	world_audit(*state);
}

static void golden_6_12(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, golden(0x84000000000008e7)), 0);
	world_audit(*state);
}

static void golden_old(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, golden(0x80000000000000e7)), 0);
	world_audit(*state);
}

/* More than is free cannot be promised; what is promised is nobody else's; beyond the pool, a
 * mapping without a promise gets SIGBUS. */
static long promises(void)
{
	struct vm_area_struct *vma, *chance;
	struct file *file;

	assert_int_equal(hugetlb_set_pool(3), 3);
	assert_null(map_huge(4, RW));
	assert_null(map_huge(4, SHARED));
	expect_pool(3, 3, 0);
	vma = map_huge(2, RW);
	expect_pool(3, 3, 2);
	assert_int_equal(hugetlb_set_pool(0), 2); /* what is promised stays */
	file = huge_file(1);
	assert_null(world_map(2 * BASE, BLOCK_FRAMES, RW, file, 0));
	chance = world_map(2 * BASE, BLOCK_FRAMES, RW | VM_NORESERVE, file, 0);
	assert_non_null(chance);
	assert_int_equal(hugetlb_fault(chance->vm_mm, chance, 2 * BASE, true), -EFAULT);
	world_unmap(vma);
	expect_pool(2, 2, 0);
	assert_int_equal(hugetlb_fault(chance->vm_mm, chance, 2 * BASE, true), 0);
	world_unmap(chance);
	file_put(file);
	expect_pool(2, 2, 0);
	return 0;
}

static void promises_are_kept(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, promises()), 0);
	world_audit(*state);
}

static long errors(void)
{
	struct file *file = huge_file(2);
	struct vm_area_struct *vma;

	assert_int_equal(hugetlb_set_pool(2), 2);
	assert_null(world_map(BASE + FRAME_SIZE, BLOCK_FRAMES, RW, file, 0));
	assert_null(world_map(BASE, 1, RW, file, 0));
	assert_null(world_map(BASE, BLOCK_FRAMES, RW, file, 1));
	expect_pool(2, 2, 0);
	vma = world_map(BASE, 2 * BLOCK_FRAMES, SHARED | VM_NORESERVE, file, BLOCK_FRAMES);
	assert_non_null(vma);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, false), 0);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE + HUGE, false), -EFAULT); /* beyond */
	assert_int_equal(hugetlb_set_pool(1 << 20) < 1 << 20, true); /* all the memory there is */
	return 0;
}

static void errors_are_told(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, errors()), 0);
}

/* Nobody ever filled the pool: nothing can be promised, and who takes his chances has none. */
static long without_pool(void)
{
	struct vm_area_struct *vma;

	assert_null(map_huge(1, RW));
	vma = map_huge(1, RW | VM_NORESERVE);
	assert_non_null(vma);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), -EFAULT);
	world_unmap(vma);
	return 0;
}

static void no_pool(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, without_pool()), 0);
	world_audit(*state);
}

static long parent_writes(void)
{
	struct vm_area_struct *vma;

	assert_int_equal(hugetlb_set_pool(3), 3);
	vma = map_huge(1, RW);
	assert_non_null(vma);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	return world_store(BASE, 5);
}

/* As fork: the child's mapping of the same file, and its entries. */
static long fork_to(struct mm_struct *child, uint64_t flags)
{
	struct vm_area_struct *src = find_vma(current_task()->mm, BASE), *dst = vma_alloc(child);

	dst->vm_start = src->vm_start;
	dst->vm_end = src->vm_end;
	dst->vm_flags = flags;
	dst->vm_pgoff = src->vm_pgoff;
	dst->vm_file = src->vm_file;
	file_get(dst->vm_file);
	assert_int_equal(file_vma_link(dst, NULL), 0);
	if (src->anon_vma)
		assert_int_equal(anon_vma_fork(dst, src), 0);
	vma_link(child, dst);
	assert_int_equal(copy_page_range(dst, src), 0);
	flush_tlb_range(src, src->vm_start, src->vm_end);
	return 0;
}

static long child_writes(void)
{
	struct vm_area_struct *vma = find_vma(current_task()->mm, BASE);

	assert_int_equal(world_load(BASE), 5);
	assert_false(pmd_write(world_entry(BASE, 2)));
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	assert_int_equal(world_store(BASE, 6), 0);
	expect_pool(3, 1, 0);
	return 0;
}

static long parent_again(void)
{
	struct vm_area_struct *vma = find_vma(current_task()->mm, BASE);
	struct page *page = pmd_page(world_entry(BASE, 2));

	assert_false(pmd_write(world_entry(BASE, 2)));
	assert_int_equal(world_load(BASE), 5);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	assert_ptr_equal(pmd_page(world_entry(BASE, 2)), page); /* alone again: reused */
	assert_int_equal(world_store(BASE, 7), 0);
	return 0;
}

static long unmap(void)
{
	world_unmap(find_vma(current_task()->mm, BASE));
	return 0;
}

static long free_again(uint64_t free)
{
	expect_pool(3, free, 0);
	return 0;
}

static void fork_copies_on_write(void **state)
{
	struct backing_world *w = *state;

	assert_int_equal(IN(w, parent_writes()), 0);
	assert_int_equal(IN(w, fork_to(w->mm[1], RW)), 0);
	world_audit(w);
	assert_int_equal(IN2(w, child_writes()), 0);
	assert_int_equal(IN(w, parent_again()), 0);
	assert_int_equal(IN2(w, world_load(BASE)), 6);
	world_audit(w);
	assert_int_equal(IN2(w, unmap()), 0);
	assert_int_equal(IN(w, free_again(2)), 0);
	assert_int_equal(IN(w, unmap()), 0);
	assert_int_equal(IN(w, free_again(3)), 0);
	world_audit(w);
}

static long shared_setup(void)
{
	struct vm_area_struct *vma;

	assert_int_equal(hugetlb_set_pool(3), 3);
	vma = map_huge(1, SHARED);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, false), 0);
	assert_true(pmd_write(world_entry(BASE, 2)));
	return world_store(BASE, 5);
}

static void shared_is_shared(void **state)
{
	struct backing_world *w = *state;

	assert_int_equal(IN(w, shared_setup()), 0);
	assert_int_equal(IN(w, fork_to(w->mm[1], SHARED)), 0);
	assert_int_equal(IN2(w, hugetlb_fault(w->mm[1], find_vma(w->mm[1], BASE), BASE, true)), 0);
	assert_int_equal(IN2(w, world_store(BASE, 8)), 0);
	assert_int_equal(IN(w, world_load(BASE)), 8);
	world_audit(w);
	assert_int_equal(IN(w, unmap()), 0);
	assert_int_equal(IN(w, free_again(2)), 0);
	assert_int_equal(IN2(w, unmap()), 0);
	assert_int_equal(IN(w, free_again(3)), 0);
}

/* mprotect: the whole slot, present throughout; back again it is written after a fault. */
static long protect(void)
{
	struct vm_area_struct *vma;
	uint64_t none = kernel_page_prot(0);

	assert_int_equal(hugetlb_set_pool(2), 2);
	vma = map_huge(2, RW);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	assert_int_equal(world_store(BASE, 5), 0);
	assert_int_equal(change_protection(vma, BASE, BASE + 2 * HUGE, none, 0), BLOCK_FRAMES);
	assert_false(world_entry(BASE, 2) & (X86_P | X86_RW));
	assert_true(world_entry(BASE, 2) & X86_PSE);
	assert_int_equal(change_protection(vma, BASE, BASE + 2 * HUGE, vm_page_prot(vma), 0),
			 BLOCK_FRAMES);
	assert_int_equal(world_load(BASE), 5);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	assert_int_equal(world_store(BASE, 6), 0);
	assert_int_equal(world_entry(BASE + HUGE, 2), 0);
	return 0;
}

static void protect_keeps_pages(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, protect()), 0);
	world_audit(*state);
}

/* Before 6b79c57b92cd the scanner comes here too: to v3.19 it takes RW away, for nothing: the next
 * write finds that the page has no other user. */
static long scanned(void)
{
	struct vm_area_struct *vma;
	uint64_t pfn;

	assert_int_equal(hugetlb_set_pool(1), 1);
	vma = map_huge(1, RW);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	assert_int_equal(world_store(BASE, 5), 0);
	pfn = world_entry(BASE, 2) & HUGE_PFN;
	assert_int_equal(change_prot_numa(vma, BASE, BASE + HUGE), BLOCK_FRAMES);
	assert_int_equal(world_entry(BASE, 2) & (X86_P | X86_RW | X86_US), X86_P | X86_US);
	assert_int_equal(world_load(BASE), 5);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	assert_int_equal(world_store(BASE, 6), 0);
	assert_int_equal(world_entry(BASE, 2) & HUGE_PFN, pfn);
	return 0;
}

static void scanned_for_nothing(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, scanned()), 0);
	world_audit(*state);
}

/* B3: to v3.19 a slot with a migration entry is no slot. */
static long slot_of_migration(bool seen)
{
	const struct kernel *k = current_kernel();
	pmd_t entry = kernel_mk_migration(k, SWAP_MIGRATION_WRITE, 0x200, 0);

	assert_false(pmd_huge(0));
	assert_false(pmd_huge(kernel_mk_table(k, 0x200)));
	assert_true(pmd_huge(kernel_mk_huge_pmd(k, 0x200, kernel_page_prot(RIGHT_READ))));
	assert_int_equal(pmd_huge(entry), seen);
	return 0;
}

static void b3_unseen(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, slot_of_migration(false)), 0);
}

static void b3_seen(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, slot_of_migration(true)), 0);
}

/* B1: whoever meets the migration entry of a huge slot waits for the page (nobody has it locked
 * here, so it is over at once), or, to v3.9, comes back without having looked at it. */
static long migration_wait(void)
{
	const struct kernel *k = current_kernel();
	struct vm_area_struct *vma;
	struct page *page;
	pmd_t *pmd, entry;

	assert_int_equal(hugetlb_set_pool(1), 1);
	vma = map_huge(1, RW);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	pmd = entry_find(current_machine(), vma->vm_mm, BASE, 2);
	entry = *pmd;
	page = pmd_page(entry);
	*pmd = kernel_mk_migration(k, SWAP_MIGRATION_WRITE, kernel_pmd_pfn(k, entry), 0);
	assert_int_equal(hugetlb_fault(vma->vm_mm, vma, BASE, true), 0);
	assert_int_equal(page->count, 1);
	assert_int_equal(kernel_pte_migration(k, *pmd), true);
	/* fork and mprotect know it, and make it one that may not write */
	assert_int_equal(change_protection(vma, BASE, BASE + HUGE, kernel_page_prot(RIGHT_READ), 0),
			 BLOCK_FRAMES);
	assert_int_equal(kernel_swp_kind(k, *pmd), SWAP_MIGRATION_READ);
	*pmd = entry;
	return 0;
}

static void b1_wait(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, migration_wait()), 0);
}

#define TEST(fn, release) cmocka_unit_test_setup_teardown(fn, setup_##release, teardown)
#define ALL(fn)                                                                                    \
	TEST(fn, 3_8), TEST(fn, 3_10), TEST(fn, 4_0), TEST(fn, 5_4), TEST(fn, 6_1), TEST(fn, 6_12)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(golden_old, 3_8),
		TEST(golden_6_1, 6_1),
		TEST(golden_6_12, 6_12),
		ALL(promises_are_kept),
		ALL(errors_are_told),
		ALL(no_pool),
		ALL(fork_copies_on_write),
		ALL(shared_is_shared),
		ALL(protect_keeps_pages),
		TEST(scanned_for_nothing, 3_8),
		TEST(scanned_for_nothing, 3_19),
		TEST(b3_unseen, 3_8),
		TEST(b3_unseen, 3_19),
		TEST(b3_seen, 4_0),
		TEST(b3_seen, 6_12),
		ALL(b1_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
