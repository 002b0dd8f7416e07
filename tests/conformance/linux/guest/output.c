/* SPDX-License-Identifier: BSD-2-Clause */
/* Text to QEMU's debug console, and the end of the machine by its exit device. */
#include "guest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <unistd.h>

#define CONSOLE_PORT 0xe9  /* -device isa-debugcon,iobase=0xe9 */
#define EXIT_PORT    0xf4  /* -device isa-debug-exit,iobase=0xf4: ends with 2 * value + 1 */
#define EXIT_DONE    0x10  /* 33, which QEMU itself never ends with */
#define EXIT_FAILED  0x11  /* 35 */

void output_open(void)
{
	if (iopl(3))
		_exit(2);
}

void side_print(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		outb((unsigned char)text[i], CONSOLE_PORT);
}

static void end(unsigned char value) __attribute__((noreturn));
static void end(unsigned char value)
{
	outb(value, EXIT_PORT);
	for (;;)
		pause();
}

void output_end(void)
{
	end(EXIT_DONE);
}

/* An actor has no console: its end is noticed by the director, its text by QEMU's serial line. */
void side_fail(const char *format, ...)
{
	char text[1024];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	dprintf(STDERR_FILENO, "conformance: %s\n", text);
	if (getpid() != 1)
		_exit(1);
	side_print("!! ", 3);
	side_print(text, (size_t)(length < (int)sizeof(text) ? length : (int)sizeof(text) - 1));
	side_print("\n", 1);
	end(EXIT_FAILED);
}
