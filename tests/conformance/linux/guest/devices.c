/* SPDX-License-Identifier: BSD-2-Clause */
/* Disks in memory (the kernel's module brd, which the image carries), and what is on them. */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE	    "/brd.ko"
#define IMAGE	    "/disk.img" /* an empty file system (boot.py) */
#define CACHE	    "/dev/ram1"
#define DISK	    "/dev/ram2"
#define CACHE_PAGES 2048
#define PAGE_BYTES  4096

#define MPOL_INTERLEAVE 3
#define MPOL_LOCAL	4

int device_open(const char *path)
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
	static char page[PAGE_BYTES];
	unsigned long nodes = (1ul << side_nr_nodes()) - 1;
	int fd = device_open(CACHE); /* stays open: the cache goes with the last user */

	if (syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, &nodes, 64))
		side_fail("set_mempolicy(): %s", strerror(errno));
	for (unsigned i = 0; i < CACHE_PAGES; i++)
		if (pwrite(fd, page, sizeof(page), (off_t)i * PAGE_BYTES) != sizeof(page))
			side_fail("cannot write to %s", CACHE);
	fsync(fd);
	syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0);
}

static void mount_disk(void)
{
	size_t length;
	char *bytes = file_read(IMAGE, &length);
	int fd = device_open(DISK);

	if (!bytes || write(fd, bytes, length) != (ssize_t)length || fsync(fd))
		side_fail("cannot fill %s", DISK);
	close(fd);
	free(bytes);
	unlink(IMAGE);
	mkdir("/disk", 0755);
	if (mount(DISK, "/disk", "ext4", MS_NOATIME, NULL))
		side_fail("cannot mount %s: %s", DISK, strerror(errno));
	/* dirty pages are written when somebody says so */
	file_must_write("/proc/sys/vm/dirty_writeback_centisecs", "0");
}

void devices_open(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	char options[64];

	snprintf(options, sizeof(options), "rd_nr=3 rd_size=%d", DEVICE_KIB);
	if (fd < 0 || syscall(SYS_finit_module, fd, options, 0))
		side_fail("cannot load %s: %s", MODULE, strerror(errno));
	close(fd);
	fill_page_cache();
	mount_disk();
}
