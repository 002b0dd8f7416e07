/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver's pages and frames in mappings. */
#include "backing_world.h"

#include "mm/device.h"

#define RW     (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE)
#define SHARED (RW | VM_SHARED | VM_MAYSHARE)
#define PAGES  4

#define SETUP(name, release)                                                                       \
	static int setup_##name(void **state)                                                      \
	{                                                                                          \
		*state = world_open(release);                                                      \
		return 0;                                                                          \
	}
SETUP(3_8, "v3.8")
SETUP(3_16, "v3.16")
SETUP(6_12, "debian-6.12.117")

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

static struct vm_area_struct *device_vma(uint64_t flags)
{
	struct file *file = file_create(FILE_DEVICE, "/dev/x", 0);
	struct vm_area_struct *vma = world_map(BASE, PAGES, flags, file, 0);

	assert_non_null(vma);
	file_put(file);
	return vma;
}

static long one_by_one(void)
{
	struct vm_area_struct *vma = device_vma(SHARED | VM_SOFTDIRTY);
	struct page *page[PAGES];

	assert_int_equal(device_alloc_pages(page, PAGES), 0);
	for (unsigned i = 0; i < PAGES; i++) {
		assert_int_equal(vm_insert_page(vma, BASE + i * FRAME_SIZE, page[i]), 0);
		assert_true(page[i]->flags & PAGE_RESERVED);
		assert_int_equal(page[i]->mapcount, 1);
		assert_int_equal(page[i]->count, 2);
	}
	assert_true(vma->vm_flags & VM_MIXEDMAP);
	assert_false(pte_special(world_entry(BASE, 1)));
	assert_int_equal(vma->vm_mm->rss[MM_FILEPAGES], PAGES);
	assert_int_equal(world_store(BASE, 5), 0);
	assert_int_equal(world_load(BASE), 5);
	assert_int_equal(vm_insert_page(vma, BASE, page[1]), -EBUSY);
	assert_int_equal(vm_insert_page(vma, BASE + PAGES * FRAME_SIZE, page[1]), -EFAULT);
	assert_int_equal(vm_insert_page(vma, BASE - 1, page[1]), -EFAULT);
	world_unmap(vma);
	for (unsigned i = 0; i < PAGES; i++)
		assert_int_equal(page[i]->count, 1);
	assert_int_equal(current_task()->mm->rss[MM_FILEPAGES], 0);
	device_free_pages(page, PAGES);
	return 0;
}

static void pages_one_by_one(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, one_by_one()), 0);
	world_audit(*state);
}

static long anonymous_refused(void)
{
	struct vm_area_struct *vma = device_vma(SHARED), *anon = world_map(2 * BASE, 1, ANON_RW,
									    NULL, 0);
	struct page *page;

	assert_non_null(anon);
	assert_int_equal(world_store(2 * BASE, 1), 0);
	page = pte_page(world_entry(2 * BASE, 1));
	assert_int_equal(vm_insert_page(vma, BASE, page), -EINVAL);
	assert_int_equal(world_entry(BASE, 1), 0);
	return 0;
}

static void anonymous_is_refused(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, anonymous_refused()), 0);
	world_audit(*state);
}

/* Frames: special entries, nothing counted. */
static long frames(void)
{
	struct vm_area_struct *vma = device_vma(SHARED);
	struct page *page[1];
	uint64_t pfn;

	assert_int_equal(device_alloc_pages(page, 1), 0);
	pfn = page_to_pfn(current_machine(), page[0]);
	vma->vm_flags |= VM_PFNMAP;
	assert_int_equal(vm_insert_pfn(vma, BASE, pfn), 0);
	assert_int_equal(vm_insert_pfn(vma, BASE, pfn), -EBUSY);
	assert_int_equal(vm_insert_pfn(vma, BASE + PAGES * FRAME_SIZE, pfn), -EFAULT);
	assert_true(pte_special(world_entry(BASE, 1)));
	assert_int_equal(page[0]->mapcount, 0);
	assert_int_equal(page[0]->count, 1);
	assert_int_equal(vma->vm_mm->rss[MM_FILEPAGES], 0);
	world_unmap(vma);
	assert_int_equal(page[0]->count, 1);

	vma = device_vma(SHARED);
	vma->vm_flags |= VM_MIXEDMAP;
	assert_int_equal(vm_insert_mixed(vma, BASE, pfn), 0);
	assert_true(pte_special(world_entry(BASE, 1)));
	world_unmap(vma);
	device_free_pages(page, 1);
	return 0;
}

static void bare_frames(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, frames()), 0);
	world_audit(*state);
}

/* A26: v3.16 takes it for a page; this one is behind all memory, which is only said in the log. */
static long inaccessible(void)
{
	struct vm_area_struct *vma = device_vma(SHARED);
	const uint64_t pfn = UINT64_C(1) << 30;
	pte_t *pte;

	vma->vm_flags |= VM_PFNMAP;
	assert_int_equal(vm_insert_pfn(vma, BASE, pfn), 0);
	pte = entry_find(current_machine(), vma->vm_mm, BASE, 1);
	*pte = kernel_pte_modify(current_kernel(), *pte, kernel_page_prot(0));
	assert_true(pte_present(*pte));
	assert_false(*pte & X86_P);
	assert_int_equal(pte_special(*pte), !has(ROW_NUMA_SOFT_BIT) || has(ROW_A26_SPECIAL_VS_NUMA)
					    || has(ROW_SPECIAL_RESTORED));
	assert_null(vm_normal_page(vma, BASE, *pte));
	world_unmap(vma);
	return 0;
}

static void an_inaccessible_frame(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, inaccessible()), 0);
	world_audit(*state);
}

static long remapped(void)
{
	struct vm_area_struct *vma = device_vma(RW);
	uint64_t size = PAGES * FRAME_SIZE;

	assert_int_equal(remap_pfn_range(vma, BASE, 0x123, FRAME_SIZE), -EINVAL);
	assert_int_equal(remap_pfn_range(vma, BASE + 1, 0x123, size), -EINVAL);
	assert_int_equal(remap_pfn_range(vma, BASE, 0x123, 0), -EINVAL);
	assert_int_equal(remap_pfn_range(vma, BASE, 0x123, size + 1), -EINVAL);
	assert_false(vma->vm_flags & VM_PFNMAP);
	assert_int_equal(remap_pfn_range(vma, BASE, 0x123, size), 0);
	assert_true((vma->vm_flags & (VM_PFNMAP | VM_IO)) == (VM_PFNMAP | VM_IO));
	assert_int_equal(vma->vm_pgoff, 0x123);
	for (unsigned i = 0; i < PAGES; i++)
		assert_int_equal(kernel_pte_pfn(current_kernel(),
						world_entry(BASE + i * FRAME_SIZE, 1)), 0x123 + i);
	world_unmap(vma);
	return 0;
}

static void a_run_of_frames(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, remapped()), 0);
	world_audit(*state);
}

/* The kernel's BUG_ONs. */
static void wrong_mappings_oops(void **state)
{
	struct backing_world *w = world_open(*state);

	assert_int_equal(IN(w, vm_insert_pfn(device_vma(SHARED), BASE, 1)), -EFAULT);
	assert_true(w->system->dead);
	assert_non_null(strstr(w->m->exec.violation.text, "VM_PFNMAP"));
	numasim_system_free(w->system);
	free(w);
}

static long no_memory(void)
{
	struct vm_area_struct *vma = device_vma(SHARED);
	struct numasim_machine *m = current_machine();
	struct page *page[PAGES];

	for (unsigned i = 1; i <= PAGES; i++) {
		alloc_fail_nth(m, i);
		assert_int_equal(device_alloc_pages(page, PAGES), -ENOMEM);
	}
	alloc_fail_nth(m, 0);
	assert_int_equal(device_alloc_pages(page, PAGES), 0);
	alloc_fail_nth(m, 1);
	assert_int_equal(vm_insert_page(vma, BASE, page[0]), -ENOMEM);
	assert_int_equal(vm_insert_page(vma, BASE, page[0]), 0);
	world_unmap(vma);
	device_free_pages(page, PAGES);
	return 0;
}

static void without_memory(void **state)
{
	assert_int_equal(IN(*(struct backing_world **)state, no_memory()), 0);
	world_audit(*state);
}

#define TEST(fn, release) cmocka_unit_test_setup_teardown(fn, setup_##release, teardown)
#define ALL(fn) TEST(fn, 3_8), TEST(fn, 3_16), TEST(fn, 6_12)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALL(pages_one_by_one),
		ALL(anonymous_is_refused),
		ALL(bare_frames),
		ALL(an_inaccessible_frame),
		ALL(a_run_of_frames),
		ALL(without_memory),
		cmocka_unit_test_prestate(wrong_mappings_oops, "v3.8"),
		cmocka_unit_test_prestate(wrong_mappings_oops, "debian-6.12.117"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
