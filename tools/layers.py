# SPDX-License-Identifier: Apache-2.0
"""Reads layers.txt: which folder may include which, and which third-party packages a folder wraps."""

import pathlib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Layer:
    folder: str
    edges: tuple[str, ...]  # Folders it may include; every earlier one for "*".
    packages: tuple[str, ...]  # Third-party packages that it alone includes.
    sees_all: bool


def read_layers(path: pathlib.Path) -> tuple[dict[str, Layer], list[str]]:
    """The layers in the file's order, and what is wrong with the file.

    A line may name only folders of earlier lines, so that the graph has no cycle.
    """
    layers: dict[str, Layer] = {}
    problems = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"([a-z0-9_/]+):([^|]*)(?:\|(.*))?", line)
        if not match:
            problems.append(f"{path.name}:{number}: not 'folder: edges | packages'")
            continue
        folder, edges = match[1], match[2].split()
        for edge in edges:
            if edge != "*" and edge not in layers:
                problems.append(f"{path.name}:{number}: {folder} names {edge}, which no earlier line declares")
        sees_all = edges == ["*"]
        layers[folder] = Layer(folder, tuple(layers) if sees_all else tuple(edges),
                               tuple((match[3] or "").split()), sees_all)
    return layers, problems


def reduced_edges(layers: dict[str, Layer]) -> dict[str, list[str]]:
    """For each folder the edges that no longer path implies: what a picture needs."""
    reached: dict[str, set[str]] = {}
    result = {}
    for layer in layers.values():
        known = [edge for edge in layer.edges if edge in reached]
        implied = set().union(*(reached[edge] for edge in known)) if known else set()
        result[layer.folder] = [edge for edge in known if edge not in implied]
        reached[layer.folder] = implied | set(known)
    return result
