/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/mm_account.h"

#include "exec/point.h"
#include "mm/file.h"

/* What counts as data, as code, as a stack: v4.5 mm/internal.h. */
static bool is_data_mapping(uint64_t vm_flags)
{
	return (vm_flags & (VM_WRITE | VM_SHARED | VM_STACK)) == VM_WRITE;
}

static bool is_exec_mapping(uint64_t vm_flags)
{
	return (vm_flags & (VM_EXEC | VM_WRITE | VM_STACK)) == VM_EXEC;
}

static bool is_stack_mapping(uint64_t vm_flags)
{
	return (vm_flags & VM_STACK) == VM_STACK;
}

/* v4.5 to v6.12 mm/mmap.c; before, the data of a process was limited by brk() alone. */
bool may_expand_vm(const struct mm_struct *mm, uint64_t vm_flags, uint64_t pages)
{
	if (mm->total_vm + pages > mm->rlimit_as >> FRAME_SHIFT)
		return false;
	return !has(ROW_DATA_RLIMIT) || !is_data_mapping(vm_flags) ||
	       mm->data_vm + pages <= mm->rlimit_data >> FRAME_SHIFT;
}

void vm_stat_account(struct mm_struct *mm, uint64_t vm_flags, int64_t pages)
{
	mm->total_vm += pages;
	if (is_exec_mapping(vm_flags))
		mm->exec_vm += pages;
	else if (is_stack_mapping(vm_flags))
		mm->stack_vm += pages;
	else if (is_data_mapping(vm_flags))
		mm->data_vm += pages;
}

/*
 * __vm_enough_memory(), mm/util.c (mm/mmap.c to v4.x): more than all memory is refused; before
 * OVERCOMMIT_TOTAL, more than what is free or could be made free. Nothing is kept back for root or
 * for emergencies here: what the kernel would keep is noise beside what is absurd.
 */
bool vm_enough_memory(uint64_t pages)
{
	const struct numasim_machine *m = current_machine();
	uint64_t total = 0, available = 0;
	bool enough;

	for (unsigned i = 0; i < m->nr_nodes; i++) {
		total += m->node[i].nr_frames;
		available += m->node[i].nr_free;
	}
	if (has(ROW_OVERCOMMIT_TOTAL))
		return pages <= total;
	enough = available > pages;
	if (direct())
		return enough;
	for (unsigned i = 0; i < m->nr_nodes; i++)
		touch(OBJECT(OBJ_ALLOC, i, 0), ACCESS_READ);
	observe(enough);
	return enough;
}

bool accountable_mapping(const struct file *file, uint64_t vm_flags)
{
	if (file && file->kind == FILE_HUGETLB)
		return false; /* has reservations of its own */
	return (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

bool mlock_future_ok(const struct mm_struct *mm, uint64_t vm_flags, uint64_t bytes)
{
	uint64_t locked = mm->locked_vm + (bytes >> FRAME_SHIFT);

	return !(vm_flags & VM_LOCKED) || !mm->unprivileged ||
	       locked <= mm->rlimit_memlock >> FRAME_SHIFT;
}

bool can_do_mlock(const struct mm_struct *mm)
{
	return mm->rlimit_memlock || !mm->unprivileged;
}
