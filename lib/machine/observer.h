/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the oracles are told. The rooms below lib/check call these through the machine; nobody
 * listening costs one test.
 */
#ifndef MACHINE_OBSERVER_H
#define MACHINE_OBSERVER_H

#include "exec/point.h"
#include "machine/frame.h"

/* What happens to a range of memory, and what a word of it is then if nobody stored to it
 * meanwhile: empty is zero, or in a private mapping of a file what that holds. */
enum discard_how {
	DISCARD_EMPTY, /* empty (MADV_DONTNEED) */
	DISCARD_FREE,  /* as it was or empty, until the next store (MADV_FREE) */
	DISCARD_UNMAP, /* nowhere */
	DISCARD_COPY,  /* as it was (fork: the child's is as it was, too) */
};

struct numasim_machine;

struct observer {
	/* A user instruction stored, or loaded, @value at @va of address space @mm (a name);
	 * @object is the word of the frame that it reached, @page that frame's descriptor. */
	void (*stored)(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object);
	void (*loaded)(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object);
	/* A user access goes through a translation made in another life of its frame. */
	void (*stale_frame)(void *self, uint64_t va, const struct page *page, bool write);
	/* Kernel code looks into, or changes, the descriptor of a page that is free. */
	void (*touched_free)(void *self, const struct page *page, const char *what);
	/* write(2) stored @value at @offset of @file (a name); the file has gone. */
	void (*file_stored)(void *self, uint32_t file, uint64_t offset, uint64_t value,
			    uint64_t object);
	void (*file_gone)(void *self, uint32_t file);
	/* A call gives up, or copies, [start, end) of @mm, and has done so: before its VMAs go, and
	 * before it returns. The same context says both, with the same arguments. */
	void (*discard_begin)(void *self, uint32_t mm, uint64_t start, uint64_t end,
			      enum discard_how how);
	void (*discard_end)(void *self, uint32_t mm, uint64_t start, uint64_t end,
			    enum discard_how how);
	/* The entries of @len bytes at @from go to @to, where nothing was. */
	void (*move_begin)(void *self, uint32_t mm, uint64_t from, uint64_t to, uint64_t len);
	void (*move_end)(void *self, uint32_t mm, uint64_t from, uint64_t to, uint64_t len);
	/* Bytes [start, end) of @file go: its rest, and then the copies that private mappings have
	 * go too (@end: UINT64_MAX), or a hole. */
	void (*cut_begin)(void *self, uint32_t file, uint64_t start, uint64_t end);
	void (*cut_end)(void *self, uint32_t file, uint64_t start, uint64_t end);
	/* Address space @child begins as a copy of @parent (inside DISCARD_COPY); the last user of
	 * @mm has gone. */
	void (*mm_forked)(void *self, uint32_t parent, uint32_t child);
	void (*mm_gone)(void *self, uint32_t mm);
	/* A TLB flush begins, and has returned. */
	void (*flush_begin)(void *self, uint32_t mm, uint64_t start, uint64_t end);
	void (*flush_end)(void *self, uint32_t mm, uint64_t start, uint64_t end);
	/* @entry of a page table has become @value. */
	void (*entry_stored)(struct numasim_machine *m, const uint64_t *entry, uint64_t value);
	void *self;
};

#endif
