# SPDX-License-Identifier: Apache-2.0
"""The server that people write first: FastAPI and ONNX Runtime, one thread, the same requests and answers.

Run by serve_http_bench.py: MODEL=model.onnx uvicorn serve_fastapi:app
"""
import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import numpy
import onnxruntime
from fastapi import FastAPI
from pydantic import BaseModel

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
model = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
names = [output.name for output in model.get_outputs()]
app = FastAPI()


class Tensor(BaseModel):
    name: str
    datatype: str
    shape: list[int]
    data: list[float]


class InferRequest(BaseModel):
    id: str | None = None
    inputs: list[Tensor]


@app.post("/v2/models/bench/infer")
async def infer(request: InferRequest):
    feeds = {tensor.name: numpy.array(tensor.data, dtype=numpy.float32).reshape(tensor.shape) for tensor in request.inputs}
    answers = model.run(names, feeds)
    outputs = [{"name": name, "datatype": "FP32", "shape": list(answer.shape), "data": answer.ravel().tolist()} for name, answer in zip(names, answers)]
    return {"model_name": "bench", "model_version": "1", "id": request.id, "outputs": outputs}
