/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuring a kernel: a release, plus rows, minus rows, closed over what they require.
 *
 *   asked for  --closure-->  wanted     --with what the release merged-->  all
 *   all - unwanted - replaced by another one  =  what the kernel has
 *
 * and then nothing may be left that misses what it requires or meets what it conflicts with.
 */
#include "kernel/config.h"
#include "kernel/releases.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void note_add(struct note *note, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note_add(struct note *note, const char *format, ...)
{
	va_list args;
	int len;

	if (note->used + 1 >= note->size)
		return;
	if (note->used)
		note->used += (size_t)snprintf(note->buf + note->used, note->size - note->used,
					       "; ");
	if (note->used >= note->size)
		return;
	va_start(args, format);
	len = vsnprintf(note->buf + note->used, note->size - note->used, format, args);
	va_end(args);
	note->used += (size_t)len;
}

/* Which row of @set replaces @row, or ROW_NONE. */
static enum kernel_row replacer(const struct row_set *set, enum kernel_row row)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		if (!row_set_has(set, i))
			continue;
		for (const uint16_t *r = row_get(i)->replaces; *r; r++)
			if (*r == row)
				return i;
	}
	return ROW_NONE;
}

bool kernel_replaced(const struct kernel *k, enum kernel_row row)
{
	return replacer(&k->rows, row) != ROW_NONE;
}

/* @all without the rows that another one of them replaces. */
static struct row_set effective(const struct row_set *all)
{
	struct row_set set = *all;

	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++)
		for (const uint16_t *r = row_get(i)->replaces; row_set_has(all, i) && *r; r++)
			row_set_remove(&set, *r);
	return set;
}

static void merged_rows(struct row_set *set, const struct release *release)
{
	memset(set, 0, sizeof(*set));
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++)
		if (release_merged(release, row_get(i)))
			row_set_add(set, i);
}

void kernel_config_release(struct kernel *k, size_t release)
{
	struct row_set all;

	memset(k, 0, sizeof(*k));
	k->release = (uint32_t)release;
	k->options = release_get(release)->options;
	merged_rows(&all, release_get(release));
	k->rows = effective(&all);
	kernel_format(k);
}

/* Add to @plan->wanted what the rows in it require, and all of it to @plan->all. */
static void close_over(struct plan *plan)
{
	bool grown = true;

	while (grown) {
		grown = false;
		for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
			const uint16_t *r = row_get(i)->requires;

			for (; row_set_has(&plan->wanted, i) && *r; r++) {
				grown |= !row_set_has(&plan->wanted, *r);
				row_set_add(&plan->wanted, *r);
			}
		}
	}
	for (int w = 0; w < ROW_SET_WORDS; w++)
		plan->all.word[w] |= plan->wanted.word[w];
}

/* Something asked for, or required by it, must stay out, or another row has taken its place. */
static int check_wanted(const struct plan *plan, struct numasim_error *err)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		enum kernel_row by;

		if (!row_set_has(&plan->wanted, i))
			continue;
		if (row_set_has(&plan->unwanted, i))
			return error_set(err, -EINVAL,
					 "%s cannot be both with and without: it was asked for, or "
					 "is required by what was", row_label(i));
		by = replacer(&plan->all, i);
		if (by != ROW_NONE)
			return error_set(err, -EINVAL,
					 "%s cannot be had: %s has taken its place in %s; take "
					 "that out as well (--without %s) if nothing else needs "
					 "it",
					 row_label(i), row_label(by), plan->release,
					 row_label(by));
	}
	return 0;
}

/* Does @row lack something? Code that was replaced by what the kernel has counts as there. */
static enum kernel_row missing(const struct plan *plan, const struct row_set *set,
			       enum kernel_row row)
{
	for (const uint16_t *r = row_get(row)->requires; *r; r++)
		if (!row_set_has(set, *r) && replacer(&plan->all, *r) == ROW_NONE)
			return *r;
	return ROW_NONE;
}

static int check_whole(const struct plan *plan, const struct row_set *set,
		       struct numasim_error *err)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		enum kernel_row lacks;

		if (!row_set_has(set, i))
			continue;
		lacks = missing(plan, set, i);
		if (lacks != ROW_NONE)
			return error_set(err, -EINVAL,
					 "%s cannot be taken out of %s alone: %s requires it; take "
					 "that out as well (--without %s)", row_label(lacks),
					 plan->release, row_label(i), row_label(i));
		for (const uint16_t *r = row_get(i)->conflicts; *r; r++)
			if (row_set_has(set, *r))
				return error_set(err, -EINVAL,
						 "%s and %s cannot be had together; take one of "
						 "them out (--without)", row_label(i),
						 row_label(*r));
	}
	return 0;
}

/* Which row that is wanted requires @row. */
static enum kernel_row requirer(const struct plan *plan, enum kernel_row row)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++)
		for (const uint16_t *r = row_get(i)->requires; *r; r++)
			if (*r == row && row_set_has(&plan->wanted, i))
				return i;
	return ROW_NONE;
}

/* What was asked for and is no change, and what changes without having been asked for. */
static void note_changes(struct plan *plan, const struct row_set *set)
{
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		bool had = row_set_has(&plan->had, i), has = row_set_has(set, i);
		bool asked = row_set_has(&plan->asked, i);
		const char *label = row_label(i);

		if (asked && had)
			note_add(&plan->note, "%s already has %s", plan->release, label);
		else if (row_set_has(&plan->unwanted, i) && !had)
			note_add(&plan->note, "%s does not have %s anyway", plan->release, label);
		else if (has && !had && !asked && row_set_has(&plan->wanted, i))
			note_add(&plan->note, "with %s, which %s requires", label,
				 row_label(requirer(plan, i)));
		else if (has && !had && !asked)
			note_add(&plan->note, "with %s again, as nothing takes it away", label);
		else if (had && !has && !row_set_has(&plan->unwanted, i))
			note_add(&plan->note, "without %s, which %s takes away", label,
				 row_label(replacer(&plan->all, i)));
	}
}

static int build(struct kernel *k, struct plan *plan, size_t index, struct numasim_error *err)
{
	const struct release *release = release_get(index);
	struct row_set set;
	int ret;

	merged_rows(&plan->all, release);
	plan->had = effective(&plan->all);
	close_over(plan);
	for (int w = 0; w < ROW_SET_WORDS; w++)
		plan->all.word[w] &= ~plan->unwanted.word[w];
	ret = check_wanted(plan, err);
	if (ret)
		return ret;
	set = effective(&plan->all);
	ret = check_whole(plan, &set, err);
	if (ret)
		return ret;
	note_changes(plan, &set);
	memset(k, 0, sizeof(*k));
	k->release = (uint32_t)index;
	k->options = (release->options | plan->options_on) & ~plan->options_off;
	k->rows = set;
	kernel_format(k);
	return 0;
}

int kernel_config(struct kernel *k, const char *release, const char *const *with, size_t nr_with,
		  const char *const *without, size_t nr_without, char *note, size_t note_size,
		  struct numasim_error *err)
{
	struct plan plan = { .note = { note, note_size, 0 } };
	size_t index;
	int ret;

	if (note_size)
		note[0] = '\0';
	ret = plan_release(&plan, &index, release, err);
	for (size_t i = 0; !ret && i < nr_with; i++)
		ret = plan_add(&plan, with[i], true, err);
	for (size_t i = 0; !ret && i < nr_without; i++)
		ret = plan_add(&plan, without[i], false, err);
	if (!ret)
		ret = build(k, &plan, index, err);
	if (ret && note_size)
		note[0] = '\0';
	return ret;
}
