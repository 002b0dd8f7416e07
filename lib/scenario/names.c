/* SPDX-License-Identifier: BSD-2-Clause */
/* What texts call the things of a scenario: nothing depends on a host address. */
#include "scenario/program.h"

#include "exec/point.h"
#include "mm/page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The scenario of a machine: its event payload is the run. */
static const struct scenario_run *run_of(const struct numasim_machine *m)
{
	return m->exec.event_payload;
}

void scenario_address_name(const struct scenario_run *run, const struct mm_struct *mm,
			   uint64_t va, char *text, size_t size)
{
	const struct scenario_program *p = run->program;

	for (unsigned i = 0; i < run->ast->nr_variables; i++) {
		const struct variable *v = &p->variable[i];
		uint64_t offset = va - v->va;

		if (!v->vma || v->mm != mm || offset >= v->ast->size)
			continue;
		if (offset)
			snprintf(text, size, "%s:%s+%llu", mm->label, v->ast->name.text,
				 (unsigned long long)offset);
		else
			snprintf(text, size, "%s:%s", mm->label, v->ast->name.text);
		return;
	}
	snprintf(text, size, "%s:%#llx", mm->label, (unsigned long long)va);
}

/* The hook of the engine: an address space is known by its birth name there. */
void scenario_mm_address_name(void *machine, uint32_t mm, uint64_t va, char *text, size_t size)
{
	const struct numasim_machine *m = machine;

	const struct mm_struct *of = mm_by_name(m, mm);

	if (of)
		scenario_address_name(run_of(m), of, va, text, size);
}

int scenario_find_address(const struct scenario_run *run, const char *text,
			  struct mm_struct **mm, uint64_t *va)
{
	const struct scenario_program *p = run->program;
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;
	size_t length = strcspn(name, "+");

	for (unsigned i = 0; i < run->ast->nr_variables; i++) {
		const struct variable *v = &p->variable[i];

		if (!v->vma || strlen(v->ast->name.text) != length ||
		    strncmp(v->ast->name.text, name, length))
			continue;
		if (colon && (strlen(v->mm->label) != (size_t)(colon - text) ||
			      strncmp(v->mm->label, text, colon - text)))
			continue;
		*mm = v->mm;
		*va = v->va + (name[length] ? strtoull(name + length + 1, NULL, 0) : 0);
		return 0;
	}
	return -ENOENT;
}

static const char *field_name(const char *const *names, size_t nr, uint32_t part)
{
	return part < nr && names[part] ? names[part] : "?";
}

#define FIELD(names, part) field_name(names, sizeof(names) / sizeof(*names), part)

static void entry_name(const struct numasim_machine *m, uint64_t object, char *text, size_t size)
{
	static const char *const level[] = {"?", "PTE", "PMD", "PUD", "PGD", "PGD"};
	char address[96];

	const struct table *t = table_by_name(m, OBJECT_NAME(object));

	if (t) {
		scenario_address_name(run_of(m), t->mm, t->base + OBJECT_PART(object) *
				      x86_level_size(t->level), address, sizeof(address));
		snprintf(text, size, "%s(%s)", FIELD(level, t->level), address);
		return;
	}
	snprintf(text, size, "entry %u of table %s", OBJECT_PART(object),
		 BIRTH_TEXT(OBJECT_NAME(object)));
}

static void content_name(const struct numasim_machine *m, uint64_t object, char *text, size_t size)
{
	const struct scenario_run *run = run_of(m);
	uint64_t offset = (uint64_t)OBJECT_PART(object) << 3;
	const char *name = NULL;

	for (unsigned i = 0; i < run->ast->nr_variables; i++)
		if (run->program->variable[i].vma &&
		    ((run->program->variable[i].va ^ offset) & (HPAGE_SIZE - 1)) == 0)
			name = run->ast->variables[i].name.text;
	if (name)
		snprintf(text, size, "%s in page %s", name, BIRTH_TEXT(OBJECT_NAME(object)));
	else
		snprintf(text, size, "page %s+%llu", BIRTH_TEXT(OBJECT_NAME(object)),
			 (unsigned long long)offset);
}

static void lock_name(const struct numasim_machine *m, uint64_t object, char *text, size_t size)
{
	static const char *const kind[] = {
		[LOCK_MMAP_SEM] = "mmap_sem", [LOCK_PAGE_TABLE] = "page_table_lock",
		[LOCK_TABLE] = "lock of table", [LOCK_ANON_VMA] = "anon_vma lock",
		[LOCK_LRU] = "lru_lock of node", [LOCK_USER] = "lock",
	};
	uint32_t class = OBJECT_PART(object);

	if (class == LOCK_LRU || class == LOCK_USER)
		snprintf(text, size, "%s %u", FIELD(kind, class), OBJECT_NAME(object));
	else if (class == LOCK_TABLE)
		snprintf(text, size, "%s %s", FIELD(kind, class), BIRTH_TEXT(OBJECT_NAME(object)));
	else
		snprintf(text, size, "%s", FIELD(kind, class));
}

void scenario_object_name(void *machine, uint64_t object, char *text, size_t size)
{
	static const char *const page_field[] = {
		[PAGE_F_FLAGS] = "flags",           [PAGE_F_COUNT] = "_count",
		[PAGE_F_MAPCOUNT] = "_mapcount",    [PAGE_F_MAPPING] = "mapping",
		[PAGE_F_CPUPID] = "last-fault tag", [PAGE_F_LOCK] = "PG_locked",
	};
	static const char *const mm_field[] = {
		[MM_CPUMASK] = "cpumask", [MM_FLUSH_PENDING] = "tlb_flush_pending",
		[MM_NUMA_TLB_LAZY] = "numa_tlb_lazy", [MM_NEXT_SCAN] = "numa_next_scan",
		[MM_SCAN_OFFSET] = "numa_scan_offset", [MM_SCAN_SEQ] = "numa_scan_seq",
		[MM_VMAS] = "mmap", [MM_FIRST_NID] = "first_nid",
		[MM_TLB_GEN] = "tlb_gen", [MM_FLUSH_BATCHED] = "tlb_flush_batched",
		[MM_USERS] = "mm_users", [MM_COUNT] = "mm_count",
	};
	const struct numasim_machine *m = machine;
	uint32_t name = OBJECT_NAME(object), part = OBJECT_PART(object);
	const struct cpu *cpu = name < m->nr_cpus ? &m->cpu[name] : NULL;

	switch (OBJECT_CLASS(object)) {
	case OBJ_ENTRY:
		return entry_name(m, object, text, size);
	case OBJ_CONTENT:
		return content_name(m, object, text, size);
	case OBJ_LOCK:
		return lock_name(m, object, text, size);
	case OBJ_PAGE:
		snprintf(text, size, "%s of page %s", FIELD(page_field, part), BIRTH_TEXT(name));
		return;
	case OBJ_MM:
		snprintf(text, size, "mm->%s", FIELD(mm_field, part));
		return;
	case OBJ_TLB:
	case OBJ_IPI:
	case OBJ_CPU:
		snprintf(text, size, "%s of CPU %u",
			 OBJECT_CLASS(object) == OBJ_TLB ? "TLB" :
			 OBJECT_CLASS(object) == OBJ_IPI ? "interrupts" :
			 part == 2 ? "LRU batch" : part ? "loaded mm" : "interrupt flag",
			 cpu ? cpu->id : name);
		return;
	case OBJ_ALLOC:
		if (part == 2) {
			snprintf(text, size, "allocation that fails");
			return;
		}
		snprintf(text, size, "%s of node %u", part ? "migration limit" : "free memory",
			 name < m->nr_nodes ? m->node[name].id : name);
		return;
	case OBJ_CLOCK:
		snprintf(text, size, "clock");
		return;
	default:
		snprintf(text, size, "-");
	}
}
