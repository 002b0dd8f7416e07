/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of what simulated code makes: canonical, and used again once nobody can remember them. */
#include "exec/point.h"

#include <stdio.h>
#include <string.h>

static uint16_t bit_of(const struct context *c)
{
	return 1u << c->id % 16;
}

/* Where @name stands, or NULL: not in a slot. */
static struct births *births_of(struct exec *exec, uint32_t name, unsigned *slot)
{
	uint32_t id = name >> BIRTH_BITS, number = name & ((1u << BIRTH_BITS) - 1);
	struct births *b;

	if (!id || id > exec->nr_contexts)
		return NULL;
	b = &exec->context[id - 1]->births;
	*slot = number - b->first - 1;
	return *slot < BIRTH_SLOTS ? b : NULL;
}

uint32_t birth_name(void)
{
	struct exec *exec = exec_current;
	struct context *c = exec->running;
	unsigned slot = 0;

	if (exec->in_setup || exec->direct || !c)
		return ++exec->setup_births;
	while (slot < BIRTH_SLOTS && (c->births.alive >> slot & 1 || c->births.known[slot]))
		slot++;
	if (slot == BIRTH_SLOTS)
		return (uint32_t)c->id << BIRTH_BITS |
		       (c->births.first + BIRTH_SLOTS + ++c->births.beyond);
	c->births.alive |= UINT64_C(1) << slot;
	c->births.known[slot] = bit_of(c);
	return (uint32_t)c->id << BIRTH_BITS | (c->births.first + slot + 1);
}

void birth_known(uint32_t name)
{
	struct exec *exec = exec_current;
	struct births *b;
	unsigned slot;

	if (exec->direct)
		return;
	b = births_of(exec, name, &slot);

	if (b && exec->running)
		b->known[slot] |= bit_of(exec->running);
}

void birth_dead(uint32_t name)
{
	unsigned slot;
	struct births *b = births_of(exec_current, name, &slot);

	if (b)
		b->alive &= ~(UINT64_C(1) << slot);
}

void births_forget(struct exec *exec, const struct context *who)
{
	uint16_t mask = ~bit_of(who);

	for (unsigned i = 0; i < exec->nr_contexts; i++)
		for (unsigned slot = 0; slot < BIRTH_SLOTS; slot++)
			exec->context[i]->births.known[slot] &= mask;
}

const char *birth_text(uint32_t name, char text[BIRTH_TEXT_SIZE])
{
	uint32_t id = name >> BIRTH_BITS, number = name & ((1u << BIRTH_BITS) - 1);

	if (id)
		snprintf(text, BIRTH_TEXT_SIZE, "#%u%c", number, 'a' + (id - 1) % 26);
	else
		snprintf(text, BIRTH_TEXT_SIZE, "#%u", number);
	return text;
}
