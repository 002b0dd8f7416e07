/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/check.h"

#include "kernel/swap.h"
#include "mm/bits.h"
#include "mm/page.h"

#include <errno.h>
#include <stdio.h>

#define FLUSH_MARK(exec) (UINT32_C(1) << (16 + (exec)->running->id % 16))

static struct promise *find_promise(struct check_room *c, uint32_t mm, uint64_t va)
{
	for (unsigned i = 0; i < c->nr; i++)
		if (c->promise[i].mm == mm && c->promise[i].va == va)
			return &c->promise[i];
	return NULL;
}

/*
 * What the oracles remember is shared state to them: the order of two stores to one address decides
 * what a load must return, whichever frames they reach; whether a translation came before or after
 * the beginning of a flush decides what its end may complain of. So it belongs to what a step
 * touches. A promise is a part of its address space; the parts below are the mm's own fields:
 *
 *    23 22                       0
 *   +--+--------------------------+
 *   | 1| address / 8, low bits    |    two addresses 64 MiB apart share one: merely coarse
 *   +--+--------------------------+
 */
#define PROMISE_OBJECT(mm, va) OBJECT(OBJ_MM, mm, UINT64_C(1) << 23 | ((va) >> 3 & 0x7fffff))

#define ADDRESS_TEXT 96

/* "P:x" where somebody knows such names. */
static const char *address_text(const struct numasim_machine *m, uint32_t mm, uint64_t va,
				char text[ADDRESS_TEXT])
{
	if (m->exec.address_name)
		m->exec.address_name(m->exec.machine, mm, va, text, ADDRESS_TEXT);
	else
		snprintf(text, ADDRESS_TEXT, "%#llx", (unsigned long long)va);
	return text;
}

static void on_store(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object)
{
	struct check_room *c = self;
	struct promise *p = find_promise(c, mm, va);

	touch(PROMISE_OBJECT(mm, va), ACCESS_WRITE);
	if (!p && c->nr < CHECK_WORDS)
		p = &c->promise[c->nr++];
	else if (!p)
		limit_reached("more than %d words of user memory are watched", CHECK_WORDS);
	if (p)
		*p = (struct promise){mm, va, value, object};
}

static void on_load(void *self, uint32_t mm, uint64_t va, uint64_t value, uint64_t object)
{
	struct check_room *c = self;
	struct promise *p = find_promise(self, mm, va);
	char text[ADDRESS_TEXT];
	uint64_t expected = p ? p->value : 0;
	uint64_t objects[2] = {object, p ? p->object : object};

	touch(PROMISE_OBJECT(mm, va), ACCESS_READ);
	if (value != expected)
		violate(ORACLE_LOST_WRITE, objects, 2,
			"a load of %s returned %llu, but %llu was stored there",
			address_text(c->m, mm, va, text), (unsigned long long)value,
			(unsigned long long)expected);
}

static void on_stale_frame(void *self, uint64_t va, const struct page *page, bool write)
{
	const struct check_room *c = self;
	uint64_t object = PAGE_OBJECT(page, PAGE_F_COUNT);
	char text[ADDRESS_TEXT];

	violate(ORACLE_USE_AFTER_FREE, &object, 1,
		"a %s of %s goes through an old translation to a frame that was freed%s",
		write ? "store" : "load", address_text(c->m, this_cpu()->mm->name, va, text),
		page->flags & PAGE_FREE ? "" : " and now belongs to somebody else");
}

static void on_touched_free(void *self, const struct page *page, const char *what)
{
	uint64_t objects[2] = {PAGE_OBJECT(page, PAGE_F_LOCK), PAGE_OBJECT(page, PAGE_F_COUNT)};

	violate(ORACLE_USE_AFTER_FREE, objects, 2, "%s %s of page %s, which is free",
		exec_current->running ? exec_current->running->name : "an interrupt", what,
		BIRTH_TEXT(page->name));
}

/* ---- stale-tlb: mark what stands in the range, and look for the mark at the end ---- */

static bool in_range(const struct x86_tlb_entry *e, uint64_t start, uint64_t end)
{
	return e->va < end && e->va + x86_level_size(e->level) > start;
}

/*
 * Does the processor translate for @mm with its entries? A lazy one does not: it runs nobody of
 * the mm, and catches up before it does again. A mark stands in the translation, and changes
 * nothing for those who use it: to set or take away one's own mark is to read the TLB. Only filling
 * and dropping must not change places with it.
 */
static bool marks_on(const struct cpu *cpu, uint32_t mm)
{
	touch(CPU_OBJ_MM(cpu), ACCESS_READ);
	if (!cpu->mm || cpu->mm->name != mm || cpu->tlbstate.lazy)
		return false;
	touch(CPU_OBJ_TLB(cpu), ACCESS_READ);
	return true;
}

/* Does the loaded address space use entry @e? */
static bool in_use(const struct cpu *cpu, const struct x86_tlb_entry *e)
{
	return e->pcid == cpu->pcid || e->global;
}

static void on_flush_begin(void *self, uint32_t mm, uint64_t start, uint64_t end)
{
	struct check_room *c = self;

	for (unsigned i = 0; i < c->m->nr_cpus; i++) {
		struct cpu *cpu = &c->m->cpu[i];

		if (!marks_on(cpu, mm))
			continue;
		for (unsigned k = 0; k < cpu->tlb->nr; k++)
			if (in_use(cpu, &cpu->tlb->entry[k]) &&
			    in_range(&cpu->tlb->entry[k], start, end))
				cpu->tlb->entry[k].frame_generation |= FLUSH_MARK(exec_current);
	}
}

/* Does the translation give more than a walk would now? */
static bool exceeds_tables(const struct numasim_machine *m, const struct cpu *cpu,
			   const struct x86_tlb_entry *e)
{
	const struct x86_access access = {
		.va = e->va, .user = true, .write = e->rw, .probe = false};
	struct x86_walk w;

	x86_walk(&w, &cpu->mode, &m->phys, cpu->cr3, &access);
	for (unsigned i = 0; i < w.nr; i++)
		touch(entry_object(m, w.step[i].host), ACCESS_READ);
	return w.outcome != X86_OK || w.pa >> FRAME_SHIFT != e->pfn;
}

static void on_flush_end(void *self, uint32_t mm, uint64_t start, uint64_t end)
{
	struct check_room *c = self;
	uint32_t mark = FLUSH_MARK(exec_current);

	for (unsigned i = 0; i < c->m->nr_cpus; i++) {
		struct cpu *cpu = &c->m->cpu[i];
		uint64_t object = CPU_OBJ_TLB(cpu);
		bool loaded = marks_on(cpu, mm);
		char text[ADDRESS_TEXT];

		for (unsigned k = 0; k < cpu->tlb->nr; k++) {
			struct x86_tlb_entry *e = &cpu->tlb->entry[k];

			if (!(e->frame_generation & mark))
				continue;
			e->frame_generation &= ~mark;
			if (loaded && in_use(cpu, e) && exceeds_tables(c->m, cpu, e))
				violate(ORACLE_STALE_TLB, &object, 1,
					"CPU %u still translates %s although a flush of it has "
					"returned", cpu->id, address_text(c->m, mm, e->va, text));
		}
	}
}

/* The child was promised what the parent was. */
static void on_fork(void *self, uint32_t parent, uint32_t child)
{
	struct check_room *c = self;
	unsigned nr = c->nr;

	for (unsigned i = 0; i < nr; i++)
		if (c->promise[i].mm == parent)
			on_store(self, child, c->promise[i].va, c->promise[i].value,
				 c->promise[i].object);
}

static void on_gone(void *self, uint32_t mm)
{
	struct check_room *c = self;
	unsigned kept = 0;

	for (unsigned i = 0; i < c->nr; i++)
		if (c->promise[i].mm != mm)
			c->promise[kept++] = c->promise[i];
	c->nr = kept;
}

static void digest_check(void *self, struct digest_sink *sink)
{
	struct check_room *c = ((struct numasim_machine *)self)->check;
	uint64_t sum = 0;

	for (unsigned i = 0; i < c->nr; i++)
		sum += digest_mix(digest_mix(c->promise[i].mm, c->promise[i].va),
				  c->promise[i].value);
	digest_put(sink, sum);
}

int check_init(struct numasim_machine *m)
{
	m->check = arena_alloc(m->arena, sizeof(*m->check));
	if (!m->check)
		return -ENOMEM;
	m->check->m = m;
	m->observer = (struct observer){.stored = on_store, .loaded = on_load,
					.stale_frame = on_stale_frame,
					.touched_free = on_touched_free,
					.mm_forked = on_fork, .mm_gone = on_gone,
					.flush_begin = on_flush_begin, .flush_end = on_flush_end,
					.self = m->check};
	return state_register(&m->exec.state, (struct state_part){"check", NULL, digest_check, m});
}

/* ---- when all is quiet ---- */

/* The entry that decides about @va: a huge PMD, or the PTE. */
static uint64_t *leaf_of(struct numasim_machine *m, struct mm_struct *mm, uint64_t va, bool *huge)
{
	uint64_t *pmd = entry_find(m, mm, va, 2);

	*huge = pmd && kernel_pmd_trans_huge(m->kernel, *pmd);
	return *huge ? pmd : entry_find(m, mm, va, 1);
}

bool check_peek(struct numasim_machine *m, struct mm_struct *mm, uint64_t va, uint64_t *value,
		uint64_t *word_object, uint64_t *entry)
{
	bool huge;
	uint64_t *leaf = leaf_of(m, mm, va, &huge);
	uint64_t span = huge ? HPAGE_SIZE : FRAME_SIZE, pa;
	const struct page *page;

	*value = 0;
	*word_object = 0;
	*entry = leaf ? entry_object(m, leaf) : 0;
	if (!leaf || !(huge ? kernel_pmd_present(m->kernel, *leaf)
			    : kernel_pte_present(m->kernel, *leaf)))
		return false;
	pa = ((huge ? kernel_pmd_pfn(m->kernel, *leaf) : kernel_pte_pfn(m->kernel, *leaf))
	      << FRAME_SHIFT) + (va & (span - 1));
	page = pfn_to_page(m, pa >> FRAME_SHIFT);
	if (!page)
		return false;
	*value = content_get(m->content, pa & ~UINT64_C(7));
	*word_object = OBJECT(OBJ_CONTENT, page->name, (va & (span - 1)) >> 3);
	return true;
}

static void check_promises(struct numasim_machine *m)
{
	for (unsigned i = 0; i < m->check->nr; i++) {
		const struct promise *p = &m->check->promise[i];
		struct mm_struct *mm = mm_by_name(m, p->mm);
		uint64_t value, object[3] = {p->object};
		bool mapped = check_peek(m, mm, p->va, &value, &object[1], &object[2]);
		char text[ADDRESS_TEXT];

		if (value != p->value)
			violate(ORACLE_LOST_WRITE, object, 3,
				"%llu was stored to %s, but %s: the write is lost",
				(unsigned long long)p->value, address_text(m, p->mm, p->va, text),
				mapped ? "the page that is mapped there holds something else"
				       : "nothing is mapped there any more");
	}
}

void check_quiescent(struct numasim_machine *m)
{
	struct exec *outer = exec_current;

	exec_current = &m->exec;
	check_promises(m);
	check_pages(m);
	exec_current = outer;
}
