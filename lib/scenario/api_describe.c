/* SPDX-License-Identifier: BSD-2-Clause */
/* What a result says about the scenario, the machine and the state that the search started from. */
#include "scenario/api.h"

#include "exec/point.h"
#include "x86/cpu.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MACHINE "numa:2 core:2 pu:1" /* as build_seat.c has it */
#define SHOWN_ENTRIES	3

int scenario_machine_hash(char hash[WITNESS_HASH], const struct scenario_run *run)
{
	char *text;

	if (numasim_topology_numactl(&text, run->topology, NULL))
		return -ENOMEM;
	witness_hash(hash, text, strlen(text));
	free(text);
	return 0;
}

/* "numa:2 core:2 pu:1: 2 nodes, 4 CPUs" */
static void describe_machine(char *text, size_t size, const struct scenario_run *run,
			     const char *topology)
{
	const struct scenario_setting *s = scenario_find_setting(run->ast, "machine");
	const char *what = topology ?: s ? s->value.text : DEFAULT_MACHINE;
	const unsigned *ids;
	size_t nodes, cpus;

	numasim_topology_nodes(&ids, &nodes, run->topology);
	numasim_topology_cpus(&ids, &cpus, run->topology);
	snprintf(text, size, "%.300s: %zu node%s, %zu CPU%s", what, nodes, nodes == 1 ? "" : "s",
		 cpus, cpus == 1 ? "" : "s");
}

/* What @cpu has cached, in words. */
static void describe_cached(char *text, size_t size, const struct scenario_run *run,
			    const struct cpu *cpu)
{
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; cpu->mm && i < cpu->tlb->nr && used < size; i++) {
		const struct x86_tlb_entry *e = &cpu->tlb->entry[i];
		char address[64];

		if (i == SHOWN_ENTRIES) {
			snprintf(text + used, size - used, ", ...");
			return;
		}
		scenario_address_name(run, cpu->mm, e->va, address, sizeof(address));
		used += snprintf(text + used, size - used, "%s%s -> page %s%s",
				 used ? ", " : "TLB has ", address, BIRTH_TEXT(e->frame_name),
				 e->rw ? "" : " (read only)");
	}
}

int scenario_describe(struct numasim_result *result, const struct scenario_run *run,
		      const char *topology)
{
	const struct scenario_ast *ast = run->ast;
	char machine[400];
	struct result_texts texts = {.scenario = ast->name.text, .title = ast->sentence.text,
				     .kernel = run->kernel, .note = run->note, .machine = machine};

	describe_machine(machine, sizeof(machine), run, topology);
	result->info.observes = ast->quantifier != SCENARIO_NO_CONDITION && !result->info.replayed;
	for (unsigned i = 0; result->record && i < result->record->nr_columns; i++) {
		const struct context *c = run->m->exec.context[i];
		struct record_column *column = &result->record->column[i];

		describe_cached(column->before, sizeof(column->before), run, &run->m->cpu[c->cpu]);
	}
	return result_describe(result, &texts);
}

int scenario_witness(struct numasim_result *result, const struct scenario_run *run,
		     const struct numasim_scenario_params *params, uint32_t oracles,
		     struct numasim_error *err)
{
	struct witness_head head = {.scenario_name = run->ast->filename, .scenario = run->ast->text,
				    .scenario_len = run->ast->len, .oracles = oracles,
				    .kernel = run->kernel};

	if (!result->record)
		return 0;
	if (params) {
		head.release = params->release;
		head.topology = params->topology;
		head.with = params->with;
		head.without = params->without;
		head.nr_with = params->nr_with;
		head.nr_without = params->nr_without;
	}
	if (scenario_machine_hash(head.machine, run))
		return error_set(err, -ENOMEM, "no memory for a witness");
	return witness_print(&result->witness, &head, result->record, err);
}
