/* SPDX-License-Identifier: BSD-2-Clause */
/* Words that several reports use, and the end of each of them. */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include <numasim/explore.h>

#include <stdbool.h>
#include <stdio.h>

/* herd's word for how often the condition's proposition holds: Always, Sometimes, Never. */
const char *words_observation(const struct numasim_result_info *info);

const char *words_verdict(enum numasim_verdict verdict);
const char *words_engine(enum numasim_engine engine);

/* Close @out, which open_memstream() made of @buffer: *text is what was written, unless @ret (then
 * returned) says that it went wrong. 0 or -ENOMEM. */
int words_close(char **text, char **buffer, FILE *out, int ret);

#endif
