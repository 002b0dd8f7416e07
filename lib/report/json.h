/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdio.h>

/* @text in quotes, escaped; bytes that are no UTF-8 become U+FFFD. */
void json_string(FILE *out, const char *text);

#endif
