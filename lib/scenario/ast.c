/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario/ast.h"

#include <string.h>

uint32_t scenario_find_process(const struct scenario_ast *ast, const char *name)
{
	for (unsigned i = 0; i < ast->nr_processes; i++)
		if (strcmp(ast->processes[i].name.text, name) == 0)
			return i;
	return SCENARIO_NONE;
}

uint32_t scenario_find_variable(const struct scenario_ast *ast, uint32_t process, const char *name)
{
	for (unsigned i = 0; i < ast->nr_variables; i++)
		if (ast->variables[i].process == process &&
		    strcmp(ast->variables[i].name.text, name) == 0)
			return i;
	return SCENARIO_NONE;
}

uint32_t scenario_find_column(const struct scenario_ast *ast, const char *name)
{
	for (unsigned i = 0; i < ast->nr_columns; i++)
		if (strcmp(ast->columns[i].name.text, name) == 0)
			return i;
	return SCENARIO_NONE;
}

const struct scenario_setting *scenario_find_setting(const struct scenario_ast *ast,
						     const char *key)
{
	for (unsigned i = 0; i < ast->nr_settings; i++)
		if (strcmp(ast->settings[i].key.text, key) == 0)
			return &ast->settings[i];
	return NULL;
}
