/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios from files, and their exploration. */
#include "scenario/api.h"

#include "machine/topology_load.h"
#include "scenario/limits.h"
#include "scenario/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int numasim_scenario_parse(struct numasim_scenario **out, const char *text, size_t len,
			   const char *filename, struct numasim_error *err)
{
	struct numasim_scenario *scenario = calloc(1, sizeof(*scenario));
	int ret;

	if (!scenario)
		return error_set(err, -ENOMEM, "no memory for a scenario");
	ret = scenario_parse(&scenario->ast, text, len, filename, err);
	if (ret)
		free(scenario);
	else
		*out = scenario;
	return ret;
}

int numasim_scenario_load(struct numasim_scenario **scenario, const char *path,
			  struct numasim_error *err)
{
	char *text;
	size_t len;
	int ret = topology_read_file(&text, &len, path, SCENARIO_MAX_BYTES, err);

	if (ret == -EFBIG || ret == -ENOMEM)
		return ret;
	if (ret) /* in the words of a scenario, not of a topology */
		return error_set(err, ret, "%s: %s%s", path, numasim_strerror(ret),
				 ret == -ENOENT ? "; a scenario is a file, see numasim-scenario(5)"
						: "");
	ret = numasim_scenario_parse(scenario, text, len, path, err);
	free(text);
	return ret;
}

void numasim_scenario_free(struct numasim_scenario *scenario)
{
	if (!scenario)
		return;
	scenario_ast_free(scenario->ast);
	free(scenario);
}

const char *numasim_scenario_name(const struct numasim_scenario *scenario)
{
	return scenario->ast->name.text;
}

int scenario_open(struct scenario_run **run, struct numasim_topology **topology,
		  const struct numasim_scenario *scenario,
		  const struct numasim_scenario_params *params, struct numasim_error *err)
{
	static const struct numasim_scenario_params none;
	const struct numasim_scenario_params *p = params ? params : &none;
	struct scenario_params inner = {.release = p->release, .with = p->with,
					.without = p->without, .nr_with = p->nr_with,
					.nr_without = p->nr_without};
	int ret = 0;

	*topology = NULL;
	if (p->topology)
		ret = numasim_topology_load(topology, p->topology, err);
	if (ret)
		return ret;
	inner.topology = *topology;
	ret = scenario_build(run, scenario->ast, &inner, err);
	if (ret)
		numasim_topology_free(*topology);
	return ret;
}

void scenario_close(struct scenario_run *run, struct numasim_topology *topology)
{
	scenario_run_free(run);
	numasim_topology_free(topology);
}

int numasim_scenario_explore(struct numasim_result **out, const struct numasim_scenario *scenario,
			     const struct numasim_scenario_params *params,
			     const struct numasim_search *search, struct numasim_error *err)
{
	static const struct numasim_search defaults = NUMASIM_SEARCH_DEFAULTS;
	struct numasim_topology *topology;
	struct numasim_result *result = NULL;
	struct scenario_run *run;
	uint32_t oracles;
	int ret;

	search = search ? search : &defaults;
	ret = result_oracles(&oracles, search, err);
	if (!ret)
		ret = scenario_open(&run, &topology, scenario, params, err);
	if (ret)
		return ret;
	ret = result_search(&result, run->m, &run->scene, search, err);
	if (!ret && scenario_describe(result, run, params ? params->topology : NULL))
		ret = error_set(err, -ENOMEM, "no memory for a result");
	if (!ret && result->info.observes && !search->first_only)
		ret = result_count_finals(result, run->m, &run->scene, err);
	ret = ret ?: scenario_witness(result, run, params, oracles, err);
	scenario_close(run, topology);
	if (ret)
		numasim_result_free(result);
	else
		*out = result;
	return ret;
}
