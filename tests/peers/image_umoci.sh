#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# umoci unpacks the data image and the runnable image, which checks each layer against its DiffID; both hold
# the same model files.
# Usage: image_umoci.sh LAYOUT VERSION        (VERSION: "v1", its "-data" and "-image" beside it)
# Exit code 77: umoci is not there.
set -eu

layout=$1
version=$2

command -v umoci >/dev/null || {
  echo "skipped: umoci is not installed"
  exit 77
}
fail() {
  echo "failed: $1" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rootless=
[ "$(id -u)" = 0 ] || rootless=--rootless
for image in data image; do
  umoci unpack $rootless --image "$layout:$version-$image" "$work/$image" >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "umoci does not unpack $version-$image"
  }
done
diff -r "$work/data/rootfs/models" "$work/image/rootfs/models" || fail "the images differ in the model"
[ "$(ls "$work/data/rootfs")" = models ] || fail "the data image holds more than the model"
[ -x "$work/image/rootfs/usr/bin/skerry-site" ] || fail "the runnable image has no program"
if find "$work/image/rootfs" -name sh -o -name bash | grep -q .; then fail "the image has a shell"; fi
if find "$work/image/rootfs" -perm /6000 | grep -q .; then fail "the image has a set-id file"; fi

# A layer that is not what its DiffID says must be noticed, or the check above proves nothing.
cp -r "$layout" "$work/damaged"
blob=$(ls -S "$work/damaged/blobs/sha256" | head -n 1)
printf 'x' | dd of="$work/damaged/blobs/sha256/$blob" bs=1 seek=5000 conv=notrunc 2>/dev/null
if umoci unpack $rootless --image "$work/damaged:$version-image" "$work/bad" >/dev/null 2>&1; then
  fail "umoci accepts a damaged layer"
fi
echo "ok: umoci unpacks $version-data and $version-image"
