/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user instruction: translate, access, retire; or fault and start over.
 *
 *     rest -> TLB hit ------------------> access (one step) -> retired
 *      ^   -> TLB miss -> walk -> fill -> access (the same step, or the next by option)
 *      |                   `-> fault -> handle_mm_fault() --.
 *      `---------------------------------------------------'
 */
#include "mm/access.h"

#include "exec/var.h"
#include "mm/bits.h"
#include "mm/fault.h"

struct instruction {
	struct cpu *cpu;
	uint64_t va, value;
	bool write;
	bool split; /* the walk and the access are two steps */
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
	const struct x86_access access = {.va = in->va, .write = in->write, .user = true};
	const struct numasim_machine *m = current_machine();
	struct outlook o = {0};

	x86_tlb_lookup(&o.hit, in->cpu->tlb, &in->cpu->mode, 0, &access);
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

static void describe_instruction(struct announcement *a, const void *arg)
{
	const struct instruction *in = arg;
	const struct numasim_machine *m = current_machine();
	struct outlook o = look(in);
	const struct page *page;

	announce_access(a, CPU_OBJ_TLB(in->cpu), o.walks ? ACCESS_WRITE : ACCESS_READ);
	if (o.walks)
		cpu_announce_walk(a, m, &o.walk);
	if (stops_after_walk(in, &o))
		a->kind = POINT_WALK;
	if (o.faults || stops_after_walk(in, &o))
		return;
	page = pfn_to_page(m, o.pa >> FRAME_SHIFT);
	if (page)
		announce_access(a, word_object(page, o.pa), in->write ? ACCESS_WRITE : ACCESS_READ);
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
	if (!in->write && obs->loaded)
		obs->loaded(obs->self, in->cpu->mm->name, in->va, in->value, object);
	retired();
}

/* Drop what stands in the way, walk for real, cache the result. False: a fault. */
static bool walk_and_fill(struct instruction *in, struct outlook *o)
{
	if (o->hit.result == X86_TLB_CLEAN_WRITE || o->hit.result == X86_TLB_DENIED)
		x86_invlpg(in->cpu->tlb, NULL, &x86_rules_intel, &in->cpu->mode, 0, in->va);
	if (o->faults) {
		x86_fault_drops(in->cpu->tlb, NULL, 0, in->va);
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

/* One step towards completion. True: retired; else *error_code says what faulted, 0: go on. */
static bool try_instruction(struct instruction *in, uint32_t *error_code)
{
	struct outlook o;

	*error_code = 0;
	point_described(in->write ? POINT_STORE : POINT_LOAD,
			OBJECT(OBJ_NONE, in->cpu->mm->name, 0), describe_instruction, in);
	o = look(in);
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
