#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP JSON inference, 57 features, 300 trees, one core: Skerry against FastAPI + ONNX Runtime in one run.

Each server answers on one thread; the CPU is what the kernel charged its process. --pin puts servers on
core 0 and wrk on core 1, which helps on an idle machine and hurts on a busy one.

usage: serve_http_bench.py [--program build/bench/serve_http_bench] [--seconds 10] [--rounds 3] [--pin]
Needs what ./dev setup bench test lays out: wrk, and the locked packages in .deps/fastapi and .deps/tritonclient.
"""
import argparse
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
FEATURES = 57
TICK = os.sysconf("SC_CLK_TCK")


def python_of(name):
    python = ROOT / ".deps" / name / "bin" / "python"
    if not python.exists():
        sys.exit(f"{python} is not there: run ./dev setup bench test")
    return python


def pinned(core, pin):
    return ["taskset", "-c", str(core)] if pin else []


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def request_body():
    data = [100 + i + (i * 37 % 1000) / 1000 for i in range(FEATURES)]
    return json.dumps({"id": "42", "inputs": [{"name": "features", "datatype": "FP32", "shape": [1, FEATURES], "data": data}]})


def ask(url, body):
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json", "Authorization": "Bearer bench"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.loads(answer.read())["outputs"][0]["data"]


def start_skerry(program, model, pin):
    process = subprocess.Popen([*pinned(0, pin), program, model], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip() + "/v2/models/bench/infer"


def start_fastapi(python, model, pin):
    port = free_port()
    environment = dict(os.environ, MODEL=str(model))
    command = [*pinned(0, pin), python, "-m", "uvicorn", "serve_fastapi:app", "--port", str(port), "--log-level", "error", "--no-access-log"]
    process = subprocess.Popen(command, cwd=ROOT / "bench", env=environment)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    return process, f"http://127.0.0.1:{port}/v2/models/bench/infer"


def load(process, url, script, seconds, pin):
    before = cpu_seconds(process.pid)
    out = subprocess.run([*pinned(1, pin), "wrk", "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", script, url], capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(process.pid) - before
    if "Non-2xx" in out:
        sys.exit("some requests failed:\n" + out)
    requests = int(re.search(r"(\d+) requests in", out)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    p99 = re.search(r"99%\s+(\S+)", out)[1]
    return {"rate": rate, "cpu_us": used / requests * 1e6, "p99": p99}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--program", default=str(ROOT / "build" / "bench" / "serve_http_bench"))
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--pin", action="store_true")
    options = arguments.parse_args()
    python = python_of("fastapi")
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "model.onnx"
        subprocess.run([python_of("tritonclient"), ROOT / "bench" / "serve_model.py", model], check=True)
        script = pathlib.Path(folder) / "post.lua"
        script.write_text('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
                          'wrk.headers["Authorization"] = "Bearer bench"\nwrk.body = [==[' + request_body() + "]==]\n")
        servers = {"skerry": start_skerry(options.program, model, options.pin), "fastapi": start_fastapi(python, model, options.pin)}
        try:
            answers = {name: ask(url, request_body()) for name, (_, url) in servers.items()}
            if abs(answers["skerry"][0] - answers["fastapi"][0]) > 1e-4:
                sys.exit(f"the servers give different answers: {answers}")
            runs = {name: [] for name in servers}
            for _ in range(options.rounds):
                for name, (process, url) in servers.items():
                    runs[name].append(load(process, url, script, options.seconds, options.pin))
        finally:
            for process, _ in servers.values():
                process.terminate()
                process.wait()
    result = {}
    for name, rounds in runs.items():
        result[name] = {"requests_per_second": round(statistics.median(r["rate"] for r in rounds)),
                        "cpu_us_per_request": round(statistics.median(r["cpu_us"] for r in rounds), 2), "p99": [r["p99"] for r in rounds]}
    result["cpu_ratio"] = round(result["fastapi"]["cpu_us_per_request"] / result["skerry"]["cpu_us_per_request"], 1)
    print(json.dumps(result, indent=2))


main()
