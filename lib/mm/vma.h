/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings of an address space, and the families of their anonymous pages.
 *
 *   mm->vmas: by address, never overlapping
 *   vm_area_struct --- anon_vma_chain --- anon_vma
 *       a VMA has a chain for its own anon_vma and for each one that it inherited by fork;
 *       an anon_vma has a chain for each VMA that can map its pages
 *
 * page->mapping of an anonymous page is the arena_id() of its anon_vma (flag PAGE_ANON); that of a
 * page of a file is the arena_id() of its address_space. page->index is the place there, in pages
 * (the low 32 bits of it: a VMA spans less than 16 TiB).
 */
#ifndef MM_VMA_H
#define MM_VMA_H

#include "exec/lock.h"

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>

struct file;
struct mempolicy;
struct mm_struct;
struct page;

/* The kernel's names; the numbers are ours. */
enum vm_flags {
	VM_READ = 1 << 0,
	VM_WRITE = 1 << 1,
	VM_EXEC = 1 << 2,
	VM_SHARED = 1 << 3,
	VM_MAYREAD = 1 << 4,
	VM_MAYWRITE = 1 << 5,
	VM_MAYEXEC = 1 << 6,
	VM_MAYSHARE = 1 << 7,
	VM_GROWSDOWN = 1 << 8,
	VM_PFNMAP = 1 << 9,
	VM_LOCKED = 1 << 10,
	VM_IO = 1 << 11,
	VM_SEQ_READ = 1 << 12,
	VM_RAND_READ = 1 << 13,
	VM_DONTCOPY = 1 << 14,
	VM_DONTEXPAND = 1 << 15,
	VM_LOCKONFAULT = 1 << 16,
	VM_ACCOUNT = 1 << 17,
	VM_NORESERVE = 1 << 18,
	VM_HUGETLB = 1 << 19,
	VM_SYNC = 1 << 20,
	VM_WIPEONFORK = 1 << 21,
	VM_DONTDUMP = 1 << 22,
	VM_SOFTDIRTY = 1 << 23,
	VM_MIXEDMAP = 1 << 24,
	VM_HUGEPAGE = 1 << 25,
	VM_NOHUGEPAGE = 1 << 26,
	VM_MERGEABLE = 1 << 27,
	VM_DROPPABLE = 1 << 28,
	VM_STACK = VM_GROWSDOWN,
	VM_ACCESS = VM_READ | VM_WRITE | VM_EXEC,
	VM_SPECIAL = VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP,
};

struct anon_vma;
struct vm_area_struct;

/* One VMA that can map pages of one anon_vma. */
struct anon_vma_chain {
	struct vm_area_struct *vma;
	struct anon_vma *anon_vma;
	LIST_ENTRY(anon_vma_chain) same_vma;
	TAILQ_ENTRY(anon_vma_chain) same_anon_vma;
};

struct anon_vma {
	TAILQ_ENTRY(anon_vma) link; /* the room's */
	struct rwlock lock;	    /* the root's is the one that is taken */
	struct anon_vma *root, *parent;
	int32_t refcount;
	int32_t degree; /* v3.19+: children, and VMAs that have it as their own; and 1 */
	int32_t num_children, num_active_vmas; /* v6.0+: the same apart; a root is its child */
	TAILQ_HEAD(, anon_vma_chain) chains;
};

struct vm_area_struct {
	RB_ENTRY(vm_area_struct) vm_rb;
	uint64_t vm_start, vm_end;
	uint64_t vm_flags; /* enum vm_flags */
	uint64_t vm_pgoff; /* pages: into the file, or of the address when it was mapped */
	struct mm_struct *vm_mm;
	LIST_HEAD(, anon_vma_chain) anon_vma_chain;
	struct anon_vma *anon_vma;
	struct file *vm_file;	     /* NULL: anonymous */
	bool vm_unlinked;	     /* the file's rmap does not lead here (any more) */
	struct mempolicy *vm_policy; /* NULL: the task's */
	struct rwlock vm_lock;	     /* v6.4+; before that it has no name and nobody takes it */
	uint32_t vm_lock_seq;	     /* v6.4+: equal to mm_lock_seq: locked for writing */
	struct vma_numab_state *numab_state; /* v6.4+ */
};
RB_HEAD(vma_tree, vm_area_struct);
RB_PROTOTYPE(vma_tree, vm_area_struct, vm_rb, )

/* The first VMA that ends above @address, or NULL. */
struct vm_area_struct *find_vma(struct mm_struct *mm, uint64_t address);

/* The first VMA that shares an address with [start, end), or NULL. */
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, uint64_t start, uint64_t end);

struct vm_area_struct *vma_first(struct mm_struct *mm);
struct vm_area_struct *vma_last(struct mm_struct *mm);
struct vm_area_struct *vma_next(struct vm_area_struct *vma);
struct vm_area_struct *vma_prev(struct vm_area_struct *vma);

/* A zeroed VMA of @mm that is in no tree yet; NULL: out of memory. */
struct vm_area_struct *vma_alloc(struct mm_struct *mm);
void vma_free(struct vm_area_struct *vma);

/* v6.4+: nobody can fault in a VMA that comes into the tree until mmap_sem is given back. */
void vma_mark_new(struct vm_area_struct *vma);

/* New flags; mmap_sem held for writing, or for reading by somebody who only clears a mark. */
void vma_set_flags(struct vm_area_struct *vma, uint64_t vm_flags);

/* Into the tree (it must not overlap another), out of it. mmap_sem held for writing. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma);
void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma);

/* The family that the VMA has now, looked at without its lock: a fault may be giving it one. */
struct anon_vma *vma_family(struct vm_area_struct *vma);

/* The VMA gets an anon_vma of its own if it has none. 0 or -ENOMEM. */
int anon_vma_prepare(struct vm_area_struct *vma);

static inline uint64_t vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> 12;
}

static inline bool vma_is_anonymous(const struct vm_area_struct *vma)
{
	return !vma->vm_file;
}

/* The place of @address in the VMA's file or anonymous family, in pages. */
static inline uint64_t linear_page_index(const struct vm_area_struct *vma, uint64_t address)
{
	return vma->vm_pgoff + ((address - vma->vm_start) >> 12);
}

#endif
