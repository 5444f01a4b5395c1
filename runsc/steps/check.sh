# Proves that a built engine starts a sandbox, with the seccomp programs that were made for it.

# check_engine <folder>: needs root; without, it says that nothing was checked.
check_engine() {
  local folder=$1 bundle=$work/bundle status=0 id="check$$"
  if [ "$(id -u)" -ne 0 ]; then
    say "not checked that it starts a sandbox: that needs root"
    return 0
  fi
  mkdir -p "$bundle/rootfs" "$work/state" "$work/debug"
  # The prewarmer is the smallest static program at hand: without arguments it exits with 127.
  cp "$folder/gvisor-bin/gvisor-sentry-prewarmer" "$bundle/rootfs/program"
  cat >"$bundle/config.json" <<'JSON'
{"ociVersion":"1.0.0","process":{"args":["/program"],"cwd":"/","user":{"uid":0,"gid":0}},"root":{"path":"rootfs","readonly":true},
 "linux":{"namespaces":[{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"mount"},{"type":"network"}]}}
JSON
  timeout 60 "$folder/runsc" --root="$work/state" --platform=systrap --network=sandbox --ignore-cgroups --overlay2=none \
    --sidecar-usage-policy=STRICT --debug --debug-log="$work/debug/" run --bundle="$bundle" "$id" >"$work/log" 2>&1 </dev/null || status=$?
  # Runsc keeps an empty network namespace there.
  umount "$work/state/null-netns" 2>/dev/null || true
  if [ "$status" -ne 127 ]; then
    warn "the engine does not start a sandbox on this machine (exit code $status):"
    { cat "$work/log"; grep -h '^[WEF]' "$work"/debug/* || true; } | tail -n 15 | sed 's/^/  | /' >&2
    return 1
  fi
  if grep -q 'No precompiled program found' "$work"/debug/*; then
    warn "a seccomp program is compiled at each start; see the choices in cmd/seccompgen:"
    grep -h 'No precompiled program found' "$work"/debug/* | sed 's/^/  | /' >&2
    return 1
  fi
  if [ "$(grep -l 'Loaded precompiled seccomp' "$work"/debug/* | wc -l)" -ne 2 ]; then
    warn "the logs of sentry and gofer do not say where their seccomp programs come from"
    return 1
  fi
  say "checked: a sandbox starts, with precompiled seccomp"
}
