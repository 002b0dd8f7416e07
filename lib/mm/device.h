/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a driver does in its mmap() and fault handlers: its own pages, or bare frames, in a mapping
 * (mm/memory.c).
 *
 *   vm_insert_page()     a page, counted: the VMA becomes VM_MIXEDMAP
 *   vm_insert_pfn()      a frame of VM_PFNMAP: a special entry, nothing is counted
 *   vm_insert_mixed()    a frame of VM_MIXEDMAP: the same
 *   remap_pfn_range()    a run of frames at once: VM_PFNMAP | VM_IO
 *
 * mmap_sem is held for writing where a VMA's flags change.
 */
#ifndef MM_DEVICE_H
#define MM_DEVICE_H

#include "mm/entry.h"

/* @nr pages of the driver's own, PG_reserved and on no list, one reference each (the driver's).
 * 0 or -ENOMEM: none were taken. */
int device_alloc_pages(struct page **page, unsigned nr);
void device_free_pages(struct page **page, unsigned nr);

/* 0; -EFAULT: @address is not in the VMA; -EINVAL: the page is free or anonymous; -EBUSY: something
 * is mapped there; -ENOMEM. Oopses for a VM_PFNMAP mapping, as the kernel's BUG_ON. */
int vm_insert_page(struct vm_area_struct *vma, uint64_t address, struct page *page);

/* 0; -EFAULT, -EBUSY, -ENOMEM as above. Oopses for a mapping without the flag. */
int vm_insert_pfn(struct vm_area_struct *vma, uint64_t address, uint64_t pfn);
int vm_insert_mixed(struct vm_area_struct *vma, uint64_t address, uint64_t pfn);

/* @size bytes from @address on map frames from @pfn on. 0; -EINVAL: a private writable mapping that
 * is not covered as a whole, or a range outside it; -ENOMEM. */
int remap_pfn_range(struct vm_area_struct *vma, uint64_t address, uint64_t pfn, uint64_t size);

#endif
