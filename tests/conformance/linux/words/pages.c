/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages as /proc shows them, and where they are. */
#include "words.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#define BIT(n) (UINT64_C(1) << (n))

/* include/uapi/linux/kernel-page-flags.h, and Documentation/admin-guide/mm/pagemap.rst */
static const char *const page_flag[64] = {
	[0] = "LOCKED", [1] = "ERROR", [2] = "REFERENCED", [3] = "UPTODATE", [4] = "DIRTY",
	[5] = "LRU", [6] = "ACTIVE", [7] = "SLAB", [8] = "WRITEBACK", [9] = "RECLAIM",
	[10] = "BUDDY", [11] = "MMAP", [12] = "ANON", [13] = "SWAPCACHE", [14] = "SWAPBACKED",
	[15] = "HEAD", [16] = "TAIL", [17] = "HUGE", [18] = "UNEVICTABLE", [19] = "HWPOISON",
	[20] = "NOPAGE", [21] = "KSM", [22] = "THP", [23] = "OFFLINE", [24] = "ZERO_PAGE",
	[25] = "IDLE", [26] = "PGTABLE", [32] = "RESERVED", [33] = "MLOCKED", [34] = "MAPPEDTODISK",
	[35] = "PRIVATE", [36] = "PRIVATE_2", [37] = "OWNER", [38] = "ARCH", [39] = "UNCACHED",
	[40] = "SOFTDIRTY", [41] = "ARCH_2",
};
static const char *const map_flag[64] = {
	[55] = "SOFTDIRTY", [56] = "EXCLUSIVE", [57] = "UFFD_WP", [58] = "GUARD", [61] = "SHARED",
	[62] = "SWAP", [63] = "PRESENT",
};
#define MAP_FRAME (BIT(55) - 1)
#define MAP_SLOT(entry) (((entry) & MAP_FRAME) >> 5)

static const char *flag_names(char *text, size_t size, const char *const name[64], uint64_t flags)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < 64; i++) {
		const char *comma = used ? "," : "";

		if (!(flags >> i & 1))
			continue;
		if (name[i])
			used += (size_t)snprintf(text + used, size - used, "%s%s", comma, name[i]);
		else
			used += (size_t)snprintf(text + used, size - used, "%s%u", comma, i);
	}
	return used ? text : "-";
}

/* Where move_pages(2) finds a page: its node, or an errno. A question: no frame is free then. */
static int node_of(struct actor *a, uint64_t p)
{
	struct {
		uint64_t page;
		int status;
	} *query = side_buffer(a->side);

	query->page = p;
	query->status = -1000;
	if (side_call(a->side, SYS_move_pages, (const uint64_t[6]){
			0, 1, (uintptr_t)&query->page, 0, (uintptr_t)&query->status, 0}))
		side_fail("move_pages() does not say where a page is");
	return query->status;
}

static const char *node_text(char text[TEXT_SIZE], int node)
{
	if (node < 0)
		return error_name(node);
	snprintf(text, TEXT_SIZE, "%d", node);
	return text;
}

static void print_present(struct actor *a, uint64_t p, uint64_t entry, uint64_t unwanted)
{
	char flags[512], map_flags[128], frame[TEXT_SIZE], where[TEXT_SIZE], node[TEXT_SIZE];
	uint64_t number = entry & MAP_FRAME;

	line("page %s %s: %s %s node=%s mapcount=%llu %s", a->name, address_text(where, p),
	     flag_names(map_flags, sizeof(map_flags), map_flag, entry & ~MAP_FRAME),
	     frame_text(frame, number, false), node_text(node, node_of(a, p)),
	     (unsigned long long)side_kpagecount(number),
	     flag_names(flags, sizeof(flags), page_flag,
			mask_page_flags(side_kpageflags(number)) & ~unwanted));
}

void page(struct actor *a, uint64_t p)
{
	page_but(a, p, 0);
}

void page_but(struct actor *a, uint64_t p, uint64_t unwanted)
{
	uint64_t entry = side_pagemap(a->side, p);
	char map_flags[128], where[TEXT_SIZE], node[TEXT_SIZE], slot[TEXT_SIZE];

	if (entry & BIT(63))
		return print_present(a, p, entry, unwanted);
	line("page %s %s: %s %s node=%s", a->name, address_text(where, p),
	     flag_names(map_flags, sizeof(map_flags), map_flag, entry & ~MAP_FRAME),
	     entry & BIT(62) ? slot_text(slot, MAP_SLOT(entry)) : "-",
	     node_text(node, node_of(a, p)));
}

void look(struct actor *a, uint64_t p)
{
	entries(a, p);
	page(a, p);
}

#define STATUSES 4096 /* errors 1 to 133 and nodes, together */

static void print_statuses(struct actor *a, uint64_t p, const unsigned *count)
{
	char text[1024] = "", node[TEXT_SIZE], where[TEXT_SIZE];
	size_t used = 0;

	for (int i = 0; i < STATUSES; i++)
		if (count[i])
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %s:%u",
						 node_text(node, i - STATUSES / 2), count[i]);
	line("nodes %s %s:%s", a->name, address_text(where, p), text);
}

void nodes(struct actor *a, uint64_t p, uint64_t length)
{
	unsigned count[STATUSES] = {0};

	for (uint64_t at = p; at < p + length; at += PAGE) {
		int status = node_of(a, at) + STATUSES / 2;

		if (status < 0 || status >= STATUSES)
			side_fail("move_pages() says %d", status - STATUSES / 2);
		count[status]++;
	}
	print_statuses(a, p, count);
}
