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

#define MODULE	"/brd.ko"
#define DEVICE	"/dev/ram0"
#define PAGES	(16384 / 4)

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
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "rd_nr=2 rd_size=16384", 0))
		side_fail("cannot load %s: %s", MODULE, strerror(errno));
	close(fd);
	for (unsigned patience = 200; (fd = open(DEVICE, O_RDWR | O_CLOEXEC)) < 0; patience--) {
		if (!patience)
			side_fail("%s does not appear", DEVICE);
		usleep(5000);
	}
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
