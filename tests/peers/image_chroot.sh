#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The runnable image as a container engine would run it, without one: unpacked by umoci, its root mounted
# read-only with one writable volume, its own entrypoint, environment and user. It becomes ready, scores a
# row of its own check rows, and drains on SIGTERM.
# Usage: image_chroot.sh LAYOUT REFERENCE        (REFERENCE: a runnable image, "v1-image")
# Exit code 77: what it needs is not there, said in one line.
set -eu

layout=$1
reference=$2
wait_seconds=30

skip() {
  echo "skipped: $1"
  exit 77
}
fail() {
  echo "failed: $1" >&2
  if [ -f "$work/log" ]; then sed 's/^/  site: /' "$work/log" >&2; fi
  exit 1
}

for tool in umoci unshare curl python3; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
[ "$(id -u)" = 0 ] || skip "needs root to chroot as another user"
unshare --mount true 2>/dev/null || skip "this machine allows no mount namespace"

# A second run of this script, inside its own mount namespace: mounts vanish with it.
if [ "${SKERRY_IMAGE_CHROOT:-}" != inside ]; then
  SKERRY_IMAGE_CHROOT=inside exec unshare --mount --propagation private "$0" "$@"
fi

work=$(mktemp -d)
site=
finish() {
  if [ -n "$site" ]; then
    kill -KILL "$site" 2>/dev/null || true
    wait "$site" 2>/dev/null || true
  fi
  umount --recursive "$work/image/rootfs" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
chmod 0755 "$work"

umoci unpack --image "$layout:$reference" "$work/image" >/dev/null 2>&1 ||
  fail "umoci does not unpack $reference"
root=$work/image/rootfs
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root" ||
  skip "this machine allows no read-only bind mount"
mount -t tmpfs -o uid=65532,gid=65532,mode=0755 volume "$root/var/lib/skerry" ||
  skip "this machine allows no tmpfs"
mount --bind /proc "$root/proc"
touch "$root/written" 2>/dev/null && fail "the root file system is writable"

# Entrypoint, environment and user as the image's configuration gives them; a free port beside.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 - "$work" "$port" <<'PYTHON'
import json, shlex, sys

work, port = sys.argv[1:]
process = json.load(open(f"{work}/image/config.json"))["process"]
assert (process["user"]["uid"], process["user"]["gid"]) == (65532, 65532), process["user"]
environment = [e for e in process["env"] if not e.startswith("SKERRY_SITE_LISTEN=")]
environment += [f"SKERRY_SITE_LISTEN=127.0.0.1:{port}", "SKERRY_SITE_METRICS_LISTEN=127.0.0.1:0"]
enter = ["env", "-i"] + environment + ["/usr/sbin/chroot", "--userspec=65532:65532",
                                       f"{work}/image/rootfs"]
for name, arguments in {"run": process["args"], "token": [process["args"][0], "token"]}.items():
    with open(f"{work}/{name}", "w") as script:
        script.write("#!/bin/sh\nexec " + " ".join(map(shlex.quote, enter + arguments)) + "\n")
PYTHON

sh "$work/run" >"$work/log" 2>&1 &
site=$!
url=http://127.0.0.1:$port
begin=$(date +%s)
until curl --silent --fail --output /dev/null "$url/v2/health/ready"; do
  kill -0 "$site" 2>/dev/null || fail "the site ended before it was ready"
  [ $(($(date +%s) - begin)) -lt $wait_seconds ] || fail "not ready within $wait_seconds s"
done

[ "$(awk '/^Uid:/ {print $2}' "/proc/$site/status")" = 65532 ] || fail "the site is not uid 65532"

# A check row of the bundle in the image, through the front door, with a token of the site's own; then the
# same again, SIGTERM arriving when half of the request is sent: it is answered before the site ends.
token=$(sh "$work/token") || fail "no token"
python3 - "$root" "$port" "$site" "$token" <<'PYTHON' || fail "a score is missing or not the model's"
import glob, json, os, signal, socket, sys

root, port, site, token = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4].strip()
manifest = json.load(open(glob.glob(f"{root}/models/*/*/skerry.json")[0]))
row = next(r for r in manifest["checks"]["rows"] if None not in r["inputs"])
tensor = manifest["signature"]["inputs"][0]["name"]
body = json.dumps({"inputs": [{"name": tensor, "datatype": "FP32", "data": row["inputs"],
                               "shape": [1, len(row["inputs"])]}]}).encode()
head = (f"POST /v2/models/{manifest['name']}/infer HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode()


def score(interrupt):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head + body[:100])
        interrupt()
        connection.sendall(body[100:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    status, _, rest = answer.partition(b"\r\n")
    assert status.split()[1:2] == [b"200"], answer[:200]
    outputs = json.loads(rest.partition(b"\r\n\r\n")[2])["outputs"]
    scores = {output["name"]: output["data"][0] for output in outputs}
    for spec, expected in zip(manifest["signature"]["outputs"], row["outputs"]):
        difference = abs(scores[spec["name"]] - expected)
        assert difference <= 1e-5 + 1e-5 * abs(expected), (spec["name"], scores, expected)
    return scores


print("scored", score(lambda: None))
score(lambda: os.kill(site, signal.SIGTERM))
PYTHON

(sleep $wait_seconds && kill -KILL "$site") 2>/dev/null &
watchdog=$!
code=0
wait "$site" || code=$?
kill "$watchdog" 2>/dev/null || true
site=
[ "$code" = 0 ] || fail "exit code $code after SIGTERM"
echo "ok: read-only root, uid 65532, one volume, drained on SIGTERM"
