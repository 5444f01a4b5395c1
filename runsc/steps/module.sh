# Builds the engine from the pinned gVisor module into a folder.

# Everything the Go tools write goes below the work folder. A module cache that exists already is read as a proxy.
go_environment() {
  local cache proxies
  export HOME=${HOME:-/root} GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS="-mod=readonly -modcacherw -trimpath -buildvcs=false" GOWORK=off
  cache=$(cd / && "$go" env GOMODCACHE)/cache/download
  proxies=${GOPROXY:-$(cd / && "$go" env GOPROXY)}
  [ ! -d "$cache" ] || proxies="file://$cache,$proxies"
  export GOPROXY=$proxies GOPATH=$work/gopath GOMODCACHE=$work/gopath/pkg/mod GOCACHE=$work/gocache
}

# build_from_module <folder> <version>
build_from_module() {
  local target=$1 stamp="-s -w -X gvisor.dev/gvisor/runsc/version.version=$2" source=$work/source
  find_go || fetch_go || return 1
  command -v gcc >/dev/null || { warn "no C compiler for the prewarmer; run: apt-get install gcc libc6-dev"; return 1; }
  go_environment
  say "building with $("$go" version | cut -d' ' -f3) from $("$go" list -C "$here" -m -f '{{.Path}} {{.Version}}' gvisor.dev/gvisor 2>/dev/null || sed -n 's/^require //p' "$here/go.mod")"
  # The generated files must not lie among the sources, which may be read-only and are hashed.
  mkdir -p "$source" "$target/gvisor-bin"
  cp -r "$here/go.mod" "$here/go.sum" "$here/cmd" "$source/"
  watched "fetching modules" "$go" mod download -C "$source" gvisor.dev/gvisor || return 1
  watched "compiling the seccomp generator" "$go" build -C "$source" -v -o "$work/seccompgen" ./cmd/seccompgen || return 1
  watched "generating seccomp programs" "$work/seccompgen" \
    "$source/cmd/gvisor_sentry/seccomp_generated.go" "$source/cmd/runsc/seccomp_generated.go" || return 1
  watched "compiling gvisor_sentry" "$go" build -C "$source" -v -ldflags "$stamp" -o "$target/gvisor-bin/gvisor_sentry" ./cmd/gvisor_sentry || return 1
  watched "compiling runsc" "$go" build -C "$source" -v -ldflags "$stamp" -o "$target/runsc" ./cmd/runsc || return 1
  watched "compiling the prewarmer" gcc -Os -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none \
    -static -nostdlib -Wall -Wextra -Werror -s -Wl,--build-id=none \
    -o "$target/gvisor-bin/gvisor-sentry-prewarmer" "$here/prewarmer/prewarmer.c"
}
