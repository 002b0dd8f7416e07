/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of build options. */
#include "kernel/options.h"

#include <strings.h>

static const struct kernel_option_info options[NR_KERNEL_OPTIONS] = {
#define OPTION_INFO_(name_, word, text_) { .name = word, .text = text_ },
	KERNEL_OPTIONS(OPTION_INFO_)
#undef OPTION_INFO_
};

const struct kernel_option_info *kernel_option_get(unsigned bit)
{
	return &options[bit];
}

int kernel_option_find(const char *name)
{
	for (int bit = 0; bit < NR_KERNEL_OPTIONS; bit++)
		if (!strcasecmp(options[bit].name, name))
			return bit;
	return -1;
}
