/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * get_user_pages(), the slow way (mm/gup.c; mm/memory.c before v3.16): finds the page behind a user
 * address, faulting it in until it may be used as asked, and takes a reference.
 *
 *   gup.c          may the VMA be used so; look, fault, look again
 *   gup_follow.c   the look: what the entry leads to, and whether that will do
 *   gup_access.c   /proc/PID/mem and ptrace: get the page, copy, let it go
 *   gup_hold.c     what a task keeps, and what devices do with it
 *
 * A fault here never lets go of mmap_sem (nobody asks it to), so VM_FAULT_RETRY does not come back.
 */
#ifndef MM_GUP_H
#define MM_GUP_H

#include "mm/entry.h"

enum foll_flags {
	FOLL_WRITE = 1 << 0, /* the page will be written */
	FOLL_GET = 1 << 1,   /* a reference */
	FOLL_PIN = 1 << 2,   /* a pin (v5.6+), not counted as one before v5.7 */
	FOLL_FORCE = 1 << 3, /* whatever the VMA's rights (ptrace, /proc/PID/mem) */
	FOLL_TOUCH = 1 << 4, /* mark it accessed, or dirty */
	FOLL_COW = 1 << 5,   /* v4.9 to v5.19, internal: a write fault has broken the share */
};

/*
 * One page of @mm, which may be another's, mmap_sem held for reading: its frame. FOLL_GET or
 * FOLL_PIN must be set; put_user_page() gives it back. 0; -EFAULT, -ENOMEM; -EEXIST (v5.18+): a
 * frame without a descriptor is mapped there; -EOPNOTSUPP: hugetlb pages are not looked up here.
 */
int get_user_page(uint64_t *pfn, struct mm_struct *mm, uint64_t address, unsigned foll_flags);
void put_user_page(uint64_t pfn, unsigned foll_flags);

/*
 * What a task keeps after get_user_page(): a reference (or a pin) for each call, known by the page
 * of the address that it was asked for, until it is given back, or the task exits. Both take
 * mmap_sem themselves. 0; the errors above; -ENOENT: the current task holds nothing there.
 */
long gup_hold(struct mm_struct *mm, uint64_t address, unsigned foll_flags);
long gup_release(struct mm_struct *mm, uint64_t address);
/*
 * What a device reads and writes there: 8 bytes, at a multiple of 8, of the held page, past all
 * tables. 0, -ENOENT; -EINVAL: no multiple of 8. That the frame is no longer the one that was asked
 * for is a use after free.
 */
long gup_read_word(uint64_t *value, struct mm_struct *mm, uint64_t address);
long gup_write_word(struct mm_struct *mm, uint64_t address, uint64_t value);

/* Read, write 8 bytes of another's memory, as /proc/PID/mem does. Takes mmap_sem itself. 0; -EIO
 * whatever stood in the way; -EINVAL: no multiple of 8; -EOPNOTSUPP as above. */
int access_remote_word(struct mm_struct *mm, uint64_t address, uint64_t *value, bool write);

/* To v4.4: huge @page has fallen apart, in this step. Who held one of its other parts holds that
 * page now. (From v4.5 on pages that somebody holds do not fall apart.) */
void gup_split(struct page *page);
/* How many of the references of @page are of tasks that keep it (for the books). */
long gup_holds(const struct numasim_machine *m, const struct page *page);
/* A task goes: it keeps nothing any more. */
void gup_release_all(struct task_struct *task);
void gup_digest(const struct numasim_machine *m, const struct task_struct *task,
		struct digest_sink *sink);

/* ---- between the files of get_user_pages() ---- */

struct gup {
	struct vm_area_struct *vma;
	uint64_t address; /* of the page */
	unsigned flags;	  /* enum foll_flags */
	uint64_t pfn;	  /* what was found */
};

/* What a look comes to, or a negative errno: an end. */
enum gup_verdict {
	GUP_FOUND,
	GUP_FAULT,   /* a fault must mend it first */
	GUP_UNSHARE, /* v5.19+: one that breaks a share although nothing is written */
};
int gup_follow(struct gup *g);

/* A page that a task has for the moment, or keeps; in the task's list, last taken first. Our books,
 * not the kernel's: it makes no allocation of them. */
struct gup_hold {
	struct gup_hold *next;
	uint64_t address, pfn; /* the page's, in mm */
	uint32_t mm;	       /* name */
	uint16_t flags;	       /* enum foll_flags */
	uint16_t generation;   /* the life of the frame that is held */
};

/* get_user_page(), mmap_sem held, into the current task's list; out of it again. */
int gup_take(struct gup_hold **hold, struct mm_struct *mm, uint64_t address, unsigned foll_flags);
void gup_drop(struct gup_hold *hold);

/*
 * 8 bytes at @address of @mm, which are in frame @pfn, as a step. Oracles are told of it while @mm
 * still has that frame there: what is copied to a page that was unmapped meanwhile, nobody sees.
 */
uint64_t gup_load_word(struct mm_struct *mm, uint64_t address, uint64_t pfn);
void gup_store_word(struct mm_struct *mm, uint64_t address, uint64_t pfn, uint64_t value);

#endif
