/* SPDX-License-Identifier: BSD-2-Clause */
/* Slots and their counts: swap_map of mm/swapfile.c, v3.8 to v6.12. */
#include "mm/swap.h"

#include "exec/var.h"
#include "mm/bits.h"
#include "mm/gfp.h"

#include <errno.h>

#define SWAP_COUNT_MAX (UINT16_MAX - 1)

int swap_on(struct numasim_machine *m, uint64_t slots)
{
	struct swap_device *d;
	uint64_t reach = UINT64_C(1) << (m->kernel->format.swap_offset_bits - 1);

	if (m->mm->swap)
		return -EEXIST;
	if (slots < 2 || slots > reach || slots > UINT32_MAX / 2)
		return -EINVAL;
	d = arena_alloc(m->arena, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->nr_slots = slots;
	d->slot = arena_alloc(m->arena, slots * sizeof(*d->slot));
	if (!d->slot || swap_clusters_init(m, d)) {
		arena_free(m->arena, d->slot, slots * sizeof(*d->slot));
		arena_free(m->arena, d, sizeof(*d));
		return -ENOMEM;
	}
	d->slot[0].bad = true;
	d->next_slot = 1;
	RB_INIT(&d->cache);
	lock_init(&d->lock, 1, LOCK_SWAP);
	lock_init(&d->cache_lock, 1, LOCK_SWAP_CACHE);
	m->mm->swap = d;
	return 0;
}

uint64_t pte_swap_slot(pte_t pte)
{
	const struct swap_device *d = current_machine()->mm->swap;
	const struct kernel *k = current_kernel();
	uint64_t slot = kernel_swp_offset(k, pte);

	if (!d || !kernel_pte_swap(k, pte) || kernel_swp_kind(k, pte) != SWAP_FILE)
		return 0;
	return kernel_swp_type(k, pte) || slot >= d->nr_slots ? 0 : slot;
}

static struct swap_device *device(void)
{
	return current_machine()->mm->swap;
}

/* Lock the device: @slot, or NULL if it is none that can be in use (which nothing may cause). */
static struct swap_slot *slot_lock(uint64_t slot)
{
	struct swap_device *d = device();

	if (!d || !slot || slot >= d->nr_slots)
		return NULL;
	lock_take(&d->lock);
	touch(SWAP_OBJECT(slot), ACCESS_WRITE);
	return &d->slot[slot];
}

/* Nobody needs the slot any more: the device lets go of what it holds. */
static void slot_drop_if_unused(struct swap_device *d, struct swap_slot *s)
{
	if (s->count || s->cached)
		return;
	image_free(&s->image);
	d->nr_used--;
	swap_slot_unused(d, s - d->slot);
}

uint64_t get_swap_slot(void)
{
	struct swap_device *d = device();
	uint64_t slot;

	if (!d)
		return 0;
	lock_take(&d->lock);
	slot = swap_scan(d);
	if (slot) {
		touch(SWAP_OBJECT(slot), ACCESS_WRITE);
		d->slot[slot].cached = true;
		d->nr_used++;
		swap_slot_used(d, slot);
		note("take swap slot %llu", (unsigned long long)slot);
	}
	observe(slot);
	lock_release(&d->lock);
	return slot;
}

void swap_free(uint64_t slot)
{
	struct swap_slot *s = slot_lock(slot);

	if (!s)
		return;
	if (s->count) {
		s->count--;
		slot_drop_if_unused(device(), s);
	}
	note("one entry less holds swap slot %llu", (unsigned long long)slot);
	lock_release(&device()->lock);
}

bool swap_duplicate(uint64_t slot)
{
	struct swap_slot *s = slot_lock(slot);
	bool counted;

	if (!s)
		return false;
	counted = (s->count || s->cached) && s->count < SWAP_COUNT_MAX;
	s->count += counted;
	observe(counted);
	lock_release(&device()->lock);
	return counted;
}

int swapcache_prepare(uint64_t slot)
{
	struct swap_slot *s = slot_lock(slot);
	int ret = 0;

	if (!s)
		return -ENOENT;
	if (s->cached)
		ret = -EEXIST;
	else if (!s->count)
		ret = -ENOENT;
	else
		s->cached = true;
	observe((uint32_t)ret);
	lock_release(&device()->lock);
	return ret;
}

void swapcache_free(uint64_t slot)
{
	struct swap_slot *s = slot_lock(slot);

	if (!s)
		return;
	s->cached = false;
	slot_drop_if_unused(device(), s);
	lock_release(&device()->lock);
}

static void describe_free_place(struct announcement *a, const void *arg)
{
	const struct swap_slot *s = arg;
	uint64_t object = SWAP_OBJECT(s - ((struct numasim_machine *)exec_current->machine)
					      ->mm->swap->slot);

	announce_access(a, object, ACCESS_READ);
	a->enabled = !s->cached || s->page;
	a->waits_for = object;
}

void swapcache_wait(uint64_t slot)
{
	point_described(POINT_WAIT, SWAP_OBJECT(slot), describe_free_place, &device()->slot[slot]);
}

unsigned swap_count(uint64_t slot)
{
	unsigned count;

	point(POINT_READ, SWAP_OBJECT(slot), ACCESS_READ);
	count = device()->slot[slot].count;
	observe(count);
	return count;
}

unsigned page_swapcount(struct page *page)
{
	struct swap_slot *s = slot_lock(page_swap_slot(page));
	unsigned count = 0;

	if (s) {
		count = s->count;
		observe(count);
		lock_release(&device()->lock);
	}
	return count;
}

bool vm_swap_full(void)
{
	const struct swap_device *d = device();
	bool full = d->nr_used * 2 > d->nr_slots - 1;

	observe(full);
	return full;
}

static void digest_clusters(const struct swap_device *d, unsigned nr_cpus,
			    struct digest_sink *sink)
{
	for (uint32_t at = d->free_head; at; at = d->cluster[at - 1].next)
		digest_put(sink, at);
	for (unsigned i = 0; i < nr_cpus; i++)
		digest_put(sink, (uint64_t)d->cpu[i].cluster << 32 | d->cpu[i].next);
}

void swap_digest(const struct numasim_machine *m, struct digest_sink *sink)
{
	const struct swap_device *d = m->mm->swap;

	if (!d)
		return;
	lock_digest(&d->lock, sink);
	lock_digest(&d->cache_lock, sink);
	digest_put(sink, d->next_slot);
	digest_put(sink, d->run_left);
	if (d->nr_clusters)
		digest_clusters(d, m->room_cpus, sink);
	for (uint64_t i = 1; i < d->nr_slots; i++) {
		const struct swap_slot *s = &d->slot[i];

		if (!s->count && !s->cached)
			continue;
		digest_put(sink, i << 24 | s->count << 8 | s->cached);
		digest_put(sink, s->page ? s->page->name : 0);
		image_digest(s->image, sink);
	}
}
