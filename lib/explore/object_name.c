/* SPDX-License-Identifier: BSD-2-Clause */
#include "explore/object_name.h"

#include "mm/api.h"
#include "mm/mm.h"
#include "mm/page.h"

#include <stdio.h>

struct name {
	const struct numasim_machine *m;
	uint64_t object;
	char *text;
	size_t size;
};

#define SAY(n, ...) ((void)snprintf((n)->text, (n)->size, __VA_ARGS__))

/* "" if there is only one address space: nobody has to ask which is meant. */
static const char *mm_label(const struct name *n)
{
	const struct mm_room *room = n->m->mm;

	const struct mm_struct *mm =
		room && room->nr_mm > 1 ? mm_by_name(n->m, OBJECT_NAME(n->object)) : NULL;

	return mm ? mm->label : "";
}

static const char *field(const char *const *names, size_t nr, uint32_t part)
{
	return part < nr && names[part] ? names[part] : "?";
}

#define FIELD(names, part) field(names, sizeof(names) / sizeof(*names), part)

static void say_entry(const struct name *n)
{
	static const char *const level[] = {"?", "PTE", "PMD", "PUD", "PGD", "PGD"};
	const struct table *t = n->m->mm ? table_by_name(n->m, OBJECT_NAME(n->object)) : NULL;
	uint32_t index = OBJECT_PART(n->object);
	char address[96];
	uint64_t va;

	if (!t) {
		SAY(n, "entry %u of table %s", index, BIRTH_TEXT(OBJECT_NAME(n->object)));
		return;
	}
	va = t->base + index * x86_level_size(t->level);
	if (n->m->exec.address_name)
		n->m->exec.address_name(n->m->exec.machine, t->mm->name, va, address,
					sizeof(address));
	else
		snprintf(address, sizeof(address), "%s:%#llx", t->mm->label,
			 (unsigned long long)va);
	SAY(n, "%s(%s)", FIELD(level, t->level), address);
}

static bool several_families(const struct numasim_machine *m)
{
	const struct anon_vma *first = m->mm ? TAILQ_FIRST(&m->mm->anon_vmas) : NULL;

	return first && TAILQ_NEXT(first, link);
}

static void say_lock(const struct name *n)
{
	static const char *const kind[] = {
		[LOCK_MMAP_SEM] = "mmap_sem", [LOCK_PAGE_TABLE] = "page_table_lock",
		[LOCK_TABLE] = "lock of table", [LOCK_ANON_VMA] = "anon_vma lock",
		[LOCK_LRU] = "lru_lock of node", [LOCK_USER] = "lock",
		[LOCK_SWAP] = "swap lock", [LOCK_SWAP_CACHE] = "swap cache lock",
		[LOCK_MAPPING] = "tree_lock of file", [LOCK_I_MMAP] = "i_mmap of file",
		[LOCK_HUGETLB] = "hugetlb lock",
	};
	uint32_t class = OBJECT_PART(n->object), name = OBJECT_NAME(n->object);
	const char *what = FIELD(kind, class), *label = mm_label(n);

	if (class == LOCK_LRU || class == LOCK_USER)
		SAY(n, "%s %u", what, name);
	else if (class == LOCK_TABLE || class == LOCK_MAPPING || class == LOCK_I_MMAP ||
		 (class == LOCK_ANON_VMA && several_families(n->m)))
		SAY(n, "%s %s", what, BIRTH_TEXT(name));
	else
		SAY(n, "%s%s%s", what, *label ? " of " : "", label);
}

static void say_mm(const struct name *n)
{
	static const char *const mm_field[] = {
		[MM_CPUMASK] = "cpumask", [MM_FLUSH_PENDING] = "tlb_flush_pending",
		[MM_NUMA_TLB_LAZY] = "numa_tlb_lazy", [MM_NEXT_SCAN] = "numa_next_scan",
		[MM_SCAN_OFFSET] = "numa_scan_offset", [MM_SCAN_SEQ] = "numa_scan_seq",
		[MM_VMAS] = "mmap", [MM_FIRST_NID] = "first_nid",
		[MM_TLB_GEN] = "tlb_gen", [MM_FLUSH_BATCHED] = "tlb_flush_batched",
		[MM_USERS] = "mm_users", [MM_COUNT] = "mm_count",
	};
	const char *label = mm_label(n);

	SAY(n, "%s->%s", *label ? label : "mm", FIELD(mm_field, OBJECT_PART(n->object)));
}

static void say_page(const struct name *n)
{
	static const char *const page_field[] = {
		[PAGE_F_FLAGS] = "flags",           [PAGE_F_COUNT] = "_count",
		[PAGE_F_MAPCOUNT] = "_mapcount",    [PAGE_F_MAPPING] = "mapping",
		[PAGE_F_CPUPID] = "last-fault tag", [PAGE_F_LOCK] = "PG_locked",
	};

	SAY(n, "%s of page %s", FIELD(page_field, OBJECT_PART(n->object)),
	    BIRTH_TEXT(OBJECT_NAME(n->object)));
}

static void say_cpu(const struct name *n)
{
	uint32_t index = OBJECT_NAME(n->object);
	static const char *const part[] = {"interrupt flag", "loaded mm", "LRU batches",
					   "RCU readers"};
	const char *what = FIELD(part, OBJECT_PART(n->object));

	if (OBJECT_CLASS(n->object) == OBJ_TLB)
		what = "TLB";
	else if (OBJECT_CLASS(n->object) == OBJ_IPI)
		what = "interrupts";
	SAY(n, "%s of CPU %u", what, index < n->m->nr_cpus ? n->m->cpu[index].id : index);
}

static void say_node(const struct name *n)
{
	uint32_t index = OBJECT_NAME(n->object);

	SAY(n, "%s of node %u", OBJECT_PART(n->object) ? "migration limit" : "free memory",
	    index < n->m->nr_nodes ? n->m->node[index].id : index);
}

void object_name(void *machine, uint64_t object, char *text, size_t size)
{
	const struct name n = {machine, object, text, size};
	const char *label = api_label(machine, object);

	if (label) {
		SAY(&n, "%s", label);
		return;
	}
	switch (OBJECT_CLASS(object)) {
	case OBJ_ENTRY:
		return say_entry(&n);
	case OBJ_LOCK:
		return say_lock(&n);
	case OBJ_MM:
		return say_mm(&n);
	case OBJ_PAGE:
		return say_page(&n);
	case OBJ_TLB:
	case OBJ_IPI:
	case OBJ_CPU:
		return say_cpu(&n);
	case OBJ_ALLOC:
		return say_node(&n);
	case OBJ_CONTENT:
		SAY(&n, "page %s+%llu", BIRTH_TEXT(OBJECT_NAME(object)),
		    (unsigned long long)OBJECT_PART(object) << 3);
		return;
	case OBJ_SWAP:
		SAY(&n, "swap slot %u", OBJECT_NAME(object));
		return;
	case OBJ_FILE:
		SAY(&n, "%s of file %s", OBJECT_PART(object) & 0x800000 ? "size" : "cache",
		    BIRTH_TEXT(OBJECT_NAME(object)));
		return;
	case OBJ_CLOCK:
		SAY(&n, "clock");
		return;
	default:
		SAY(&n, "-");
	}
}
