#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Push and pull of one 100 MB blob, manifest reads on one connection and resident memory: `skerry registry
# serve` beside Debian's docker-registry, by turns in one run. Both on the same disk; ours syncs before it
# acknowledges and asks for a token, docker-registry runs without either.
# Usage: registry_bench.sh [SKERRY] [ROUNDS]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
skerry=${1:-$root/build/skerry}
rounds=${2:-5}
# shellcheck source=tests/peers/registry_server.sh
. "$root/tests/peers/registry_server.sh"
command -v docker-registry >/dev/null || skip "no docker-registry to compare with"
command -v curl >/dev/null || skip "no curl"

start_server
cat >"$work/docker.yml" <<TEXT
version: 0.1
log: {accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/docker}, delete: {enabled: true}}
http: {addr: '127.0.0.1:0'}
TEXT
OTEL_TRACES_EXPORTER=none docker-registry serve "$work/docker.yml" 2>"$work/docker.log" &
docker_pid=$!
trap 'kill "$docker_pid" 2>/dev/null || true; stop_server' EXIT
until grep -q 'listening on' "$work/docker.log"; do
  kill -0 "$docker_pid" || { cat "$work/docker.log"; exit 1; }
  sleep 0.1
done
docker=$(sed -n 's/.*listening on \([0-9.:]*\).*/\1/p' "$work/docker.log" | head -1)

readonly json=application/vnd.oci.image.manifest.v1+json
http() { curl -sS --fail -H "Authorization: Bearer $token" "$@"; }

# Uploads a file in one PUT and prints the seconds from the first request to the last answer.
push() {  # host:port file
  local digest location begun ended
  digest=sha256:$(sha256sum "$2" | cut -d' ' -f1)
  begun=$(date +%s.%N)
  location=$(http -X POST -o /dev/null -D - "http://$1/v2/models/a/blobs/uploads/" |
    tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  case $location in /*) location=http://$1$location ;; esac
  case $location in *\?*) location="$location&" ;; *) location="$location?" ;; esac
  http -o /dev/null -H 'Content-Type: application/octet-stream' -T "$2" "${location}digest=$digest"
  ended=$(date +%s.%N)
  echo "$ended - $begun" | bc
}
pull() {  # host:port file
  local digest
  digest=sha256:$(sha256sum "$2" | cut -d' ' -f1)
  http -o /dev/null -w '%{time_total}' "http://$1/v2/models/a/blobs/$digest"
  echo
}
median() { sort -g | sed -n "$(((rounds + 1) / 2))p"; }
memory() { awk '/^VmRSS/ {now = $2} /^VmHWM/ {peak = $2} END {printf "%.1f now, %.1f at most", now / 1024, peak / 1024}' "/proc/$1/status"; }

echo "memory at start, MB: skerry $(memory "$server_pid"); docker-registry $(memory "$docker_pid")"
for round in $(seq "$rounds"); do
  head -c 100000000 /dev/urandom >"$work/blob"
  push "$registry" "$work/blob" >>"$work/push.ours"
  push "$docker" "$work/blob" >>"$work/push.docker"
  pull "$registry" "$work/blob" >>"$work/pull.ours"
  pull "$docker" "$work/blob" >>"$work/pull.docker"
done
for what in push pull; do
  ours=$(median <"$work/$what.ours")
  theirs=$(median <"$work/$what.docker")
  printf '%s 100 MB, median of %s: skerry %.3f s, docker-registry %.3f s, ratio %.2f\n' \
    "$what" "$rounds" "$ours" "$theirs" "$(echo "$theirs / $ours" | bc -l)"
done
echo "memory after it, MB: skerry $(memory "$server_pid"); docker-registry $(memory "$docker_pid")"

command -v wrk >/dev/null || { echo "manifest reads left out: no wrk"; exit 0; }
printf '{}' >"$work/config"
config='"config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:'$(sha256sum "$work/config" | cut -d' ' -f1)'","size":2}'
printf '{"schemaVersion":2,"mediaType":"%s",%s,"layers":[]}' "$json" "$config" >"$work/manifest"
for host in "$registry" "$docker"; do
  push "$host" "$work/config" >/dev/null
  http -X PUT -o /dev/null -H "Content-Type: $json" --data-binary @"$work/manifest" \
    "http://$host/v2/models/a/manifests/v1"
done
rate() {
  wrk -t1 -c1 -d3s -H "Authorization: Bearer $token" -H "Accept: $json" \
    "http://$1/v2/models/a/manifests/v1" | awk '/Requests\/sec/ {print $2} /Non-2xx/ {print; exit 1}'
}
ours=$(rate "$registry")
theirs=$(rate "$docker")
printf 'manifest reads on one connection: skerry %.0f/s, docker-registry %.0f/s, ratio %.1f\n' \
  "$ours" "$theirs" "$(echo "$ours / $theirs" | bc -l)"
