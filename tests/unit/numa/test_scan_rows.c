/* SPDX-License-Identifier: BSD-2-Clause */
/* What rows change about scans: in the first release with the row, and in it without. */
#include "../sim/sim_world.h"

#include "mm/file.h"
#include "mm/vma.h"
#include "numa/numa.h"
#include "sim/system.h"

#define NOW 1000000 /* ms since boot; longer than all delays */

static struct mm_struct *mm_of(struct sim_world *w)
{
	return w->p->task->mm;
}

static struct vm_area_struct *mapping(struct sim_world *w, uint64_t bytes)
{
	uint64_t at = sim_map(w, bytes, RW);
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, &mm_of(w)->vmas)
		if (vma->vm_start <= at && at < vma->vm_end)
			return vma;
	return NULL;
}

/* The first turn only says when the next one is. */
static void scan(struct sim_world *w)
{
	for (int turn = 1; turn <= 2; turn++) {
		*w->system->machine->clock = turn * NOW;
		IN_PROCESS(w->p, ({ task_numa_work(); 0; }));
	}
}

/* A mapping of a file that may be read and executed, as those of libraries. */
static long library(struct sim_world *w)
{
	struct file file = {0};
	struct vm_area_struct vma = {.vm_start = HPG, .vm_end = 3 * HPG, .vm_file = &file,
				     .vm_flags = VM_READ | VM_EXEC | VM_MAYREAD};

	return IN_PROCESS(w->p, scan_judge_vma(&vma));
}

/* The verdict about shared memory without a policy. */
static long shared_memory(struct sim_world *w)
{
	struct file file = {.kind = FILE_SHMEM, .policies = TAILQ_HEAD_INITIALIZER(file.policies)};
	struct vm_area_struct vma = {.vm_start = HPG, .vm_end = 3 * HPG, .vm_file = &file,
				     .vm_flags = VM_READ | VM_WRITE | VM_SHARED};

	return IN_PROCESS(w->p, scan_judge_vma(&vma));
}

/* 128 MiB that were never touched, 1 MiB a time: does the scan stop on the way? */
static long untouched(struct sim_world *w)
{
	mapping(w, UINT64_C(128) << 20);
	w->system->machine->mm->numa_knobs->scan_size = 1;
	scan(w);
	return mm_of(w)->numa_scan_offset != 0;
}

/* A scan of a process without mappings: does the kernel survive it? */
static long nothing_mapped(struct sim_world *w)
{
	scan(w);
	return !w->system->dead;
}

/* Somebody has mmap_sem for writing: does the scan wait (here, for good)? */
static long locked(struct sim_world *w)
{
	mapping(w, HPG);
	mm_of(w)->mmap_sem.writer = 7;
	scan(w);
	mm_of(w)->mmap_sem.writer = 0;
	return !w->system->dead;
}

/* The verdict about a mapping that was first met in pass @met, now in pass @seq. */
static long verdict(struct sim_world *w, struct vm_area_struct *vma, int met, int seq)
{
	mm_of(w)->numa_scan_seq = met;
	IN_PROCESS(w->p, scan_judge_state(vma, 0, false));
	assert_non_null(vma->numab_state);
	mm_of(w)->numa_scan_seq = seq;
	return IN_PROCESS(w->p, scan_judge_state(vma, NOW, false));
}

static long met_late(struct sim_world *w)
{
	return verdict(w, mapping(w, HPG), 5, 5);
}

/* The last scan ended in its middle. */
static long half_done(struct sim_world *w)
{
	struct vm_area_struct *vma = mapping(w, 2 * HPG);

	mm_of(w)->numa_scan_offset = vma->vm_start + HPG;
	return verdict(w, vma, 1, 5);
}

static long scanned_in_this_pass(struct sim_world *w)
{
	struct vm_area_struct *vma = mapping(w, HPG);

	verdict(w, vma, 1, 2);
	IN_PROCESS(w->p, ({ scan_finished_vma(vma); 0; }));
	return IN_PROCESS(w->p, scan_judge_state(vma, NOW, false));
}

/* Nobody scanned it in the last passes, and nobody had a fault there. */
static long starving(struct sim_world *w)
{
	return verdict(w, mapping(w, HPG), 1, 9);
}

static const struct {
	const char *row;     /* as rows.def calls it */
	const char *release; /* has it */
	long (*calls)(struct sim_world *w);
	long without, with;
} rows[] = {
	{"4591ce4f2d22", "v3.13", library, VMA_SCAN, VMA_SHARED_LIBRARY},
	{"4620f8c1fda2", "v4.4", untouched, 0, 1},
	{"8655d5497735", "v4.13", locked, 0, 1},
	{"214dbc428137", "v6.3", nothing_mapped, 1, 0},
	{"9c70b2a33cd2", "v6.12", nothing_mapped, 0, 1},
	{"84db47ca7146", "v6.7", met_late, VMA_NOT_OURS, VMA_SCAN},
	{"b7a5b537c55c", "v6.7~f169c62ff7cd", half_done, VMA_NOT_OURS, VMA_SCAN},
	{"f169c62ff7cd", "v6.7", scanned_in_this_pass, VMA_SCAN, VMA_DONE},
	{"f22cde4371f3", "v6.12", starving, VMA_NOT_OURS, VMA_SCAN},
	{"d230991493b5", "debian-6.12.117", shared_memory, VMA_POLICY, VMA_SCAN},
};

static void check(const char *row, const char *release, long (*calls)(struct sim_world *w),
		  long expected)
{
	struct sim_world w;
	long result;

	sim_open(&w, release, NUMASIM_THP_NEVER);
	result = calls(&w);
	if (result != expected)
		fail_msg("%s in %s: %ld, not %ld", row, release, result, expected);
	if (!w.system->dead)
		sim_close(&w);
	else
		numasim_system_free(w.system), numasim_topology_free(w.topology);
}

static void rows_change_scans(void **state)
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
		cmocka_unit_test(rows_change_scans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
