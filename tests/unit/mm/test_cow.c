/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A write to a page that is shared, or was. The second process is a child whose entries are made
 * by hand, as fork leaves them:
 *
 *	 parent P --- entry without RW ---> page <--- entry without RW --- child C
 *
 * Rows that a test here fails without: 6c287605fd56, d4c470970d45.
 */
#include "fault_world.h"

#include "mm/rmap.h"

#define NX UINT64_C(0x8000000000000000)

struct family {
	struct fault_world w; /* the parent */
	struct numasim_process *child;
	struct mm_struct *child_mm;
	uint64_t at;
	struct page *page;
};

static void share_entry(struct family *f, uint64_t at)
{
	const struct kernel *k = f->w.m->kernel;
	uint64_t *of_parent = entry_find(f->w.m, f->w.mm, at, 1), *of_child, entry;

	entry = *of_parent = kernel_pte_wrprotect(k, *of_parent);
	flush_tlb_mm(f->w.mm);
	of_child = entry_alloc(f->child_mm, at, 1);
	assert_non_null(of_child);
	page_dup_rmap(f->page);
	get_page(f->page);
	page_set_anon_exclusive(f->page, 0, false);
	f->child_mm->rss[MM_ANONPAGES]++;
	*of_child = kernel_pte_mkold(k, entry);
}

static long make_family(struct family *f)
{
	struct vm_area_struct *vma, *parent = find_vma(f->w.mm, f->at);

	vma = vma_alloc(f->child_mm);
	assert_non_null(vma);
	vma->vm_start = parent->vm_start;
	vma->vm_end = parent->vm_end;
	vma->vm_flags = parent->vm_flags;
	vma->vm_pgoff = parent->vm_pgoff;
	assert_int_equal(anon_vma_fork(vma, parent), 0);
	vma_link(f->child_mm, vma);
	share_entry(f, f->at);
	return 0;
}

static void family_open(struct family *f, const char *release)
{
	struct numasim_error err;

	world_open(&f->w, release, NUMASIM_THP_NEVER);
	f->at = world_map(&f->w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
	world_store(&f->w, f->at, 1);
	f->page = world_page(&f->w, f->at);
	world_drain(&f->w);
	assert_int_equal(numasim_process_create(&f->child, f->w.system, "C", 1, &err), 0);
	f->child_mm = f->child->task->mm;
	assert_int_equal(IN_PROCESS(f->w.process, make_family(f)), 0);
}

static uint64_t child_pte(const struct family *f)
{
	struct numasim_entries e;

	numasim_process_entries(&e, f->child, f->at);
	return e.pte & ~X86_PFN_MASK;
}

/* Golden "fork": the child's write copies, and the parent then has the page for itself. */
static void the_first_writer_copies_and_the_last_one_reuses(void **state)
{
	EACH_RELEASE(release) {
		struct family f;
		uint64_t value;

		family_open(&f, release);
		assert_int_equal(f.page->mapcount, 2);
		assert_int_equal(numasim_process_store(f.child, f.at, 2), 0);
		assert_entry(&f.w, child_pte(&f), with_soft_dirty(&f.w, NX | 0x067));
		assert_ptr_equal(world_page(&f.w, f.at), f.page);
		assert_int_equal(f.page->mapcount, 1);
		assert_int_equal(f.page->count, 1);
		assert_int_equal(world_load(&f.w, f.at), 1);
		world_store(&f.w, f.at, 3);
		assert_ptr_equal(world_page(&f.w, f.at), f.page);
		assert_entry(&f.w, world_pte(&f.w, f.at), with_soft_dirty(&f.w, NX | 0x067));
		assert_int_equal(numasim_process_load(&value, f.child, f.at), 0);
		assert_int_equal(value, 2);
		assert_int_equal(world_load(&f.w, f.at), 3);
		assert_int_equal(f.child_mm->rss[MM_ANONPAGES], 1);
		world_close(&f.w);
	}
}

static void the_entries_after_fork_are_the_recorded_ones(void **state)
{
	struct family f;

	family_open(&f, "debian-6.1.192");
	assert_entry(&f.w, world_pte(&f.w, f.at), NX | 0x865);
	assert_entry(&f.w, child_pte(&f), NX | 0x845);
	world_close(&f.w);
	family_open(&f, "debian-6.12.117");
	assert_entry(&f.w, world_pte(&f.w, f.at), UINT64_C(0x84) << 56 | 0x825);
	assert_entry(&f.w, child_pte(&f), UINT64_C(0x84) << 56 | 0x805);
	world_close(&f.w);
}

/*
 * C3. Somebody has a reference of the page (a pipe, a device). The child unmaps, or writes. Who
 * writes last keeps the page to v5.8, and the reference's owner sees it; from v5.9 on it copies.
 */
static void a_reference_of_another_forces_a_copy_from_5_9_on(void **state)
{
	EACH_RELEASE(release) {
		struct family f;
		bool reused;

		family_open(&f, release);
		f.page->count++;
		assert_int_equal(numasim_process_store(f.child, f.at, 2), 0);
		world_store(&f.w, f.at, 3);
		reused = world_page(&f.w, f.at) == f.page;
		if (reused == kernel_has(f.w.m->kernel, ROW_C3_WP_SIMPLE))
			fail_msg("%s: the page is %s", release, reused ? "reused" : "copied");
		assert_int_equal(f.page->mapcount, reused);
		assert_int_equal(f.page->count, 1 + reused);
		assert_int_equal(world_load(&f.w, f.at), 3);
		world_close(&f.w);
	}
}

/* v5.19+: a page that is marked exclusive is kept whatever references it has (a pin, say). */
static void an_exclusive_page_is_always_reused(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		struct page *page;
		uint64_t at;
		bool kept;

		world_open(&w, release, NUMASIM_THP_NEVER);
		at = world_map(&w, FRAME_SIZE, RW_FLAGS, false)->vm_start;
		world_store(&w, at, 1);
		page = world_page(&w, at);
		page->count += 5;
		world_set(&w, at, 1, kernel_pte_wrprotect(w.m->kernel, world_entry(&w, at, 1)));
		world_store(&w, at, 2);
		kept = world_page(&w, at) == page;
		assert_int_equal(kept, !kernel_has(w.m->kernel, ROW_C3_WP_SIMPLE) ||
					       kernel_has(w.m->kernel, ROW_ANON_EXCLUSIVE));
		world_close(&w);
	}
}

static void back_to_batch(struct family *f)
{
	IN_PROCESS(f->w.process, ({
			   isolate_lru_page(f->page);
			   putback_lru_page(f->page);
			   0;
		   }));
}

/* A page that waits in this CPU's batch has its reference: from v5.18 on that is drained. */
static void a_page_in_a_batch_is_drained_from_5_18_on(void **state)
{
	EACH_RELEASE(release) {
		struct family f;
		bool reused, drains;

		family_open(&f, release);
		drains = kernel_has(f.w.m->kernel, ROW_WP_DRAINS) ||
			 !kernel_has(f.w.m->kernel, ROW_C3_WP_SIMPLE);
		assert_int_equal(numasim_process_store(f.child, f.at, 2), 0);
		back_to_batch(&f);
		world_store(&f.w, f.at, 3);
		reused = world_page(&f.w, f.at) == f.page;
		if (reused != drains)
			fail_msg("%s: the page is %s", release, reused ? "reused" : "copied");
		world_close(&f.w);
	}
}

static void without_memory_the_entry_stays(void **state)
{
	EACH_RELEASE(release) {
		struct family f;

		family_open(&f, release);
		alloc_fail_nth(f.w.m, 1);
		assert_int_equal(numasim_process_store(f.child, f.at, 2), -EFAULT);
		alloc_fail_nth(f.w.m, 0);
		assert_int_equal(f.page->mapcount, 2);
		assert_int_equal(f.page->count, 2);
		assert_int_equal(f.child_mm->mmap_sem.readers, 0);
		assert_int_equal(numasim_process_store(f.child, f.at, 2), 0);
		assert_int_equal(f.page->count, 1);
		world_close(&f.w);
	}
}

static unsigned unshare(struct family *f)
{
	return IN_PROCESS(f->child, handle_mm_fault(find_vma(f->child_mm, f->at), f->at,
						    FAULT_FLAG_UNSHARE));
}

/* v5.19+: a reader that wants the page for long gets its own; rights stay as they were. */
static void unsharing_copies_without_a_write(void **state)
{
	EACH_RELEASE(release) {
		struct family f;
		uint64_t value;

		family_open(&f, release);
		if (kernel_has(f.w.m->kernel, ROW_ANON_EXCLUSIVE)) {
			assert_int_equal(unshare(&f) & VM_FAULT_ERROR, 0);
			assert_int_equal(f.page->mapcount, 1);
			assert_false(child_pte(&f) & X86_RW);
			assert_true(kernel_pte_soft_dirty(f.w.m->kernel, child_pte(&f)));
			assert_int_equal(numasim_process_load(&value, f.child, f.at), 0);
			assert_int_equal(value, 1);
			assert_int_equal(unshare(&f) & VM_FAULT_ERROR, 0);
			assert_false(child_pte(&f) & X86_RW);
		}
		world_close(&f.w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_writer_copies_and_the_last_one_reuses),
		cmocka_unit_test(the_entries_after_fork_are_the_recorded_ones),
		cmocka_unit_test(a_reference_of_another_forces_a_copy_from_5_9_on),
		cmocka_unit_test(an_exclusive_page_is_always_reused),
		cmocka_unit_test(a_page_in_a_batch_is_drained_from_5_18_on),
		cmocka_unit_test(without_memory_the_entry_stays),
		cmocka_unit_test(unsharing_copies_without_a_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
