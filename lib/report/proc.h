/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of /proc and /sys as the kernel's release prints them. Looking is no step of anything: no
 * points, no locks, nothing changes.
 *
 *   proc_maps.c	/proc/PID/maps, and the first line of every mapping in smaps
 *   proc_smaps.c	/proc/PID/smaps: what is counted; proc_smaps_text.c: how it is printed
 *   proc_numa_maps.c	/proc/PID/numa_maps
 *   proc_pagemap.c	/proc/PID/pagemap
 *   proc_kpage.c	/proc/kpageflags, /proc/kpagecount
 *   proc_vmstat.c	/proc/vmstat, /sys/devices/system/node/nodeN/numastat
 *   proc_node.c	/sys/devices/system/node; proc_write.c: as files of this host
 *   proc_walk.c	the entries of a mapping, and the pages that they count for
 *   proc_api.c		<numasim/proc.h>
 *
 * Formats that changed say since which release; numbers of releases are those of
  * fs/proc/task_mmu.c.
 */
#ifndef REPORT_PROC_H
#define REPORT_PROC_H

#include "kernel/releases.h"
#include "mm/mm.h"

#include <stdio.h>

/* Is the machine's kernel v@major.@minor or later, by the version that its build began with? */
static inline bool proc_since(const struct numasim_machine *m, unsigned major, unsigned minor)
{
	return release_get(m->kernel->release)->version >= RC(major, minor, 1);
}

/* Whole files. @task is the process; numa_maps shows its policy. */
void proc_maps(FILE *out, const struct numasim_machine *m, const struct mm_struct *mm);
void proc_smaps(FILE *out, struct numasim_machine *m, struct mm_struct *mm);
int proc_numa_maps(FILE *out, struct numasim_machine *m, const struct task_struct *task);
void proc_vmstat(FILE *out, const struct numasim_machine *m);
void proc_numastat(FILE *out, const struct numasim_machine *m, unsigned node);
/* A file below /sys/devices/system/node, by its whole path; -ENOENT. */
int proc_node_file(FILE *out, const struct numasim_machine *m, const char *path);
/* The path of the file that is number @number of them, from 0: its length, or -ENOENT. */
int proc_node_path(char *path, size_t size, const struct numasim_machine *m, unsigned number);

/* One entry of the binary ones. @page is NULL where there is no memory. */
uint64_t proc_pagemap(struct numasim_machine *m, struct mm_struct *mm, uint64_t address);
int proc_kpageflags(uint64_t *flags, const struct numasim_machine *m, uint64_t pfn);
int proc_kpagecount(uint64_t *count, const struct numasim_machine *m, uint64_t pfn);

/* ---- between these files ---- */

/* An entry that is not empty: of a PTE, a huge PMD (trans-huge or hugetlb), or a migrating one. */
struct proc_entry {
	uint64_t address, value;
	uint64_t pages; /* how many of its pages are in the range */
	bool huge;
};
typedef void (*proc_entry_fn)(const struct proc_entry *entry, void *payload);
void proc_walk(struct numasim_machine *m, struct mm_struct *mm, uint64_t start, uint64_t end,
	       proc_entry_fn fn, void *payload);
/* The entry that translates @address; false: none. */
bool proc_find(struct proc_entry *entry, struct numasim_machine *m, struct mm_struct *mm,
	       uint64_t address);

bool proc_present(const struct numasim_machine *m, const struct proc_entry *entry);
/* The frame at the start of a present entry. */
uint64_t proc_pfn(const struct numasim_machine *m, const struct proc_entry *entry);
/* vm_normal_page(), vm_normal_page_pmd() of a present entry: NULL is a page of zeroes, or a
 * driver's. */
struct page *proc_normal_page(const struct numasim_machine *m, const struct vm_area_struct *vma,
			      const struct proc_entry *entry);
/* The page that a migration entry leads to; NULL: it is none. */
struct page *proc_migrating_page(const struct numasim_machine *m, const struct proc_entry *entry);
/* page_mapcount() of frame @pfn of @page. */
int32_t proc_mapcount(const struct numasim_machine *m, const struct page *page, uint64_t pfn);

/* "5000-6000 rw-p ... name\n". */
void proc_map_line(FILE *out, const struct numasim_machine *m, const struct vm_area_struct *vma);
/* Of mappings without a file: NULL, "[heap]", "[stack]". */
const char *proc_special_name(const struct numasim_machine *m, const struct vm_area_struct *vma);
/* Write a path with the characters of @escaped in octal. */
void proc_path(FILE *out, const char *path, const char *escaped);
bool proc_is_shmem(const struct vm_area_struct *vma);

/* What smaps counts, in bytes; shares of pages shifted by PSS_SHIFT. */
#define PSS_SHIFT 12
struct proc_sizes {
	uint64_t resident, shared_clean, shared_dirty, private_clean, private_dirty, referenced;
	uint64_t anonymous, lazyfree, anonymous_thp, shmem_thp, file_thp, swap;
	uint64_t shared_hugetlb, private_hugetlb;
	uint64_t pss, pss_dirty, swap_pss;
};
void proc_gather(struct proc_sizes *sizes, struct numasim_machine *m, struct vm_area_struct *vma);
void proc_smaps_text(FILE *out, const struct numasim_machine *m, const struct vm_area_struct *vma,
		     const struct proc_sizes *sizes);

#endif
