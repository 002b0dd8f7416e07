/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs scripts of tests/errno/script.h on the model, and compares what comes out with what kernels
 * answered. */
#ifndef SCRIPT_WORLD_H
#define SCRIPT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../errno/script.h"
#include "mm/file.h"
#include "mm/syscalls.h"
#include "sim/system.h"

#define SCRIPT_FILE_PAGES 16

struct script_world {
	const char *release, *kernel; /* "debian-6.1.192", "6.1" */
	struct numasim_system *system;
	struct numasim_process *process;
	struct file *file[3];
	unsigned cases, lines, wrong;
	bool quiet;
	char name[128];
};

static inline struct mm_struct *script_mm(const struct script_world *w)
{
	return w->process->task->mm;
}

static inline void script_close(struct script_world *w)
{
	for (int i = 0; i < 3; i++)
		if (w->system && w->file[i])
			IN_PROCESS(w->process, (file_put(w->file[i]), 0));
	numasim_system_free(w->system);
	w->system = NULL;
}

/* A machine with one process, and the files that scripts know. */
static inline void script_open(struct script_world *w)
{
	struct numasim_error err = {0};

	script_close(w);
	if (numasim_system_create(&w->system, &(struct numasim_system_options){
				  .release = w->release}, &err) ||
	    numasim_process_create(&w->process, w->system, "script", 0, &err))
		fail_msg("%s", err.text);
	for (int i = 0; i < 3; i++) {
		IN_PROCESS(w->process, (w->file[i] = file_create(
			FILE_SHMEM, "script", SCRIPT_FILE_PAGES * FRAME_SIZE), 0));
		assert_non_null(w->file[i]);
		w->file[i]->readable = i != FD_WO - FD_RO;
		w->file[i]->writable = i != FD_RO - FD_RO;
	}
}

static inline long script_mmap(const struct script_world *w, const uint64_t *a)
{
	bool is_file = a[4] >= FD_RO && a[4] <= FD_WO;

	return sys_mmap(a[0], a[1], a[2], a[3], is_file ? w->file[a[4] - FD_RO] : NULL, a[5]);
}

/* Calls with node masks; false: it is none. */
static inline bool script_policy_call(long *result, const struct script_call *c)
{
	unsigned long room[SCRIPT_MASK_WORDS];
	const uint64_t *a = c->arg;
	int mode = 0;

	if (!strcmp(c->name, "mbind")) {
		*result = sys_mbind(a[0], a[1], a[2], script_mask(room, a[3]), a[4], a[5]);
	} else if (!strcmp(c->name, "set_mempolicy")) {
		*result = sys_set_mempolicy(a[0], script_mask(room, a[1]), a[2]);
	} else if (!strcmp(c->name, "get_mempolicy")) {
		unsigned long *mask = script_mask(room, a[0]);

		*result = sys_get_mempolicy(&mode, mask, a[1], a[2], a[3]);
		if (!*result)
			*result = script_policy(mode, mask);
	} else if (!strcmp(c->name, "set_mempolicy_home_node")) {
		*result = sys_set_mempolicy_home_node(a[0], a[1], a[2], a[3]);
	} else {
		return false;
	}
	return true;
}

static inline long script_syscall(const struct script_world *w, const struct script_call *c)
{
	const uint64_t *a = c->arg;
	long result;

	if (script_policy_call(&result, c))
		return result;
	if (!strcmp(c->name, "mmap"))
		return script_mmap(w, a);
	if (!strcmp(c->name, "munmap"))
		return sys_munmap(a[0], a[1]);
	if (!strcmp(c->name, "mprotect"))
		return sys_mprotect(a[0], a[1], a[2]);
	if (!strcmp(c->name, "mremap"))
		return sys_mremap(a[0], a[1], a[2], a[3], a[4]);
	if (!strcmp(c->name, "madvise"))
		return sys_madvise(a[0], a[1], a[2]);
	if (!strcmp(c->name, "mlock"))
		return sys_mlock(a[0], a[1]);
	if (!strcmp(c->name, "mlock2"))
		return sys_mlock2(a[0], a[1], a[2]);
	if (!strcmp(c->name, "munlock"))
		return sys_munlock(a[0], a[1]);
	if (!strcmp(c->name, "mlockall"))
		return sys_mlockall(a[0]);
	if (!strcmp(c->name, "munlockall"))
		return sys_munlockall();
	fail_msg("no call %s", c->name);
	return 0;
}

static inline long script_call(const struct script_world *w, const struct script_call *c)
{
	uint64_t value;

	if (!strcmp(c->name, "store"))
		return numasim_process_store(w->process, c->arg[0], 1);
	if (!strcmp(c->name, "load"))
		return numasim_process_load(&value, w->process, c->arg[0]);
	if (!strcmp(c->name, "unpriv")) {
		script_mm(w)->unprivileged = true;
		return 0;
	}
	if (!strcmp(c->name, "rlimit")) {
		script_mm(w)->rlimit_memlock = c->arg[1];
		return 0;
	}
	return IN_PROCESS(w->process, script_syscall(w, c));
}

/* The mappings of the window, as record.c prints them. */
static inline void script_maps(const struct script_world *w, char *text, size_t size)
{
	static const struct {
		uint64_t flag;
		const char *name;
	} flags[] = {
		{VM_GROWSDOWN, "gd"}, {VM_LOCKED, "lo"}, {VM_SEQ_READ, "sr"},
		{VM_RAND_READ, "rr"}, {VM_DONTCOPY, "dc"}, {VM_ACCOUNT, "ac"},
		{VM_NORESERVE, "nr"}, {VM_WIPEONFORK, "wf"}, {VM_DONTDUMP, "dd"},
		{VM_HUGEPAGE, "hg"}, {VM_NOHUGEPAGE, "nh"}, {VM_MERGEABLE, "mg"},
	};
	struct vm_area_struct *vma;
	size_t used = 0;

	text[0] = 0;
	RB_FOREACH(vma, vma_tree, &script_mm(w)->vmas) {
		uint64_t f = vma->vm_flags;

		if (vma->vm_start - WINDOW >= WINDOW_PAGES << 12)
			continue;
		used += snprintf(text + used, size - used, "%s%llu-%llu:%c%c%c%c",
				 used ? " " : "",
				 (unsigned long long)(vma->vm_start - WINDOW) >> 12,
				 (unsigned long long)(vma->vm_end - WINDOW) >> 12,
				 f & VM_READ ? 'r' : '-', f & VM_WRITE ? 'w' : '-',
				 f & VM_EXEC ? 'x' : '-', f & VM_MAYSHARE ? 's' : 'p');
		for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
			if (f & flags[i].flag)
				used += snprintf(text + used, size - used, ",%s", flags[i].name);
	}
}

/* What an address space counts of its mappings is what they add up to. */
static inline void script_check_counts(const struct script_world *w)
{
	const struct mm_struct *mm = script_mm(w);
	uint64_t total = 0, locked = 0, nr = 0, last = 0;
	struct vm_area_struct *vma;

	RB_FOREACH(vma, vma_tree, (struct vma_tree *)&mm->vmas) {
		assert_true(vma->vm_start >= last && vma->vm_start < vma->vm_end);
		last = vma->vm_end;
		total += vma_pages(vma);
		locked += vma->vm_flags & VM_LOCKED ? vma_pages(vma) : 0;
		nr++;
	}
	assert_int_equal(mm->map_count, nr);
	assert_int_equal(mm->total_vm, total);
	assert_int_equal(mm->locked_vm, locked);
}

static inline void script_line(struct script_world *w, const char *text, unsigned number)
{
	char line[SCRIPT_LINE], got[SCRIPT_LINE];
	struct script_call call;

	snprintf(line, sizeof(line), "%s", text);
	if (!script_parse(&call, line))
		fail_msg("line %u: what is \"%s\"?", number, text);
	if (!strcmp(call.name, "maps"))
		script_maps(w, got, sizeof(got));
	else
		script_result(got, sizeof(got), call.name, script_call(w, &call));
	script_check_counts(w);
	w->lines++;
	if (!call.expected || script_matches(call.expected, w->kernel, got))
		return;
	if (w->wrong++ < 12 && !w->quiet)
		print_message("# %s, case %s, line %u: %s\n#   here: %s\n", w->release, w->name,
			      number, text, got);
}

/* Run all of @path. How many lines came out otherwise than recorded. */
static inline unsigned script_run(struct script_world *w, const char *path)
{
	FILE *script = fopen(path, "r");
	char line[SCRIPT_LINE];

	assert_non_null(script);
	for (unsigned number = 1; fgets(line, sizeof(line), script); number++) {
		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, "case ", 5)) {
			snprintf(w->name, sizeof(w->name), "%.100s", line + 5);
			script_open(w);
			w->cases++;
		} else if (line[0] && line[0] != '#') {
			script_line(w, line, number);
		}
	}
	fclose(script);
	script_close(w);
	return w->wrong;
}

#endif
