/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/calls.h"

#include "mm/file.h"
#include "mm/mm_life.h"
#include "mm/ranges.h"
#include "mm/syscalls.h"
#include "numa/numa.h"
#include "scenario/program.h"

#include <string.h>
#include <sys/mman.h>

#define CHILD_PID 2000 /* and up: children that have no name */

/* The ABI's numbers that Debian 12's headers may lack. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

int call_advice(const char *word)
{
	static const struct {
		const char *word;
		int advice;
	} known[] = {
		{"cold", MADV_COLD},
		{"dofork", MADV_DOFORK},
		{"dontfork", MADV_DONTFORK},
		{"dontneed", MADV_DONTNEED},
		{"free", MADV_FREE},
		{"hugepage", MADV_HUGEPAGE},
		{"keeponfork", MADV_KEEPONFORK},
		{"nohugepage", MADV_NOHUGEPAGE},
		{"pageout", MADV_PAGEOUT},
		{"populate_read", MADV_POPULATE_READ},
		{"populate_write", MADV_POPULATE_WRITE},
		{"wipeonfork", MADV_WIPEONFORK},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].word, word))
			return known[i].advice;
	return -1;
}

int call_prot(const char *word)
{
	static const struct {
		const char *word;
		int prot;
	} known[] = {
		{"none", PROT_NONE},
		{"r", PROT_READ},
		{"rw", PROT_READ | PROT_WRITE},
		{"rx", PROT_READ | PROT_EXEC},
		{"rwx", PROT_READ | PROT_WRITE | PROT_EXEC},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].word, word))
			return known[i].prot;
	return -1;
}

/* ---- system calls of the column's own thread ---- */

static long run_task_numa_work(struct column *column, const struct call_value *arg, uint64_t *value)
{
	task_numa_work();
	return 0;
}

static long run_madvise(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return sys_madvise(arg[0].number, arg[1].number, (int)arg[2].number);
}

static long run_mprotect(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return sys_mprotect(arg[0].number, arg[1].number, arg[2].number);
}

static long run_munmap(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return sys_munmap(arg[0].number, arg[1].number);
}

static long run_mremap(struct column *column, const struct call_value *arg, uint64_t *value)
{
	long where = sys_mremap(arg[0].number, arg[1].number, arg[2].number,
				MREMAP_MAYMOVE | MREMAP_FIXED, arg[3].number);

	return where < 0 ? where : 0;
}

static long run_mlock(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return sys_mlock(arg[0].number, arg[1].number);
}

static long run_munlock(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return sys_munlock(arg[0].number, arg[1].number);
}

static long run_fork(struct column *column, const struct call_value *arg, uint64_t *value)
{
	struct task_struct *child;
	char label[MM_LABEL];

	scenario_child_label(current_task()->mm, label);
	return do_fork(&child, 0, CHILD_PID + column->index, label);
}

static long run_clear_refs(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return clear_refs(arg[0].mm, (int)arg[1].number);
}

static long run_truncate(struct column *column, const struct call_value *arg, uint64_t *value)
{
	file_truncate(arg[0].file, arg[1].number);
	return 0;
}

static long run_fsync(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return file_writeback(arg[0].file);
}

const struct scenario_call_kind calls_own[] = {
	{"clear_refs", "clear_refs(PROCESS, 1 to 4)", {CALL_PROCESS, CALL_NUMBER}, run_clear_refs},
	{"fork", "fork(PROCESS)", {CALL_OWN_PROCESS}, run_fork},
	{"fsync", "fsync(FILE)", {CALL_FILE}, run_fsync},
	{"madvise", "madvise(P:x, 2M, dontneed)", {CALL_OWN_PLACE, CALL_SIZE, CALL_ADVICE},
	 run_madvise},
	{"mlock", "mlock(P:x, 4K)", {CALL_OWN_PLACE, CALL_SIZE}, run_mlock},
	{"mprotect", "mprotect(P:x, 2M, none|r|rw|rx|rwx)", {CALL_OWN_PLACE, CALL_SIZE, CALL_PROT},
	 run_mprotect},
	{"mremap", "mremap(P:x, OLD SIZE, NEW SIZE, P:y)",
	 {CALL_OWN_PLACE, CALL_SIZE, CALL_SIZE, CALL_OWN_PLACE}, run_mremap},
	{"munlock", "munlock(P:x, 4K)", {CALL_OWN_PLACE, CALL_SIZE}, run_munlock},
	{"munmap", "munmap(P:x, 4K)", {CALL_OWN_PLACE, CALL_SIZE}, run_munmap},
	{"task_numa_work", "task_numa_work(PROCESS)", {CALL_OWN_PROCESS}, run_task_numa_work},
	{"truncate", "truncate(FILE, 4K)", {CALL_FILE, CALL_NUMBER}, run_truncate},
	{0},
};

static unsigned count(const struct scenario_call_kind *calls)
{
	unsigned nr = 0;

	while (calls[nr].name)
		nr++;
	return nr;
}

const struct scenario_call_kind *scenario_call_at(unsigned index)
{
	unsigned own = count(calls_own);

	if (index < own)
		return &calls_own[index];
	return index < own + count(calls_reach) ? &calls_reach[index - own] : NULL;
}

const struct scenario_call_kind *scenario_call_find(const char *name)
{
	const struct scenario_call_kind *kind;

	for (unsigned i = 0; (kind = scenario_call_at(i)); i++)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

unsigned call_args_most(const struct scenario_call_kind *kind)
{
	unsigned nr = 0;

	while (nr < CALL_ARGS && kind->arg[nr] != CALL_NOTHING)
		nr++;
	return nr;
}

unsigned call_args_least(const struct scenario_call_kind *kind)
{
	unsigned nr = call_args_most(kind);

	return nr && kind->arg[nr - 1] == CALL_MAYBE_WRITE ? nr - 1 : nr;
}
