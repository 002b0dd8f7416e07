/* SPDX-License-Identifier: BSD-2-Clause */
/* A system of two nodes, a process on CPU 0, and anonymous mappings that are made at once. */
#ifndef FAULT_WORLD_H
#define FAULT_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mm/access.h"
#include "mm/bits.h"
#include "mm/fault.h"
#include "mm/gfp.h"
#include "mm/page.h"
#include "mm/rmap.h"
#include "mm/tlb.h"
#include "sim/system.h"

#define RW_FLAGS                                                                                   \
	(VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_SOFTDIRTY)

struct fault_world {
	struct numasim_system *system;
	struct numasim_process *process;
	struct numasim_machine *m;
	struct mm_struct *mm;
	const char *release;
};

static inline void world_open(struct fault_world *w, const char *release, enum numasim_thp thp)
{
	const struct numasim_system_options options = {.release = release, .thp = thp};
	struct numasim_error err = {0};

	memset(w, 0, sizeof(*w));
	w->release = release;
	if (numasim_system_create(&w->system, &options, &err) ||
	    numasim_process_create(&w->process, w->system, "P", 0, &err))
		fail_msg("%s: %s", release, err.text);
	w->m = w->system->machine;
	w->mm = w->process->task->mm;
}

static inline void world_close(struct fault_world *w)
{
	numasim_system_free(w->system);
}

static inline struct vm_area_struct *world_map(struct fault_world *w, uint64_t size,
					       uint64_t vm_flags, bool huge)
{
	struct vm_area_struct *vma;

	assert_int_equal(mm_map_anon(w->m, &vma, w->mm, size, vm_flags, huge), 0);
	return vma;
}

/* What an entry is but for the frame: golden's form. */
static inline uint64_t world_pte(const struct fault_world *w, uint64_t va)
{
	struct numasim_entries e;

	numasim_process_entries(&e, w->process, va);
	return e.pte & ~X86_PFN_MASK;
}

static inline uint64_t world_pmd(const struct fault_world *w, uint64_t va)
{
	struct numasim_entries e;

	numasim_process_entries(&e, w->process, va);
	return e.pmd & ~X86_PFN_MASK;
}

/* Entries that soft-dirty marks have bit 11 from v3.11 on. */
static inline uint64_t with_soft_dirty(const struct fault_world *w, uint64_t entry)
{
	return entry | w->m->kernel->format.soft_dirty;
}

static inline uint64_t world_load(struct fault_world *w, uint64_t va)
{
	uint64_t value = ~UINT64_C(0);

	if (numasim_process_load(&value, w->process, va))
		fail_msg("%s: load of %#llx", w->release, (unsigned long long)va);
	return value;
}

static inline void world_store(struct fault_world *w, uint64_t va, uint64_t value)
{
	if (numasim_process_store(w->process, va, value))
		fail_msg("%s: store to %#llx", w->release, (unsigned long long)va);
}

static inline uint64_t world_count(const struct fault_world *w, enum vm_event event)
{
	return w->m->mm->vm_event[event];
}

static inline struct page *world_page(const struct fault_world *w, uint64_t va)
{
	struct numasim_entries e;

	numasim_process_entries(&e, w->process, va);
	if (e.pmd & X86_PSE)
		return pfn_to_page(w->m, kernel_pmd_pfn(w->m->kernel, e.pmd));
	return pfn_to_page(w->m, kernel_pte_pfn(w->m->kernel, e.pte));
}

/* Store a value over an entry, as if the kernel had done so at some time. */
static inline void world_set(struct fault_world *w, uint64_t va, unsigned level, uint64_t value)
{
	uint64_t *entry = entry_find(w->m, w->mm, va, level);

	assert_non_null(entry);
	*entry = value;
	IN_PROCESS(w->process, ({ flush_tlb_mm(w->mm); 0; }));
}

static inline uint64_t world_entry(struct fault_world *w, uint64_t va, unsigned level)
{
	uint64_t *entry = entry_find(w->m, w->mm, va, level);

	assert_non_null(entry);
	return *entry;
}

/* All batches of new pages reach the LRU. */
static inline void world_drain(struct fault_world *w)
{
	IN_PROCESS(w->process, ({ lru_add_drain_all(); 0; }));
}

#define assert_entry(w, value, wanted)                                                             \
	do {                                                                                       \
		uint64_t value_ = (value), wanted_ = (wanted);                                     \
		if (value_ != wanted_)                                                             \
			fail_msg("%s: %s is %#llx, should be %#llx", (w)->release, #value,         \
				 (unsigned long long)value_, (unsigned long long)wanted_);         \
	} while (0)

/* One release of each era of the fault path. */
#define EACH_RELEASE(name)                                                                         \
	for (const char *const *name##_ = fault_eras; *name##_; name##_++)                         \
		for (const char *name = *name##_; name; name = NULL)
static const char *const fault_eras[] __attribute__((unused)) = {
	"v3.8",	 "v3.10", "v3.11", "v3.13", "v3.15",	       "v3.17",		  "v4.0", "v4.4",
	"v4.5",	 "v4.8",  "v4.9",  "v4.10", "v4.14",	       "v4.19",		  "v5.7", "v5.8",
	"v5.9",	 "v5.13", "v5.14", "v5.18", "v5.19",	       "debian-6.1.192",  "v6.2", "v6.4",
	"v6.5",	 "v6.6",  "v6.7",  "v6.8",  "v6.10",	       "debian-6.12.117", NULL,
};

#endif
