/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_WITNESS_LINES_H
#define FUZZ_WITNESS_LINES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Give @text, of *@size bytes and room for @room, the number of steps that it has lines for. False:
 * it had it, or is not so far a witness that one could say.
 */
bool fuzz_witness_mend_count(char *text, size_t *size, size_t room);

/*
 * Change whole lines, or words of them, as bytes changed at random hardly ever do: a step left out,
 * taken twice, before another, elsewhere, by another actor. Returns the new size, at most @room; 0:
 * there is nothing to change.
 */
size_t fuzz_witness_change_lines(char *text, size_t size, size_t room, unsigned seed);

#endif
