# Finds a Go that can build the engine, or gets the pinned one. Sets $go.

required_go() { sed -n 's/^go //p' "$here/go.mod"; }

# recent <program>: whether it is a Go that is new enough, as it is, without fetching another.
recent() {
  local version
  [ -x "$1" ] || return 1
  version=$(cd / && GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
  [[ $version == go[0-9]* ]] || return 1
  printf '%s\n%s\n' "$(required_go)" "${version#go}" | sort --version-sort --check=quiet
}

find_go() {
  local candidate
  for candidate in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-*/bin/go; do
    if recent "$candidate"; then
      go=$candidate
      return 0
    fi
  done
  return 1
}

# Where modules come from: the environment's word, else that of any Go at hand, however old, else that of the
# distribution's Go, which is unpacked aside and not installed.
module_proxy() {
  local list any
  list=${GOPROXY:-}
  if [ -z "$list" ]; then
    any=$(command -v go || true)
    [ -n "$any" ] || [ ! -x /usr/local/go/bin/go ] || any=/usr/local/go/bin/go
    [ -n "$any" ] || any=$(distribution_go) || return 1
    list=$(cd / && GOTOOLCHAIN=local "$any" env GOPROXY) || return 1
  fi
  case ${list%%[,|]*} in
    direct | off | "") warn "GOPROXY=$list names no module proxy to get the Go toolchain from"; return 1 ;;
    *) proxy=${list%%[,|]*} ;;
  esac
}

# Unpacks the distribution's Go into the work folder and prints its path.
distribution_go() {
  local package folder=$work/distribution-go
  mkdir -p "$folder"
  command -v apt-get >/dev/null || { warn "no Go and no apt-get on this machine: set GOPROXY or install Go $(required_go)"; return 1; }
  package=$(apt-cache depends golang-go 2>/dev/null | sed -n 's/^ *Depends: \(golang-[0-9.]*-go\)$/\1/p')
  if [ -z "$package" ]; then
    watched "updating the package lists" apt-get update >&2 || return 1
    package=$(apt-cache depends golang-go 2>/dev/null | sed -n 's/^ *Depends: \(golang-[0-9.]*-go\)$/\1/p')
  fi
  [ -n "$package" ] || { warn "the distribution has no package golang-go: set GOPROXY or install Go $(required_go)"; return 1; }
  (cd "$folder" && watched "fetching the distribution's $package, which knows the module proxy" \
    apt-get -o APT::Sandbox::User=root download "$package") >&2 || return 1
  dpkg-deb --extract "$folder"/"$package"_*.deb "$folder" || return 1
  printf '%s\n' "$folder"/usr/lib/go-*/bin/go
}

fetch_go() {
  local arch name sum module proxy
  # shellcheck source=../toolchain.env
  . "$here/toolchain.env"
  arch=$(architecture)
  name=TOOLCHAIN_SHA256_$arch
  sum=${!name}
  say "no Go $(required_go) or newer here; getting the pinned Go $TOOLCHAIN_VERSION"
  module_proxy || return 1
  module=v0.0.1-go$TOOLCHAIN_VERSION.linux-$arch
  fetch "Go $TOOLCHAIN_VERSION" "$proxy/golang.org/toolchain/@v/$module.zip" "$work/go.zip" sha256 "$sum" || return 1
  unpack_zip "$work/go.zip" "$work/toolchain" || return 1
  go=$work/toolchain/golang.org/toolchain@$module/bin/go
  # A module's zip carries no permissions.
  chmod +x "${go%/*}"/* "${go%/bin/go}"/pkg/tool/*/*
  rm -f "$work/go.zip"
  recent "$go" || { warn "the fetched Go toolchain does not run"; return 1; }
}

unpack_zip() {
  if command -v unzip >/dev/null; then
    watched "unpacking Go" unzip -q "$1" -d "$2" -x '*/testdata/*'
  elif command -v python3 >/dev/null; then
    watched "unpacking Go" python3 -m zipfile -e "$1" "$2"
  else
    warn "neither unzip nor python3 is installed; run: apt-get install unzip"
    return 1
  fi
}

# The prewarmer needs a C compiler and the kernel's headers, which gcc only recommends.
find_compiler() {
  printf '#include <asm/unistd.h>\n' | gcc -E - >/dev/null 2>&1 && return
  warn "no C compiler with the kernel's headers for the prewarmer; run: apt-get install gcc libc6-dev linux-libc-dev"
  return 1
}
