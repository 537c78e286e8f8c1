# SPDX-License-Identifier: Apache-2.0
"""The unmodified tritonclient[http] against a served model, JSON and binary.

usage: serve_tritonclient.py HOST:PORT MODEL TOKEN FEATURES
"""
import sys

import numpy
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException


def check(condition, text):
    if not condition:
        sys.exit("FAILED: " + text)
    print("ok  ", text)


def infer(client, name, headers, rows, binary, outputs=("prediction",), **more):
    tensor = triton.InferInput("features", list(rows.shape), "FP32")
    tensor.set_data_from_numpy(rows, binary_data=binary)
    wanted = [triton.InferRequestedOutput(output, binary_data=binary) for output in outputs] or None
    return client.infer(name, [tensor], outputs=wanted, headers=headers, request_id="r-1", **more)


def refused(call, text):
    try:
        call()
    except InferenceServerException as error:
        check(text in str(error), f"refused with a text: {error}")
        return
    sys.exit("FAILED: accepted what it should refuse: " + text)


def main():
    address, name, token, features = sys.argv[1:]
    headers = {"Authorization": "Bearer " + token}
    client = triton.InferenceServerClient(address)
    check(client.is_server_live() and client.is_server_ready(), "live and ready, without a token")
    check(client.is_model_ready(name, headers=headers), "model ready")
    extensions = client.get_server_metadata(headers=headers)["extensions"]
    check("binary_tensor_data" in extensions, "server metadata")
    metadata = client.get_model_metadata(name, headers=headers)
    check(metadata["inputs"][0] == {"name": "features", "datatype": "FP32", "shape": [-1, int(features)]}, "model metadata")
    config = client.get_model_config(name, headers=headers)
    check(config["input"][0]["data_type"] == "TYPE_FP32", "model configuration")
    check(any(model["name"] == name for model in client.get_model_repository_index(headers=headers)), "repository index")

    rows = numpy.random.default_rng(1).uniform(100, 160, (5, int(features))).astype(numpy.float32)
    as_json = infer(client, name, headers, rows, False)
    as_binary = infer(client, name, headers, rows, True)
    everything = infer(client, name, headers, rows, True, outputs=())
    check(as_json.get_response()["id"] == "r-1", "id echoed")
    check(as_json.as_numpy("prediction").shape == (5, 1), "shape of the answer")
    check((as_json.as_numpy("prediction") == as_binary.as_numpy("prediction")).all(), "JSON and binary give the same bits")
    check(everything.as_numpy("margin") is not None, "every output when none is named, binary")
    versioned = infer(client, name, headers, rows, True, model_version=metadata["versions"][-1])
    check((versioned.as_numpy("prediction") == as_binary.as_numpy("prediction")).all(), "by version")
    alone = numpy.concatenate([infer(client, name, headers, row[None, :], True).as_numpy("prediction") for row in rows])
    check(numpy.allclose(alone, as_binary.as_numpy("prediction"), rtol=1e-5, atol=1e-5), "one by one as in a batch")
    holes = rows.copy()
    holes[:, 0] = numpy.nan
    check(numpy.isfinite(infer(client, name, headers, holes, True).as_numpy("prediction")).all(), "a missing feature as NaN")

    refused(lambda: infer(client, "nobody", headers, rows, True), "not served here")
    refused(lambda: infer(client, name, headers, rows, True, model_version="999"), "not served here")
    refused(lambda: infer(client, name, headers, rows[:, 1:], True), "shape")
    refused(lambda: infer(client, name, {}, rows, True), "")
    stats = client.get_inference_statistics(name, headers=headers)["model_stats"][0]
    check(stats["inference_count"] >= 20 and stats["inference_stats"]["success"]["count"] >= 10, "statistics")


main()
