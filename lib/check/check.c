/* SPDX-License-Identifier: BSD-2-Clause */
/* The oracles that watch frames and translations; who tells them what. */
#include "check/check.h"

#include "check/stored.h"
#include "mm/bits.h"
#include "mm/page.h"

#include <errno.h>

#define FLUSH_MARK(exec) (UINT32_C(1) << (16 + (exec)->running->id % 16))

static void on_stale_frame(void *self, uint64_t va, const struct page *page, bool write)
{
	const struct check_room *c = self;
	uint64_t object = PAGE_OBJECT(page, PAGE_F_COUNT);
	char text[WORD_TEXT];

	violate(ORACLE_USE_AFTER_FREE, &object, 1,
		"a %s of %s goes through an old translation to a frame that was freed%s",
		write ? "store" : "load", word_text(c, this_cpu()->mm->name, va, text),
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
		char text[WORD_TEXT];

		for (unsigned k = 0; k < cpu->tlb->nr; k++) {
			struct x86_tlb_entry *e = &cpu->tlb->entry[k];

			if (!(e->frame_generation & mark))
				continue;
			e->frame_generation &= ~mark;
			if (loaded && in_use(cpu, e) && exceeds_tables(c->m, cpu, e))
				violate(ORACLE_STALE_TLB, &object, 1,
					"CPU %u still translates %s although a flush of it has "
					"returned", cpu->id, word_text(c, mm, e->va, text));
		}
	}
}

static void digest_check(void *self, struct digest_sink *sink)
{
	promise_digest(((struct numasim_machine *)self)->check, sink);
}

static int init(struct numasim_machine *m, bool grows)
{
	struct observer *o = &m->observer;

	m->check = arena_alloc(m->arena, sizeof(*m->check));
	if (!m->check)
		return -ENOMEM;
	m->check->m = m;
	if (promise_room_init(m->check, grows))
		return -ENOMEM;
	*o = (struct observer){.stale_frame = on_stale_frame, .touched_free = on_touched_free,
			       .flush_begin = on_flush_begin, .flush_end = on_flush_end,
			       .self = m->check};
	promise_hooks(o);
	episode_hooks(o);
	check_stored_entries(m);
	return state_register(&m->exec.state, (struct state_part){"check", NULL, digest_check, m});
}

int check_init(struct numasim_machine *m)
{
	return init(m, false);
}

int check_init_system(struct numasim_machine *m)
{
	return init(m, true);
}

void check_quiescent(struct numasim_machine *m)
{
	struct exec *outer = exec_current;

	exec_current = &m->exec;
	check_promises(m);
	check_pages(m);
	exec_current = outer;
}
