/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A run as kernel changelogs draw it: a column per CPU, a line per step that tells something. What
 * interrupts and page walkers do stands in the column of their CPU.
 *
 *   step   scanner               reader               writer
 *          CPU 0, node 0         CPU 2, node 1        CPU 1, node 0
 *   start                                             TLB has P:x -> page #9
 *      13  make entry PMD_NUMA
 *      18*                       fault on entry
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <numasim/explore.h>

#include <stdio.h>

#define TABLE_CELL 640 /* bytes that hold the text of a cell */

/* The words of a step, as they stand in its cell. */
void table_cell(char text[TABLE_CELL], const struct numasim_result_step *step);

/* Print the table of @result; nothing if it has no witness. 0 or -ENOMEM. */
int table_print(FILE *out, const struct numasim_result *result);

#endif
