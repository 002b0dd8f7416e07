/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A snapshot catches every store to a machine, not only those made through accessors: random bytes
 * are written everywhere in a machine in the middle of a run, and every one is put back.
 *
 * What "everywhere" is, the test works out by itself, from the structs that say what is in use:
 *
 *   arena    [base, base + used)
 *   blocks   every block that was ever used
 *   records  of broken blocks, as many as were handed out
 *   tables   every frame whose record says that it holds one
 *   stacks   from the saved stack pointer of a live context up
 */
#include "mm/mm_world.h"

#include "check/check.h"

#define PIECES 512

struct piece {
	void *start, *copy;
	size_t length;
};

struct everything {
	struct piece piece[PIECES];
	unsigned nr;
	size_t bytes, tables, stacks;
};

static void add(struct everything *e, void *start, size_t length)
{
	assert_true(e->nr < PIECES);
	e->piece[e->nr++] = (struct piece){start, memcpy(malloc(length), start, length), length};
	e->bytes += length;
}

static void add_block(struct everything *e, struct node_space *space, uint64_t at)
{
	struct block *block = &space->block[at];
	struct page *first = &space->page[at * BLOCK_FRAMES];

	add(e, block, sizeof(*block));
	if (block->records)
		add(e, first, block->records * sizeof(*first));
	for (unsigned i = 0; block->kind == BLOCK_BROKEN && i < block->used; i++) {
		if (!(block_page(space, at, i)->flags & PAGE_TABLE))
			continue;
		add(e, space->window + ((at * BLOCK_FRAMES + i) << FRAME_SHIFT), FRAME_SIZE);
		e->tables++;
	}
}

static void collect(struct everything *e, struct numasim_machine *m)
{
	memset(e, 0, sizeof(*e));
	add(e, m->arena, m->arena->used);
	for (unsigned i = 0; i < m->nr_nodes; i++)
		for (uint64_t at = 0; m->space[i].block && at < m->node[i].next_block; at++)
			add_block(e, &m->space[i], at);
	for (unsigned i = 0; i < m->exec.nr_contexts && coroutine_can_copy(); i++) {
		struct coroutine *co = &m->exec.context[i]->co;

		if (m->exec.context[i]->status != CONTEXT_LIVE)
			continue;
		add(e, co->sp, co->stack + co->size - (char *)co->sp);
		e->stacks++;
	}
}

static uint64_t random_word(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void scribble(const struct everything *e, uint64_t seed)
{
	for (unsigned i = 0; i < e->nr; i++) {
		unsigned char *byte = e->piece[i].start;

		for (size_t k = 0; k < e->piece[i].length; k++)
			byte[k] ^= 1 + random_word(&seed) % 255; /* never the same byte */
	}
}

static void expect_all_back(const struct everything *e)
{
	for (unsigned i = 0; i < e->nr; i++)
		assert_memory_equal(e->piece[i].start, e->piece[i].copy, e->piece[i].length);
}

static void forget(struct everything *e)
{
	for (unsigned i = 0; i < e->nr; i++)
		free(e->piece[i].copy);
}

/* ---- a machine in the middle of a run ---- */

static void stores(void *payload)
{
	const struct mm_world *w = payload;

	for (uint64_t i = 0; i < 3; i++)
		numasim_user_store(w->x + i * 8, i + 2);
}

static void arms_and_moves(void *payload)
{
	const struct mm_world *w = payload;
	struct page *page;

	numasim_change_prot_numa(w->vma, w->x, w->x + HPAGE_SIZE);
	page = numasim_alloc_pages_node(1, 0, 0);
	numasim_get_page(page);
	numasim_put_page(page);
	numasim_put_page(page);
}

/* Contexts that have run into the machine, as a search would have them. */
static void begin(struct mm_world *w)
{
	static void (*const fn[])(void *) = {stores, arms_and_moves};

	for (int i = 0; i < 2; i++) {
		struct context *c;

		assert_int_equal(exec_add_context(&w->m->exec, &c, "c", fn[i], w), 0);
		c->cpu = i;
	}
	assert_int_equal(cpu_add_actors(w->m), 0);
	exec_clear(&w->m->exec);
	exec_start(&w->m->exec);
}

/* One random step; false: the end. */
static bool step(struct mm_world *w, uint64_t *seed)
{
	struct choice choice[EXEC_MAX_CHOICES];
	unsigned nr = exec_choices(&w->m->exec, choice);

	if (!nr)
		return false;
	exec_clear(&w->m->exec);
	exec_step(&w->m->exec, choice[random_word(seed) % nr]);
	return true;
}

static void open_in_the_middle(struct mm_world *w)
{
	struct numasim_seat seat = {.where = NUMASIM_SEAT_CPU, .id = 8};

	mm_world_open(w, NULL, true);
	seat.mm = w->mm;
	assert_int_equal(numasim_program_setup(w->program, mm_world_touch, w, &seat, &w->err), 0);
	begin(w);
}

static void test_random_bytes_everywhere(void **state)
{
	struct snapshot snap = {0};
	struct everything e;
	struct mm_world w;
	uint64_t seed = 42;
	int states = 0;

	if (!coroutine_can_copy())
		skip(); /* snapshots of live stacks are not taken there */
	open_in_the_middle(&w);
	do {
		struct digest before = exec_digest(&w.m->exec);

		assert_int_equal(state_save(&w.m->exec.state, &snap), 0);
		collect(&e, w.m);
		scribble(&e, seed);
		state_restore(&snap);
		expect_all_back(&e);
		assert_true(digest_equal(before, exec_digest(&w.m->exec)));
		assert_true(e.tables >= 4); /* of which three lead to the PMD */
		assert_true(e.bytes > 4 * FRAME_SIZE);
		forget(&e);
		states++;
	} while (step(&w, &seed));
	assert_true(exec_finished(&w.m->exec));
	assert_true(states > 15);
	snapshot_destroy(&snap);
	exec_drop_contexts(&w.m->exec);
	mm_world_close(&w);
}

/* The same before anything runs, where no stack is in use: in every build. */
static void test_at_the_root(void **state)
{
	struct mm_world *w = *state;
	struct snapshot snap = {0};
	struct everything e;

	assert_int_equal(state_save(&w->m->exec.state, &snap), 0);
	for (uint64_t seed = 1; seed < 4; seed++) {
		collect(&e, w->m);
		assert_int_equal(e.stacks, 0);
		scribble(&e, seed);
		state_restore(&snap);
		expect_all_back(&e);
		forget(&e);
	}
	snapshot_destroy(&snap);
}

/* What runs do is undone, all of it: everything that was in use is compared, byte by byte. */
static void test_a_run_is_undone(void **state)
{
	struct snapshot snap = {0};
	struct everything e;
	struct mm_world w;
	uint64_t seed = 7;

	if (!coroutine_can_copy())
		skip();
	open_in_the_middle(&w);
	for (int i = 0; i < 5; i++)
		step(&w, &seed);
	assert_int_equal(state_save(&w.m->exec.state, &snap), 0);
	collect(&e, w.m);
	for (int run = 0; run < 20; run++) {
		while (step(&w, &seed))
			;
		state_restore(&snap);
		expect_all_back(&e);
	}
	forget(&e);
	snapshot_destroy(&snap);
	exec_drop_contexts(&w.m->exec);
	mm_world_close(&w);
}

/* ---- the digest sees every byte that the future can depend on ---- */

static void test_digest_sees(void **state)
{
	struct mm_world *w = *state;
	struct numasim_machine *m = w->m;
	uint64_t *pmd = entry_find(m, w->mm, w->x, 2);
	struct page *page = pfn_to_page(m, kernel_pmd_pfn(m->kernel, *pmd));
	struct digest before = exec_digest(&m->exec);

#define EXPECT_SEEN(change, undo)                                                                  \
	do {                                                                                       \
		change;                                                                            \
		assert_false(digest_equal(before, exec_digest(&m->exec)));                         \
		undo;                                                                              \
		assert_true(digest_equal(before, exec_digest(&m->exec)));                          \
	} while (0)
	EXPECT_SEEN(*pmd ^= X86_RW, *pmd ^= X86_RW);
	EXPECT_SEEN(*pmd ^= X86_D, *pmd ^= X86_D);
	EXPECT_SEEN(page->count++, page->count--);
	EXPECT_SEEN(page->mapcount++, page->mapcount--);
	EXPECT_SEEN(page->flags ^= PAGE_LOCKED, page->flags ^= PAGE_LOCKED);
	EXPECT_SEEN(page->cpupid ^= 1, page->cpupid ^= 1);
	EXPECT_SEEN(w->mm->mmap_sem.readers++, w->mm->mmap_sem.readers--);
	EXPECT_SEEN(w->mm->page_table_lock.owner = 3, w->mm->page_table_lock.owner = 0);
	EXPECT_SEEN(w->mm->tlb_flush_pending++, w->mm->tlb_flush_pending--);
	EXPECT_SEEN(w->mm->cpumask ^= 2, w->mm->cpumask ^= 2);
	EXPECT_SEEN(w->vma->vm_flags ^= VM_WRITE, w->vma->vm_flags ^= VM_WRITE);
	EXPECT_SEEN(m->cpu[0].irq_off++, m->cpu[0].irq_off--);
	EXPECT_SEEN(m->cpu[0].tlb->entry[0].dirty ^= 1, m->cpu[0].tlb->entry[0].dirty ^= 1);
	EXPECT_SEEN(m->cpu[0].tlb->nr--, m->cpu[0].tlb->nr++);
	EXPECT_SEEN(m->content->word[0].value++, m->content->word[0].value--);
	EXPECT_SEEN(m->check->promise[0].value++, m->check->promise[0].value--);
	EXPECT_SEEN(++*m->clock, --*m->clock);
	EXPECT_SEEN(m->mm->lru_lock[0].owner = 1, m->mm->lru_lock[0].owner = 0);
#undef EXPECT_SEEN
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_bytes_everywhere),
		HUGE_TEST(test_at_the_root),
		cmocka_unit_test(test_a_run_is_undone),
		HUGE_TEST(test_digest_sees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
