/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A mapping's record, v6.4+: kernel/sched/fair.c and vma_set_access_pid_bit() of
 * include/linux/mm.h.
 *
 *   pass of the mm    0            1         2            3 ...
 *   who may scan      anybody      anybody, once the      who had a hint fault there in this
 *                                  delay is over          period or the one before (pids_active)
 *
 * v6.7+ counts passes from when the mapping was first met, scans no mapping twice in a pass, and
 * lets anybody finish what another began.
 */
#include "exec/var.h"
#include "mm/gfp.h"
#include "numa/numa.h"

#define RESET_PERIOD(knobs) (4 * (uint64_t)(knobs)->scan_delay) /* ms */

static uint64_t object_of(const struct vm_area_struct *vma)
{
	return MM_OBJECT(vma->vm_mm, MM_NUMAB);
}

/* hash_32(pid, 6): which bit stands for the running task. */
static uint64_t pid_bit(void)
{
	return UINT64_C(1) << (current_task()->pid * UINT32_C(0x61C88647) >> 26);
}

/* Store @made unless somebody else has stored his: 5f1b64e9a9b7. Before, his was lost. */
static bool publish(struct vm_area_struct *vma, struct vma_numab_state *made)
{
	point(POINT_UPDATE, object_of(vma), ACCESS_WRITE);
	if (has(ROW_G4_NUMAB_STATE_ONCE) && vma->numab_state) {
		observe(1);
		kfree(made, sizeof(*made));
		return false;
	}
	observe(0);
	vma->numab_state = made;
	return true;
}

/* The record is there; false: out of memory, or another scanner brought one just now. */
static bool meet(struct vm_area_struct *vma, uint64_t now)
{
	struct vma_numab_state *state;
	int32_t seq;

	point(POINT_READ, object_of(vma), ACCESS_READ);
	observe(!!vma->numab_state);
	if (vma->numab_state)
		return true;
	state = kmalloc(sizeof(*state));
	if (!state || !publish(vma, state))
		return false;
	seq = shared_read32(MM_OBJECT(vma->vm_mm, MM_SCAN_SEQ), &vma->vm_mm->numa_scan_seq);
	state->start_scan_seq = seq;
	state->next_scan = now + numa_knobs()->scan_delay;
	state->pids_active_reset = state->next_scan + RESET_PERIOD(numa_knobs());
	state->prev_scan_seq = seq - 1;
	return true;
}

/* The faults of this period become those of the one before. */
static void renew(struct vma_numab_state *state, int32_t seq, uint64_t now)
{
	if (!seq || now <= state->pids_active_reset)
		return;
	state->pids_active_reset += RESET_PERIOD(numa_knobs());
	state->pids_active[0] = state->pids_active[1];
	state->pids_active[1] = 0;
}

static bool starving(const struct vm_area_struct *vma, int32_t seq)
{
	return seq > vma->numab_state->prev_scan_seq + vma->vm_mm->mm_users;
}

/* vma_is_accessed() */
static bool accessed(const struct vm_area_struct *vma, int32_t seq)
{
	const struct vma_numab_state *state = vma->numab_state;
	int32_t first = has(ROW_SCAN_VMA_SEQ) ? state->start_scan_seq : 0;

	if (seq - first < 2)
		return true;
	if ((state->pids_active[0] | state->pids_active[1]) & pid_bit())
		return true;
	if (has(ROW_SCAN_VMA_WHOLE) && vma->vm_mm->numa_scan_offset > vma->vm_start)
		return true;
	return has(ROW_G5_SCAN_STARVING) && starving(vma, seq);
}

enum vma_verdict scan_judge_state(struct vm_area_struct *vma, uint64_t now, bool forced)
{
	bool renew_first = has(ROW_SCAN_VMA_WHOLE), ours;
	struct mm_struct *mm = vma->vm_mm;
	int32_t seq;

	if (!meet(vma, now))
		return VMA_NO_MEMORY;
	seq = shared_read32(MM_OBJECT(mm, MM_SCAN_SEQ), &mm->numa_scan_seq);
	point(POINT_UPDATE, object_of(vma), ACCESS_WRITE);
	observe(vma->numab_state->next_scan);
	if (seq && now < vma->numab_state->next_scan)
		return VMA_DELAYED;
	if (!has(ROW_SCAN_VMA_PIDS))
		return VMA_SCAN;
	if (renew_first)
		renew(vma->numab_state, seq, now);
	observe((uint32_t)vma->numab_state->prev_scan_seq);
	if (has(ROW_SCAN_VMA_FORCED) && vma->numab_state->prev_scan_seq == seq) {
		shared_write64(MM_OBJECT(mm, MM_SCAN_OFFSET), &mm->numa_scan_offset, vma->vm_end);
		return VMA_DONE;
	}
	touch(MM_OBJECT(mm, MM_SCAN_OFFSET), ACCESS_READ);
	ours = forced || accessed(vma, seq);
	observe(ours);
	if (ours && !renew_first)
		renew(vma->numab_state, seq, now);
	return ours ? VMA_SCAN : VMA_NOT_OURS;
}

void scan_finished_vma(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;
	int32_t seq;

	if (!has(ROW_SCAN_VMA_FORCED))
		return;
	seq = shared_read32(MM_OBJECT(mm, MM_SCAN_SEQ), &mm->numa_scan_seq);
	shared_write32(object_of(vma), &vma->numab_state->prev_scan_seq, seq);
}

void vma_set_access_pid_bit(struct vm_area_struct *vma)
{
	if (!has(ROW_SCAN_VMA_PIDS))
		return;
	point(POINT_UPDATE, object_of(vma), ACCESS_WRITE);
	observe(!!vma->numab_state);
	if (vma->numab_state)
		vma->numab_state->pids_active[1] |= pid_bit();
}
