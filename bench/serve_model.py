# SPDX-License-Identifier: Apache-2.0
"""Writes a tree model of the shape that the turbofan recipe makes: 57 features, 300 trees.

usage: serve_model.py OUT.onnx [FEATURES=57] [TREES=300] [DEPTH=5]
"""
import random
import sys

from onnx import TensorProto, checker, helper


def ensemble(features, trees, depth, seed=1):
    rng = random.Random(seed)
    nodes = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids", "missing_value_tracks_true", "hitrates")}
    target = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    for tree in range(trees):
        first_leaf = 2**depth - 1
        for node in range(2 * first_leaf + 1):
            leaf = node >= first_leaf
            nodes["treeids"].append(tree)
            nodes["nodeids"].append(node)
            nodes["featureids"].append(0 if leaf else rng.randrange(features))
            nodes["values"].append(0.0 if leaf else rng.uniform(100.0, 160.0))
            nodes["modes"].append("LEAF" if leaf else "BRANCH_LT")
            nodes["truenodeids"].append(0 if leaf else 2 * node + 1)
            nodes["falsenodeids"].append(0 if leaf else 2 * node + 2)
            nodes["missing_value_tracks_true"].append(0 if leaf else rng.randrange(2))
            nodes["hitrates"].append(1.0)
            if leaf:
                target["treeids"].append(tree)
                target["nodeids"].append(node)
                target["ids"].append(0)
                target["weights"].append(rng.uniform(-1.0, 1.0))
    attributes = {"nodes_" + key: value for key, value in nodes.items()}
    attributes.update({"target_" + key: value for key, value in target.items()})
    return helper.make_node("TreeEnsembleRegressor", ["features"], ["margin"], domain="ai.onnx.ml", n_targets=1,
                            base_values=[80.0], post_transform="NONE", aggregate_function="SUM", **attributes)


def main():
    out = sys.argv[1]
    features, trees, depth = (int(arg) for arg in (sys.argv[2:] + ["57", "300", "5"][len(sys.argv) - 2:]))
    graph = helper.make_graph(
        [ensemble(features, trees, depth), helper.make_node("Identity", ["margin"], ["prediction"])], "bench",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, features])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 1]) for name in ("prediction", "margin")])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)])
    checker.check_model(model)
    with open(out, "wb") as file:
        file.write(model.SerializeToString())


main()
