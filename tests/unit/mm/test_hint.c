/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hint faults: entries that were armed by hand, as the scanner leaves them.
 *
 * Rows that a test here fails without: 6a56ccbcf6c6, 7ea7e333842e, c5b5a3dd2c1f, 8a0516ed8b90,
 * d59dc7bcfa64.
 */
#include "fault_world.h"

#include "mm/hooks.h"

#define NX UINT64_C(0x8000000000000000)

/* What the hooks were asked and told; one machine at a time. */
static struct {
	int target, faults, nid;
	unsigned pages, flags;
} seen;

static int misplaced(struct page *page, struct vm_area_struct *vma, uint64_t address)
{
	return seen.target;
}

static void faulted(uint32_t last_cpupid, int nid, unsigned pages, unsigned flags)
{
	seen.faults++;
	seen.nid = nid;
	seen.pages = pages;
	seen.flags = flags;
}

static const struct numa_hooks hooks = {.mpol_misplaced = misplaced, .task_numa_fault = faulted};

static uint64_t open_armed(struct fault_world *w, const char *release, bool huge, int target)
{
	const struct kernel *k;
	uint64_t at;

	world_open(w, release, huge ? NUMASIM_THP_ALWAYS : NUMASIM_THP_NEVER);
	k = w->m->kernel;
	w->m->mm->numa = &hooks;
	memset(&seen, 0, sizeof(seen));
	seen.target = target;
	at = world_map(w, huge ? HPAGE_SIZE : 4 * FRAME_SIZE, RW_FLAGS, huge)->vm_start;
	world_store(w, at, 7);
	world_drain(w);
	if (huge)
		world_set(w, at, 2, kernel_pmd_arm(k, world_entry(w, at, 2)));
	else
		world_set(w, at, 1, kernel_pte_arm(k, world_entry(w, at, 1)));
	return at;
}

/* Does the fault of this release bring RW back at once? From v4.0-rc6 on. */
static bool keeps_write(const struct fault_world *w)
{
	const struct kernel *k = w->m->kernel;

	return !kernel_has(k, ROW_PROTNONE_HINTS) || kernel_has(k, ROW_A28_PRESERVE_WRITE) ||
	       kernel_has(k, ROW_A28_NO_SAVED_WRITE);
}

/* Golden "numahint", but for moving: 962 (6.1), 04..920 (6.12); after the fault 867. */
static void a_hint_becomes_accessible_and_is_counted(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_armed(&w, release, false, -1);

		assert_int_equal(world_load(&w, at), 7);
		assert_entry(&w, world_pte(&w, at), with_soft_dirty(&w, NX | 0x067));
		assert_true(keeps_write(&w));
		assert_int_equal(world_count(&w, VM_EVENT_NUMA_HINT_FAULTS), 1);
		assert_int_equal(world_count(&w, VM_EVENT_NUMA_HINT_FAULTS_LOCAL), 1);
		assert_int_equal(seen.faults, 1);
		assert_int_equal(seen.nid, 0);
		assert_int_equal(seen.pages, 1);
		assert_int_equal(seen.flags, TNF_FAULT_LOCAL);
		assert_int_equal(world_page(&w, at)->count, 1);
		world_close(&w);
	}
}

static void the_armed_entries_are_the_recorded_ones(void **state)
{
	struct fault_world w;
	uint64_t at;

	at = open_armed(&w, "debian-6.1.192", false, -1);
	assert_entry(&w, world_pte(&w, at), 0x962);
	world_close(&w);
	at = open_armed(&w, "debian-6.12.117", false, -1);
	assert_entry(&w, world_pte(&w, at), UINT64_C(4) << 56 | 0x920);
	world_close(&w);
	at = open_armed(&w, "debian-6.1.192", true, -1);
	assert_entry(&w, world_pmd(&w, at), 0x9e2);
	world_close(&w);
	at = open_armed(&w, "debian-6.12.117", true, -1);
	assert_entry(&w, world_pmd(&w, at), UINT64_C(4) << 56 | 0x9a0);
	world_close(&w);
}

/* A35: from v6.6 on, until it was mended, a change of rights lost D of a huge entry. */
static bool loses_dirty(const struct fault_world *w)
{
	return kernel_has(w->m->kernel, ROW_SAVED_DIRTY) &&
	       !kernel_has(w->m->kernel, ROW_A35_PMD_MODIFY_DIRTY);
}

/* Golden "numahint_thp", but for moving: 8e7 again. */
static void a_huge_hint_becomes_accessible_and_is_counted(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_armed(&w, release, true, -1);

		assert_int_equal(world_load(&w, at), 7);
		assert_entry(&w, world_pmd(&w, at),
			     with_soft_dirty(&w, NX | (loses_dirty(&w) ? 0x0a7 : 0x0e7)));
		assert_int_equal(world_count(&w, VM_EVENT_NUMA_HINT_FAULTS), 1);
		assert_int_equal(seen.faults, 1);
		assert_int_equal(seen.pages, BLOCK_FRAMES);
		assert_int_equal(seen.flags, TNF_FAULT_LOCAL);
		assert_int_equal(world_page(&w, at)->count, 1);
		assert_false(world_page(&w, at)->flags & PAGE_LOCKED);
		world_close(&w);
	}
}

/* From v4.0 on the move is refused: the page stays, with its references, and can be used. */
static void a_page_that_cannot_move_stays(void **state)
{
	EACH_RELEASE(release) {
		for (int huge = 0; huge < 2; huge++) {
			struct fault_world w;
			uint64_t at = open_armed(&w, release, huge, 1);
			struct page *page;

			if (!kernel_has(w.m->kernel, ROW_PROTNONE_HINTS)) {
				world_close(&w);
				continue;
			}
			assert_int_equal(world_load(&w, at), 7);
			page = world_page(&w, at);
			assert_int_equal(page->node, 0);
			assert_int_equal(page->count, 1);
			assert_int_equal(page->mapcount, 1);
			assert_false(page->flags & PAGE_LOCKED);
			assert_int_equal(seen.nid, 0);
			assert_true(seen.flags & TNF_MIGRATE_FAIL);
			assert_false(seen.flags & TNF_MIGRATED);
			world_store(&w, at, 8);
			assert_ptr_equal(world_page(&w, at), page);
			assert_int_equal(seen.faults, 1);
			world_close(&w);
		}
	}
}

static struct vm_area_struct *find_vma_of(struct fault_world *w, uint64_t at)
{
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, &w->mm->vmas)
		if (at >= vma->vm_start && at < vma->vm_end)
			return vma;
	fail_msg("%s: no VMA", w->release);
	return NULL;
}

static unsigned forced_read(struct fault_world *w, struct vm_area_struct *vma)
{
	return IN_PROCESS(w->process, handle_mm_fault(vma, vma->vm_start, 0));
}

/*
 * A17. The mapping has no access, and somebody (GUP with force) faults there all the same. To v3.19
 * the entry becomes accessible, if PROT_NONE looks like a hint; v4.0 to v4.8 stop; then it stays.
 */
static void a_forced_fault_is_no_hint_fault(void **state)
{
	EACH_RELEASE(release) {
		struct vm_area_struct *vma;
		struct fault_world w;
		uint64_t at = open_armed(&w, release, false, -1), entry;
		bool asks, alike;

		vma = find_vma_of(&w, at);
		entry = kernel_pte_modify(w.m->kernel, kernel_entry_mknonnuma(
				w.m->kernel, world_entry(&w, at, 1)), PAGE_NONE_PROT);
		vma->vm_flags &= ~(uint64_t)VM_ACCESS;
		world_set(&w, at, 1, entry);
		asks = kernel_has(w.m->kernel, ROW_A17_FAULT_CHECKS_VMA);
		alike = kernel_pte_hint(w.m->kernel, entry);
		forced_read(&w, vma);
		assert_int_equal(w.system->dead,
				 !asks && kernel_has(w.m->kernel, ROW_PROTNONE_HINTS));
		if (asks || !alike)
			assert_entry(&w, world_entry(&w, at, 1), entry);
		else if (!w.system->dead)
			assert_true(world_entry(&w, at, 1) & X86_P);
		assert_int_equal(seen.faults, !asks && alike && !w.system->dead);
		world_close(&w);
	}
}

/* v6.2+: RW comes back only to a page that is the process's alone. */
static void a_shared_page_does_not_get_write_back(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_armed(&w, release, false, -1);

		if (kernel_has(w.m->kernel, ROW_A28_NO_SAVED_WRITE)) {
			struct page *page = world_page(&w, at);

			page->flags &= ~(uint32_t)PAGE_ANON_EXCLUSIVE;
			assert_int_equal(world_load(&w, at), 7);
			assert_false(world_pte(&w, at) & X86_RW);
			assert_true(seen.flags & TNF_NO_GROUP);
		}
		world_close(&w);
	}
}

/* A hint on a zero page, which scanners do not make: restored, and not counted. (In v3.16 to v3.19
 * a hint has no room to be special.) */
static void nobody_counts_the_zero_page(void **state)
{
	EACH_RELEASE(release) {
		struct fault_world w;
		uint64_t at = open_armed(&w, release, false, -1), zero = at + FRAME_SIZE;

		if (kernel_has(w.m->kernel, ROW_NUMA_SOFT_BIT)) {
			world_close(&w);
			continue;
		}
		assert_int_equal(world_load(&w, zero), 0);
		world_set(&w, zero, 1, kernel_pte_arm(w.m->kernel, world_entry(&w, zero, 1)));
		assert_int_equal(world_load(&w, zero), 0);
		assert_true(world_pte(&w, zero) & X86_P);
		assert_false(world_pte(&w, zero) & X86_RW);
		if (seen.faults || world_count(&w, VM_EVENT_NUMA_HINT_FAULTS))
			fail_msg("%s counts a hint fault on the zero page", release);
		world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hint_becomes_accessible_and_is_counted),
		cmocka_unit_test(the_armed_entries_are_the_recorded_ones),
		cmocka_unit_test(a_huge_hint_becomes_accessible_and_is_counted),
		cmocka_unit_test(a_page_that_cannot_move_stays),
		cmocka_unit_test(a_forced_fault_is_no_hint_fault),
		cmocka_unit_test(a_shared_page_does_not_get_write_back),
		cmocka_unit_test(nobody_counts_the_zero_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
