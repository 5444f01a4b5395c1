# Shared by runsc/build and its steps: lines for people, checksums, and long commands that keep saying that they live.

say() { printf 'runsc: %s\n' "$*"; }
warn() { printf 'runsc: %s\n' "$*" >&2; }
die() { warn "$*"; exit 1; }

# watched <what> <command...>: runs a command with its output in $work/log, a line every 2 s, the log's end on failure.
watched() {
  local what=$1 pid begun=$SECONDS status=0
  shift
  "$@" >"$work/log" 2>&1 </dev/null &
  pid=$!
  say "$what"
  while ! timeout 1.6 tail --pid="$pid" -f /dev/null; do
    say "$what ... $((SECONDS - begun)) s$(detail)"
  done
  wait "$pid" || status=$?
  if [ "$status" -ne 0 ]; then
    warn "$what: failed with exit code $status; the last lines of its output:"
    tail -n 15 "$work/log" | sed 's/^/  | /' >&2
    return 1
  fi
}

# What a running command last said, where that helps: the Go compiler names each package.
detail() {
  local packages
  packages=$(grep -c . "$work/log" || true)
  [ "$packages" -gt 0 ] && printf ', %s packages' "$packages"
  return 0
}

# fetch <what> <url> <file> <sha256|sha512> <sum>: complete and right, or an error and no file.
fetch() {
  local what=$1 url=$2 file=$3 kind=$4 sum=$5
  watched "fetching $what" curl --fail --silent --show-error --location --retry 3 --connect-timeout 20 --max-time 900 \
    --output "$file.part" "$url" || return 1
  if ! printf '%s  %s\n' "$sum" "$file.part" | "${kind}sum" --check --status -; then
    warn "$what from $url has the wrong checksum: expected $kind $sum, got $("${kind}sum" "$file.part" | cut -d' ' -f1)"
    rm -f "$file.part"
    return 1
  fi
  mv "$file.part" "$file"
}

architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) die "no engine for the architecture '$(uname -m)': x86_64 and aarch64 only" ;;
  esac
}
