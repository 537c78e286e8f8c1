#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The OCI's own conformance suites against `skerry registry serve`: release 1.1.1 (all four workflows) and
# the present one, which adds sha512, large manifests and the optional parts. Both come as Go modules;
# the programs are kept in .cache/. Usage: registry_oci_conformance.sh [SKERRY]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
skerry=${1:-$root/build/skerry}
# shellcheck source=tests/peers/registry_server.sh
. "$root/tests/peers/registry_server.sh"

readonly module=github.com/opencontainers/distribution-spec/conformance
readonly release=v0.0.0-20250123160558-a139cc423184 present=v0.0.0-20260831232431-97274622c111
cache=$root/.cache/oci-conformance

command -v go >/dev/null || skip "no go to build the OCI conformance suite with"
mkdir -p "$cache"
export CGO_ENABLED=0

# The release is a test package: a copy of the module is compiled with go test -c.
build_release() {
  [ -x "$cache/release" ] && return
  local folder
  folder=$(cd "$work" && go mod download -json "$module@$release" 2>/dev/null |
    sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  [ -n "$folder" ] || return 1
  cp -r "$folder" "$work/release" && chmod -R u+w "$work/release"
  (cd "$work/release" && go mod download && go test -c -trimpath -o "$cache/release.new") >&2 &&
    mv "$cache/release.new" "$cache/release"
}

build_present() {
  [ -x "$cache/present" ] && return
  GOBIN=$work/bin go install -trimpath "$module@$present" 2>"$work/go.log" &&
    mv "$work/bin/conformance" "$cache/present"
}

run_release() {
  OCI_ROOT_URL=http://$registry OCI_NAMESPACE=conformance/one OCI_CROSSMOUNT_NAMESPACE=conformance/two \
    OCI_USERNAME=anybody OCI_PASSWORD=$token OCI_TEST_PULL=1 OCI_TEST_PUSH=1 \
    OCI_TEST_CONTENT_DISCOVERY=1 OCI_TEST_CONTENT_MANAGEMENT=1 OCI_REPORT_DIR=$work \
    "$cache/release" >"$work/release.log" 2>&1 || { tail -n 80 "$work/release.log"; return 1; }
  grep -E 'Passed.*Failed' "$work/release.log"
}

# Images whose layers were never pushed are refused on purpose, which the specification allows: they
# could never be pulled. Sparse indexes are taken.
run_present() {
  OCI_REGISTRY=$registry OCI_TLS=disabled OCI_REPO1=conformance/three OCI_REPO2=conformance/four \
    OCI_USERNAME=anybody OCI_PASSWORD=$token OCI_VERSION=1.1 OCI_RESULTS_DIR=$work/results \
    OCI_API_BLOBS_DIGEST_HEADER=true OCI_API_MANIFESTS_DIGEST_HEADER=true \
    OCI_API_BLOBS_UPLOAD_CANCEL=true OCI_API_MANIFESTS_TAG_PARAM=true OCI_DATA_SPARSE=false \
    "$cache/present" >"$work/present.log" 2>&1 || { grep -B2 -A8 FAIL "$work/present.log"; return 1; }
  grep -E '^ *(Skip|Pass|FAIL|Error|Total)\.+:' "$work/present.log" | tr -s ' .\n' ' '
  echo
}

ran=0
start_server
if build_release; then
  echo "OCI conformance 1.1.1:"
  run_release
  ran=1
else
  echo "OCI conformance 1.1.1 left out: the module proxy does not give $module@$release"
fi
if build_present; then
  echo "OCI conformance, present suite ($present):"
  run_present
  ran=1
else
  echo "OCI conformance, present suite left out: the module proxy does not give $module@$present"
fi
[ "$ran" = 1 ] || skip "no OCI conformance suite could be built"
