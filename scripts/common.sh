# SPDX-License-Identifier: BSD-2-Clause
# What scripts/demo and scripts/test share; they source it from the top of the checkout. POSIX sh.

# The same words and the same order everywhere.
export LC_ALL=C.UTF-8

say() { printf '\n== %s\n' "$*"; }

die() { printf '%s\n' "$*" >&2; exit 1; }

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Does this release have the package? Names in apt's lists that nothing provides do not count.
offered() { apt-cache show "$1" 2>/dev/null | grep -q '^Package:'; }

# The lines of scripts/packages that are for one of the purposes named, without the purpose.
wanted() {
  for purpose; do sed -n "s/^$purpose  *//p" scripts/packages; done
}

# Of each line on stdin, nothing if one of its alternatives is installed, else the whole line.
missing() {
  while read -r line; do
    for package in $(echo "$line" | tr '|' ' '); do
      if installed "$package"; then continue 2; fi
    done
    echo "$line"
  done
}

# Of each line on stdin, the first alternative that this release offers, else the first.
choose() {
  while read -r line; do
    choice=
    for package in $(echo "$line" | tr '|' ' '); do
      if offered "$package"; then choice=$package; break; fi
    done
    echo "${choice:-${line%% *}}"
  done
}

apt() {
  sudo=
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" </dev/null
}

# quietly LOG COMMAND...: runs it, and shows what it printed only if it fails.
quietly() {
  log=$1
  shift
  "$@" >"$log" 2>&1 || { cat "$log"; return 1; }
}

# need_packages PURPOSE...: installs what is missing on Debian and Ubuntu; elsewhere says what is
# needed and stops, unless NUMASIM_HAVE_PACKAGES says that it is there.
need_packages() {
  [ -z "${NUMASIM_HAVE_PACKAGES:-}" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
    echo 'Not Debian or Ubuntu: these are needed (names as Debian has them).'
    wanted "$@"
    die 'Install them, then run this again with NUMASIM_HAVE_PACKAGES=1 in the environment.'
  fi
  lacking=$(wanted "$@" | missing)
  [ -n "$lacking" ] || return 0
  say 'Installing what is missing:' $(echo "$lacking" | sed 's/ .*//')
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
    die 'Need root, and there is no sudo. As root, run:' apt-get install $(echo "$lacking" | choose)
  fi
  mkdir -p build
  quietly build/packages.log apt update
  quietly build/packages.log apt install -y --no-install-recommends $(echo "$lacking" | choose)
}

# build DIR OPTION...: configures a Meson build directory with these options and builds it. One that
# cannot be brought up to date (another compiler, another version of Meson) is made anew.
build() {
  dir=$1
  shift
  mkdir -p "$(dirname "$dir")"
  if ! [ -f "$dir/build.ninja" ] || ! meson setup --reconfigure "$dir" "$@" >/dev/null 2>&1; then
    rm -rf "$dir"
    quietly "$dir.log" meson setup "$dir" "$@" || return 1
  fi
  quietly "$dir.log" ninja -C "$dir"
}
