/* SPDX-License-Identifier: BSD-2-Clause */
/* A swap device in memory. */
#include "guest.h"

#include <errno.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#define DEVICE "/dev/ram0"
#define PAGES  (DEVICE_KIB / 4)

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

void swap_open(void)
{
	struct swap_header header = {
		.version = 1, .last_page = PAGES - 1, .magic = "SWAPSPACE2"};
	int fd = device_open(DEVICE);

	if (pwrite(fd, &header, sizeof(header), 0) != sizeof(header) || fsync(fd))
		side_fail("cannot write to %s", DEVICE);
	close(fd);
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
