/* SPDX-License-Identifier: BSD-2-Clause */
/* Processors: their state, and interprocessor interrupts. The actors are in cpu_actors.c. */
#include "x86/cpu.h"

#include <errno.h>

uint64_t entry_object(const struct numasim_machine *m, const uint64_t *entry)
{
	uint64_t pfn = host_to_pfn(m, entry);
	const struct page *page = pfn == NO_FRAME ? NULL : pfn_to_page(m, pfn);

	if (!page)
		return OBJECT(OBJ_ENTRY, 0, 0);
	return OBJECT(OBJ_ENTRY, page->name,
		      ((uintptr_t)entry & (FRAME_SIZE - 1)) / sizeof(*entry));
}

void cpu_announce_walk(struct announcement *a, const struct numasim_machine *m,
		       const struct x86_walk *w)
{
	for (unsigned i = 0; i < w->nr; i++)
		announce_access(a, entry_object(m, w->step[i].host),
				w->step[i].after != w->step[i].seen ? ACCESS_WRITE : ACCESS_READ);
}

void cpu_tlb_fill(struct numasim_machine *m, struct cpu *cpu, const struct x86_walk *w,
		  uint64_t va)
{
	struct x86_tlb_entry e = x86_tlb_entry_of(w, cpu->pcid, va);
	const struct page *page = pfn_to_page(m, e.pfn);

	if (page) {
		e.frame_name = page->name;
		e.frame_generation = page->generation;
	}
	if (x86_tlb_fill(cpu->tlb, &e) != -ENOSPC)
		return;
	if (direct()) { /* one goes: any may, any time */
		x86_tlb_drop_one(cpu->tlb, 0);
		x86_tlb_fill(cpu->tlb, &e);
		return;
	}
	/* To lose another one here would hide runs: a loss is a step of its own. */
	limit_reached("CPU %u would hold more than %u translations", cpu->id, CPU_TLB_ENTRIES);
}

int cpu_add(struct numasim_machine *m, struct cpu **out, uint32_t id, uint32_t node)
{
	struct cpu *cpu = &m->cpu[m->nr_cpus];

	if (m->nr_cpus == m->room_cpus)
		return -ENOSPC;
	*cpu = (struct cpu){.id = id, .index = m->nr_cpus, .node = node};
	cpu->mode = (struct x86_mode){.wp = true, .nxe = true, .pge = true, .gbpages = true,
				      .maxphyaddr = 46};
	cpu->tlb = arena_alloc(m->arena, x86_tlbset_size(CPU_TLB_ENTRIES));
	cpu->ipi = arena_alloc(m->arena, m->room_cpus * sizeof(*cpu->ipi));
	if (!cpu->tlb || !cpu->ipi)
		return -ENOMEM;
	x86_tlbset_init(cpu->tlb, CPU_TLB_ENTRIES);
	m->nr_cpus++;
	*out = cpu;
	return 0;
}

/* ---- interrupts between processors ---- */

/* Straight through, the target takes the interrupt at once; it may have none off. */
static void serve_direct(struct cpu *target, struct ipi *ipi)
{
	ipi->fn(target, ipi);
	*ipi = (struct ipi){0};
}

struct slot_wait {
	const struct cpu *self, *target;
};

static void describe_slot(struct announcement *a, const void *arg)
{
	const struct slot_wait *w = arg;

	announce_access(a, CPU_OBJ_IPI(w->target), ACCESS_READ);
	if (!w->target->ipi[w->self->index].pending)
		return;
	a->enabled = false;
	a->waits_for = CPU_OBJ_IPI(w->target);
	a->soon = !w->target->irq_off && !w->target->mid_instruction;
}

static void wait_for_slot(struct cpu *self, const struct cpu *target)
{
	const struct slot_wait w = {self, target};

	point_described(POINT_WAIT, CPU_OBJ_IPI(target), describe_slot, &w);
	self->unanswered &= ~(UINT64_C(1) << target->index);
}

void cpu_ipi_leave(uint64_t targets)
{
	this_cpu()->unanswered |= targets;
}

void cpu_ipi_send(struct cpu *target, const struct ipi *call)
{
	struct cpu *self = this_cpu();

	if (self->unanswered >> target->index & 1)
		wait_for_slot(self, target);
	point(POINT_IPI_SEND, CPU_OBJ_IPI(target), ACCESS_WRITE);
	note("interrupt CPU %u", target->id);
	target->ipi[self->index] = *call;
	target->ipi[self->index].pending = true;
	if (direct())
		serve_direct(target, &target->ipi[self->index]);
}

static void describe_wait(struct announcement *a, const void *arg)
{
	const struct cpu *self = arg;
	const struct numasim_machine *m = current_machine();

	a->soon = true;
	for (unsigned i = 0; i < m->nr_cpus; i++) {
		const struct cpu *target = &m->cpu[i];

		if (i == self->index)
			continue;
		announce_access(a, CPU_OBJ_IPI(target), ACCESS_READ);
		if (target->ipi[self->index].pending) {
			a->enabled = false;
			a->waits_for = CPU_OBJ_IPI(target);
			a->soon &= !target->irq_off && !target->mid_instruction;
		}
	}
}

void cpu_ipi_wait(void)
{
	struct cpu *self = this_cpu();

	point_described(POINT_WAIT, CPU_OBJ_IPI(self), describe_wait, self);
	self->unanswered = 0;
}

void local_irq_disable(void)
{
	struct cpu *cpu = this_cpu();

	point(POINT_IRQ_OFF, CPU_OBJ_IRQ(cpu), ACCESS_WRITE);
	cpu->irq_off++;
}

void local_irq_enable(void)
{
	struct cpu *cpu = this_cpu();

	touch(CPU_OBJ_IRQ(cpu), ACCESS_WRITE);
	cpu->irq_off--;
}

/* ---- state ---- */

static void digest_tlb(const struct numasim_machine *m, const struct cpu *cpu,
		       struct digest_sink *sink)
{
	for (uint32_t i = 0; i < cpu->tlb->nr; i++) {
		const struct x86_tlb_entry *e = &cpu->tlb->entry[i];
		const struct page *page = pfn_to_page(m, e->pfn);
		uint64_t flags = (uint64_t)e->rw | e->us << 1 | e->nx << 2 | e->dirty << 3 |
				 e->global << 4 | (uint64_t)e->level << 8;

		digest_put(sink, e->va | flags << 48);
		digest_put(sink, e->pcid);
		digest_put(sink, (uint64_t)e->frame_name << 32 | (page ? page->name : 0));
		/* which life, relative to now, and if it is over, who gets the frame next; above
		 * that, marks of flushes */
		digest_put(sink, (page && page->generation == (uint16_t)e->frame_generation) |
					 (page && page->flags & PAGE_FREE
						  ? frame_free_place(m, page) << 32 : 0) |
					 (e->frame_generation & 0xffff0000));
	}
}

static void digest_cpus(void *self, struct digest_sink *sink)
{
	struct numasim_machine *m = self;

	for (unsigned i = 0; i < m->nr_cpus; i++) {
		const struct cpu *cpu = &m->cpu[i];

		digest_put(sink, (uint64_t)cpu->irq_off << 32 | cpu->walker_budget << 1 |
					 cpu->mid_instruction);
		digest_put(sink, (uint64_t)cpu->rcu_nesting << 32 | cpu->pcid);
		digest_put(sink, cpu->rcu_waits_for);
		digest_put(sink, cpu->unanswered);
		for (unsigned k = 0; k < m->nr_cpus; k++)
			if (cpu->ipi[k].pending)
				digest_put(sink, digest_mix(cpu->ipi[k].start + k,
							    cpu->ipi[k].end));
		digest_put(sink, cpu->tlb->nr);
		digest_tlb(m, cpu, sink);
	}
}

int cpu_init(struct numasim_machine *m, unsigned nr)
{
	if (nr > CPU_ROOM)
		return -EINVAL;
	m->cpu = arena_alloc(m->arena, nr * sizeof(*m->cpu));
	if (!m->cpu)
		return -ENOMEM;
	m->room_cpus = nr;
	return state_register(&m->exec.state, (struct state_part){"cpus", NULL, digest_cpus, m});
}
