#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Builds the guest: freestanding, for a processor on which nothing else runs.
#
# usage: guest.sh OUTPUT
set -eu
[ $# -eq 1 ] || { sed -n '4,$ { /^#/!q; s/^# \{0,1\}//p; }' "$0" >&2; exit 2; }
output=$1
cd "$(dirname "$0")"
exec "${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pie \
  -mno-red-zone -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables \
  -fcf-protection=none -Wl,-T,guest.ld -Wl,--build-id=none -Wl,-z,noexecstack \
  -Wl,-z,max-page-size=4096 -o "$output" guest_start.S guest_access.S guest.c
