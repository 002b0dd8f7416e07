/* SPDX-License-Identifier: BSD-2-Clause */
/* What the witnesses of a program call the objects of its machine. */
#include "explore/program.h"

#include "mm/api.h"
#include "mm/mm.h"
#include "mm/page.h"

#include <stdio.h>

static void entry_name(const struct numasim_machine *m, uint64_t object, char *text, size_t size)
{
	static const char *const level[] = {"?", "PTE", "PMD", "PUD", "PGD"};

	const struct table *t = m->mm ? table_by_name(m, OBJECT_NAME(object)) : NULL;

	if (t) {
		snprintf(text, size, "%s(%s:%#llx)", level[t->level > 4 ? 0 : t->level],
			 t->mm->label, (unsigned long long)(t->base + OBJECT_PART(object) *
							    x86_level_size(t->level)));
		return;
	}
	snprintf(text, size, "entry %u of table %s", OBJECT_PART(object),
		 BIRTH_TEXT(OBJECT_NAME(object)));
}

/* What @name of kind @of is called: an address space by its label, the rest by birth. */
static void owner_name(const struct numasim_machine *m, const char *of, uint32_t name, char *text,
		       size_t size)
{
	const struct mm_struct *mm = m->mm && !*of ? mm_by_name(m, name) : NULL;

	if (mm)
		of = mm->label, name = 0;
	if (name)
		snprintf(text, size, "%s%s%s", of, *of ? " " : "", BIRTH_TEXT(name));
	else
		snprintf(text, size, "%s", of);
}

/* "_count of page #12", "mmap_sem of P": a field of something; @of "" is an address space. */
static void field_name(const struct numasim_machine *m, const char *const *names, unsigned nr,
		       const char *of, uint64_t object, char *text, size_t size)
{
	uint32_t part = OBJECT_PART(object);
	char owner[64];

	owner_name(m, of, OBJECT_NAME(object), owner, sizeof(owner));
	snprintf(text, size, "%s of %s", part < nr && names[part] ? names[part] : "field", owner);
}

#define FIELD_NAME(names, of)                                                                      \
	field_name(m, names, sizeof(names) / sizeof(*names), of, object, text, size)

static void cpu_name(const struct numasim_machine *m, uint64_t object, const char *what, char *text,
		     size_t size)
{
	uint32_t index = OBJECT_NAME(object);

	snprintf(text, size, "%s of CPU %u", what, index < m->nr_cpus ? m->cpu[index].id : index);
}

static void memory_name(const struct numasim_machine *m, uint64_t object, char *text, size_t size)
{
	static const char *const page_field[] = {
		[PAGE_F_FLAGS] = "flags",	  [PAGE_F_COUNT] = "_count",
		[PAGE_F_MAPCOUNT] = "_mapcount",  [PAGE_F_MAPPING] = "mapping",
		[PAGE_F_CPUPID] = "last-fault tag", [PAGE_F_LOCK] = "PG_locked",
	};
	static const char *const mm_field[] = {
		[MM_CPUMASK] = "cpumask", [MM_FLUSH_PENDING] = "tlb_flush_pending",
		[MM_VMAS] = "mmap",
		[MM_TLB_GEN] = "tlb_gen", [MM_FLUSH_BATCHED] = "tlb_flush_batched",
		[MM_USERS] = "mm_users", [MM_COUNT] = "mm_count",
	};
	static const char *const lock_kind[] = {
		[LOCK_MMAP_SEM] = "mmap_sem", [LOCK_PAGE_TABLE] = "page_table_lock",
		[LOCK_TABLE] = "lock", [LOCK_ANON_VMA] = "lock", [LOCK_LRU] = "lru_lock",
	};
	uint32_t name = OBJECT_NAME(object);

	switch (OBJECT_CLASS(object)) {
	case OBJ_PAGE:
		return FIELD_NAME(page_field, "page");
	case OBJ_MM:
		return FIELD_NAME(mm_field, "");
	case OBJ_LOCK:
		return FIELD_NAME(lock_kind, OBJECT_PART(object) == LOCK_LRU ? "node" :
				  OBJECT_PART(object) == LOCK_TABLE ? "table" :
				  OBJECT_PART(object) == LOCK_ANON_VMA ? "anon_vma" : "");
	case OBJ_CONTENT:
		snprintf(text, size, "page %s+%llu", BIRTH_TEXT(name),
			 (unsigned long long)OBJECT_PART(object) << 3);
		return;
	case OBJ_ALLOC:
		snprintf(text, size, "%s of node %u", OBJECT_PART(object) ? "migration limit" :
			 "free memory", name < m->nr_nodes ? m->node[name].id : name);
		return;
	default:
		snprintf(text, size, "-");
	}
}

void program_object_name(void *machine, uint64_t object, char *text, size_t size)
{
	const struct numasim_machine *m = machine;
	const char *label = api_label(m, object);

	if (label) {
		snprintf(text, size, "%s", label);
		return;
	}
	switch (OBJECT_CLASS(object)) {
	case OBJ_ENTRY:
		return entry_name(m, object, text, size);
	case OBJ_TLB:
		return cpu_name(m, object, "TLB", text, size);
	case OBJ_IPI:
		return cpu_name(m, object, "interrupts", text, size);
	case OBJ_CPU:
		return cpu_name(m, object, OBJECT_PART(object) ? "loaded mm" : "interrupt flag",
				text, size);
	default:
		return memory_name(m, object, text, size);
	}
}
