/* SPDX-License-Identifier: BSD-2-Clause */
/* Which kernel, and how the explorer treats it: releases, rows, settings. */
#include "scenario/program.h"

#include "kernel/built.h"
#include "mm/swap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_RELEASE "v3.13"

static const char *release_text(const struct scenario_run *run, char *text, size_t size)
{
	const struct scenario_setting *s = scenario_find_setting(run->ast, "kernel");
	size_t used;

	if (!s)
		return DEFAULT_RELEASE;
	if (s->value.kind == SCENARIO_STRING)
		return s->value.text;
	used = snprintf(text, size, "%s", s->value.release.name.text);
	for (unsigned i = 0; i < s->value.release.nr_changes && used < size; i++)
		used += snprintf(text + used, size - used, "%c%s",
				 s->value.release.changes[i].with ? '+' : '~',
				 s->value.release.changes[i].row.text);
	return text;
}

int build_kernel(struct scenario_run *run, const struct scenario_params *params,
		 struct numasim_error *err)
{
	const struct scenario_setting *s = scenario_find_setting(run->ast, "kernel");
	struct kernel *k = arena_alloc(run->m->arena, sizeof(*k));
	struct numasim_error inner = {0};
	char text[512];
	const char *release = params->release ?: release_text(run, text, sizeof(text));
	int ret;

	if (!k)
		return -ENOMEM;
	ret = kernel_config(k, release, params->with, params->nr_with, params->without,
			    params->nr_without, run->note, sizeof(run->note), &inner);
	if (!ret)
		ret = kernel_check_built(k, &inner);
	if (ret && s && !params->release)
		return scenario_error_at(err, ret, run->ast, s->value.pos, "%s", inner.text);
	if (ret)
		return error_set(err, ret, "%s", inner.text);
	run->m->kernel = k;
	kernel_describe(k, run->kernel, sizeof(run->kernel));
	return 0;
}

/* ---- settings ---- */

static int bad_value(const struct scenario_run *run, const struct scenario_setting *s,
		     const char *wanted, struct numasim_error *err)
{
	return scenario_error_at(err, -EINVAL, run->ast, s->value.pos,
				 "this is no value for `%s`\nwrite %s", s->key.text, wanted);
}

/* The index of the setting's word among @words (NULL at the end), or -1. */
static int word_index(const struct scenario_setting *s, const char *const *words)
{
	for (int i = 0; words[i] && s->value.text; i++)
		if (!strcmp(words[i], s->value.text))
			return i;
	return -1;
}

static int set_thp(struct scenario_run *run, const struct scenario_setting *s,
		   struct numasim_error *err)
{
	int mode = word_index(s, (const char *const[]){"never", "madvise", "always", NULL});

	if (mode < 0)
		return bad_value(run, s, "never, madvise or always", err);
	run->m->mm->thp = mode;
	return 0;
}

static int set_walk(struct scenario_run *run, const struct scenario_setting *s,
		    struct numasim_error *err)
{
	int steps = word_index(s, (const char *const[]){"one-step", "two-step", NULL});

	if (steps < 0)
		return bad_value(run, s, "one-step or two-step", err);
	run->m->mm->two_step_walk = steps;
	return 0;
}

static int set_unlock(struct scenario_run *run, const struct scenario_setting *s,
		      struct numasim_error *err)
{
	int own = word_index(s, (const char *const[]){"with-step", "own-step", NULL});

	if (own < 0)
		return bad_value(run, s, "with-step or own-step", err);
	run->m->exec.unlock_is_point = own;
	return 0;
}

static int set_walker(struct scenario_run *run, const struct scenario_setting *s,
		      struct numasim_error *err)
{
	if (s->value.kind != SCENARIO_NUMBER || s->value.number > 8)
		return bad_value(run, s, "how often each page walker may act unasked: 0 to 8", err);
	run->walker_budget = s->value.number;
	return 0;
}

static int set_erratum(struct scenario_run *run, const struct scenario_setting *s,
		       struct numasim_error *err)
{
	int knl = word_index(s, (const char *const[]){"none", "knl", NULL});

	if (knl < 0)
		return bad_value(run, s, "none or knl", err);
	for (unsigned i = 0; i < run->m->nr_cpus; i++)
		run->m->cpu[i].mode.ad_erratum = knl;
	return 0;
}

static int set_swap(struct scenario_run *run, const struct scenario_setting *s,
		    struct numasim_error *err)
{
	int ret = -EINVAL;

	if (s->value.kind == SCENARIO_NUMBER)
		ret = swap_on(run->m, s->value.number >> FRAME_SHIFT);
	return ret ? bad_value(run, s, "how large the swap device is: 8K or more", err) : 0;
}

static int set_nothing(struct scenario_run *run, const struct scenario_setting *s,
		       struct numasim_error *err)
{
	return 0; /* machine and kernel were read before there was a machine */
}

static const struct {
	const char *key;
	int (*set)(struct scenario_run *, const struct scenario_setting *, struct numasim_error *);
} settings[] = {
	{"erratum", set_erratum}, {"kernel", set_nothing}, {"machine", set_nothing},
	{"swap", set_swap},	  {"thp", set_thp},	   {"unlock", set_unlock},
	{"walk", set_walk},	  {"walker", set_walker},
};

int build_settings(struct scenario_run *run, struct numasim_error *err)
{
	for (unsigned i = 0; i < run->ast->nr_settings; i++) {
		const struct scenario_setting *s = &run->ast->settings[i];
		size_t k = 0, n = sizeof(settings) / sizeof(*settings);
		int ret;

		while (k < n && strcmp(settings[k].key, s->key.text))
			k++;
		if (k == n)
			return scenario_error_at(err, -EINVAL, run->ast, s->key.pos,
						 "`%s` is no setting\nthe settings are "
						 "erratum, kernel, machine, swap, thp, unlock, "
						 "walk and walker",
						 s->key.text);
		ret = settings[k].set(run, s, err);
		if (ret)
			return ret;
	}
	return 0;
}
