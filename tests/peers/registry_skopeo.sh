#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# skopeo, unmodified, against `skerry registry serve`: push a layout, inspect, copy between repositories,
# pull it back; every digest stays. Usage: registry_skopeo.sh [SKERRY]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
skerry=${1:-$root/build/skerry}
# shellcheck source=tests/peers/registry_server.sh
. "$root/tests/peers/registry_server.sh"

command -v skopeo >/dev/null || skip "no skopeo"
start_server
export HOME=$work
printf '{"default":[{"type":"insecureAcceptAnything"}]}' >"$work/policy.json"

skopeo_do() {
  skopeo --policy "$work/policy.json" "$@"
}
digest_of() { sha256sum "$1" | cut -d' ' -f1; }
# Puts a file among the blobs of the layout and prints its descriptor's digest and size members.
add_blob() {
  local digest
  digest=$(digest_of "$1")
  cp "$1" "$work/layout/blobs/sha256/$digest"
  printf '"digest":"sha256:%s","size":%s' "$digest" "$(stat -c %s "$1")"
}

# A small image: one uncompressed layer, which skopeo must not compress.
mkdir -p "$work/layout/blobs/sha256" "$work/content/models"
head -c 3000000 /dev/urandom >"$work/content/models/model.onnx"
tar -C "$work/content" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/layer.tar" models
printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$(digest_of "$work/layer.tar")" >"$work/config.json"
printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s",%s},"layers":[{"mediaType":"%s",%s}]}' \
  application/vnd.oci.image.manifest.v1+json application/vnd.oci.image.config.v1+json \
  "$(add_blob "$work/config.json")" application/vnd.oci.image.layer.v1.tar \
  "$(add_blob "$work/layer.tar")" >"$work/manifest.json"
printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s",%s,"annotations":{"%s":"v1"}}]}' \
  application/vnd.oci.image.manifest.v1+json "$(add_blob "$work/manifest.json")" \
  org.opencontainers.image.ref.name >"$work/layout/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$work/layout/oci-layout"
want=sha256:$(digest_of "$work/manifest.json")

here=docker://$registry/models/turbofan-rul
there=docker://$registry/models/copied
to="--dest-tls-verify=false --dest-creds=anybody:$token"
from="--src-tls-verify=false --src-creds=anybody:$token"

# shellcheck disable=SC2086
{
  skopeo_do copy --preserve-digests $to "oci:$work/layout:v1" "$here:v1"
  skopeo_do copy --preserve-digests $from $to "$here:v1" "$there:v2"
  skopeo_do copy --preserve-digests $from "$there@$want" "oci:$work/back:v1"
} >"$work/skopeo.log" 2>&1 || { cat "$work/skopeo.log"; exit 1; }

inspect() { skopeo_do inspect --tls-verify=false --creds="anybody:$token" "$@"; }
expect() {  # what, got, wanted
  [ "$2" = "$3" ] && return
  echo "$1: got $2, wanted $3"
  exit 1
}
inspect --raw "$here:v1" >"$work/raw.json"
expect "manifest by tag" "sha256:$(digest_of "$work/raw.json")" "$want"
inspect "$here:v1" | grep -q "\"Digest\": \"$want\"" || expect "digest of inspect" other "$want"
expect "manifest pulled back" "sha256:$(digest_of "$work/back/blobs/sha256/${want#sha256:}")" "$want"
for blob in "$work"/layout/blobs/sha256/*; do
  cmp "$blob" "$work/back/blobs/sha256/$(basename "$blob")"
done
expect "tags" "$(skopeo list-tags --tls-verify=false --creds="anybody:$token" "$there" |
  tr -d ' \n' | sed 's/.*"Tags":\[\(.*\)\].*/\1/')" '"v2"'
skopeo_do delete --tls-verify=false --creds="anybody:$token" "$there:v2"
if inspect --raw "$there:v2" >/dev/null 2>&1; then
  echo "the deleted manifest is still there"
  exit 1
fi
if skopeo_do copy --dest-tls-verify=false --dest-creds=anybody:wrong "oci:$work/layout:v1" "$here:v3" \
  >"$work/wrong.log" 2>&1; then
  echo "a wrong token was let in"
  exit 1
fi
grep -qi unauthorized "$work/wrong.log" || { cat "$work/wrong.log"; exit 1; }
echo "skopeo: copied both ways with its digests, inspected, listed, deleted; a wrong token is refused"
