/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that reach into an address space from outside: /proc/PID/mem, devices, the reclaimer. */
#include "scenario/calls.h"

#include "mm/gup.h"
#include "mm/swap.h"

static long run_write_mem(struct column *column, const struct call_value *arg, uint64_t *value)
{
	uint64_t word = arg[1].number;

	return access_remote_word(arg[0].mm, arg[0].number, &word, true);
}

static long run_read_mem(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return access_remote_word(arg[0].mm, arg[0].number, value, false);
}

static long hold(const struct call_value *arg, unsigned flags)
{
	return gup_hold(arg[0].mm, arg[0].number, flags | (arg[1].number ? FOLL_WRITE : 0));
}

static long run_gup(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return hold(arg, FOLL_GET | FOLL_TOUCH);
}

static long run_pin(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return hold(arg, FOLL_PIN | FOLL_TOUCH);
}

static long run_put(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return gup_release(arg[0].mm, arg[0].number);
}

static long run_dma_read(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return gup_read_word(value, arg[0].mm, arg[0].number);
}

static long run_dma_write(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return gup_write_word(arg[0].mm, arg[0].number, arg[1].number);
}

static long run_reclaim(struct column *column, const struct call_value *arg, uint64_t *value)
{
	return reclaim_page_at(arg[0].mm, arg[0].number);
}

const struct scenario_call_kind calls_reach[] = {
	{"dma_read", "r0 = dma_read(P:x)", {CALL_PLACE}, run_dma_read},
	{"dma_write", "dma_write(P:x, 2)", {CALL_PLACE, CALL_VALUE}, run_dma_write},
	{"gup", "gup(P:x) or gup(P:x, write)", {CALL_PLACE, CALL_MAYBE_WRITE}, run_gup},
	{"pin", "pin(P:x) or pin(P:x, write)", {CALL_PLACE, CALL_MAYBE_WRITE}, run_pin},
	{"put", "put(P:x)", {CALL_PLACE}, run_put},
	{"read_mem", "r0 = read_mem(P:x)", {CALL_PLACE}, run_read_mem},
	{"reclaim", "reclaim(P:x)", {CALL_PLACE}, run_reclaim},
	{"write_mem", "write_mem(P:x, 2)", {CALL_PLACE, CALL_VALUE}, run_write_mem},
	{0},
};
