/* SPDX-License-Identifier: BSD-2-Clause */
/* A witness file brings its own scenario and options. */
#include "scenario/api.h"

#include <errno.h>
#include <string.h>

/* The same kernel and the same machine as in the search. */
static int check_world(const struct scenario_run *run, const struct witness *w,
		       struct numasim_error *err)
{
	char hash[WITNESS_HASH];

	if (strcmp(run->kernel, w->head.kernel))
		return error_set(
			err, -EPROTO,
			"%.200s: found on kernel %.200s, which is now called "
			"%.200s\n  help: the file is from another version of numasim; search "
			"again",
			w->filename, w->head.kernel, run->kernel);
	if (scenario_machine_hash(hash, run))
		return error_set(err, -ENOMEM, "no memory to replay a witness");
	if (strcmp(hash, w->head.machine))
		return error_set(
			err, -EPROTO,
			"%.200s: the machine is not the one of the search: other "
			"nodes, CPUs or distances\n  help: replay where the search was, or "
			"search again",
			w->filename);
	return 0;
}

static int replay(struct numasim_result **out, const struct numasim_scenario *scenario,
		  const struct witness *w, struct numasim_error *err)
{
	const struct numasim_scenario_params params = {.release = w->head.release,
						       .with = w->head.with,
						       .without = w->head.without,
						       .nr_with = w->head.nr_with,
						       .nr_without = w->head.nr_without,
						       .topology = w->head.topology};
	struct numasim_result *result = NULL;
	struct numasim_topology *topology;
	struct scenario_run *run;
	int ret = scenario_open(&run, &topology, scenario, &params, err);

	if (ret)
		return ret;
	ret = check_world(run, w, err);
	if (!ret)
		ret = result_replay(&result, run->m, &run->scene, w, err);
	if (!ret && scenario_describe(result, run, params.topology))
		ret = error_set(err, -ENOMEM, "no memory for a result");
	ret = ret ?: scenario_witness(result, run, &params, w->head.oracles, err);
	scenario_close(run, topology);
	if (ret)
		numasim_result_free(result);
	else
		*out = result;
	return ret;
}

int numasim_witness_replay(struct numasim_result **result, const char *text, size_t len,
			   const char *filename, struct numasim_error *err)
{
	struct numasim_scenario *scenario;
	struct witness *w;
	int ret = witness_read(&w, text, len, filename ? filename : "witness", err);

	if (ret)
		return ret;
	ret = numasim_scenario_parse(&scenario, w->head.scenario, w->head.scenario_len,
				     w->head.scenario_name, err);
	if (!ret) {
		ret = replay(result, scenario, w, err);
		numasim_scenario_free(scenario);
	}
	witness_free(w);
	return ret;
}
