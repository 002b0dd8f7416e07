/* SPDX-License-Identifier: BSD-2-Clause */
/* What a configuration asks for, while it is being worked out. Private to config.c and plan.c. */
#ifndef KERNEL_CONFIG_H
#define KERNEL_CONFIG_H

#include "kernel/kernel.h"

#define RELEASE_TEXT 512 /* "RELEASE+ROW~ROW…", with the terminating zero */

/* A text that grows and may be cut. */
struct note {
	char *buf;
	size_t size;
	size_t used;
};

struct plan {
	char release[RELEASE_TEXT]; /* the name alone */
	struct row_set asked;	    /* by the user */
	struct row_set wanted;	    /* asked, and what that requires */
	struct row_set unwanted;
	struct row_set had;	    /* what the release has by itself */
	struct row_set all;	    /* merged by the release, plus wanted, minus unwanted */
	uint32_t options_on;
	uint32_t options_off;
	struct note note;
};

/* Read "RELEASE+ROW~ROW…" into @plan; @index becomes the release's number. */
int plan_release(struct plan *plan, size_t *index, const char *text, struct numasim_error *err);

/* Ask for a row or option (@with), or for its absence. */
int plan_add(struct plan *plan, const char *name, bool with, struct numasim_error *err);

#endif
