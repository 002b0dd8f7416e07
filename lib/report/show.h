/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Printers of a machine's state, for people who step through a run. Nothing that they do changes
 * the state, and no host address is ever printed: equal states print equal text in every run.
 *
 *	struct show show = {.out = file, .m = run->m, .run = run};
 *
 *	show_tlbs(&show, NULL);
 */
#ifndef REPORT_SHOW_H
#define REPORT_SHOW_H

#include "mm/mm.h"
#include "scenario/build.h"

#include <stdio.h>

struct show {
	FILE *out; /* the caller's */
	struct numasim_machine *m;
	const struct scenario_run *run; /* for names of addresses and registers */
};

#define SHOW_NAME 160 /* bytes that hold any name below */

/* ---- names ---- */

/* What @object is called; @text holds SHOW_NAME bytes and is returned. */
const char *show_object(const struct show *s, uint64_t object, char *text);
#define SHOW_OBJECT(s, object) show_object(s, object, (char[SHOW_NAME]){0})

/* What @va of @mm is called: "P:x+8". @mm NULL: the bare address. */
const char *show_address(const struct show *s, const struct mm_struct *mm, uint64_t va, char *text);
#define SHOW_ADDRESS(s, mm, va) show_address(s, mm, va, (char[SHOW_NAME]){0})

/* "reader (CPU 1, node 1)"; a processor without a column is "CPU 3 (node 0)". */
const char *show_cpu(const struct show *s, const struct cpu *cpu, char *text);
#define SHOW_CPU(s, cpu) show_cpu(s, cpu, (char[SHOW_NAME]){0})

/* An actor as the commands and witnesses name it: "reader", "reader/irq", "reader/walker". */
const char *show_actor(const struct show *s, unsigned actor, char *text);
#define SHOW_ACTOR(s, actor) show_actor(s, actor, (char[SHOW_NAME]){0})

/* What an announced step will do: "write PMD(P:x)". */
const char *show_announced(const struct show *s, const struct announcement *a, char *text);
#define SHOW_ANNOUNCED(s, a) show_announced(s, a, (char[SHOW_NAME]){0})

/* The column that runs on @cpu, or NULL. The first, if there are several. */
const struct context *show_column_of(const struct numasim_machine *m, const struct cpu *cpu);

/* "page #2 (2M, node 0)", or what there is where no page is. */
void show_page(const struct show *s, const struct page *page);

/* Is this actor a processor's interrupts, or its page walker? */
bool show_is_interrupt(const struct numasim_machine *m, unsigned actor);
bool show_is_walker(const struct numasim_machine *m, unsigned actor);

/* ---- tables ---- */

/* The entry for @va at @level (1: PTE ... 4: PGD): raw, decoded, its page, what is true of it. */
void show_entry(const struct show *s, struct mm_struct *mm, uint64_t va, unsigned level);

/* All levels, from the top to where the walk ends. */
void show_entries(const struct show *s, struct mm_struct *mm, uint64_t va);

/* The words of an entry of @level as this kernel reads it; @text holds KERNEL_ENTRY_TEXT bytes. */
void show_entry_text(const struct numasim_machine *m, uint64_t entry, unsigned level, char *text,
		     size_t size);

/* ---- processors ---- */

/* What the processors have cached, and what of it is stale. @only NULL: all of them. */
void show_tlbs(const struct show *s, const struct cpu *only);

/* Calls from other processors that wait to be taken. */
void show_interrupts(const struct show *s);

/* Registers of the columns, and of the processors what matters to memory. */
void show_registers(const struct show *s);

/* ---- memory ---- */

/* Every page in use: name, size, node, frame, flags, counts, words. */
void show_frames(const struct show *s);
void show_mappings(const struct show *s);
/* Every lock that somebody holds or waits for. */
void show_locks(const struct show *s);
/* Event counters and the clock. */
void show_counters(const struct show *s);

/* The column that holds @object, if it is a lock that remembers who; else NULL. */
const struct context *show_holder(const struct numasim_machine *m, uint64_t object);

/* ---- what comes next ---- */

/* Every actor: its next step, what it waits for, or that it is done. */
void show_where(const struct show *s);

/* All steps that can be taken now, in the words of the commands that take them. */
void show_choices(const struct show *s);

/* Why @actor cannot move: "reader waits for page lock of page #2, which writer holds". */
void show_why_not(const struct show *s, unsigned actor, char *text, size_t size);

/* The words after "walker COLUMN" that take @choice of a page walker: "fill P:x", "drop 0". */
void show_walker_choice(const struct show *s, struct choice choice, char *text, size_t size);

#endif
