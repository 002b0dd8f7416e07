/* SPDX-License-Identifier: BSD-2-Clause */
/* Mappings, and which of their words anybody looks at. */
#include "scenario/program.h"

#include <errno.h>
#include <string.h>

/* A mapping's words: thp, nothp, prot=..., node=N. */
static int mapping_flags(const struct scenario_run *run, const struct scenario_variable *v,
			 uint32_t *flags, struct numasim_error *err)
{
	static const struct {
		const char *text;
		uint32_t flags;
	} prot[] = {{"rw", VM_READ | VM_WRITE}, {"r", VM_READ}, {"none", 0},
		    {"rx", VM_READ | VM_EXEC}, {"rwx", VM_READ | VM_WRITE | VM_EXEC}};

	*flags = VM_READ | VM_WRITE;
	for (unsigned i = 0; i < v->nr_flags; i++) {
		const struct scenario_flag *f = &v->flags[i];
		bool known = false;

		if (!strcmp(f->key.text, "prot") && f->has_value && f->value.text) {
			for (size_t k = 0; k < sizeof(prot) / sizeof(*prot); k++) {
				if (strcmp(prot[k].text, f->value.text))
					continue;
				*flags = (*flags & ~(VM_READ | VM_WRITE | VM_EXEC)) | prot[k].flags;
				known = true;
			}
		} else if (!strcmp(f->key.text, "node") && f->has_value &&
			   f->value.kind == SCENARIO_NUMBER) {
			known = machine_node_index(run->m, f->value.number) >= 0;
		} else if (!f->has_value && !strcmp(f->key.text, "thp")) {
			*flags |= VM_HUGEPAGE;
			known = true;
		} else if (!f->has_value && !strcmp(f->key.text, "nothp")) {
			*flags |= VM_NOHUGEPAGE;
			known = true;
		}
		if (!known)
			return scenario_error_at(
				err, -EINVAL, run->ast, f->has_value ? f->value.pos : f->key.pos,
				"a mapping cannot be that here\nwrite thp, nothp, "
				"prot=none|r|rw|rx|rwx, or node=N with a node of the "
				"machine");
	}
	return 0;
}

int build_mapping(struct scenario_run *run, unsigned index, struct numasim_error *err)
{
	const struct scenario_variable *v = &run->ast->variables[index];
	struct variable *var = &run->program->variable[index];
	uint64_t size = (v->size + FRAME_SIZE - 1) & PAGE_MASK_4K;
	uint32_t flags;
	int ret = mapping_flags(run, v, &flags, err);

	if (ret)
		return ret;
	if (size > UINT64_C(1) << 36)
		return scenario_error_at(err, -EINVAL, run->ast, v->size_pos,
					 "a mapping of more than 64 GiB");
	ret = mm_map_anon(run->m, &var->vma, run->program->mm[v->process], size, flags,
			  size >= HPAGE_SIZE);
	if (ret)
		return error_set(err, ret, "no memory for a mapping");
	var->ast = v;
	var->mm = run->program->mm[v->process];
	var->va = var->vma->vm_start;
	return 0;
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
	return watch_cond(run, c->left) ?: watch_cond(run, c->right);
}

int build_watch(struct scenario_run *run)
{
	const struct scenario_ast *ast = run->ast;
	int ret = watch_cond(run, ast->condition);

	for (unsigned row = 0; row < ast->nr_rows; row++) {
		for (unsigned i = 0; i < ast->nr_columns && !ret; i++) {
			const struct scenario_stmt *s = ast->rows[row].cells[i];

			if (s && (s->kind == SCENARIO_STORE || s->kind == SCENARIO_LOAD))
				ret = watch_location(run, &s->location);
		}
	}
	for (unsigned i = 0; i < ast->nr_variables && !ret; i++)
		ret = cpu_walker_may_fill(run->m, run->program->variable[i].va);
	return ret;
}
