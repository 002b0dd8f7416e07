/* SPDX-License-Identifier: BSD-2-Clause */
#include "test_simtlb_model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void model_init(struct model *m, const struct numasim_tlb_geometry *geometry, char **gib,
		uint64_t nr_gib)
{
	memset(m, 0, sizeof(*m));
	m->geometry = *geometry;
	m->gib = gib;
	m->nr_gib = nr_gib;
	for (int l = 0; l < 2; l++)
		for (int a = 0; a < 3; a++) {
			const struct numasim_tlb_array *shape = &geometry->level[l][a];

			m->array[l][a].way =
				calloc(shape->sets * shape->ways + 1, sizeof(struct model_way));
			m->array[l][a].right = calloc(shape->sets * 64 + 1, sizeof(bool));
		}
}

void model_free(struct model *m)
{
	for (int l = 0; l < 2; l++)
		for (int a = 0; a < 3; a++) {
			free(m->array[l][a].way);
			free(m->array[l][a].right);
		}
}

/* ---- one set ---- */

struct place {
	const struct numasim_tlb_array *shape;
	struct model_way *way; /* of the set */
	bool *right;
};

/* Where pages of @size live in level @l; false: nowhere. */
static bool place_of(struct model *m, struct place *p, int l, uint64_t va, unsigned size)
{
	uint64_t page = va % (UINT64_C(1) << 57) / model_page_bytes(size);

	for (int a = 0; a < 3; a++) {
		const struct numasim_tlb_array *shape = &m->geometry.level[l][a];

		if (!shape->sets || !shape->hold[size].count)
			continue;
		p->shape = shape;
		p->way = m->array[l][a].way + page % shape->sets * shape->ways;
		p->right = m->array[l][a].right + page % shape->sets * 64;
		return true;
	}
	return false;
}

static void tree_away(bool *right, unsigned ways, unsigned way)
{
	unsigned node = 1;

	for (unsigned half = ways / 2; half; half /= 2) {
		bool in_right = way / half % 2;

		right[node] = !in_right;
		node = 2 * node + in_right;
	}
}

static unsigned tree_victim(const bool *right, unsigned node, unsigned first, unsigned ways)
{
	if (ways == 1)
		return first;
	if (right[node])
		return tree_victim(right, 2 * node + 1, first + ways / 2, ways / 2);
	return tree_victim(right, 2 * node, first, ways / 2);
}

static void use(struct model *m, struct place *p, unsigned way)
{
	p->way[way].used = ++m->time;
	if (p->shape->policy == NUMASIM_TLB_TREE_PLRU)
		tree_away(p->right, p->shape->ways, way);
}

static unsigned choose(const struct place *p, unsigned size)
{
	unsigned first = p->shape->hold[size].first, end = first + p->shape->hold[size].count;
	unsigned best = first;

	for (unsigned w = first; w < end; w++)
		if (!p->way[w].valid)
			return w;
	if (p->shape->policy == NUMASIM_TLB_TREE_PLRU)
		return tree_victim(p->right, 1, 0, p->shape->ways);
	for (unsigned w = first; w < end; w++)
		if (p->way[w].used < p->way[best].used)
			best = w;
	return best;
}

static void put(struct model *m, int l, const struct numasim_tlb_entry *entry)
{
	struct place p;
	unsigned way;

	if (!place_of(m, &p, l, entry->va, entry->size))
		return;
	way = choose(&p, entry->size);
	if (p.way[way].valid)
		m->count.evictions[l][p.way[way].entry.size]++;
	p.way[way].valid = true;
	p.way[way].entry = *entry;
	use(m, &p, way);
}

/* The entry of level @l for (va, size, pcid or global), or NULL. */
static struct model_way *look(struct model *m, struct place *p, int l, uint64_t va, unsigned size,
			      bool global, unsigned pcid)
{
	if (!place_of(m, p, l, va, size))
		return NULL;
	for (unsigned w = 0; w < p->shape->ways; w++) {
		struct model_way *way = &p->way[w];

		if (way->valid && way->entry.size == size && way->entry.global == global &&
		    (global || way->entry.pcid == pcid) &&
		    way->entry.va == va - va % model_page_bytes(size))
			return way;
	}
	return NULL;
}

/* ---- the whole ---- */

static void drop_if(struct model *m, bool (*match)(const struct numasim_tlb_entry *, const void *),
		    const void *what)
{
	for (int l = 0; l < 2; l++)
		for (int a = 0; a < 3; a++) {
			const struct numasim_tlb_array *shape = &m->geometry.level[l][a];

			for (unsigned i = 0; i < shape->sets * shape->ways; i++) {
				struct model_way *way = &m->array[l][a].way[i];

				if (!way->valid || !match(&way->entry, what))
					continue;
				way->valid = false;
				m->count.invalidated[l][way->entry.size]++;
			}
		}
}

struct target {
	bool by_pcid, by_va, globals;
	unsigned pcid;
	uint64_t va;
};

static bool hits_target(const struct numasim_tlb_entry *e, const void *what)
{
	const struct target *t = what;

	if (t->by_va && t->va - t->va % model_page_bytes(e->size) != e->va)
		return false;
	if (e->global)
		return t->globals;
	return !t->by_pcid || e->pcid == t->pcid;
}

void model_invlpg(struct model *m, uint64_t va)
{
	struct target t = {true, true, true, model_pcid(m), va};

	drop_if(m, hits_target, &t);
}

void model_invpcid(struct model *m, unsigned type, unsigned pcid, uint64_t va)
{
	struct target t = {type < 2, type == 0, type == 2, pcid, va};

	drop_if(m, hits_target, &t);
}

void model_write_cr3(struct model *m, uint64_t cr3)
{
	m->regs.cr3 = cr3 & ~NUMASIM_TLB_CR3_NOFLUSH;
	if (!(cr3 & NUMASIM_TLB_CR3_NOFLUSH))
		model_invpcid(m, NUMASIM_TLB_INVPCID_PCID, model_pcid(m), 0);
}

void model_fill(struct model *m, const struct numasim_tlb_entry *entry)
{
	for (int l = 1; l >= 0; l--) {
		struct place p;
		struct model_way *way =
			look(m, &p, l, entry->va, entry->size, entry->global, entry->pcid);

		if (way)
			way->entry = *entry;
		else
			put(m, l, entry);
	}
}

/* Look in level @l: 0 not found, 1 served, -1 denied and *dirty: only for want of D. */
static int try_level(struct model *m, int l, uint64_t va, unsigned kind,
		     struct numasim_tlb_entry *entry, bool *dirty)
{
	for (unsigned global = 0; global < 2; global++)
		for (unsigned size = 0; size < 3; size++) {
			struct place p;
			struct model_way *way = look(m, &p, l, va, size, global, model_pcid(m));

			if (!way)
				continue;
			*entry = way->entry;
			*dirty = !model_denies(m, entry, kind);
			if (!*dirty || (kind % 4 == NUMASIM_TLB_WRITE && !entry->dirty))
				return -1;
			use(m, &p, (unsigned)(way - p.way));
			m->count.hits[l][size]++;
			return 1;
		}
	return 0;
}

int model_access(struct model *m, uint64_t *pa, uint8_t *how, uint64_t va, unsigned kind,
		 struct numasim_tlb_fault *fault)
{
	struct numasim_tlb_entry entry;
	int level, found = 0;
	bool dirty = false;

	memset(fault, 0, sizeof(*fault));
	for (level = 0; level < 2 && !found && model_canonical(m, va); level++)
		found = try_level(m, level, va, kind, &entry, &dirty);
	if (found > 0) {
		if (level == 2)
			put(m, 0, &entry);
	} else {
		if (found < 0) {
			*(dirty ? &m->count.dirty_walks : &m->count.denied_walks) += 1;
			model_invlpg(m, va);
		}
		if (model_walk(m, &entry, va, kind, fault)) {
			m->count.faults++;
			return -EFAULT;
		}
		m->count.walks[entry.size]++;
		put(m, 1, &entry);
		put(m, 0, &entry);
		level = 3;
	}
	*pa = entry.pa + va % model_page_bytes(entry.size);
	*how = (uint8_t)(level + 4 * entry.size);
	m->count.accesses++;
	return 0;
}
