/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel code of a process, run point by point by itself, and what it did written down:
 *
 *	lock mmap; read PMD3; lock table; set PTE0=867 A; unlock table; ...
 *
 * An entry is named by its level and its index in the table, with the flags that it has afterwards
 * and a letter for the frame (A: the first that is met). Locks, fields of pages and of the address
 * space have their kernel's names; free memory, LRU lists and batches and the clock are left out.
 */
#ifndef ORDER_WORLD_H
#define ORDER_WORLD_H

#include "explore/object_name.h"
#include "gup_world.h"
#include "mm/access.h"
#include "mm/entry.h"
#include "mm/zone.h"
#include "x86/cpu.h"

#include <stdio.h>

#define ORDER_TEXT  (1 << 19)
#define ORDER_SHORT 1600 /* more than that becomes a sum */
#define ORDER_PAGES 16

struct order_world {
	struct gup_world w;
	struct numasim_process *child;
	struct mm_struct *mm;
	uint64_t at, bytes; /* the memory that the operation is about */
	struct task_struct *task; /* that a fork made */
	bool thp;
	struct page *device_page, *isolated;
	int fd;
	const char *page[ORDER_PAGES];
	uint64_t page_name[ORDER_PAGES];
	unsigned nr_pages;
	size_t used;
	char text[ORDER_TEXT];
};

static inline struct numasim_machine *order_machine(struct order_world *o)
{
	return o->w.system->machine;
}

static inline void order_say(struct order_world *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	o->used += vsnprintf(o->text + o->used, ORDER_TEXT - o->used, format, args);
	va_end(args);
	if (o->used >= ORDER_TEXT)
		fail_msg("a text of more than %d bytes", ORDER_TEXT);
}

/* A letter for what bears @name: A is the first that is met. */
static inline char order_letter(struct order_world *o, uint64_t name)
{
	unsigned i = 0;

	while (i < o->nr_pages && o->page_name[i] != name)
		i++;
	if (i == o->nr_pages) {
		if (i == ORDER_PAGES)
			return '?';
		o->page_name[o->nr_pages++] = name;
	}
	return 'A' + i;
}

/* Flags, whose frame, and which part of a huge page. */
static inline void order_value(struct order_world *o, uint64_t value, const struct page *page)
{
	const struct numasim_machine *m = order_machine(o);
	uint64_t first = page ? page_to_pfn(m, page) : 0, pfn = kernel_pte_pfn(m->kernel, value);

	order_say(o, "=%llx", (unsigned long long)entry_bits(m->kernel, value, page));
	if (page)
		order_say(o, " %c", order_letter(o, page->name));
	if (page && !kernel_pte_migration(m->kernel, value) && pfn != first)
		order_say(o, "+%lld", (long long)(pfn - first));
}

/* What an entry holds now: the flags, and whose frame. */
static inline void order_entry_value(struct order_world *o, const struct table *t, uint64_t index)
{
	struct numasim_machine *m = order_machine(o);
	const uint64_t *entry = entry_find(m, t->mm, t->base + index * x86_level_size(t->level),
					   t->level);
	const struct page *page = entry ? entry_frame_page(m, *entry, t->level) : NULL;

	if (!entry)
		return;
	order_value(o, *entry, page);
}

static inline const char *order_lock(uint32_t class)
{
	static const char *const name[] = {
		[LOCK_MMAP_SEM] = "mmap", [LOCK_PAGE_TABLE] = "page_table_lock",
		[LOCK_TABLE] = "table", [LOCK_ANON_VMA] = "anon_vma", [LOCK_VMA] = "vma",
		[LOCK_PAGE] = "page", [LOCK_MAPPING] = "tree_lock", [LOCK_I_MMAP] = "i_mmap",
		[LOCK_HUGETLB] = "hugetlb", [LOCK_SWAP] = "swap", [LOCK_SWAP_CACHE] = "swapcache",
	};

	return class < sizeof(name) / sizeof(*name) && name[class] ? name[class] : "?";
}

static inline const char *order_page_field(uint32_t part)
{
	static const char *const name[] = {
		[PAGE_F_FLAGS] = "flags", [PAGE_F_COUNT] = "count",
		[PAGE_F_MAPCOUNT] = "mapcount", [PAGE_F_MAPPING] = "mapping",
		[PAGE_F_CPUPID] = "cpupid", [PAGE_F_LOCK] = "lock",
	};

	return part < sizeof(name) / sizeof(*name) && name[part] ? name[part] : "?";
}

static inline const char *order_mm_field(uint32_t part)
{
	static const char *const name[] = {
		[MM_CPUMASK] = "cpumask", [MM_FLUSH_PENDING] = "flush_pending",
		[MM_FLUSH_BATCHED] = "flush_batched", [MM_HAS_PINNED] = "has_pinned",
		[MM_WRITE_PROTECT_SEQ] = "write_protect_seq", [MM_VMAS] = "vmas",
		[MM_LOCK_SEQ] = "lock_seq", [MM_HUGE_ZERO] = "huge_zero",
		[MM_TLB_GEN] = "tlb_gen", [MM_NEXT_TRIM] = "next_trim",
		[MM_USERS] = "users", [MM_COUNT] = "count", [MM_NUMA_TLB_LAZY] = "tlb_lazy",
	};

	return part < sizeof(name) / sizeof(*name) && name[part] ? name[part] : "numa";
}

/* Say what @object is; false: nothing that is written down. */
static inline bool order_object(struct order_world *o, const char *verb, uint64_t object)
{
	static const char level[] = "?TMUGG";
	struct numasim_machine *m = order_machine(o);
	uint32_t name = OBJECT_NAME(object), part = OBJECT_PART(object);
	const struct table *t;

	switch (OBJECT_CLASS(object)) {
	case OBJ_ENTRY:
		t = table_by_name(m, name);
		order_say(o, " %s P%c%c%u", verb, t ? level[t->level] : '?',
			  t && t->level == 1 ? 'E' : 'D', part);
		if (t && *verb != 'r')
			order_entry_value(o, t, part);
		return true;
	case OBJ_LOCK:
		if (part == LOCK_LRU)
			return false;
		order_say(o, " %s %s", verb, order_lock(part));
		return true;
	case OBJ_PAGE:
		order_say(o, " %s %s(%c)", verb, order_page_field(part), order_letter(o, name));
		return true;
	case OBJ_CONTENT:
		order_say(o, " %s content", verb);
		return true;
	case OBJ_CPU:
		if (object == BATCH_OBJECT(name))
			return false;
		/* fall through */
	case OBJ_TLB:
	case OBJ_IPI:
		order_say(o, " %s %s%u", verb, OBJECT_CLASS(object) == OBJ_TLB ? "tlb" :
			  OBJECT_CLASS(object) == OBJ_IPI ? "ipi" : "cpu", name);
		return true;
	case OBJ_MM:
		order_say(o, " %s mm.%s", verb, order_mm_field(part));
		return true;
	case OBJ_FILE:
		order_say(o, " %s file", verb);
		return true;
	default:
		return false;
	}
}

/* Is a look at @object that no point announced said? Not at entries or VMAs. */
static inline bool order_reads_count(uint64_t object)
{
	return OBJECT_CLASS(object) == OBJ_PAGE ||
	       (OBJECT_CLASS(object) == OBJ_MM && OBJECT_PART(object) != MM_VMAS);
}

/* One step of @choice: what it announced, then what else it touched. */
static inline void order_step(struct order_world *o, struct choice choice)
{
	struct exec *exec = &order_machine(o)->exec;
	struct announcement a;
	char verb[64];
	size_t start;

	exec_announce(exec, choice, &a);
	exec_clear(exec);
	exec_step(exec, choice);
	snprintf(verb, sizeof(verb), "%s", point_kind_name(a.kind));
	start = o->used;
	order_object(o, verb, a.object);
	for (unsigned i = 0; i < exec->log.nr; i++)
		if (exec->log.touched[i].mode == ACCESS_WRITE)
			order_object(o, "+", exec->log.touched[i].object);
		else if (order_reads_count(exec->log.touched[i].object))
			order_object(o, "r+", exec->log.touched[i].object);
	if (o->used > start)
		order_say(o, ";");
	if (exec->violation.found)
		fail_msg("%s: %s", o->w.release, exec->violation.text);
}

/* The entries of the operation's memory, when all is done. */
static inline void order_say_entries(struct order_world *o, struct mm_struct *mm, const char *whose)
{
	struct numasim_machine *m = order_machine(o);

	for (unsigned level = 2; level; level--) {
		const uint64_t *entry = entry_find(m, mm, o->at, level);

		if (!entry)
			continue;
		order_say(o, " %s%s", whose, level == 2 ? "PMD" : "PTE");
		order_value(o, *entry, entry_frame_page(m, *entry, level));
		if (level == 2 && *entry & X86_PSE)
			break;
	}
}

/* What is said of 512 entries in a row: the beginning, and a sum (FNV-1a) of the rest. */
static inline void order_shorten(struct order_world *o)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	size_t all = o->used;

	if (all <= ORDER_SHORT)
		return;
	for (size_t i = ORDER_SHORT; i < all; i++)
		sum = (sum ^ (unsigned char)o->text[i]) * UINT64_C(0x100000001b3);
	o->used = ORDER_SHORT;
	order_say(o, " ... and %zu bytes, sum %llx", all - ORDER_SHORT, (unsigned long long)sum);
}

/* Run @fn(@o) as the process, alone, to its end. */
static inline void order_run(struct order_world *o, void (*fn)(void *o))
{
	struct numasim_machine *m = order_machine(o);
	struct choice choice[EXEC_MAX_CHOICES];
	struct context *context;

	assert_int_equal(IN_PROCESS(o->w.p, 0), 0); /* it is the one that runs there */
	m->exec.unlock_is_point = true;
	assert_int_equal(exec_add_context(&m->exec, &context, "P", fn, o), 0);
	context->cpu = o->w.p->cpu->index;
	assert_int_equal(cpu_add_actors(m), 0);
	exec_start(&m->exec);
	while (exec_choices(&m->exec, choice))
		order_step(o, choice[0]);
	if (!exec_finished(&m->exec))
		fail_msg("%s: it waits for itself", o->w.release);
	exec_drop_contexts(&m->exec);
	m->exec.unlock_is_point = false;
}

#endif
