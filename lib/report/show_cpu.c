/* SPDX-License-Identifier: BSD-2-Clause */
/* Processors: what they have cached, and the calls that wait for them. */
#include "report/show.h"

#include "kernel/text.h"
#include "mm/entry.h"
#include "scenario/program.h"

#include <inttypes.h>

static const char *const size_name[] = {"", "4K", "2M", "1G"};

/*
 * What the tables say now about the page that @e translates: NULL if the translation gives nothing
 * more than they do, else why it is stale.
 */
static const char *stale(const struct show *s, const struct cpu *cpu,
			 const struct x86_tlb_entry *e)
{
	const struct x86_access access = {.va = e->va, .user = e->us, .probe = true};
	const struct page *page = pfn_to_page(s->m, e->pfn);
	struct x86_walk w;

	if (!page || page->flags & PAGE_FREE || page->generation != (uint16_t)e->frame_generation)
		return "the frame was freed since";
	x86_walk(&w, &cpu->mode, &s->m->phys, cpu->cr3, &access);
	if (w.outcome != X86_OK)
		return "a walk would fault now";
	if (w.pa >> FRAME_SHIFT != e->pfn)
		return "a walk leads elsewhere now";
	if ((e->rw && !w.rights.rw) || (!e->nx && w.rights.nx) || (e->us && !w.rights.us))
		return "a walk gives fewer rights now";
	return NULL;
}

/* The entry that a walk would end at. */
static void show_present_entry(const struct show *s, struct mm_struct *mm, uint64_t va)
{
	unsigned level = 1;
	char text[KERNEL_ENTRY_TEXT];
	uint64_t *entry;

	while (level < 4 && !(entry = entry_find(s->m, mm, va, level)))
		level++;
	entry = entry_find(s->m, mm, va, level);
	if (!entry)
		return;
	show_entry_text(s->m, *entry, level, text, sizeof(text));
	fprintf(s->out, " (the entry is \"%s\")", text);
}

static void show_translation(const struct show *s, const struct cpu *cpu,
			     const struct x86_tlb_entry *e)
{
	const char *why = stale(s, cpu, e);

	fprintf(s->out, "  %s %s -> page %s, pfn=0x%" PRIx64 "%s%s%s%s, cached %s",
		SHOW_ADDRESS(s, cpu->mm, e->va), size_name[e->level], BIRTH_TEXT(e->frame_name),
		e->pfn, e->rw ? " RW" : "", e->us ? " US" : "", e->nx ? " NX" : "",
		e->global ? " G" : "", e->dirty ? "dirty" : "clean");
	if (why) {
		fprintf(s->out, "\n    STALE: %s", why);
		if (cpu->mm)
			show_present_entry(s, cpu->mm, e->va);
	}
	fputc('\n', s->out);
}

void show_tlbs(const struct show *s, const struct cpu *only)
{
	for (unsigned i = 0; i < s->m->nr_cpus; i++) {
		const struct cpu *cpu = &s->m->cpu[i];

		if (only && cpu != only)
			continue;
		fprintf(s->out, "%s: %s\n", SHOW_CPU(s, cpu),
			cpu->tlb->nr ? "translations" : "no translations");
		for (uint32_t k = 0; k < cpu->tlb->nr; k++)
			show_translation(s, cpu, &cpu->tlb->entry[k]);
	}
}

static void show_call(const struct show *s, const struct ipi *ipi, const struct cpu *from)
{
	fprintf(s->out, "  asked by %s: flush", SHOW_CPU(s, from));
	if (!ipi->mm)
		fputs(" everything\n", s->out);
	else if (ipi->end == UINT64_MAX) /* as lib/mm says that everything may go */
		fprintf(s->out, " all, for %s\n", SHOW_ADDRESS(s, ipi->mm, ipi->start));
	else
		fprintf(s->out, " %s, %" PRIu64 " KiB\n", SHOW_ADDRESS(s, ipi->mm, ipi->start),
			(ipi->end - ipi->start) >> 10);
}

void show_interrupts(const struct show *s)
{
	for (unsigned i = 0; i < s->m->nr_cpus; i++) {
		const struct cpu *cpu = &s->m->cpu[i];
		bool pending = false;

		for (unsigned k = 0; k < s->m->nr_cpus; k++)
			pending |= cpu->ipi[k].pending;
		fprintf(s->out, "%s: interrupts %s%s, %s\n", SHOW_CPU(s, cpu),
			cpu->irq_off ? "off" : "on",
			cpu->mid_instruction ? ", in the middle of an instruction" : "",
			pending ? "pending:" : "none pending");
		for (unsigned k = 0; k < s->m->nr_cpus; k++)
			if (cpu->ipi[k].pending)
				show_call(s, &cpu->ipi[k], &s->m->cpu[k]);
	}
}

/* ---- registers ---- */

static void show_column_registers(const struct show *s, unsigned index)
{
	const struct scenario_program *p = s->run->program;
	uint32_t used = p->column[index].ast->registers;

	for (unsigned r = 0; r < PROGRAM_REGISTERS; r++)
		if (used >> r & 1)
			fprintf(s->out, " r%u=%" PRIu64, r, p->reg[index][r]);
	if (!used)
		fputs(" no registers", s->out);
}

void show_registers(const struct show *s)
{
	for (unsigned i = 0; i < s->m->nr_cpus; i++) {
		const struct cpu *cpu = &s->m->cpu[i];

		fprintf(s->out, "%s:", SHOW_CPU(s, cpu));
		for (unsigned k = 0; k < s->run->ast->nr_columns; k++)
			if (s->run->program->column[k].cpu == cpu)
				show_column_registers(s, k);
		fprintf(s->out, "; CR3 0x%" PRIx64 " (%s), interrupts %s\n", cpu->cr3,
			cpu->mm ? cpu->mm->label : "no address space",
			cpu->irq_off ? "off" : "on");
	}
}
