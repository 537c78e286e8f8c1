#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The unmodified tritonclient[http] against a served model. Skips with a plain line (exit 77) where
# ./dev setup test has not installed it.
#
# usage: serve_tritonclient.sh PATH/TO/serve_http_bench            serves a made-up tree model itself
#        serve_tritonclient.sh HOST:PORT MODEL TOKEN FEATURES      asks a running site
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
python=${SKERRY_DEPS:-$root/.deps}/tritonclient/bin/python
if ! "$python" -c 'import tritonclient.http, onnx, numpy' 2>/dev/null; then
  echo "skipped: no tritonclient in $python; ./dev setup test installs it"
  exit 77
fi
if [ $# -eq 4 ]; then
  exec "$python" "$here/serve_tritonclient.py" "$@"
fi
folder=$(mktemp -d)
trap 'exec 7>&-; rm -rf "$folder"' EXIT
"$python" "$root/bench/serve_model.py" "$folder/model.onnx" 57 20 4
mkfifo "$folder/stop"
"$1" "$folder/model.onnx" <"$folder/stop" >"$folder/url" &
exec 7>"$folder/stop"
tries=0
until [ -s "$folder/url" ]; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || { echo "the server did not start"; exit 1; }
  sleep 0.1
done
"$python" "$here/serve_tritonclient.py" "$(sed 's|^http://||' "$folder/url")" bench bench 57
