/* SPDX-License-Identifier: BSD-2-Clause */
/* Simulated code as plain calls on the caller's stack; see exec.h. */
#include "exec/exec.h"

struct exec *exec_direct_begin(struct exec *exec, uint32_t cpu, jmp_buf *end)
{
	struct exec *outer = exec_current;

	exec->direct_context = (struct context){.id = EXEC_MAX_ACTORS + 1, .cpu = cpu,
						.status = CONTEXT_LIVE};
	exec->direct = true;
	exec->direct_end = end;
	exec->running = &exec->direct_context;
	exec_current = exec;
	return outer;
}

void exec_direct_end(struct exec *exec, struct exec *outer)
{
	exec->direct = false;
	exec->running = NULL;
	exec_current = outer;
}
