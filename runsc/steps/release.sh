# Takes the engine from an official release, if one is pinned for this architecture.

# take_release <folder>: sets $version to the release's own.
take_release() {
  local target=$1 arch url sum name program
  # shellcheck source=../release.env
  . "${CAISSON_RUNSC_RELEASE:-$here/release.env}"
  arch=$(architecture)
  name=RELEASE_VERSION_$arch; version=${!name:-}
  name=RELEASE_URL_$arch; url=${!name:-}
  name=RELEASE_SHA512_$arch; sum=${!name:-}
  if [ -z "$url" ] || [ -z "$sum" ] || [ -z "$version" ]; then
    warn "no official release is pinned for $arch in runsc/release.env"
    return 1
  fi
  fetch "the official release $version" "$url" "$work/release.tar" sha512 "$sum" || return 1
  mkdir -p "$work/release" "$target/gvisor-bin"
  watched "unpacking the release" tar --extract --no-same-owner --file "$work/release.tar" --directory "$work/release" || return 1
  for program in runsc gvisor-bin/gvisor_sentry gvisor-bin/gvisor-sentry-prewarmer; do
    if [ ! -f "$work/release/$program" ]; then
      warn "the release $version has no $program"
      return 1
    fi
    install -m 0755 "$work/release/$program" "$target/$program"
  done
}
