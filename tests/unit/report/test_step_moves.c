/* SPDX-License-Identifier: BSD-2-Clause */
/* Who moves when a command says so, who cannot, and what breaks on the way. */
#include "step_world.h"

/*
 *	scanner         reader              writer
 *	arm the entry
 *	                fault, copy x
 *	                                    store 2 to the old page
 *	                change the PMD
 *	                load x: 1
 */
static void test_what_breaks_is_said_and_the_run_goes_on(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	says(s, "run scanner until armed", "{armed}");
	says(s, "run reader to copy", "start migrating page");
	say(s, "mark fork");
	say(s, "step reader");
	says(s, "step writer", "write 2 to page");
	says_not(s, "run reader to wait", "lost-write");
	say(s, "irq scanner");
	say(s, "irq writer");
	says(s, "run reader", "lost-write: a load ");
	says(s, "run", "lost-write: 2 was stored ");
	says(s, "where", "all have come to their end");
	says(s, "history", "lost-write: a load ");
	fails(s, "run", -EBUSY, 0, "\"done\" was not reached: nobody can move");
	says(s, "goto fork", "after step ");
	say(s, "step writer"); /* the other order */
	says_not(s, "run", "lost-write");
	says(s, "history", "the condition's proposition holds");
	says(s, "regs", "r0=2");
	numasim_stepper_close(s);
}

static void test_who_cannot_move_is_told_why(void **state)
{
	struct numasim_stepper *s = step_world(STEP_RACE);

	say(s, "run scanner until armed");
	fails(s, "irq reader", -EBUSY, 0, "nothing is pending for reader/irq");
	fails(s, "step scanner 9", -EBUSY, 0,
	      "4 of 9 steps: scanner waits for interrupts of CPU 1, which writer/irq can take");
	says(s, "where", "  scanner waits for interrupts of CPU 1, which writer/irq can take\n");
	say(s, "mark waiting");
	says(s, "step interrupt writer", "writer/irq");
	says(s, "step reader/irq", "flush TLB");
	say(s, "run scanner until scanned");
	say(s, "goto waiting");
	says(s, "run scanner until flushed", "writer/irq"); /* takes what the column waits for */
	says_not(s, "history", "reader  ");
	say(s, "run scanner");
	fails(s, "step scanner", -EBUSY, 0, "scanner has come to its end");
	fails(s, "run scanner", -EBUSY, 0, "\"done\" was not reached: scanner has come to its end");
	numasim_stepper_close(s);
}

static void test_page_walkers(void **state)
{
	struct numasim_stepper *s = step_world(STEP_WALKER);

	fails(s, "walker reader", -EBUSY, 0, "reader/walker can do nothing now");
	say(s, "run writer");
	says(s, "choices", "step reader/walker fill P:x\n");
	fails(s, "walker reader fill Q:y", -EINVAL, 0,
	      "reader/walker what? See \"choices\" (1)");
	says(s, "walker reader", "load TLB entry, unasked");
	says(s, "tlb reader", "P:x 2M -> page");
	says(s, "choices", "step reader/walker drop 0  (the translation of P:x)\n");
	says(s, "step reader/walker drop 0", "lose a TLB entry");
	says(s, "tlb reader", "no translations");
	says_not(s, "choices", "reader/walker");
	fails(s, "walker writer drop 0 1", -EINVAL, 22, "what is \"1\"? See \"help walker\"");
	numasim_stepper_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_breaks_is_said_and_the_run_goes_on),
		cmocka_unit_test(test_who_cannot_move_is_told_why),
		cmocka_unit_test(test_page_walkers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
