/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file report.h
 * Results as text.
 *
 * All functions hand over a zero-terminated text that the caller frees with free(). No text holds
 * anything that differs from run to run.
 */
#ifndef NUMASIM_REPORT_H
#define NUMASIM_REPORT_H

#include <numasim/scenario.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A result for people: what was looked at, the witness as a table with a column per CPU and a line
 * per step that matters, what broke, and what the search counted.
 *
 * @param[out] text   freed by the caller; untouched on error
 * @param      result from numasim_scenario_explore() or numasim_witness_replay()
 * @return 0, -ENOMEM
 *
 * The table of a replay is the table of the search, byte for byte.
 */
NUMASIM_API int numasim_report_text(char **text, const struct numasim_result *result);

/**
 * The same as one JSON object (RFC 8259), with every step of the witness.
 *
 * @param[out] text   freed by the caller; untouched on error
 * @param      result from numasim_scenario_explore() or numasim_witness_replay()
 * @return 0, -ENOMEM
 *
 * Keys keep their meaning between versions; new ones may come.
 */
NUMASIM_API int numasim_report_json(char **text, const struct numasim_result *result);

/**
 * The table of expected and found verdicts of a scenario.
 *
 * @param[out] text  freed by the caller; untouched on error
 * @param      check from numasim_scenario_check()
 * @return 0, -ENOMEM
 */
NUMASIM_API int numasim_report_check(char **text, const struct numasim_check *check);

#ifdef __cplusplus
}
#endif
#endif
