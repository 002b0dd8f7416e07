/* SPDX-License-Identifier: BSD-2-Clause */
/* The public face: kernels, releases, rows and options (numasim/release.h). */
#include "kernel/public.h"
#include "kernel/releases.h"

#include <numasim/release.h>
#include <stdio.h>
#include <stdlib.h>

size_t numasim_release_count(void)
{
	return release_count();
}

const char *numasim_release_name(size_t index)
{
	return index < release_count() ? release_get(index)->name : NULL;
}

const char *numasim_release_base(size_t index)
{
	return index < release_count() ? release_get(index)->base : NULL;
}

/* The name of @k in memory of its own, or NULL. */
static char *name_of(const struct kernel *k)
{
	int len = kernel_describe(k, NULL, 0);
	char *name = malloc((size_t)len + 1);

	if (name)
		kernel_describe(k, name, (size_t)len + 1);
	return name;
}

int numasim_kernel_open(struct numasim_kernel **kernel, const char *release,
			const char *const *with, size_t nr_with, const char *const *without,
			size_t nr_without, struct numasim_error *err)
{
	struct numasim_kernel *new = calloc(1, sizeof(*new));
	int ret;

	if (!new)
		return error_set(err, -ENOMEM, "no memory for a kernel");
	ret = kernel_config(&new->kernel, release, with, nr_with, without, nr_without, new->note,
			    sizeof(new->note), err);
	if (!ret) {
		new->name = name_of(&new->kernel);
		if (!new->name)
			ret = error_set(err, -ENOMEM, "no memory for a kernel");
	}
	if (ret) {
		numasim_kernel_close(new);
		return ret;
	}
	*kernel = new;
	return 0;
}

void numasim_kernel_close(struct numasim_kernel *kernel)
{
	if (!kernel)
		return;
	free(kernel->name);
	free(kernel);
}

const char *numasim_kernel_name(const struct numasim_kernel *kernel)
{
	return kernel->name;
}

const char *numasim_kernel_note(const struct numasim_kernel *kernel)
{
	return kernel->note;
}

size_t numasim_row_count(void)
{
	return NR_KERNEL_ROWS - 1;
}

static void version_name(char *buf, size_t size, uint32_t version)
{
	buf[0] = '\0';
	if (!version || version == NEVER)
		return;
	if (VERSION_RC(version) == VERSION_FINAL)
		snprintf(buf, size, "v%u.%u", VERSION_MAJOR(version), VERSION_MINOR(version));
	else
		snprintf(buf, size, "v%u.%u-rc%u", VERSION_MAJOR(version),
			 VERSION_MINOR(version), VERSION_RC(version));
}

static enum numasim_row_state row_state(const struct kernel *k, enum kernel_row row)
{
	const struct row *r = row_get(row);

	if (kernel_has(k, row))
		return NUMASIM_ROW_PRESENT;
	if (kernel_replaced(k, row) && release_merged(release_get(k->release), r))
		return NUMASIM_ROW_REPLACED;
	if (r->kind == ROW_FIX && r->opened > release_get(k->release)->version)
		return NUMASIM_ROW_EARLY;
	return NUMASIM_ROW_ABSENT;
}

/* Does code ask about it, or about something whose place it takes? */
static bool is_modelled(const struct row *row)
{
	bool modelled = row->asked != BY_NOBODY;

	for (const uint16_t *r = row->replaces; *r; r++)
		modelled |= row_get(*r)->asked != BY_NOBODY;
	return modelled;
}

int numasim_kernel_row(struct numasim_row *row, const struct numasim_kernel *kernel, size_t index)
{
	enum kernel_row number = (enum kernel_row)(index + 1);
	const struct row *r;

	if (index >= numasim_row_count())
		return -ERANGE;
	r = row_get(number);
	*row = (struct numasim_row){
		.label = row_label(number), .id = r->id, .name = r->name, .subject = r->subject,
		.bugs = r->bugs, .from_memory = r->memory, .shown_by = r->shown_by,
		.steps = r->steps, .kind = (enum numasim_row_kind)r->kind,
		.state = row_state(&kernel->kernel, number), .modelled = is_modelled(r),
	};
	version_name(row->opened, sizeof(row->opened), r->opened);
	version_name(row->closed, sizeof(row->closed), r->closed);
	return 0;
}

size_t numasim_option_count(void)
{
	return NR_KERNEL_OPTIONS;
}

int numasim_kernel_option(struct numasim_option *option, const struct numasim_kernel *kernel,
			  size_t index)
{
	const struct kernel_option_info *info;

	if (index >= NR_KERNEL_OPTIONS)
		return -ERANGE;
	info = kernel_option_get((unsigned)index);
	option->name = info->name;
	option->text = info->text;
	option->on = kernel->kernel.options >> index & 1;
	return 0;
}
