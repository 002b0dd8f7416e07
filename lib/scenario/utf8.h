/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8, as far as an error message needs it: what is a character, and how wide is it. */
#ifndef SCENARIO_UTF8_H
#define SCENARIO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode the character at @text, of which @len bytes remain. Returns its bytes (1 to 4), or 0 if
 * there is no well-formed one (Unicode 15, table 3-7: no surrogates, nothing longer than needed).
 */
unsigned utf8_decode(uint32_t *character, const char *text, size_t len);

/* May stand in a scenario: no control character but tab and line feed. */
bool utf8_is_text(uint32_t character);

/* Terminal columns: 0 for combining marks, 2 for wide characters, else 1. A close guess. */
unsigned utf8_width(uint32_t character);

#endif
