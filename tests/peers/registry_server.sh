# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the registry's peer tests: starts `skerry registry serve` on a free loopback port with a state
# folder of its own. Sets registry (host:port), token and work (a folder that goes away at the end).
# The caller sets `skerry`. Exit code 77 = skipped, one line says why.

skip() {
  echo "skipped: $*"
  exit 77
}

work=$(mktemp -d "${TMPDIR:-/tmp}/skerry-peer.XXXXXX")
server_pid=
stop_server() {
  if [ -n "$server_pid" ]; then
    kill "$server_pid" 2>/dev/null || true
    wait "$server_pid" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop_server EXIT

start_server() {
  [ -x "$skerry" ] || skip "no program at $skerry; run ./dev build"
  export SKERRY_STATE=$work/state
  "$skerry" registry serve --listen 127.0.0.1:0 2>"$work/server.log" &
  server_pid=$!
  local waited=0
  until [ -s "$SKERRY_STATE/registry/address" ]; do
    kill -0 "$server_pid" 2>/dev/null || { cat "$work/server.log"; exit 1; }
    waited=$((waited + 1))
    [ "$waited" -lt 100 ] || { echo "the server did not start in 10 s"; exit 1; }
    sleep 0.1
  done
  registry=$(sed 's|^http://||' "$SKERRY_STATE/registry/address")
  token=$("$skerry" token)
}
