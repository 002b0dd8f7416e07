/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fault and a truncation, in every order. Whatever comes first, no entry leads to a page that the
 * file no longer has:
 *
 *	fault				truncate
 *	the size is 1 page
 *					the size is 0; nothing is mapped yet; the page
 *					leaves the cache
 *	lock the page: not the file's	unmap again
 *	look again: SIGBUS
 */
#include "mm_world.h"

#include "backing_world.h"

#include "exec/var.h"

#define SHARED (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SHARED | VM_MAYSHARE)

struct race {
	struct mm_world w;
	struct file *file;
	struct vm_area_struct *vma;
	bool private, sloppy;
};

static void make_file(void *payload)
{
	struct race *r = payload;
	uint64_t flags = r->private ? SHARED & ~(uint64_t)(VM_SHARED | VM_MAYSHARE) : SHARED;

	r->file = file_create(FILE_SHMEM, "x", FRAME_SIZE);
	file_write_word(r->file, 0, 1);
	r->vma = world_map(BASE, 1, flags, r->file, 0);
	if (r->private)
		anon_vma_prepare(r->vma);
}

static void faults(void *payload)
{
	const struct race *r = payload;
	pmd_t *pmd = entry_alloc(r->vma->vm_mm, BASE, 2);
	int ret;

	rwlock_take_read(&r->vma->vm_mm->mmap_sem);
	ret = do_file_fault(r->vma->vm_mm, r->vma, BASE, pmd, true);
	rwlock_release_read(&r->vma->vm_mm->mmap_sem);
	numasim_assert(ret == 0 || ret == -EFAULT);
}

static void truncates(void *payload)
{
	const struct race *r = payload;
	struct page *page;

	if (!r->sloppy) {
		file_truncate(r->file, 0);
		return;
	}
	/* what a kernel without the second pass, and without the page lock, would do */
	shared_write64(FILE_SIZE_OBJECT(r->file), &r->file->size, 0);
	unmap_mapping_pages(&r->file->mapping, 0, UINT64_MAX, true);
	page = find_get_page(&r->file->mapping, 0);
	delete_from_page_cache(page);
	put_page(page);
}

static void nothing_is_mapped(void *payload)
{
	const struct race *r = payload;
	const uint64_t *entry = entry_find(r->w.m, r->vma->vm_mm, BASE, 1);

	numasim_assert(!entry || !*entry);
}

static bool search(const char *release, bool private, bool sloppy)
{
	struct numasim_program_options options = {.release = release};
	struct race r = {.private = private, .sloppy = sloppy};
	bool broken;

	mm_world_open(&r.w, &options, false);
	if (numasim_program_setup(r.w.program, make_file, &r,
				  &(struct numasim_seat){.where = NUMASIM_SEAT_NODE, .mm = r.w.mm},
				  &r.w.err))
		fail_msg("%s", r.w.err.text);
	for (unsigned i = 0; i < 2; i++) {
		struct numasim_seat seat = {.where = NUMASIM_SEAT_NODE, .id = i, .mm = r.w.mm};

		if (numasim_program_add(r.w.program, i ? "truncates" : "faults",
					i ? truncates : faults, &r, &seat, &r.w.err))
			fail_msg("%s", r.w.err.text);
	}
	assert_int_equal(numasim_program_check(r.w.program, nothing_is_mapped, &r), 0);
	mm_world_search(&r.w, NUMASIM_ENGINE_GRAPH, "assertion");
	assert_true(r.w.info.states > 10);
	if (r.w.info.sentence && strstr(r.w.info.sentence, "the model itself"))
		fail_msg("%s", r.w.info.sentence);
	broken = r.w.info.verdict == NUMASIM_VERDICT_BROKEN;
	assert_true(broken || r.w.info.verdict == NUMASIM_VERDICT_HOLDS);
	mm_world_close(&r.w);
	return broken;
}

static void race_shared(void **state)
{
	assert_false(search("v3.8", false, false));
	assert_false(search("v3.13", false, false));
}

static void race_private(void **state)
{
	assert_false(search("v3.13", true, false));
}

/* The check can fail. */
static void race_sloppy(void **state)
{
	assert_true(search("v3.13", false, true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(race_shared),
		cmocka_unit_test(race_private),
		cmocka_unit_test(race_sloppy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
