/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/PID/maps: show_map_vma() of v3.8 to v6.12 fs/proc/task_mmu.c.
 *
 *   start    -end      perms offset   dev   inode               name, from column 74
 *   00400000-00401000 r-xp 00000000 08:01 17                  /bin/true
 *
 * To v3.19 VM_PFNMAP and guard pages of stacks change nothing here, as stacks have none.
 */
#include "report/proc.h"

#include "mm/file.h"

#include <inttypes.h>
#include <string.h>

#define NAME_COLUMN 73 /* 25 + 6 * sizeof(void *) */

bool proc_is_shmem(const struct vm_area_struct *vma)
{
	return vma->vm_file && vma->vm_file->kind == FILE_SHMEM;
}

void proc_path(FILE *out, const char *path, const char *escaped)
{
	for (; *path; path++) {
		if (strchr(escaped, *path))
			fprintf(out, "\\%03o", (unsigned char)*path);
		else
			fputc(*path, out);
	}
}

/* v6.12 (from memory, the release) has it that touching the heap's end is not enough. */
static bool is_heap(const struct numasim_machine *m, const struct vm_area_struct *vma)
{
	const struct mm_struct *mm = vma->vm_mm;

	if (proc_since(m, 6, 11))
		return vma->vm_start < mm->brk && vma->vm_end > mm->start_brk;
	return vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk;
}

const char *proc_special_name(const struct numasim_machine *m, const struct vm_area_struct *vma)
{
	if (is_heap(m, vma))
		return "[heap]";
	if (vma->vm_start <= vma->vm_mm->start_stack && vma->vm_end >= vma->vm_mm->start_stack)
		return "[stack]";
	return NULL;
}

/* The kernel's own tmpfs is the first device without a number; the disk is sda1; where the others
 * are mounted depends on the system, so these are examples. */
static const char *device_of(const struct file *file)
{
	static const char *const number[] = {
		[FILE_REGULAR] = "08:01",
		[FILE_SHMEM] = "00:01",
		[FILE_HUGETLB] = "00:0f",
		[FILE_DEVICE] = "00:05",
	};

	return file ? number[file->kind] : "00:00";
}

void proc_map_line(FILE *out, const struct numasim_machine *m, const struct vm_area_struct *vma)
{
	uint64_t flags = vma->vm_flags;
	const struct file *file = vma->vm_file;
	const char *name = file ? file->label : proc_special_name(m, vma);
	int width;

	width = fprintf(out, "%08" PRIx64 "-%08" PRIx64 " %c%c%c%c %08" PRIx64 " %s %" PRIu64 " ",
			vma->vm_start, vma->vm_end, flags & VM_READ ? 'r' : '-',
			flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-',
			flags & VM_MAYSHARE ? 's' : 'p',
			file ? vma->vm_pgoff << FRAME_SHIFT : 0, device_of(file),
			file ? file->ino : 0);
	if (name) {
		fprintf(out, "%*s", width < NAME_COLUMN ? NAME_COLUMN - width : 1, "");
		proc_path(out, name, "\n");
	}
	fputc('\n', out);
}

void proc_maps(FILE *out, const struct numasim_machine *m, const struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, (struct vma_tree *)&mm->vmas)
		proc_map_line(out, m, vma);
}
