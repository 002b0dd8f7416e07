/* SPDX-License-Identifier: BSD-2-Clause */
/* What texts call objects: with one address space and with two, in a scenario and in a program. */
#include "mm/mm_world.h"

#include "explore/object_name.h"
#include "x86/cpu.h"

static void expect(const struct mm_world *w, uint64_t object, const char *name)
{
	char text[128] = "untouched";

	object_name(w->m, object, text, sizeof(text));
	assert_string_equal(text, name);
}

/* What only depends on the object. */
static void test_plain(void **state)
{
	const struct mm_world *w = *state;
	struct numasim_atomic *v;

	expect(w, OBJECT(OBJ_PAGE, 9, PAGE_F_COUNT), "_count of page #9");
	expect(w, OBJECT(OBJ_PAGE, 9, PAGE_F_LOCK), "PG_locked of page #9");
	expect(w, OBJECT(OBJ_PAGE, 3 << BIRTH_BITS | 4, PAGE_F_CPUPID),
	       "last-fault tag of page #4c");
	expect(w, OBJECT(OBJ_PAGE, 9, 77), "? of page #9");
	expect(w, OBJECT(OBJ_CONTENT, 9, 8), "page #9+64");
	expect(w, OBJECT(OBJ_CLOCK, 0, 0), "clock");
	expect(w, OBJECT(OBJ_ALLOC, 1, 0), "free memory of node 1");
	expect(w, OBJECT(OBJ_ALLOC, 1, 1), "migration limit of node 1");
	expect(w, OBJECT(OBJ_LOCK, 1, LOCK_LRU), "lru_lock of node 1");
	expect(w, OBJECT(OBJ_LOCK, 8, LOCK_TABLE), "lock of table #8");
	expect(w, OBJECT(OBJ_LOCK, 5, LOCK_USER), "lock 5");
	expect(w, OBJECT(OBJ_LOCK, 5, 99), "?");
	expect(w, OBJECT(OBJ_ENTRY, 12345, 7), "entry 7 of table #12345");
	expect(w, 0, "-");
	assert_int_equal(numasim_atomic_new(&v, w->m, "turn", 0, NULL), 0);
	expect(w, ((struct api_item *)v)->object, "turn");
}

static void test_cpus(void **state)
{
	struct mm_world *w = *state;

	w->m->cpu[0].id = 12;
	expect(w, CPU_OBJ_TLB(&w->m->cpu[0]), "TLB of CPU 12");
	expect(w, CPU_OBJ_IPI(&w->m->cpu[0]), "interrupts of CPU 12");
	expect(w, CPU_OBJ_IRQ(&w->m->cpu[0]), "interrupt flag of CPU 12");
	expect(w, CPU_OBJ_MM(&w->m->cpu[0]), "loaded mm of CPU 12");
	expect(w, OBJECT(OBJ_TLB, 99, 0), "TLB of CPU 99");
}

/* A scenario knows variables; this one says what it was asked. */
static void calls_it(void *machine, uint32_t mm, uint64_t va, char *text, size_t size)
{
	snprintf(text, size, "mm %u at %#llx", mm, (unsigned long long)va);
}

static void test_entries(void **state)
{
	struct mm_world *w = *state;
	const uint64_t *pmd = entry_find(w->m, w->mm, w->x, 2);
	char text[64];

	snprintf(text, sizeof(text), "PMD(P:%#llx)", (unsigned long long)w->x);
	expect(w, entry_object(w->m, pmd), text);
	w->m->exec.address_name = calls_it;
	snprintf(text, sizeof(text), "PMD(mm %u at %#llx)", w->mm->name, (unsigned long long)w->x);
	expect(w, entry_object(w->m, pmd), text);
}

/* Where there are two address spaces, names say which. */
static void test_address_spaces(void **state)
{
	struct mm_world *w = *state;
	struct vm_area_struct *vma;
	struct mm_struct *other;

	expect(w, MM_OBJECT(w->mm, MM_FLUSH_PENDING), "mm->tlb_flush_pending");
	expect(w, OBJECT(OBJ_LOCK, w->mm->name, LOCK_MMAP_SEM), "mmap_sem");
	expect(w, OBJECT(OBJ_LOCK, w->vma->anon_vma->lock.name, LOCK_ANON_VMA), "anon_vma lock");
	assert_int_equal(numasim_program_mm(&other, w->program, "Q", NULL), 0);
	assert_int_equal(numasim_program_map(&vma, w->program, other, 4096, NUMASIM_MAP_READ,
					     NULL), 0);
	expect(w, MM_OBJECT(w->mm, MM_FLUSH_PENDING), "P->tlb_flush_pending");
	expect(w, MM_OBJECT(other, MM_CPUMASK), "Q->cpumask");
	expect(w, OBJECT(OBJ_LOCK, w->mm->name, LOCK_MMAP_SEM), "mmap_sem of P");
	expect(w, OBJECT(OBJ_LOCK, other->name, LOCK_PAGE_TABLE), "page_table_lock of Q");
	for (int i = 0; i < 2; i++) {
		const struct rwlock *lock = &(i ? vma : w->vma)->anon_vma->lock;
		char text[64];

		snprintf(text, sizeof(text), "anon_vma lock %s", BIRTH_TEXT(lock->name));
		expect(w, OBJECT(OBJ_LOCK, lock->name, LOCK_ANON_VMA), text);
	}
}

/* A program without address spaces has neither rooms nor tables. */
static void test_without_mm(void **state)
{
	struct numasim_program *program;
	char text[64];

	assert_int_equal(numasim_program_create(&program, NULL, NULL), 0);
	object_name(numasim_program_machine(program), OBJECT(OBJ_ENTRY, 1, 2), text, sizeof(text));
	assert_string_equal(text, "entry 2 of table #1");
	object_name(numasim_program_machine(program), OBJECT(OBJ_LOCK, 1, LOCK_MMAP_SEM), text, 5);
	assert_string_equal(text, "mmap"); /* cut, never overrun */
	numasim_program_free(program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUGE_TEST(test_plain),
		HUGE_TEST(test_cpus),
		HUGE_TEST(test_entries),
		HUGE_TEST(test_address_spaces),
		cmocka_unit_test(test_without_mm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
