/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings, and which of their words anybody looks at. */
#include "scenario/program.h"

#include <errno.h>
#include <string.h>

static bool set_prot(uint32_t *flags, const char *text)
{
	static const struct {
		const char *text;
		uint32_t flags;
	} prot[] = {{"rw", VM_READ | VM_WRITE}, {"r", VM_READ}, {"none", 0},
		    {"rx", VM_READ | VM_EXEC}, {"rwx", VM_READ | VM_WRITE | VM_EXEC}};

	for (size_t k = 0; k < sizeof(prot) / sizeof(*prot); k++) {
		if (strcmp(prot[k].text, text))
			continue;
		*flags = (*flags & ~(VM_READ | VM_WRITE | VM_EXEC)) | prot[k].flags;
		return true;
	}
	return false;
}

static bool is_driver(const char *text)
{
	return !strcmp(text, "pages") || !strcmp(text, "pfn") || !strcmp(text, "mixed");
}

/* KEY=VALUE; false: there is no such thing. */
static bool set_value(const struct scenario_run *run, const struct scenario_flag *f,
		      uint32_t *flags)
{
	const char *key = f->key.text, *text = f->value.text;

	if (!strcmp(key, "node"))
		return f->value.kind == SCENARIO_NUMBER &&
		       machine_node_index(run->m, f->value.number) >= 0;
	if (!text)
		return false;
	if (!strcmp(key, "prot"))
		return set_prot(flags, text);
	if (!strcmp(key, "driver")) {
		*flags |= VM_SHARED | VM_MAYSHARE;
		return is_driver(text);
	}
	return !strcmp(key, "file") && *text;
}

static bool set_word(const char *key, uint32_t *flags)
{
	static const struct {
		const char *key;
		uint32_t flags;
	} words[] = {{"thp", VM_HUGEPAGE}, {"nothp", VM_NOHUGEPAGE},
		     {"shared", VM_SHARED | VM_MAYSHARE}};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(words[i].key, key))
			continue;
		*flags |= words[i].flags;
		return true;
	}
	return false;
}

static int mapping_flags(const struct scenario_run *run, const struct scenario_variable *v,
			 uint32_t *flags, struct numasim_error *err)
{
	*flags = VM_READ | VM_WRITE;
	for (unsigned i = 0; i < v->nr_flags; i++) {
		const struct scenario_flag *f = &v->flags[i];

		if (!(f->has_value ? set_value(run, f, flags) : set_word(f->key.text, flags)))
			return scenario_error_at(
				err, -EINVAL, run->ast, f->has_value ? f->value.pos : f->key.pos,
				"a mapping cannot be that here\nwrite thp, nothp, shared, "
				"prot=none|r|rw|rx|rwx, file=NAME, driver=pages|pfn|mixed, or "
				"node=N with a node of the machine");
	}
	return 0;
}

static int map(struct scenario_run *run, unsigned index, uint64_t size, uint32_t flags,
	       struct numasim_error *err)
{
	const struct scenario_variable *v = &run->ast->variables[index];
	struct variable *var = &run->program->variable[index];
	struct mm_struct *mm = run->program->mm[v->process];
	struct vm_area_struct *vma;
	struct file *file;
	int ret = build_file(&file, run, v, size, err);

	if (ret)
		return ret;
	ret = mm_map_setup(run->m, &vma, mm, size, flags, file, size >= HPAGE_SIZE);
	if (ret)
		return ret;
	*var = (struct variable){.ast = v, .mm = mm, .va = vma->vm_start};
	return build_driver_pages(run, v, vma, err);
}

int build_mapping(struct scenario_run *run, unsigned index, struct numasim_error *err)
{
	const struct scenario_variable *v = &run->ast->variables[index];
	uint64_t size = (v->size + FRAME_SIZE - 1) & PAGE_MASK_4K;
	uint32_t flags;
	int ret = mapping_flags(run, v, &flags, err);

	if (ret)
		return ret;
	if (size > UINT64_C(1) << 36)
		return scenario_error_at(err, -EINVAL, run->ast, v->size_pos,
					 "a mapping of more than 64 GiB");
	ret = map(run, index, size, flags, err);
	if (ret == -ENOMEM)
		return error_set(err, ret, "no memory for a mapping");
	return ret;
}

/* Where the set-up's faults on @v allocate: node=N, or -1. */
int build_home_node(const struct scenario_run *run, const struct scenario_variable *v)
{
	for (unsigned i = 0; i < v->nr_flags; i++)
		if (!strcmp(v->flags[i].key.text, "node"))
			return machine_node_index(run->m, v->flags[i].value.number);
	return -1;
}

/* Which words anybody looks at: decides how pages are copied. */
static int watch_location(struct scenario_run *run, const struct scenario_location *l)
{
	return content_watch(run->m->content, location_va(run->program, l));
}

static int watch_cond(struct scenario_run *run, const struct scenario_cond *c)
{
	if (!c)
		return 0;
	if (c->kind == SCENARIO_LOCATION_IS)
		return watch_location(run, &c->location);
	if (c->kind == SCENARIO_CALL_IS)
		return 0;
	return watch_cond(run, c->left) ?: watch_cond(run, c->right);
}

static int watch_stmt(struct scenario_run *run, const struct scenario_stmt *s)
{
	int ret = 0;

	if (s->kind == SCENARIO_STORE || s->kind == SCENARIO_LOAD)
		return watch_location(run, &s->location);
	for (unsigned i = 0; s->kind == SCENARIO_CALL && i < s->call.nr_args && !ret; i++)
		if (s->call.args[i].kind == SCENARIO_LOCATION)
			ret = watch_location(run, &s->call.args[i].location);
	return ret;
}

int build_watch(struct scenario_run *run)
{
	const struct scenario_ast *ast = run->ast;
	int ret = watch_cond(run, ast->condition);

	for (unsigned row = 0; row < ast->nr_rows; row++) {
		for (unsigned i = 0; i < ast->nr_columns && !ret; i++) {
			const struct scenario_stmt *s = ast->rows[row].cells[i];

			if (s)
				ret = watch_stmt(run, s);
		}
	}
	for (unsigned i = 0; i < ast->nr_variables && !ret; i++)
		if (ast->variables[i].inherited == SCENARIO_NONE)
			ret = cpu_walker_may_fill(run->m, run->program->variable[i].va);
	return ret;
}
