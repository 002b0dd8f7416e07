/* SPDX-License-Identifier: BSD-2-Clause */
/* From what the caller has to a session: the scenario, the options and the schedule become ours. */
#include "report/step.h"

#include "scenario/api.h"

#include <stdlib.h>
#include <string.h>

/* ---- texts of the caller, kept ---- */

static const char *keep(const char *text, bool *failed)
{
	char *copy = text ? strdup(text) : NULL;

	*failed |= text && !copy;
	return copy;
}

static const char *const *keep_list(const char *const *list, size_t nr, bool *failed)
{
	const char **copy = calloc(nr + 1, sizeof(*copy));

	*failed |= !copy;
	for (size_t i = 0; copy && i < nr; i++)
		copy[i] = keep(list[i], failed);
	return copy;
}

static int keep_params(struct numasim_scenario_params *kept,
		       const struct numasim_scenario_params *params)
{
	bool failed = false;

	*kept = (struct numasim_scenario_params){
		.release = keep(params->release, &failed),
		.topology = keep(params->topology, &failed),
		.with = keep_list(params->with, params->nr_with, &failed),
		.without = keep_list(params->without, params->nr_without, &failed),
		.nr_with = params->nr_with,
		.nr_without = params->nr_without,
	};
	return failed ? -ENOMEM : 0;
}

static void drop_list(const char *const *list, size_t nr)
{
	for (size_t i = 0; list && i < nr; i++)
		free((char *)list[i]);
	free((void *)list);
}

static void drop_params(struct numasim_scenario_params *kept)
{
	free((char *)kept->release);
	free((char *)kept->topology);
	drop_list(kept->with, kept->nr_with);
	drop_list(kept->without, kept->nr_without);
}

static struct numasim_scenario_params params_of(const struct witness_head *head)
{
	return (struct numasim_scenario_params){.release = head->release, .with = head->with,
						.without = head->without, .nr_with = head->nr_with,
						.nr_without = head->nr_without,
						.topology = head->topology};
}

/* ---- the parts, one after the other ---- */

static int read_schedule(struct step_owner *owner, const struct numasim_stepper_start *start,
			 struct numasim_error *err)
{
	if (!start->schedule)
		return 0;
	return witness_read(&owner->schedule, start->schedule, start->schedule_len,
			    start->schedule_name ? start->schedule_name : "schedule", err);
}

static int take_scenario(struct step_owner *owner, const struct numasim_stepper_start *start,
			 struct numasim_error *err)
{
	const struct witness *w = owner->schedule;

	if (start->scenario)
		return numasim_scenario_parse(&owner->scenario, start->scenario->ast->text,
					      start->scenario->ast->len,
					      start->scenario->ast->filename, err);
	if (!w)
		return error_set(err, -EINVAL, "neither a scenario nor a schedule was given");
	return numasim_scenario_parse(&owner->scenario, w->head.scenario, w->head.scenario_len,
				      w->head.scenario_name, err);
}

static int take_params(struct step_owner *owner, const struct numasim_stepper_start *start,
		       struct numasim_error *err)
{
	struct numasim_scenario_params params = {0};

	if (start->params)
		params = *start->params;
	else if (owner->schedule)
		params = params_of(&owner->schedule->head);
	if (keep_params(&owner->params, &params))
		return error_set(err, -ENOMEM, "no memory for a session");
	return 0;
}

static int build(struct step_owner *owner, struct numasim_error *err)
{
	int ret = scenario_open(&owner->run, &owner->topology, owner->scenario, &owner->params,
				err);

	if (ret)
		owner->topology = NULL; /* it is gone already */
	return ret;
}

static void drop(struct step_owner *owner)
{
	if (owner->run)
		scenario_close(owner->run, owner->topology);
	numasim_scenario_free(owner->scenario);
	drop_params(&owner->params);
	witness_free(owner->schedule);
}

/* What "save" writes above the steps. */
static int fill_head(struct witness_head *head, const struct step_owner *owner)
{
	const struct scenario_ast *ast = owner->scenario->ast;
	const struct numasim_scenario_params *params = &owner->params;

	*head = (struct witness_head){.scenario_name = ast->filename, .scenario = ast->text,
				      .scenario_len = ast->len, .release = params->release,
				      .topology = params->topology, .with = params->with,
				      .without = params->without, .nr_with = params->nr_with,
				      .nr_without = params->nr_without, .oracles = ORACLE_ALL,
				      .kernel = owner->run->kernel};
	return scenario_machine_hash(head->machine, owner->run);
}

int numasim_stepper_open(struct numasim_stepper **out, const struct numasim_stepper_start *start,
			 struct numasim_error *err)
{
	struct numasim_stepper *session = NULL;
	struct step_owner owner = {0};
	int ret = read_schedule(&owner, start, err) ?: take_scenario(&owner, start, err)
		  ?: take_params(&owner, start, err) ?: build(&owner, err)
		  ?: step_session_open(&session, owner.run, err);

	if (!ret && fill_head(&session->head, &owner)) {
		step_session_close(session);
		ret = error_set(err, -ENOMEM, "no memory for a session");
	}
	if (ret) {
		drop(&owner);
		return ret;
	}
	session->schedule = owner.schedule;
	session->owner = owner;
	*out = session;
	return 0;
}

void numasim_stepper_close(struct numasim_stepper *session)
{
	struct step_owner owner;

	if (!session)
		return;
	owner = session->owner;
	step_session_close(session);
	drop(&owner);
}
