/* SPDX-License-Identifier: BSD-2-Clause */
/* A system that is watched: the oracles see what they should, and nothing else. */
#include "sim_world.h"

#include "machine/content.h"
#include "mm/mm.h"
#include "sim/system.h"

#define WORDS 600 /* more than the explorer watches */

static void open_watched(struct sim_world *w, const char *release, bool watch)
{
	struct numasim_system_options options = {.release = release, .watch = watch};

	memset(w, 0, sizeof(*w));
	if (numasim_topology_load(&w->topology, "numa:2(memory=134217728) core:2 pu:1", &w->err))
		fail_msg("%s", w->err.text);
	options.topology = w->topology;
	if (numasim_system_create(&w->system, &options, &w->err) ||
	    numasim_process_create(&w->p, w->system, "P", 0, &w->err))
		fail_msg("%s", w->err.text);
}

static void close_broken(struct sim_world *w)
{
	numasim_system_free(w->system);
	numasim_topology_free(w->topology);
}

static void expect(struct sim_world *w, const char *words)
{
	assert_int_equal(numasim_system_audit(w->system, &w->err), -EUCLEAN);
	if (!strstr(w->err.text, words))
		fail_msg("\"%s\" is not in: %s", words, w->err.text);
}

/*
 *	P   600 pages stored to | fork | every 2nd unmapped | rest moved | DONTNEED of what moved
 *	child                                                                     still finds all
 */
static void many_words(const char *release)
{
	struct numasim_process *child;
	struct sim_world w;
	uint64_t at;

	open_watched(&w, release, true);
	at = sim_map(&w, WORDS * PG, RW);
	for (unsigned i = 0; i < WORDS; i++)
		assert_int_equal(numasim_process_store(w.p, at + i * PG, i + 1), 0);
	assert_int_equal(numasim_fork(&child, w.p, NULL, &w.err), 0);
	for (unsigned i = 0; i < WORDS; i += 2)
		assert_int_equal(numasim_sys_munmap(w.p, at + i * PG, PG), 0);
	for (unsigned i = 1; i < WORDS; i += 2)
		assert_int_equal(sim_word(&w, at + i * PG), i + 1);
	/* over 300 mappings and as many holes at once */
	assert_int_equal(numasim_sys_madvise(w.p, at, WORDS * PG, MADV_DONTNEED), -ENOMEM);
	for (unsigned i = 1; i < WORDS; i += 2)
		assert_int_equal(sim_word(&w, at + i * PG), 0);
	for (unsigned i = 0; i < WORDS; i++) {
		uint64_t word;

		assert_int_equal(numasim_process_load(&word, child, at + i * PG), 0);
		assert_int_equal(word, i + 1);
	}
	assert_int_equal(numasim_exit(child), 0);
	sim_close(&w);
}

static void test_many_words(void **state)
{
	many_words("v3.8");
	many_words("v4.4");
	many_words("debian-6.1.192");
	many_words("debian-6.12.117");
}

static void test_moved_words(void **state)
{
	struct sim_world w;
	uint64_t at, to;

	open_watched(&w, "debian-6.12.117", true);
	at = sim_map(&w, WORDS * PG, RW);
	to = sim_map(&w, WORDS * PG, RW);
	for (unsigned i = 0; i < WORDS; i++)
		assert_int_equal(numasim_process_store(w.p, at + i * PG, i + 1), 0);
	assert_int_equal(numasim_sys_mremap(w.p, at, WORDS * PG, WORDS * PG,
					    MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
	for (unsigned i = 0; i < WORDS; i++)
		assert_int_equal(sim_word(&w, to + i * PG), i + 1);
	sim_close(&w);
}

/* Somebody changes the first word behind everybody's back. */
static uint64_t spoil(struct sim_world *w, unsigned words)
{
	uint64_t at = sim_map(w, words * PG, RW);
	struct numasim_entries e;

	for (unsigned i = 0; i < words; i++)
		assert_int_equal(numasim_process_store(w->p, at + i * PG, 7), 0);
	numasim_process_entries(&e, w->p, at);
	assert_true(e.pte & 1);
	content_set(w->system->machine->content, e.pte & UINT64_C(0xffffffffff000), 8);
	return at;
}

static void test_lost_write_is_found(void **state)
{
	for (unsigned words = 1; words <= WORDS / 2; words += WORDS / 2 - 1) {
		struct sim_world w;

		open_watched(&w, "debian-6.12.117", true);
		spoil(&w, words);
		expect(&w, "the write is lost");
		close_broken(&w);
	}
}

static void test_lost_write_is_loaded(void **state)
{
	struct sim_world w;
	uint64_t at;

	open_watched(&w, "debian-6.12.117", true);
	at = spoil(&w, 1);
	assert_int_equal(sim_word(&w, at), 8);
	assert_int_equal(numasim_process_store(w.p, at, 7), 0); /* the audit finds no loss */
	expect(&w, "a load of P:0x");
	close_broken(&w);
}

static void test_nobody_looks(void **state)
{
	struct sim_world w;
	uint64_t at;

	open_watched(&w, "debian-6.12.117", false);
	at = spoil(&w, 1);
	assert_int_equal(sim_word(&w, at), 8);
	sim_close(&w);
}

/* A translation outlives its page. */
static void test_use_after_free_is_found(void **state)
{
	struct x86_tlb_entry kept;
	struct sim_world w;
	struct cpu *cpu;
	uint64_t at, word;

	open_watched(&w, "v4.4", true);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	cpu = &w.system->machine->cpu[0];
	assert_int_equal(cpu->tlb->nr, 1);
	kept = cpu->tlb->entry[0];
	assert_int_equal(numasim_sys_munmap(w.p, at, PG), 0);
	cpu->tlb->entry[0] = kept;
	cpu->tlb->nr = 1;
	numasim_process_load(&word, w.p, at);
	expect(&w, "old translation to a frame that was freed");
	close_broken(&w);
}

/* A processor is forgotten when the others flush. */
static void test_stale_tlb_is_found(void **state)
{
	struct numasim_process *thread;
	struct sim_world w;
	uint64_t at, word;

	open_watched(&w, "v3.13", true);
	at = sim_map(&w, PG, RW);
	assert_int_equal(numasim_thread(&thread, w.p, 2, &w.err), 0);
	assert_int_equal(numasim_process_store(w.p, at, 1), 0);
	assert_int_equal(numasim_process_load(&word, thread, at), 0);
	w.p->task->mm->cpumask &= ~(UINT64_C(1) << thread->cpu->index);
	assert_int_equal(numasim_sys_mprotect(w.p, at, PG, PROT_NONE), 0);
	expect(&w, "CPU 2 still translates P:0x");
	close_broken(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_words),
		cmocka_unit_test(test_moved_words),
		cmocka_unit_test(test_lost_write_is_found),
		cmocka_unit_test(test_lost_write_is_loaded),
		cmocka_unit_test(test_nobody_looks),
		cmocka_unit_test(test_use_after_free_is_found),
		cmocka_unit_test(test_stale_tlb_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
