/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the oracles are told. The rooms below lib/check call these through the machine; nobody
 * listening costs one test.
 */
#ifndef MACHINE_OBSERVER_H
#define MACHINE_OBSERVER_H

#include "exec/point.h"
#include "machine/frame.h"

struct observer {
	/* A user instruction stored, or loaded, @value at @va of address space @mm (a name);
	 * @object is the word of the frame that it reached, @page that frame's descriptor. */
	void (*stored)(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object);
	void (*loaded)(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object);
	/* A user access goes through a translation made in another life of its frame. */
	void (*stale_frame)(void *self, uint64_t va, const struct page *page, bool write);
	/* Kernel code looks into, or changes, the descriptor of a page that is free. */
	void (*touched_free)(void *self, const struct page *page, const char *what);
	/* Address space @child begins as a copy of @parent; the last user of @mm has gone. */
	void (*mm_forked)(void *self, uint32_t parent, uint32_t child);
	void (*mm_gone)(void *self, uint32_t mm);
	/* A TLB flush begins, and has returned. */
	void (*flush_begin)(void *self, uint32_t mm, uint64_t start, uint64_t end);
	void (*flush_end)(void *self, uint32_t mm, uint64_t start, uint64_t end);
	void *self;
};

#endif
