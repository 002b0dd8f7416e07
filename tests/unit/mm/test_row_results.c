/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What rows change that one processor alone can see: the same calls in the first release with the
 * row, and in that release without it.
 *
 * Longer than 300 lines because it is one table, and what its lines call.
 */
#include "call_world.h"

#include <stdio.h>

#include "mm/bits.h"
#include "mm/device.h"
#include "mm/hooks.h"
#include "mm/hugetlb.h"
#include "mm/mm_life.h"
#include "mm/mprotect.h"
#include "mm/page.h"
#include "mm/ranges.h"
#include "mm/rmap.h"
#include "mm/swap.h"
#include "mm/tlb.h"
#include "mm/zone.h"
#include "numa/numa.h"

#define GIB (UINT64_C(1) << 30)

/* ---- helpers ---- */

static uint64_t *entry(struct call_world *w, uint64_t address, unsigned level)
{
	return entry_find(w->system->machine, w->mm, address, level);
}

static struct page *mapped(struct call_world *w)
{
	const struct numasim_machine *m = w->system->machine;

	return pfn_to_page(m, kernel_pte_pfn(m->kernel, *entry(w, W, 1)));
}

/* One page, written. */
static struct page *written(struct call_world *w)
{
	assert_int_equal(map_at(w, 0, 1, RW), W);
	assert_true(store(w, 0));
	CALL(w, (lru_add_drain_all(), 0));
	return mapped(w);
}

static void written_huge(struct call_world *w)
{
	w->system->machine->mm->thp = THP_ALWAYS;
	assert_int_equal(map_at(w, 0, 512, RW), W);
	assert_true(store(w, 0));
	assert_true(*entry(w, W, 2) & X86_PSE);
}

/* A shared page of a file, written; the file stays with its mapping. */
static struct page *written_file(struct call_world *w)
{
	struct file *file = NULL;

	CALL(w, (file = file_create(FILE_REGULAR, "file", P(4)), 0));
	assert_non_null(file);
	file->readable = file->writable = true;
	assert_int_equal(CALL(w, sys_mmap(W, P(1), RW, MAP_SHARED | MAP_FIXED, file, 0)), W);
	CALL(w, (file_put(file), 0));
	assert_true(store(w, 0));
	return mapped(w);
}

/* Somebody who watches flushes. */
struct watch {
	struct call_world *w;
	struct page *page;
	long seen;
};

static void watch(struct watch *watch, void (*fn)(void *, enum event_kind, uint64_t))
{
	struct exec *exec = &watch->w->system->machine->exec;

	exec->event = fn;
	exec->event_payload = watch;
}

static void count_flush(void *payload, enum event_kind kind, uint64_t where)
{
	struct watch *watch = payload;

	watch->seen += kind == EVENT_FLUSHED;
}

/* Was the lock of W's table held in a flush? */
static void note_locked(void *payload, enum event_kind kind, uint64_t where)
{
	struct watch *watch = payload;
	const uint64_t *pte = entry(watch->w, W, 1);

	if (kind == EVENT_FLUSHED && pte)
		watch->seen |= entry_table(watch->w->system->machine, pte)->ptl.owner != 0;
}

/* From which address on? */
static void note_start(void *payload, enum event_kind kind, uint64_t where)
{
	struct watch *watch = payload;

	if (kind == EVENT_FLUSHED)
		watch->seen = where ? 1 : -1;
}

/* Is the page still mapped? */
static void note_maps(void *payload, enum event_kind kind, uint64_t where)
{
	struct watch *watch = payload;

	if (kind == EVENT_FLUSHED)
		watch->seen += watch->page->mapcount;
}

/* ---- entries ---- */

/* 1667918b6483: mprotect() gives a hint its A back before it changes it. */
static long protect_a_hint(struct call_world *w)
{
	written(w);
	CALL(w, (long)change_prot_numa(vma_at(w, 0), W, W + P(1)));
	assert_false(*entry(w, W, 1) & X86_P);
	*entry(w, W, 1) &= ~(uint64_t)X86_A;
	assert_int_equal(CALL(w, sys_mprotect(W, P(1), PROT_READ)), 0);
	return !!(*entry(w, W, 1) & X86_A);
}

static long tables(struct call_world *w)
{
	written(w);
	return (long)(w->mm->pgtables_bytes / FRAME_SIZE);
}

static long clear_refs_pinned(struct call_world *w)
{
	struct page *page = written(w);
	bool writable;

	w->mm->has_pinned = 1;
	CALL(w, (page_pin(page), 0));
	assert_int_equal(CALL(w, clear_refs(w->mm, CLEAR_REFS_SOFT_DIRTY)), 0);
	writable = *entry(w, W, 1) & X86_RW;
	CALL(w, (page_unpin(page), 0));
	return writable;
}

/* How many entries a scan arms of a dirty page of a file. */
static long arm_dirty_file(struct call_world *w)
{
	written_file(w)->flags |= PAGE_DIRTY;
	return CALL(w, (long)change_protection(vma_at(w, 0), W, W + P(1), kernel_page_prot(0),
					       CP_PROT_NUMA));
}

/* Does the PMD table itself go to the new place? */
static long move_gib(struct call_world *w)
{
	const uint64_t to = W + 16 * GIB;
	uint64_t table;

	assert_int_equal(CALL(w, sys_mmap(W, GIB, RW, FIXED | MAP_NORESERVE, NULL, 0)), W);
	assert_true(store(w, 0));
	table = *entry(w, W, 3) & X86_PFN_MASK;
	assert_int_equal(CALL(w, sys_mremap(W, GIB, GIB, MREMAP_MAYMOVE | MREMAP_FIXED, to)), to);
	return (*entry(w, to, 3) & X86_PFN_MASK) == table;
}

/* ---- flushes ---- */

static long clear_refs_flushes(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written(w);
	watch(&flushes, count_flush);
	assert_int_equal(CALL(w, clear_refs(w->mm, CLEAR_REFS_ALL)), 0);
	return flushes.seen;
}

static long zap_file_flushes_locked(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written_file(w);
	watch(&flushes, note_locked);
	assert_int_equal(CALL(w, sys_madvise(W, P(1), MADV_DONTNEED)), 0);
	return flushes.seen;
}

static long zap_file_flushes_mapped(struct call_world *w)
{
	struct watch flushes = {.w = w};

	flushes.page = written_file(w);
	watch(&flushes, note_maps);
	assert_int_equal(CALL(w, sys_madvise(W, P(1), MADV_DONTNEED)), 0);
	return flushes.seen;
}

/* A page that was only read: its entry is clean. */
static long move_clean_flushes_locked(struct call_world *w)
{
	struct watch flushes = {.w = w};

	assert_int_equal(map_at(w, 0, 1, RW), W);
	assert_int_equal(numasim_process_load(&(uint64_t){0}, w->p, W), 0);
	watch(&flushes, note_locked);
	assert_int_equal(CALL(w, sys_mremap(W, P(1), P(1), MREMAP_MAYMOVE | MREMAP_FIXED,
					    W + P(8))), W + P(8));
	return flushes.seen;
}

static long move_flushes_locked(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written(w);
	watch(&flushes, note_locked);
	assert_int_equal(CALL(w, sys_mremap(W, P(1), P(1), MREMAP_MAYMOVE | MREMAP_FIXED,
					    W + P(8))), W + P(8));
	return flushes.seen;
}

/* Another gather is under way: from address 0 on, or only what is zapped here? */
static long zap_beside_another(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written(w);
	w->mm->tlb_flush_pending = 1;
	watch(&flushes, note_start);
	assert_int_equal(CALL(w, sys_madvise(W, P(1), MADV_DONTNEED)), 0);
	w->mm->tlb_flush_pending = 0;
	return flushes.seen;
}

static long protect_two(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written(w);
	assert_int_equal(map_at(w, 1, 1, PROT_READ | PROT_EXEC), W + P(1));
	assert_int_equal(CALL(w, sys_madvise(W + P(1), P(1), MADV_DONTFORK)), 0);
	assert_int_equal(numasim_process_load(&(uint64_t){0}, w->p, W + P(1)), 0);
	watch(&flushes, count_flush);
	assert_int_equal(CALL(w, sys_mprotect(W, P(2), PROT_NONE)), 0);
	return flushes.seen;
}

/* No processor knows an entry that was inaccessible. */
static long give_rights(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written(w);
	assert_int_equal(CALL(w, sys_mprotect(W, P(1), PROT_NONE)), 0);
	watch(&flushes, count_flush);
	assert_int_equal(CALL(w, sys_mprotect(W, P(1), RW)), 0);
	return flushes.seen;
}

static long protect_huge(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written_huge(w);
	watch(&flushes, count_flush);
	assert_int_equal(CALL(w, sys_mprotect(W, P(512), PROT_READ)), 0);
	return flushes.seen;
}

/* A driver's frame, and memory behind it: does the frame's flush wait for the memory's? */
static long unmap_frames(struct call_world *w)
{
	struct watch flushes = {.w = w};
	struct file *file = NULL;

	CALL(w, (file = file_create(FILE_DEVICE, "/dev/x", 0), 0));
	assert_non_null(file);
	file->readable = file->writable = true;
	assert_int_equal(CALL(w, sys_mmap(W, P(1), RW, MAP_SHARED | MAP_FIXED, file, 0)), W);
	CALL(w, (file_put(file), 0));
	vma_at(w, 0)->vm_flags |= VM_PFNMAP | VM_IO;
	assert_int_equal(CALL(w, vm_insert_pfn(vma_at(w, 0), W, 0x12345678)), 0);
	assert_int_equal(map_at(w, 1, 1, RW), W + P(1));
	assert_true(store(w, 1));
	watch(&flushes, count_flush);
	assert_int_equal(CALL(w, sys_munmap(W, P(2))), 0);
	return flushes.seen;
}

/* ---- faults ---- */

/* Behind the end of the file: is there a table for an entry that cannot be? */
static long fault_in_vain(struct call_world *w)
{
	struct file *file = NULL;

	CALL(w, (file = file_create(FILE_REGULAR, "file", 0), 0));
	assert_non_null(file);
	file->readable = file->writable = true;
	assert_int_equal(CALL(w, sys_mmap(W, P(1), RW, MAP_SHARED | MAP_FIXED, file, 0)), W);
	CALL(w, (file_put(file), 0));
	assert_false(store(w, 0));
	return entry(w, W, 1) != NULL;
}

/* A huge page of the process alone, its entry read-only. */
static struct page *protected_huge(struct call_world *w)
{
	const struct numasim_machine *m = w->system->machine;

	written_huge(w);
	*entry(w, W, 2) &= ~(uint64_t)X86_RW;
	CALL(w, (flush_tlb_mm(w->mm), 0));
	return pfn_to_page(m, kernel_pmd_pfn(m->kernel, *entry(w, W, 2)));
}

/* Somebody else has a reference: is it written as it is? */
static long write_referenced_huge(struct call_world *w)
{
	struct page *page = protected_huge(w);
	bool huge;

	CALL(w, (get_page(page), 0));
	assert_true(store(w, 0));
	huge = *entry(w, W, 2) & X86_PSE;
	CALL(w, (put_page(page), 0));
	return huge;
}

/* Somebody else has it locked: does the writer wait (here, for good)? */
static long write_locked_huge(struct call_world *w)
{
	protected_huge(w)->flags |= PAGE_LOCKED;
	store(w, 0);
	return w->system->dead;
}

/* Shared memory whose pages are all there: how many does a fault on the first one map? */
static long shared_around(struct call_world *w)
{
	assert_int_equal(CALL(w, sys_mmap(W, P(4), RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
					  NULL, 0)), W);
	for (unsigned i = 0; i < 4; i++)
		assert_true(store(w, i));
	assert_int_equal(CALL(w, sys_madvise(W, P(4), MADV_DONTNEED)), 0);
	assert_int_equal(numasim_process_load(&(uint64_t){0}, w->p, W), 0);
	return !!*entry(w, W, 1) + !!*entry(w, W + P(1), 1) + !!*entry(w, W + P(2), 1) +
	       !!*entry(w, W + P(3), 1);
}

/* Somebody has mmap_sem for writing: does a load wait (here, for good)? */
static long load_against_writer(struct call_world *w)
{
	w->mm->mmap_sem.writer = 7;
	numasim_process_load(&(uint64_t){0}, w->p, W);
	w->mm->mmap_sem.writer = 0;
	return w->system->dead;
}

static long load_swapped(struct call_world *w)
{
	written(w);
	assert_int_equal(swap_on(w->system->machine, 2048), 0);
	assert_int_equal(CALL(w, reclaim_page_at(w->mm, W)), 0);
	return load_against_writer(w);
}

static long load_file(struct call_world *w)
{
	written_file(w);
	assert_int_equal(CALL(w, sys_madvise(W, P(1), MADV_DONTNEED)), 0);
	return load_against_writer(w);
}

/* Somebody has mmap_sem for reading: does a stack that grows wait? */
static long grow_beside_reader(struct call_world *w)
{
	assert_int_equal(CALL(w, sys_mmap(W + P(400), P(1), RW, FIXED | MAP_GROWSDOWN, NULL, 0)),
			 W + P(400));
	assert_true(store(w, 400));
	w->mm->mmap_sem.readers = 1;
	store(w, 399);
	w->mm->mmap_sem.readers = 0;
	return w->system->dead;
}

/* What a hint fault has made of entry and page when it is counted. */
static void note_hint(void *payload, enum event_kind kind, uint64_t where)
{
	struct watch *watch = payload;

	if (kind == EVENT_HINT_FAULT)
		watch->seen = (*entry(watch->w, W, 1) & X86_P ? 10 : 0) + watch->page->count;
}

/* 10: the entry is accessible already; and how many references the page has. */
static long hint(struct call_world *w)
{
	struct watch fault = {.w = w};

	fault.page = written(w);
	*entry(w, W, 1) = kernel_pte_arm(w->system->machine->kernel, *entry(w, W, 1));
	CALL(w, (flush_tlb_mm(w->mm), 0));
	watch(&fault, note_hint);
	assert_int_equal(numasim_process_load(&(uint64_t){0}, w->p, W), 0);
	return fault.seen;
}

static unsigned fault_flags;

static void keep_flags(uint32_t last_cpupid, int nid, unsigned pages, unsigned flags)
{
	fault_flags = flags;
}

/* A read-only entry where the mapping may be written: may its fault group tasks? */
static long hint_groups(struct call_world *w)
{
	struct numasim_machine *m = w->system->machine;
	struct numa_hooks hooks = *m->mm->numa;

	written(w);
	*entry(w, W, 1) = kernel_pte_arm(m->kernel, *entry(w, W, 1) & ~(uint64_t)X86_RW);
	CALL(w, (flush_tlb_mm(w->mm), 0));
	hooks.task_numa_fault = keep_flags;
	m->mm->numa = &hooks;
	assert_int_equal(numasim_process_load(&(uint64_t){0}, w->p, W), 0);
	m->mm->numa = &numa_balancing;
	return !(fault_flags & TNF_NO_GROUP);
}

/* All that is left of a huge page, and nobody else has it: is it written as it is? */
static long write_last_part(struct call_world *w)
{
	struct page *page;

	written_huge(w);
	assert_int_equal(CALL(w, sys_madvise(W + P(1), P(511), MADV_DONTNEED)), 0);
	page = mapped(w);
	assert_true(page->flags & PAGE_HEAD);
	assert_int_equal(page->count, 1);
	*entry(w, W, 1) &= ~(uint64_t)X86_RW;
	CALL(w, (page_set_anon_exclusive(page, 0, false), flush_tlb_mm(w->mm), 0));
	assert_true(store(w, 0));
	return mapped(w) == page;
}

/* Somebody is in a fault of another hugetlb file: does this one wait (here, for good)? */
static long hugetlb_beside_another(struct call_world *w)
{
	assert_int_equal(CALL(w, hugetlb_set_pool(1)), 1);
	assert_int_equal(CALL(w, sys_mmap(W, HPAGE_SIZE, RW, FIXED | MAP_HUGETLB, NULL, 0)), W);
	w->system->machine->mm->hugetlb->fault_lock.owner = 7;
	store(w, 0);
	return w->system->dead;
}

/* ---- locks, limits ---- */

/* Lockless GUP asks whether a fork began or ended since it looked. */
static long fork_counts(struct call_world *w)
{
	struct task_struct *child;

	written(w);
	assert_int_equal(CALL(w, do_fork(&child, 0, 77, NULL)), 0);
	return w->mm->write_protect_seq;
}

/* How far the second free cluster is from the first. */
static long second_cluster(struct call_world *w)
{
	const struct swap_device *d;

	assert_int_equal(swap_on(w->system->machine, 256 * 200), 0);
	d = w->system->machine->mm->swap;
	return (long)d->cluster[d->free_head - 1].next - d->free_head;
}

/* Who has the lock of a file's mappings while they are cut off: writer 1, reader 2? */
static void note_mappings_lock(void *payload, enum event_kind kind, uint64_t where)
{
	struct watch *watch = payload;
	const struct address_space *mapping = &vma_at(watch->w, 0)->vm_file->mapping;

	if (kind == EVENT_FLUSHED)
		watch->seen = mapping->i_mmap_lock.writer ? 1 : 2 * mapping->i_mmap_lock.readers;
}

static long truncate_locks(struct call_world *w)
{
	struct watch flushes = {.w = w};

	written_file(w);
	watch(&flushes, note_mappings_lock);
	CALL(w, (file_truncate(vma_at(w, 0)->vm_file, 0), 0));
	return flushes.seen;
}

/* Somebody has the LRU lock: what has become of the page's flag by then? */
static long isolate_against_lock(struct call_world *w)
{
	struct page *page = written(w);
	struct lock *lock = &w->system->machine->mm->lru_lock[page->node];

	assert_true(page->flags & PAGE_LRU);
	lock->owner = 7;
	CALL(w, (isolate_lru_page(page), 0));
	assert_true(w->system->dead); /* it waits for good */
	return !!(page->flags & PAGE_LRU);
}

static const struct {
	const char *row;     /* as rows.def calls it */
	const char *release; /* has it */
	long (*calls)(struct call_world *w);
	long without, with;
} rows[] = {
	{"1667918b6483", "v3.13", protect_a_hint, 0, 1},
	{"dc6c9a35b66b", "v4.0", tables, 1, 2},
	{"b4e98d9ac775", "v4.15", tables, 2, 3},
	{"9348b73c2e1b", "v5.11", clear_refs_pinned, 0, 1},
	{"09a913a7a947", "v4.17", arm_dirty_file, 1, 0},
	{"c49dd3401802", "v5.11", move_gib, 0, 1},
	{"912efa17e512", "v5.11", clear_refs_flushes, 1, 0},
	{"1cf35d47712d", "v3.15", zap_file_flushes_locked, 0, 1},
	{"5df397dec7c4", "v6.2", zap_file_flushes_mapped, 0, 1},
	{"b67fbebd4cf9", "v5.19", unmap_frames, 1, 2},
	{"5d1904204c99", "v4.9", move_flushes_locked, 0, 1},
	{"7a30df49f63a", "v5.2", zap_beside_another, 1, -1},
	{"4a18419f71cd", "v5.19~c9fe66560bf2~4f83145721f3", protect_two, 2, 1},
	{"c9fe66560bf2", "v5.19", give_rights, 1, 0},
	{"4f83145721f3", "v5.19", protect_huge, 2, 1},
	{"7267ec008b5c", "v4.8", fault_in_vain, 1, 0},
	{"ba3c4ce6def4", "v4.14", write_locked_huge, 0, 1},
	{"3bff7e3f1f16", "v5.18", write_referenced_huge, 1, 0},
	{"2c8659951654", "v5.17", truncate_locks, 1, 2},
	{"eb66ae030829", "v4.19", move_clean_flushes_locked, 0, 1},
	{"d7c1755179b8", "v3.17", shared_around, 1, 4},
	{"1235ccd05b6d", "v6.6", load_swapped, 1, 0},
	{"4ed4379881aa", "v6.7", load_file, 1, 0},
	{"8d7071af8907", "v6.5~downgrade-beside-stack", grow_beside_reader, 0, 1},
	{"235b62176712", "v4.11", second_cluster, 1, 64},
	{"b99a342d4f11", "v5.13", hint, 12, 2},
	{"ee86814b0562", "v6.11", hint, 2, 1},
	{"bea66fbd11af", "v4.0", hint_groups, 0, 1},
	{"19eaf44954df", "v6.8", write_last_part, 1, 0},
	{"8382d914ebf7", "v3.15", hugetlb_beside_another, 1, 0},
	{"57efa1fe5957", "v5.11", fork_counts, 0, 2},
	{"d25b5bd8a8f4", "v5.11", isolate_against_lock, 1, 0},
};

static void check(const char *row, const char *release, long (*calls)(struct call_world *w),
		  long expected)
{
	struct call_world w = {0};
	long result;

	call_open(&w, release);
	result = calls(&w);
	w.system->machine->exec.event = NULL; /* its payload is gone */
	call_close(&w);
	if (result != expected)
		fail_msg("%s in %s: %ld, not %ld", row, release, result, expected);
}

static void rows_change_results(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char without[96];

		snprintf(without, sizeof(without), "%s~%s", rows[i].release, rows[i].row);
		check(rows[i].row, without, rows[i].calls, rows[i].without);
		check(rows[i].row, rows[i].release, rows[i].calls, rows[i].with);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_change_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
