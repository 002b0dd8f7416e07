/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that use address spaces. */
#include "check/check.h"
#include "explore/initial.h"
#include "explore/program.h"
#include "mm/api.h"
#include "mm/mm.h"
#include "mm/page.h"
#include "numa/numa.h"

#include <string.h>

#define MOST_BYTES  (UINT64_C(1) << 36)
#define MOST_STEPS  1000000 /* of a set-up */

bool program_has_mm(const struct numasim_program *p, const struct mm_struct *mm)
{
	const struct mm_struct *at = p->m->mm ? TAILQ_FIRST(&p->m->mm->mms) : NULL;

	while (at && at != mm)
		at = TAILQ_NEXT(at, link);
	return at;
}

/* The rooms that programs without address spaces do not pay for. */
static int build_mm(struct numasim_program *p)
{
	int ret = mm_init(p->m) ?: numa_init(p->m) ?: check_init(p->m);

	if (ret)
		return ret;
	p->m->mm->thp = THP_MADVISE;
	p->m->mm->two_step_walk = p->walk_is_step;
	initial_clock(p->m);
	return 0;
}

int numasim_program_mm(struct mm_struct **mm, struct numasim_program *p, const char *label,
		       struct numasim_error *err)
{
	size_t length = label ? strlen(label) : 0;
	int ret;

	if (api_running())
		return error_set(err, -EBUSY, "simulated code cannot make an address space");
	if (!length || length >= sizeof((*mm)->label))
		return error_set(err, -EINVAL, "an address space's label has 1 to %zu bytes",
				 sizeof((*mm)->label) - 1);
	ret = p->m->mm ? 0 : build_mm(p);
	ret = ret ?: mm_create(p->m, mm, label);
	if (!ret)
		initial_mm(*mm);
	return ret ? error_set(err, ret, "no memory for an address space") : 0;
}

int numasim_program_map(struct vm_area_struct **vma, struct numasim_program *p,
			struct mm_struct *mm, uint64_t bytes, unsigned flags,
			struct numasim_error *err)
{
	const unsigned known = NUMASIM_MAP_READ | NUMASIM_MAP_WRITE | NUMASIM_MAP_HUGE;
	uint32_t vm_flags = (flags & NUMASIM_MAP_READ ? VM_READ : 0) |
			    (flags & NUMASIM_MAP_WRITE ? VM_WRITE : 0) |
			    (flags & NUMASIM_MAP_HUGE ? VM_HUGEPAGE : 0);
	int ret;

	if (api_running())
		return error_set(err, -EBUSY, "simulated code cannot map memory here");
	if (!program_has_mm(p, mm))
		return error_set(err, -EINVAL, "that address space is not the program's");
	if (flags & ~known)
		return error_set(err, -EINVAL, "unknown flags %#x for a mapping", flags & ~known);
	if (!bytes || bytes > MOST_BYTES)
		return error_set(err, -EINVAL, "a mapping has 1 byte to 64 GiB, not %llu bytes",
				 (unsigned long long)bytes);
	bytes = (bytes + FRAME_SIZE - 1) & PAGE_MASK_4K;
	if (p->walker_budget && p->m->nr_walker_pages == MACHINE_WALKER_PAGES)
		return error_set(err, -ENOSPC, "page walkers can watch %d mappings at most",
				 MACHINE_WALKER_PAGES);
	ret = mm_map_anon(p->m, vma, mm, bytes, vm_flags, flags & NUMASIM_MAP_HUGE);
	if (ret)
		return error_set(err, ret, "no memory for a mapping");
	return p->walker_budget ? cpu_walker_may_fill(p->m, (*vma)->vm_start) : 0;
}

int numasim_program_watch(struct numasim_program *p, uint64_t address, struct numasim_error *err)
{
	if (address & 7)
		return error_set(err, -EINVAL, "%#llx is not aligned to 8",
				 (unsigned long long)address);
	if (content_watch(p->m->content, address))
		return error_set(err, -ENOSPC, "%d different offsets within 2 MiB can be watched",
				 CONTENT_WATCHED);
	return 0;
}

bool numasim_program_peek(uint64_t *value, struct numasim_program *p, struct mm_struct *mm,
			  uint64_t address)
{
	uint64_t word, entry;
	bool mapped;

	*value = 0;
	if (!program_has_mm(p, mm) || address & 7)
		return false;
	mapped = check_peek(p->m, mm, address, value, &word, &entry);
	api_looked(word);
	api_looked(entry);
	return mapped;
}

/* ---- set-up ---- */

/* Step the first choice until nothing can move. */
static int run_to_end(struct exec *exec)
{
	struct choice choice[EXEC_MAX_CHOICES];

	exec_clear(exec);
	exec->limit[0] = '\0';
	exec_start(exec);
	for (unsigned n = 0; exec_choices(exec, choice); n++) {
		if (exec->violation.found)
			return -EPROTO;
		if (exec->limit[0])
			return -ENOSPC;
		if (n == MOST_STEPS)
			return -E2BIG;
		exec->log.nr = 0;
		exec_step(exec, choice[0]);
	}
	if (exec->violation.found)
		return -EPROTO;
	if (exec->limit[0])
		return -ENOSPC;
	return exec_finished(exec) ? 0 : -EDEADLK;
}

static int explain(const struct exec *exec, int ret, struct numasim_error *err)
{
	if (ret == -EPROTO)
		return error_set(err, ret, "the set-up breaks %s: %s",
				 oracle_name(exec->violation.oracle), exec->violation.text);
	if (ret == -ENOSPC && exec->limit[0])
		return error_set(err, ret, "the set-up: %s", exec->limit);
	if (ret == -E2BIG)
		return error_set(err, ret, "the set-up does not end within %d steps", MOST_STEPS);
	if (ret == -EDEADLK)
		return error_set(err, ret, "the set-up waits for something that nobody does");
	return error_set(err, ret, "no memory for a set-up");
}

static int run_setup(struct numasim_program *p, void (*fn)(void *payload), void *payload,
		     unsigned cpu)
{
	struct exec *exec = &p->m->exec;
	struct context *context;
	int ret = exec_add_context(exec, &context, "set-up", fn, payload);

	if (!ret) {
		context->cpu = cpu;
		ret = cpu_add_actors(p->m);
	}
	exec->oracles = ORACLE_ALL;
	exec->in_setup = true;
	ret = ret ?: run_to_end(exec);
	exec->in_setup = false;
	exec_drop_contexts(exec);
	if (!ret)
		lru_drain_setup(p->m);
	return ret;
}

int numasim_program_setup(struct numasim_program *p, void (*fn)(void *payload), void *payload,
			  const struct numasim_seat *seat, struct numasim_error *err)
{
	struct snapshot before = {0};
	uint32_t births = p->m->exec.setup_births;
	unsigned cpu;
	int ret;

	if (api_running())
		return error_set(err, -EBUSY, "simulated code cannot run a set-up");
	if (!fn)
		return error_set(err, -EINVAL, "the set-up has nothing to run");
	ret = program_sit(&cpu, p, seat, err);
	if (ret)
		return ret;
	ret = state_save(&p->m->exec.state, &before) ?: run_setup(p, fn, payload, cpu);
	if (ret) {
		explain(&p->m->exec, ret, err);
		if (before.used && !before.failed)
			state_restore(&before);
		p->m->exec.setup_births = births;
	}
	exec_clear(&p->m->exec);
	snapshot_destroy(&before);
	return ret;
}
