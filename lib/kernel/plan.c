/* SPDX-License-Identifier: BSD-2-Clause */
/* From the texts of a configuration to sets of rows, and from a kernel back to such a text. */
#include "kernel/config.h"
#include "kernel/releases.h"

#include <stdio.h>
#include <string.h>

static int add_option(struct plan *plan, unsigned bit, bool with, struct numasim_error *err)
{
	uint32_t option = UINT32_C(1) << bit;

	if ((with ? plan->options_off : plan->options_on) & option)
		return error_set(err, -EINVAL, "%s cannot be both with and without",
				 kernel_option_get(bit)->name);
	*(with ? &plan->options_on : &plan->options_off) |= option;
	return 0;
}

int plan_add(struct plan *plan, const char *name, bool with, struct numasim_error *err)
{
	int option = kernel_option_find(name), ret;
	enum kernel_row row;

	if (option >= 0)
		return add_option(plan, (unsigned)option, with, err);
	ret = row_find(&row, name, err);
	if (ret)
		return ret;
	if (with) {
		row_set_add(&plan->asked, row);
		row_set_add(&plan->wanted, row);
	} else {
		row_set_add(&plan->unwanted, row);
	}
	return 0;
}

int plan_release(struct plan *plan, size_t *index, const char *text, struct numasim_error *err)
{
	size_t len = strcspn(text, "+~");
	int ret;

	if (strlen(text) >= RELEASE_TEXT)
		return error_set(err, -EINVAL, "the name of the release is too long");
	snprintf(plan->release, sizeof(plan->release), "%.*s", (int)len, text);
	ret = release_find(index, plan->release, err);
	text += len;
	while (!ret && *text) {
		bool with = *text++ == '+';
		char name[RELEASE_TEXT];

		len = strcspn(text, "+~");
		if (!len)
			return error_set(err, -EINVAL,
					 "after + or ~ in the name of a release comes a fix, as in "
					 "v3.13-rc4+20841405940e");
		snprintf(name, sizeof(name), "%.*s", (int)len, text);
		ret = plan_add(plan, name, with, err);
		text += len;
	}
	return ret;
}

/* A row that another one of @k took away is not named: the other one says it. */
int kernel_describe(const struct kernel *k, char *buf, size_t size)
{
	struct kernel plain;
	int len;

	kernel_config_release(&plain, k->release);
	len = snprintf(buf, size, "%s", release_get(k->release)->name);
	for (int i = ROW_NONE + 1; i < NR_KERNEL_ROWS; i++) {
		size_t used = (size_t)len < size ? (size_t)len : size;
		bool has = kernel_has(k, i), had = kernel_has(&plain, i);

		if (has != had && (has || !kernel_replaced(k, i)))
			len += snprintf(size ? buf + used : NULL, size - used, "%c%s",
					has ? '+' : '~', row_label(i));
	}
	for (unsigned bit = 0; bit < NR_KERNEL_OPTIONS; bit++) {
		size_t used = (size_t)len < size ? (size_t)len : size;
		bool has = k->options >> bit & 1, had = plain.options >> bit & 1;

		if (has != had)
			len += snprintf(size ? buf + used : NULL, size - used, "%c%s",
					has ? '+' : '~', kernel_option_get(bit)->name);
	}
	return len;
}
