#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Boots a kernel under QEMU with two NUMA nodes and has it run a script of system calls (script.h);
# the script comes out with this kernel's results.
#
#	tests/errno/record.sh KERNEL-IMAGE SCRIPT OUT
#
# Then merge.py puts the results of several kernels into one file. Needs qemu-system-x86, cpio, gcc.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# = 3 ] || { sed -n '3,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
kernel=$1 script=$2 out=$3
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
mkdir "$work/root"
gcc -O1 -static -w -D_GNU_SOURCE -o "$work/root/init" "$here/record.c"
cp "$script" "$work/root/script"
(cd "$work/root" && find . | cpio -o -H newc 2>/dev/null) >"$work/initrd"
# 6.12 wants its time counted in instructions where the host is slow; 6.1 hangs with that.
accel="-accel tcg,thread=multi"
[[ $kernel == *vmlinuz-6.12* ]] && accel="-accel tcg,thread=single -icount shift=3,sleep=off"
code=0
timeout "${TIMEOUT:-300}" qemu-system-x86_64 -machine q35,usb=off -nodefaults -no-user-config \
  -display none -serial "file:$work/serial" -chardev "file,id=dc,path=$out" \
  -device isa-debugcon,iobase=0xe9,chardev=dc -smp 4 -m 2G $accel \
  -cpu max,la57=off,pku=off -object memory-backend-ram,id=m0,size=1G \
  -object memory-backend-ram,id=m1,size=1G -numa node,nodeid=0,cpus=0-1,memdev=m0 \
  -numa node,nodeid=1,cpus=2-3,memdev=m1 -device isa-debug-exit,iobase=0xf4,iosize=4 -no-reboot \
  -kernel "$kernel" -initrd "$work/initrd" \
  -append "console=ttyS0 quiet panic=-1 nokaslr norandmaps" || code=$?
[ "$code" = 33 ] && exit
echo "record.sh: qemu ended with $code" >&2
tail -5 "$work/serial" >&2
exit 1
