/* SPDX-License-Identifier: BSD-2-Clause */
/* Which pages get_user_pages() gives, by rights, by entry and by release. */
#include "gup_world.h"

#include "mm/device.h"
#include "mm/file.h"

static const char *const releases[] = {
	"v3.8", "v3.14", "v3.15", "v4.0", "v4.4", "v4.8", "v4.9", "v4.10", "v4.14", "v4.15", "v5.7",
	"v5.8", "v5.9", "v5.17", "v5.18", "v5.19", "v6.0", "debian-6.1.192", "v6.4", "v6.5", "v6.6",
	"debian-6.12.117"};
#define NR_RELEASES (sizeof(releases) / sizeof(releases[0]))

/* ---- rights ---- */

/* v4.0 to v4.8: see inaccessible(). */
static bool stops_at_none(const struct gup_world *w)
{
	return world_has(w, ROW_PROTNONE_HINTS) && !world_has(w, ROW_A17_FAULT_CHECKS_VMA);
}

/* What is asked for without force must be allowed. */
static void check_rights(struct gup_world *w)
{
	static const struct {
		int prot;
		long read, write, force_read, force_write;
	} want[] = {
		{PROT_NONE, -EFAULT, -EFAULT, 0, 0},
		{PROT_READ, 0, -EFAULT, 0, 0},
		{PROT_EXEC, -EFAULT, -EFAULT, 0, 0},
		{PROT_READ | PROT_WRITE, 0, 0, 0, 0},
	};

	for (unsigned i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		uint64_t at = world_anon(w, PAGE, want[i].prot);
		const long result[] = {want[i].read, want[i].write, want[i].force_read,
				       want[i].force_write};

		for (unsigned flags = 0; flags < 4; flags++) {
			if (flags == 3 && !want[i].prot && stops_at_none(w))
				continue;
			assert_int_equal(numasim_gup(w->p, w->p, at, flags), result[flags]);
			assert_int_equal(numasim_gup_put(w->p, w->p, at),
					 result[flags] ? -ENOENT : 0);
		}
	}
	assert_int_equal(numasim_gup(w->p, w->p, PAGE * 99, NUMASIM_GUP_FORCE), -EFAULT);
	assert_int_equal(numasim_gup(w->p, w->p, PAGE * 99, 64), -EINVAL);
}

static void rights(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct gup_world w;

		world_open(&w, releases[i], NUMASIM_THP_NEVER);
		check_rights(&w);
		world_close(&w);
	}
}

/* A read-only mapping of a file, private and shared; a debugger writes. */
static void check_file(struct gup_world *w)
{
	const int shared = MAP_SHARED, private = MAP_PRIVATE;
	int fd = world_file(w);
	uint64_t at = world_map_file(w, fd, PROT_READ, private), value = 9;
	uint64_t other = world_map_file(w, fd, PROT_READ | PROT_WRITE, shared);
	uint64_t ro = world_map_file(w, fd, PROT_READ, shared);

	assert_int_equal(world_load(w->p, at), 0);
	assert_int_equal(numasim_mem_write(w->p, w->p, at, 7), 0);
	assert_int_equal(world_load(w->p, at), 7);
	assert_int_equal(world_load(w->p, other), 0);
	assert_int_equal(numasim_process_store(w->p, at, 8), -EFAULT);
	assert_true(world_page(w->p, at)->flags & PAGE_ANON);
	assert_int_equal(numasim_mem_read(w->p, &value, w->p, at), 0);
	assert_int_equal(value, 7);
	/* to v3.14 a shared mapping gets a private page, too */
	assert_int_equal(numasim_mem_write(w->p, w->p, ro, 5),
			 world_has(w, ROW_GUP_FORCE_PRIVATE) ? -EIO : 0);
	assert_int_equal(world_load(w->p, ro), world_has(w, ROW_GUP_FORCE_PRIVATE) ? 0 : 5);
	assert_int_equal(world_load(w->p, other), 0);
	/* a shared one that may be written is the file */
	assert_int_equal(numasim_mem_write(w->p, w->p, other + 8, 6), 0);
	assert_int_equal(numasim_sys_pread(w->p, fd, &value, 8, 8), 8);
	assert_int_equal(value, 6);
	assert_int_equal(numasim_sys_fsync(w->p, fd), 0);
}

static void files(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct gup_world w;

		world_open(&w, releases[i], NUMASIM_THP_NEVER);
		check_file(&w);
		world_close(&w);
	}
}

/* Frames without a descriptor; memory that is not there; addresses that are no words. */
static long map_frame(struct numasim_machine *m, uint64_t at)
{
	const uint64_t flags = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SHARED |
			       VM_MAYSHARE | VM_SOFTDIRTY | VM_MIXEDMAP;
	struct vm_area_struct *vma = find_vma(current_task()->mm, at);

	vma->vm_flags = flags;
	return vm_insert_mixed(vma, at, m->node[0].start_pfn + m->node[0].nr_frames - 8);
}

static long make_io(uint64_t at)
{
	find_vma(current_task()->mm, at)->vm_flags |= VM_IO;
	return 0;
}

static void frames(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		uint64_t at, value;
		struct gup_world w;

		world_open(&w, releases[i], NUMASIM_THP_NEVER);
		at = world_anon(&w, PAGE, PROT_READ | PROT_WRITE);
		assert_int_equal(IN_PROCESS(w.p, map_frame(w.system->machine, at)), 0);
		assert_int_equal(numasim_gup(w.p, w.p, at, 0),
				 world_has(&w, ROW_GUP_FRAME_EXISTS) ? -EEXIST : -EFAULT);
		assert_int_equal(numasim_mem_read(w.p, &value, w.p, at), -EIO);
		assert_int_equal(numasim_mem_read(w.p, &value, w.p, at + 4), -EINVAL);
		assert_int_equal(numasim_mem_read(w.p, &value, w.p, 8), -EIO);
		assert_int_equal(numasim_mem_write(w.p, w.p, at, 1), -EIO);
		assert_int_equal(IN_PROCESS(w.p, make_io(at)), 0);
		assert_int_equal(numasim_gup(w.p, w.p, at, NUMASIM_GUP_FORCE), -EFAULT);
		world_close(&w);
	}
}

/* ---- zero pages, huge pages ---- */

static void zero_page(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct gup_world w;
		uint64_t at;

		world_open(&w, releases[i], NUMASIM_THP_NEVER);
		at = world_anon(&w, PAGE, PROT_READ | PROT_WRITE);
		for (unsigned flags = 0; flags <= NUMASIM_GUP_PIN; flags += NUMASIM_GUP_PIN) {
			assert_int_equal(numasim_gup(w.p, w.p, at, flags), 0);
			assert_int_equal(world_dma(w.p, at), 0);
		}
		/* v5.8 alone: who reads has a page of his own */
		assert_int_equal(!(world_page(w.p, at)->flags & PAGE_ZERO),
				 world_has(&w, ROW_C3_COW_BREAK));
		world_close(&w);
	}
}

/* Read-only huge memory that a debugger writes. In v4.9 the kernel never comes back. */
static void huge_force(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		bool hangs = !strcmp(releases[i], "v4.9");
		struct gup_world w;
		uint64_t at;

		world_open(&w, releases[i], NUMASIM_THP_ALWAYS);
		at = (world_anon(&w, 2 * HUGE, PROT_READ) + HUGE - 1) & ~(HUGE - 1);
		assert_int_equal(world_load(w.p, at), 0);
		assert_true(world_page(w.p, at)->flags & PAGE_ZERO);
		assert_int_equal(numasim_mem_write(w.p, w.p, at + 3 * PAGE, 7),
				 hangs ? -EFAULT : 0);
		assert_int_equal(w.system->dead, hangs);
		if (!hangs) {
			assert_int_equal(world_load(w.p, at + 3 * PAGE), 7);
			assert_int_equal(world_load(w.p, at + 4 * PAGE), 0);
			world_close(&w);
			continue;
		}
		assert_int_equal(w.system->machine->exec.violation.oracle, ORACLE_LIVELOCK);
		numasim_system_free(w.system);
	}
}

/* Reading the huge zero page with GUP makes its entry dirty, to v4.14. */
static void huge_zero_dirty(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct gup_world w;
		uint64_t at, value;

		world_open(&w, releases[i], NUMASIM_THP_ALWAYS);
		at = (world_anon(&w, 2 * HUGE, PROT_READ) + HUGE - 1) & ~(HUGE - 1);
		assert_int_equal(numasim_mem_read(w.p, &value, w.p, at), 0);
		if (!world_has(&w, ROW_C3_COW_BREAK))
			assert_int_equal(!(world_entry(w.p, at) & X86_D),
					 world_has(&w, ROW_C2_HUGE_DIRTY_COW));
		world_close(&w);
	}
}

/* ---- hints ---- */

static long arm(struct numasim_process *p, uint64_t at)
{
	lru_add_drain(); /* v5.18+: pages that a batch holds are not armed */
	return (long)change_prot_numa(find_vma(p->task->mm, at), at, at + PAGE);
}

/* Does GUP take the fault of an armed entry? */
static uint64_t hint_faults(const char *release, unsigned flags)
{
	struct numasim_process *thread; /* pages of one thread alone are not armed where it runs */
	struct gup_world w;
	uint64_t at, n;

	world_open(&w, release, NUMASIM_THP_NEVER);
	assert_int_equal(numasim_thread(&thread, w.p, 1, NULL), 0);
	at = world_anon(&w, PAGE, PROT_READ | PROT_WRITE);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	assert_int_equal(IN_PROCESS(w.p, arm(w.p, at)), 1);
	assert_int_equal(numasim_gup(w.p, w.p, at, flags), 0);
	assert_int_equal(world_dma(w.p, at), 1);
	n = world_count(&w, "numa_hint_faults");
	world_close(&w);
	return n;
}

static void hints(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		struct gup_world w;
		bool none, forced;

		world_open(&w, releases[i], NUMASIM_THP_NEVER);
		none = world_has(&w, ROW_GUP_NO_HINTS);
		forced = world_has(&w, ROW_GUP_HINTS_BY_VMA) && !none;
		world_close(&w);
		assert_int_equal(hint_faults(releases[i], 0), !none);
		assert_int_equal(hint_faults(releases[i], NUMASIM_GUP_FORCE), forced);
	}
}

/* A17: memory that was written and then made inaccessible, with PROT_NONE entries as hints are. */
static void inaccessible(void **state)
{
	for (unsigned i = 0; i < NR_RELEASES; i++) {
		bool oops;
		struct gup_world w;
		uint64_t at, value;

		world_open(&w, releases[i], NUMASIM_THP_NEVER);
		oops = stops_at_none(&w);
		at = world_anon(&w, PAGE, PROT_READ | PROT_WRITE);
		assert_int_equal(numasim_process_store(w.p, at, 1), 0);
		assert_int_equal(numasim_sys_mprotect(w.p, at, PAGE, PROT_NONE), 0);
		assert_int_equal(numasim_gup(w.p, w.p, at, 0), -EFAULT);
		assert_int_equal(numasim_mem_read(w.p, &value, w.p, at), 0);
		assert_int_equal(value, 1);
		assert_int_equal(numasim_mem_write(w.p, w.p, at, 2), oops ? -EFAULT : 0);
		assert_int_equal(w.system->dead, oops);
		if (oops) {
			numasim_system_free(w.system);
			continue;
		}
		assert_int_equal(numasim_process_load(&value, w.p, at), -EFAULT);
		assert_int_equal(numasim_sys_mprotect(w.p, at, PAGE, PROT_READ), 0);
		assert_int_equal(world_load(w.p, at), 2);
		world_close(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights),	   cmocka_unit_test(files),
		cmocka_unit_test(frames),	   cmocka_unit_test(zero_page),
		cmocka_unit_test(huge_force),	   cmocka_unit_test(huge_zero_dirty),
		cmocka_unit_test(hints),	   cmocka_unit_test(inaccessible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
