/* SPDX-License-Identifier: BSD-2-Clause */
/* A swap device in memory (the kernel's module brd, which the image carries). */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE	    "/brd.ko"
#define DEVICE	    "/dev/ram0"
#define OTHER	    "/dev/ram1"
#define PAGES	    (16384 / 4)
#define CACHE_PAGES 2048

#define MPOL_LOCAL	4
#define MPOL_INTERLEAVE 3

static bool on;

/* The first page of a swap device, version 1 (include/linux/swap.h, union swap_header). */
struct swap_header {
	char boot_bits[1024];
	uint32_t version;
	uint32_t last_page;
	uint32_t nr_bad_pages;
	char rest[4096 - 1024 - 3 * sizeof(uint32_t) - 10];
	char magic[10];
};
_Static_assert(sizeof(struct swap_header) == 4096, "a page");

static int open_device(const char *path)
{
	int fd;

	for (unsigned patience = 200; (fd = open(path, O_RDWR | O_CLOEXEC)) < 0; patience--) {
		if (!patience)
			side_fail("%s does not appear", path);
		usleep(5000);
	}
	return fd;
}

/*
 * Pages of files on every node. A page that comes back from swap counts as active if more pages
 * than went meanwhile are on the lists (mm/workingset.c); on a machine without any that is a matter
 * of when each CPU last told the others what it counted.
 */
static void fill_page_cache(void)
{
	static char page[4096];
	unsigned long nodes = (1ul << side_nr_nodes()) - 1;
	int fd = open_device(OTHER); /* stays open: the cache goes with the last user */

	if (syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, &nodes, 64))
		side_fail("set_mempolicy(): %s", strerror(errno));
	for (unsigned i = 0; i < CACHE_PAGES; i++)
		if (pwrite(fd, page, sizeof(page), (off_t)i * 4096) != sizeof(page))
			side_fail("cannot write to %s", OTHER);
	fsync(fd);
	syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0);
}

void swap_open(void)
{
	struct swap_header header = {
		.version = 1, .last_page = PAGES - 1, .magic = "SWAPSPACE2"};
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "rd_nr=2 rd_size=16384", 0))
		side_fail("cannot load %s: %s", MODULE, strerror(errno));
	close(fd);
	fd = open_device(DEVICE);
	if (pwrite(fd, &header, sizeof(header), 0) != sizeof(header) || fsync(fd))
		side_fail("cannot write to %s", DEVICE);
	close(fd);
	fill_page_cache();
}

void side_swap_on(void)
{
	if (swapon(DEVICE, 0))
		side_fail("swapon(): %s", strerror(errno));
	on = true;
}

void swap_end_case(void)
{
	if (on && swapoff(DEVICE))
		side_fail("swapoff(): %s", strerror(errno));
	on = false;
}
