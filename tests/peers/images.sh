#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What the demo builds, in the hands of others: skopeo and umoci read the artifact and the images, the
# runnable image starts under chroot, and an unmodified tritonclient asks a site that serves the bundle.
# Usage: images.sh SKERRY. Exit code 77: none of the tools is here; otherwise each left-out check says so.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skerry=$1
work=$(mktemp -d)
site_pid=
finish() {
  [ -z "$site_pid" ] || { kill "$site_pid" 2>/dev/null && wait "$site_pid" || true; }
  rm -rf "$work"
}
trap finish EXIT

TMPDIR=$work "$skerry" demo --json --keep >"$work/demo.json"
state=$(echo "$work"/skerry-demo.*)
ran=0
check() { # name command...
  local name=$1 status=0
  shift
  "$@" >"$work/output" 2>&1 || status=$?
  case $status in
    0) ran=$((ran + 1)) && echo "$name: ok" ;;
    77) echo "$name: $(tail -n 1 "$work/output")" ;;
    *) echo "$name: failed" && cat "$work/output" && exit 1 ;;
  esac
}

check skopeo sh "$here/image_skopeo.sh" "$state/image" v1
check umoci sh "$here/image_umoci.sh" "$state/image" v1
check chroot sh "$here/image_chroot.sh" "$state/image" v1-image

export SKERRY_STATE=$work/site
SKERRY_SITE_LISTEN=127.0.0.1:0 SKERRY_SITE_MODELS=$state/runs/plant-rul-v1/bundle.tar \
  "$(dirname "$skerry")/skerry-site" run 2>"$work/site.log" &
site_pid=$!
for _ in $(seq 100); do
  [ ! -s "$SKERRY_STATE/sites/local/address" ] || break
  kill -0 "$site_pid" 2>/dev/null || { cat "$work/site.log" && exit 1; }
  sleep 0.1
done
address=$(sed 's|^http://||' "$SKERRY_STATE/sites/local/address")
token=$("$skerry" token)
features=$(curl -sf -H "Authorization: Bearer $token" "http://$address/v2/models/plant-rul" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["inputs"][0]["shape"][1])')
check tritonclient sh "$here/serve_tritonclient.sh" "$address" plant-rul "$token" "$features"

[ "$ran" -gt 0 ] || { echo "skipped: no skopeo, umoci, chroot or tritonclient here" && exit 77; }
