/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user instruction: translate, access, retire; or fault and start over.
 *
 *     rest -> TLB hit ------------------> access (one step) -> retired
 *      ^   -> TLB miss -> walk -> fill -> access (the same step, or the next by option)
 *      |                   `-> fault -> handle_mm_fault() --.
 *      `---------------------------------------------------'
 *
 * A processor with the A/D erratum (x86_walk_mark()) takes two steps to walk where A or D is to be
 * set: one that reads the entries, one that marks them.
 */
#include "mm/access.h"

#include "exec/var.h"
#include "mm/bits.h"
#include "mm/fault.h"

struct instruction {
	struct cpu *cpu;
	uint64_t va, value;
	bool write, exec;
	bool split;   /* the walk and the access are two steps */
	bool marking; /* erratum: `walked` has been read, its A and D are to be set */
	struct x86_walk walked;
};

/* What the instruction would do now: the way its translation comes about, and the frame. */
struct outlook {
	struct x86_tlb_hit hit;
	struct x86_walk walk;
	bool walks, faults;
	uint64_t pa;
};

static struct outlook look(const struct instruction *in)
{
	const struct x86_access access = {.va = in->va, .write = in->write, .exec = in->exec,
					  .user = true};
	const struct numasim_machine *m = current_machine();
	struct outlook o = {0};

	x86_tlb_lookup(&o.hit, in->cpu->tlb, &in->cpu->mode, in->cpu->pcid, &access);
	if (o.hit.result == X86_TLB_HIT) {
		o.pa = o.hit.pa;
		return o;
	}
	o.walks = true;
	x86_walk(&o.walk, &in->cpu->mode, &m->phys, in->cpu->cr3, &access);
	o.faults = o.walk.outcome != X86_OK;
	o.pa = o.walk.pa;
	return o;
}

static uint64_t word_object(const struct page *page, uint64_t pa)
{
	uint64_t bytes = (uint64_t)page_nr_frames(page) << FRAME_SHIFT;

	return OBJECT(OBJ_CONTENT, page->name, (pa & (bytes - 1)) >> 3);
}

/* A walk that is a step of its own? Once it is done, the access comes, even if it walks again. */
static bool stops_after_walk(const struct instruction *in, const struct outlook *o)
{
	return in->split && o->walks && !in->cpu->mid_instruction;
}

/* Does the walk end before its marks, by the erratum? */
static bool stops_before_marks(const struct instruction *in, const struct outlook *o)
{
	if (!in->cpu->mode.ad_erratum || !o->walks || o->faults)
		return false;
	for (unsigned i = 0; i < o->walk.nr; i++)
		if (o->walk.step[i].after != o->walk.step[i].seen)
			return true;
	return false;
}

static void announce_word(struct announcement *a, const struct instruction *in, uint64_t pa)
{
	const struct page *page = pfn_to_page(current_machine(), pa >> FRAME_SHIFT);

	if (page)
		announce_access(a, word_object(page, pa), in->write ? ACCESS_WRITE : ACCESS_READ);
}

static void describe_instruction(struct announcement *a, const void *arg)
{
	const struct instruction *in = arg;
	const struct numasim_machine *m = current_machine();
	struct outlook o;
	bool stops;

	if (in->marking) {
		announce_access(a, CPU_OBJ_TLB(in->cpu), ACCESS_WRITE);
		cpu_announce_walk(a, m, &in->walked);
		announce_word(a, in, in->walked.pa);
		return;
	}
	o = look(in);
	stops = stops_after_walk(in, &o) || stops_before_marks(in, &o);
	announce_access(a, CPU_OBJ_TLB(in->cpu), o.walks ? ACCESS_WRITE : ACCESS_READ);
	if (o.walks)
		cpu_announce_walk(a, m, &o.walk);
	if (stops)
		a->kind = POINT_WALK;
	if (!o.faults && !stops)
		announce_word(a, in, o.pa);
}

static void store_word(struct numasim_machine *m, uint64_t pa, uint64_t value)
{
	if (content_set(m->content, pa, value))
		limit_reached("more than %d words of memory are in use", CONTENT_WORDS);
}

/* The access itself, at @pa. */
static void perform(struct instruction *in, const struct outlook *o)
{
	struct numasim_machine *m = current_machine();
	struct observer *obs = &m->observer;
	struct page *page = pfn_to_page(m, o->pa >> FRAME_SHIFT);
	uint64_t pa = o->pa & ~UINT64_C(7), object;

	if (!page)
		return;
	object = word_object(page, pa);
	if (!o->walks && obs->stale_frame) {
		const struct x86_tlb_entry *e = &in->cpu->tlb->entry[o->hit.index];

		if ((uint16_t)e->frame_generation != page->generation || page->flags & PAGE_FREE)
			obs->stale_frame(obs->self, in->va, page, in->write);
	}
	if (in->write)
		store_word(m, pa, in->value);
	else
		in->value = content_get(m->content, pa);
	note(o->walks ? (in->write ? "load TLB entry, write %llu to page %s"
				   : "load TLB entry, read %llu from page %s")
		      : (in->write ? "write %llu to page %s" : "read %llu from page %s"),
	     (unsigned long long)in->value, BIRTH_TEXT(page->name));
	if (in->write && obs->stored)
		obs->stored(obs->self, in->cpu->mm->name, in->va, in->value, object);
	if (!in->write && !in->exec && obs->loaded)
		obs->loaded(obs->self, in->cpu->mm->name, in->va, in->value, object);
	retired();
}

/* A translation that stands in the way of the walk goes. */
static void drop_hit(const struct instruction *in, const struct outlook *o)
{
	if (o->hit.result == X86_TLB_CLEAN_WRITE || o->hit.result == X86_TLB_DENIED)
		x86_invlpg(in->cpu->tlb, NULL, &x86_rules_intel, &in->cpu->mode, in->cpu->pcid,
			   in->va);
}

/* Drop what stands in the way, walk for real, cache the result. False: a fault. */
static bool walk_and_fill(struct instruction *in, struct outlook *o)
{
	drop_hit(in, o);
	if (o->faults) {
		x86_fault_drops(in->cpu->tlb, NULL, in->cpu->pcid, in->va);
		return false;
	}
	x86_walk_commit(&o->walk); /* nothing runs between the walk and this */
	cpu_tlb_fill(current_machine(), in->cpu, &o->walk, in->va);
	return true;
}

/* From the walk to the access no interrupt is taken. */
static void set_mid_instruction(struct cpu *cpu, bool mid)
{
	if (cpu->mid_instruction == mid)
		return;
	touch(CPU_OBJ_IRQ(cpu), ACCESS_WRITE);
	cpu->mid_instruction = mid;
}

/* Erratum, first half: what was read is all that the processor knows until it marks. */
static void remember_walk(struct instruction *in, const struct outlook *o)
{
	const struct numasim_machine *m = current_machine();

	drop_hit(in, o);
	in->walked = o->walk;
	in->marking = true;
	set_mid_instruction(in->cpu, true);
	note("walk the tables");
	for (unsigned i = 0; i < o->walk.nr; i++) {
		const struct x86_step *s = &o->walk.step[i];
		const struct page *page = entry_frame_page(m, s->seen, s->level);

		observe(entry_object(m, s->host));
		observe(page ? page->name : 0);
		observe(entry_bits(m->kernel, s->seen, page));
	}
}

/* Second half. False: an entry had changed, and has the marks all the same. */
static bool mark_and_perform(struct instruction *in)
{
	struct outlook o = {.walk = in->walked, .walks = true, .pa = in->walked.pa};
	bool changed = x86_walk_mark(&in->walked);

	in->marking = false;
	set_mid_instruction(in->cpu, false);
	observe(changed);
	if (changed) {
		note("set A and D in an entry that had changed");
		event(EVENT_MARKED, in->va);
		return false;
	}
	cpu_tlb_fill(current_machine(), in->cpu, &in->walked, in->va);
	perform(in, &o);
	return true;
}

/* One step towards completion. True: retired; else *error_code says what faulted, 0: go on. */
static bool try_instruction(struct instruction *in, uint32_t *error_code)
{
	struct outlook o;

	*error_code = 0;
	point_described(in->write ? POINT_STORE : POINT_LOAD,
			OBJECT(OBJ_NONE, in->cpu->mm->name, 0), describe_instruction, in);
	if (in->marking)
		return mark_and_perform(in);
	o = look(in);
	if (stops_before_marks(in, &o)) {
		remember_walk(in, &o);
		return false;
	}
	observe(o.walks | (uint64_t)o.faults << 1);
	if (o.walks && !walk_and_fill(in, &o)) {
		set_mid_instruction(in->cpu, false);
		*error_code = o.walk.error_code | X86_PF_U;
		note("fault on entry");
		return false;
	}
	if (stops_after_walk(in, &o)) {
		set_mid_instruction(in->cpu, true);
		note("load TLB entry");
		return false;
	}
	set_mid_instruction(in->cpu, false);
	perform(in, &o);
	return true;
}

/* Until it retires (true) or faults. */
static bool run_instruction(struct instruction *in, uint32_t *error_code)
{
	do
		if (try_instruction(in, error_code))
			return true;
	while (!*error_code);
	return false;
}

static bool complete(struct instruction *in, uint64_t place, const uint64_t *regs, unsigned nr)
{
	uint32_t error_code;

	in->split = current_machine()->mm->two_step_walk;
	for (;;) {
		point_rest(place, regs, nr);
		if (run_instruction(in, &error_code))
			return true;
		if (!handle_page_fault(in->cpu->mm, in->va, error_code))
			return false;
	}
}

bool user_load(uint64_t va, uint64_t *value, uint64_t place, const uint64_t *regs, unsigned nr)
{
	struct instruction in = {.cpu = this_cpu(), .va = va};
	bool done = complete(&in, place, regs, nr);

	*value = in.value;
	observe(in.value);
	return done;
}

bool user_store(uint64_t va, uint64_t value, uint64_t place, const uint64_t *regs, unsigned nr)
{
	struct instruction in = {.cpu = this_cpu(), .va = va, .value = value, .write = true};

	return complete(&in, place, regs, nr);
}

bool user_fetch(uint64_t va, uint64_t place, const uint64_t *regs, unsigned nr)
{
	struct instruction in = {.cpu = this_cpu(), .va = va, .exec = true};

	return complete(&in, place, regs, nr);
}
