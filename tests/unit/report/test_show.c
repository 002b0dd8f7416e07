/* SPDX-License-Identifier: BSD-2-Clause */
/* What the printers say of states that were made on purpose. */
#include "step_world.h"

#include "mm/entry.h"
#include "mm/page.h"
#include "x86/entry.h"

#include <stdio.h>

#define STEP_SMALL                                                                                 \
	"NUMASIM small \"a page of 4 KiB\"\n"                                                      \
	"{ machine = \"numa:2 core:2 pu:1\"; kernel = v3.13;\n"                                    \
	"  P: mmap x 8K; P: x = 7 by writer; }\n"                                                  \
	" writer @node0 | reader @node1 ;\n"                                                       \
	" P:x+8 = 2     | r1 = P:x ;\n"                                                            \
	"               | r2 = P:x+4096 ;\n"

static uint64_t *entry_of(struct numasim_stepper *s, unsigned level)
{
	struct mm_struct *mm = TAILQ_FIRST(&s->m->mm->mms);
	uint64_t *entry = entry_find(s->m, mm, RB_MIN(vma_tree, &mm->vmas)->vm_start, level);

	assert_non_null(entry);
	return entry;
}

static void test_entries_of_a_huge_page(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	says(s, "pmd P:x", "P RW US A D PSE");
	says(s, "pmd P:x", "(2M, node 0); pmd_present, pmd_trans_huge, pmd_leaf, pmd_write");
	says_not(s, "pmd P:x", "pmd_bad");
	says(s, "pte P:x", "no PTE for P:x: its PMD is \"P RW US");
	says(s, "entry P:x", "PGD of P:x");
	says(s, "entry P:x", "PUD of P:x");
	say(s, "run scanner until armed");
	says(s, "pmd P:x", "PROTNONE");
	says(s, "pmd P:x", "hint or no access");
	numasim_stepper_close(s);
}

static void test_entries_of_a_small_page(void **state)
{
	struct numasim_stepper *s = step_world(STEP_SMALL);
	char raw[32];

	says(s, "pmd P:x", "table P RW US A D pfn=0x");
	snprintf(raw, sizeof(raw), "0x%016llx", (unsigned long long)*entry_of(s, 1));
	says(s, "pte P:x", raw);
	says(s, "pte P:x", "(4K, node 0); pte_present, pte_accessible");
	says(s, "entry P:x", raw);
	says(s, "pte P:x+4096", "0x0000000000000000  none");
	says(s, "pte P:0", "no PTE for P:0: its PGD is \"none\"");
	*entry_of(s, 2) = 0x62; /* nothing known */
	says(s, "pmd P:x", "pmd_bad");
	numasim_stepper_close(s);
}

static void test_before_there_are_tables(void **state)
{
	struct numasim_stepper *s = step_world(STEP_WALKER);

	says(s, "entry P:x", "no PUD for P:x: its PGD is \"none\"");
	says(s, "frames", "table of PGDs for P");
	says(s, "vmas", "r");
	says(s, "choices", "step reader: load ");
	numasim_stepper_close(s);
}

/* Each reason why a translation is stale, and that a good one is not. */
static void test_stale_translations(void **state)
{
	struct numasim_stepper *s = step_world(STEP_SMALL);
	uint64_t good = *entry_of(s, 1), frame = good & X86_PFN_MASK;

	says(s, "tlb writer", "P:x 4K -> page");
	says(s, "tlb writer", "RW US NX, cached dirty");
	says_not(s, "tlb", "STALE");
	*entry_of(s, 1) = good & ~(uint64_t)X86_P;
	says(s, "tlb", "STALE: a walk would fault now (the entry is \"");
	*entry_of(s, 1) = good & ~(uint64_t)X86_RW;
	says(s, "tlb", "STALE: a walk gives fewer rights now (the entry is \"P US A D");
	*entry_of(s, 1) = good + FRAME_SIZE;
	says(s, "tlb", "STALE: a walk leads elsewhere now");
	*entry_of(s, 1) = good;
	says_not(s, "tlb", "STALE");
	pfn_to_page(s->m, frame >> FRAME_SHIFT)->generation++;
	says(s, "tlb", "STALE: the frame was freed since");
	says(s, "tlb reader", "reader (CPU 2, node 1): no translations\n");
	says_not(s, "tlb reader", "writer");
	numasim_stepper_close(s);
}

static void test_less_than_the_tables_is_not_stale(void **state)
{
	struct numasim_stepper *s = step_world(STEP_SMALL);
	struct x86_tlb_entry *e = NULL;

	for (unsigned i = 0; i < s->m->nr_cpus && !e; i++)
		if (s->m->cpu[i].tlb->nr)
			e = &s->m->cpu[i].tlb->entry[0];
	assert_non_null(e);
	e->rw = false;
	e->dirty = false;
	says(s, "tlb", " US NX, cached clean");
	says_not(s, "tlb", "STALE");
	numasim_stepper_close(s);
}

static void test_frames(void **state)
{
	struct numasim_stepper *s = step_world(STEP_SMALL);
	struct page *page = pfn_to_page(s->m, (*entry_of(s, 1) & X86_PFN_MASK) >> FRAME_SHIFT);
	char line[200];

	snprintf(line, sizeof(line),
		 "4K node 0   pfn=0x%-7llx count=1 mapcount=1 lru,active,uptodate,swapbacked "
		 "+0x0=7\n",
		 (unsigned long long)page_to_pfn(s->m, page));
	says(s, "frames", line);
	says(s, "frames", "table of PTEs for P from 0x7f0000000000 on");
	page->flags |= PAGE_LOCKED;
	says(s, "frames", "locked,lru,active,uptodate,swapbacked");
	says(s, "locks", "PG_locked of page ");
	page->flags &= ~PAGE_LOCKED;
	say(s, "run writer");
	says(s, "frames", " +0x0=7 +0x8=2\n");
	page->flags |= PAGE_FREE;
	says_not(s, "frames", "+0x8=2");
	numasim_stepper_close(s);
}

static unsigned faults(struct numasim_stepper *s)
{
	const char *line = strstr(say(s, "counters"), "pgfault ");
	unsigned n = 0;

	assert_non_null(line);
	assert_int_equal(sscanf(line, "pgfault %u", &n), 1);
	return n;
}

static void test_mappings_registers_counters(void **state)
{
	struct numasim_stepper *s = step_world(STEP_SMALL);
	unsigned before;

	says(s, "vmas", "P:\n  7f0000000000-7f0000002000 rw-p      8 KiB P:x\n");
	says(s, "regs", "reader (CPU 2, node 1): r1=0 r2=0; CR3 0x");
	says(s, "regs", "writer (CPU 0, node 0): no registers; CR3 0x");
	before = faults(s);
	say(s, "run");
	says(s, "regs", "r1=7 r2=0");
	assert_int_equal(faults(s), before + 1); /* the reader's, on the second page */
	says(s, "counters", "time since boot          10000 ms\n");
	says(s, "info", "small: a page of 4 KiB\nkernel v3.13\n");
	says(s, "info", "columns writer (CPU 0, node 0), reader (CPU 2, node 1)\n");
	numasim_stepper_close(s);
}

/*
 *	scanner                       reader
 *	lock of the table, clear the entry
 *	                              fault, wait for that lock
 */
static void test_locks_and_who_waits(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	says(s, "locks", "no lock is held, and nobody waits for one\n");
	say(s, "run scanner until armed");
	say(s, "back"); /* inside the lock; the entry is empty */
	says(s, "locks", "held by scanner\n");
	say(s, "run reader until fault");
	while (!strstr(say(s, "where"), "reader waits for lock of table "))
		say(s, "step reader");
	says(s, "locks", ": held by scanner; waiting: reader\n");
	says(s, "locks", "mmap_sem: held by 2 readers\n");
	says(s, "where", ", which scanner holds\n");
	says(s, "where", "writer (CPU 1, node 0): at rest, next: store ");
	numasim_stepper_close(s);
}

static void test_interrupts(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	says(s, "irqs", "writer (CPU 1, node 0): interrupts on, none pending\n");
	say(s, "run scanner to wait");
	says(s, "irqs", "writer (CPU 1, node 0): interrupts on, pending:\n"
			"  asked by scanner (CPU 0, node 0): flush all, for P:x\n");
	says(s, "where", "writer/irq: pending\n");
	says(s, "choices", "step writer/irq: interrupt ");
	s->m->cpu[2].irq_off++; /* the writer's: CPUs stand in the order of the columns */
	says(s, "where", "writer/irq: pending, but interrupts are off\n");
	says(s, "irqs", "writer (CPU 1, node 0): interrupts off, pending:");
	fails(s, "irq writer", -EBUSY, 0, "writer/irq has to wait: interrupts are off");
	s->m->cpu[2].irq_off--;
	s->m->cpu[2].mid_instruction = true;
	says(s, "where", "writer/irq: pending, after the instruction\n");
	fails(s, "irq writer", -EBUSY, 0, "writer/irq has to wait for the end of an instruction");
	s->m->cpu[2].mid_instruction = false;
	says(s, "irq writer", "flush TLB");
	says(s, "tlb writer", "no translations");
	numasim_stepper_close(s);
}

static void test_nobody_can_move(void **state)
{
	struct numasim_stepper *s = step_world(STEP_SMALL);
	struct mm_struct *mm = TAILQ_FIRST(&s->m->mm->mms);

	mm->mmap_sem.writer = 1; /* as if somebody had died with it */
	say(s, "run writer");
	says(s, "step reader 2", "fault on entry");
	says(s, "history", "deadlock: nobody can move: reader waits for mmap_sem");
	says(s, "where", "reader waits for mmap_sem, which writer holds");
	says(s, "where", "nobody can move: deadlock\n");
	says(s, "choices", "nothing can happen\n");
	numasim_stepper_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_of_a_huge_page),
		cmocka_unit_test(test_entries_of_a_small_page),
		cmocka_unit_test(test_before_there_are_tables),
		cmocka_unit_test(test_stale_translations),
		cmocka_unit_test(test_less_than_the_tables_is_not_stale),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_mappings_registers_counters),
		cmocka_unit_test(test_locks_and_who_waits),
		cmocka_unit_test(test_interrupts),
		cmocka_unit_test(test_nobody_can_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
