# SPDX-License-Identifier: Apache-2.0
#
# Writes booster_<version>_<case>.json: small XGBoost models with rows and what that version predicts for
# them. Run it with each version of the xgboost Python package whose form the reader must know:
#   python3 make_boosters.py [CASE...]
import json
import pathlib
import sys

import numpy
import xgboost

ROWS, COLUMNS = 160, 4
FOLDER = pathlib.Path(__file__).parent

CASES = {
    "squarederror": {"objective": "reg:squarederror"},
    "logistic": {"objective": "binary:logistic"},
    "poisson": {"objective": "count:poisson"},
    "softprob": {"objective": "multi:softprob", "num_class": 3},
    "softmax": {"objective": "multi:softmax", "num_class": 3},
    "dart": {"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.5},
    "category": {"objective": "reg:squarederror", "max_cat_to_onehot": 1},
    "pruned": {"objective": "reg:squarederror", "tree_method": "exact", "gamma": 60},
    "forest": {"objective": "binary:logistic", "num_parallel_tree": 2, "subsample": 0.5},
}


def rounded(values):
    return [None if numpy.isnan(v) else float(v) for v in numpy.ravel(values)]


def label(objective, signal):
    if objective.startswith("multi:"):
        return numpy.digitize(signal, [0, 2])
    if objective.startswith("binary:"):
        return (signal > 1).astype("f4")
    return numpy.round(numpy.exp(signal / 3)) if objective.startswith("count:") else signal


def write(name):
    random = numpy.random.default_rng(17)
    rows = random.normal(size=(ROWS, COLUMNS)).astype("f4")
    signal = rows[:, 0] * 2 + numpy.abs(rows[:, 1]) + random.normal(size=ROWS)
    if name == "category":
        rows[:, 2] = random.integers(0, 7, ROWS)
        signal = signal + 3 * (rows[:, 2] % 3 == 1)
    rows[random.random(rows.shape) < 0.1] = numpy.nan
    parameters = {"max_depth": 3 if name == "pruned" else 2, "eta": 0.4, "seed": 3,
                  "tree_method": "hist", **CASES[name]}
    types = ["q", "q", "c" if name == "category" else "q", "q"]
    data = xgboost.DMatrix(rows, label=label(parameters["objective"], signal), feature_types=types,
                           enable_categorical=True)
    booster = xgboost.train(parameters, data, 2)
    probe = rows[:24].copy()
    if name == "category":  # Unknown, negative and fractional codes.
        probe[:4, 2] = [40, -1, 2.7, -0.5]
    asked = xgboost.DMatrix(probe, feature_types=types, enable_categorical=True)
    document = {
        "rows": rounded(probe),
        "margin": rounded(booster.predict(asked, output_margin=True)),
        "prediction": rounded(booster.predict(asked)),
        "booster": booster.save_raw("json").decode(),
    }
    path = FOLDER / f"booster_{xgboost.__version__}_{name}.json"
    path.write_text(json.dumps(document) + "\n")


for case in sys.argv[1:] or CASES:
    write(case)
