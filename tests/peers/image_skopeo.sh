#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# skopeo reads the three manifests of a layout, byte for byte, and copies them to another layout, to an
# archive and back without changing a digest.
# Usage: image_skopeo.sh LAYOUT VERSION        (VERSION: "v1", its "-data" and "-image" beside it)
# Exit code 77: skopeo is not there.
set -eu

layout=$1
version=$2

command -v skopeo >/dev/null || {
  echo "skipped: skopeo is not installed"
  exit 77
}
fail() {
  echo "failed: $1" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The sha256 of a manifest as skopeo hands it out.
digest_of() {
  skopeo inspect --raw "$1" | sha256sum | cut -d' ' -f1
}
copy() {
  skopeo --insecure-policy copy --quiet --all --preserve-digests "$1" "$2" || fail "copy $1 to $2"
}

for reference in "$version" "$version-data" "$version-image"; do
  source="oci:$layout:$reference"
  digest=$(digest_of "$source")
  [ -f "$layout/blobs/sha256/$digest" ] || fail "$reference does not have its own digest"
  copy "$source" "oci:$work/layout:$reference"
  [ "$(digest_of "oci:$work/layout:$reference")" = "$digest" ] || fail "$reference changed in a layout"
  copy "$source" "oci-archive:$work/$reference.tar:$reference"
  copy "oci-archive:$work/$reference.tar:$reference" "oci:$work/back:$reference"
  [ "$(digest_of "oci:$work/back:$reference")" = "$digest" ] || fail "$reference changed in an archive"
done

# What skopeo understands of them: the type of the artifact, the platform and the layers of the image.
skopeo inspect --raw "oci:$layout:$version" | grep -q '"artifactType":"application/vnd.cncf.model' ||
  fail "$version is no ModelPack artifact"
skopeo inspect "oci:$layout:$version-image" | grep -q '"Architecture": "' ||
  fail "$version-image has no platform"
echo "ok: skopeo reads and copies $version, $version-data and $version-image"
