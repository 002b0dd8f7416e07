/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/PID/smaps: how it is printed (show_smap() of v3.8 to v6.12 fs/proc/task_mmu.c).
 *
 *   to v4.18	Size Rss Pss ... Swap SwapPss KernelPageSize MMUPageSize Locked VmFlags
 *   v4.19+	Size KernelPageSize MMUPageSize Rss Pss ... Swap SwapPss Locked THPeligible VmFlags
 *
 * When lines came is from memory, but for what v6.1 and v6.12 have. Protection keys are not
 * modelled: as on a processor without them.
 */
#include "report/proc.h"

#include <inttypes.h>

static void line(FILE *out, const char *name, uint64_t bytes)
{
	fprintf(out, "%-15s %8" PRIu64 " kB\n", name, bytes >> 10);
}

static void page_sizes(FILE *out, const struct vm_area_struct *vma)
{
	uint64_t size = vma->vm_flags & VM_HUGETLB ? HPAGE_SIZE : FRAME_SIZE;

	line(out, "KernelPageSize:", size);
	line(out, "MMUPageSize:", size);
}

static void print_resident(FILE *out, const struct numasim_machine *m, const struct proc_sizes *s)
{
	line(out, "Rss:", s->resident);
	line(out, "Pss:", s->pss >> PSS_SHIFT);
	if (proc_since(m, 6, 0))
		line(out, "Pss_Dirty:", s->pss_dirty >> PSS_SHIFT);
	line(out, "Shared_Clean:", s->shared_clean);
	line(out, "Shared_Dirty:", s->shared_dirty);
	line(out, "Private_Clean:", s->private_clean);
	line(out, "Private_Dirty:", s->private_dirty);
	line(out, "Referenced:", s->referenced);
	line(out, "Anonymous:", s->anonymous);
	if (proc_since(m, 6, 7))
		line(out, "KSM:", 0);
	if (proc_since(m, 4, 12))
		line(out, "LazyFree:", s->lazyfree);
}

static void print_huge(FILE *out, const struct numasim_machine *m, const struct proc_sizes *s)
{
	line(out, "AnonHugePages:", s->anonymous_thp);
	if (proc_since(m, 4, 8))
		line(out, "ShmemPmdMapped:", s->shmem_thp);
	if (proc_since(m, 5, 4))
		line(out, "FilePmdMapped:", s->file_thp);
	if (!proc_since(m, 4, 4))
		return;
	line(out, "Shared_Hugetlb:", s->shared_hugetlb);
	fprintf(out, "Private_Hugetlb: %7" PRIu64 " kB\n", s->private_hugetlb >> 10);
}

/* hugepage_vma_check() of v6.1, thp_vma_allowable_orders() of v6.12 with the sizes that are on by
 * default: could a huge page be mapped there, now or some time? */
static bool thp_eligible(const struct numasim_machine *m, const struct vm_area_struct *vma)
{
	uint64_t last = (vma->vm_end - HPAGE_SIZE) & HPAGE_MASK;

	if (vma->vm_file || vma->vm_flags & (VM_NOHUGEPAGE | VM_SPECIAL | VM_HUGETLB))
		return false;
	if (vma->vm_end < HPAGE_SIZE || last < vma->vm_start)
		return false;
	return m->mm->thp == THP_ALWAYS ||
	       (m->mm->thp == THP_MADVISE && vma->vm_flags & VM_HUGEPAGE);
}

/* ---- flags: by the kernel's numbers of bits ---- */

#define V(major, minor) ((major) << 8 | (minor))

static const struct {
	uint64_t flag;
	char name[3];
	unsigned since; /* before, "??" is shown */
} flag_names[] = {
	{VM_READ, "rd", 0}, {VM_WRITE, "wr", 0}, {VM_EXEC, "ex", 0}, {VM_SHARED, "sh", 0},
	{VM_MAYREAD, "mr", 0}, {VM_MAYWRITE, "mw", 0}, {VM_MAYEXEC, "me", 0},
	{VM_MAYSHARE, "ms", 0}, {VM_GROWSDOWN, "gd", 0}, {VM_PFNMAP, "pf", 0},
	{VM_LOCKED, "lo", 0}, {VM_IO, "io", 0}, {VM_SEQ_READ, "sr", 0},
	{VM_RAND_READ, "rr", 0}, {VM_DONTCOPY, "dc", 0}, {VM_DONTEXPAND, "de", 0},
	{VM_LOCKONFAULT, "lf", V(6, 11)}, {VM_ACCOUNT, "ac", 0}, {VM_NORESERVE, "nr", 0},
	{VM_HUGETLB, "ht", 0}, {VM_SYNC, "sf", V(4, 15)}, {VM_WIPEONFORK, "wf", V(4, 14)},
	{VM_DONTDUMP, "dd", 0}, {VM_SOFTDIRTY, "sd", 0}, {VM_MIXEDMAP, "mm", 0},
	{VM_HUGEPAGE, "hg", 0}, {VM_NOHUGEPAGE, "nh", 0}, {VM_MERGEABLE, "mg", 0},
	{VM_DROPPABLE, "dp", 0},
};

static void print_flags(FILE *out, const struct numasim_machine *m, uint64_t flags)
{
	fputs("VmFlags: ", out);
	for (unsigned i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
		unsigned since = flag_names[i].since;

		if (flags & flag_names[i].flag)
			fprintf(out, "%s ", proc_since(m, since >> 8, since & 0xff)
						    ? flag_names[i].name : "??");
	}
	fputc('\n', out);
}

void proc_smaps_text(FILE *out, const struct numasim_machine *m, const struct vm_area_struct *vma,
		     const struct proc_sizes *s)
{
	line(out, "Size:", vma->vm_end - vma->vm_start);
	if (proc_since(m, 4, 19))
		page_sizes(out, vma);
	print_resident(out, m, s);
	print_huge(out, m, s);
	line(out, "Swap:", s->swap);
	if (proc_since(m, 4, 3))
		line(out, "SwapPss:", s->swap_pss >> PSS_SHIFT);
	if (!proc_since(m, 4, 19))
		page_sizes(out, vma);
	line(out, "Locked:", vma->vm_flags & VM_LOCKED ? s->pss >> PSS_SHIFT : 0);
	if (proc_since(m, 6, 7))
		fprintf(out, "THPeligible:    %8u\n", thp_eligible(m, vma));
	else if (proc_since(m, 5, 0))
		fprintf(out, "THPeligible:    %u\n", thp_eligible(m, vma));
	print_flags(out, m, vma->vm_flags);
}
