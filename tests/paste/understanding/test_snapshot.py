"""Snapshots put contents back, and leave the objects what they are."""

import random
from collections import deque
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.snapshot import Snapshot

CLASS = """
class Net:
    shared = [1, 2]
    __slots__ = ("w", "name")
    def __init__(self):
        self.w = array([[1.0, 2.0, 3.0]])
        self.name = "a"
class Plain:
    count = 0
"""


def made() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__", "array": np.array}
    exec(CLASS, names)
    kept = [4.0]

    def closure() -> list[float]:
        return kept

    return names | {
        "net": names["Net"](),
        "plain": names["Plain"](),
        "space": SimpleNamespace(w=np.arange(3.0)),
        "layers": [{"W": np.ones((2, 3)), "b": [0.0, 1.0]}, (np.zeros(5), {7})],
        "queue": deque([1, 2], maxlen=3),
        "objects": np.array([np.ones(2), "x"], dtype=object),
        "iterator": iter([10, 20, 30]),
        "closure": closure,
    }


def test_contents_are_put_back_in_place() -> None:
    names = made()
    alias, w = names["layers"], names["layers"][0]["W"]
    snapshot = Snapshot(names)
    w += 1
    names["layers"][0]["b"][1] = 9.0
    names["layers"][0]["new"] = 1
    names["layers"].append(3)
    names["layers"][1][1].add(8)
    names["net"].w = None
    names["net"].shared.append(3)
    names["plain"].count = 5
    type(names["plain"]).count = 6
    names["space"].w[0] = -1
    names["queue"].append(9)
    names["objects"][0][0] = 5
    names["closure"]()[0] = 7.0
    next(names["iterator"])
    del names["queue"]
    names["extra"] = 1
    snapshot.restore()
    assert names["layers"] is alias
    assert alias[0]["W"] is w
    assert w.tolist() == [[1.0] * 3] * 2
    assert alias[0] == {"W": w, "b": [0.0, 1.0]}
    assert alias[1][1] == {7}
    assert names["net"].w.tolist() == [[1.0, 2.0, 3.0]]
    assert names["net"].shared == [1, 2]
    assert names["plain"].count == 0
    assert names["space"].w.tolist() == [0.0, 1.0, 2.0]
    assert list(names["queue"]) == [1, 2]
    assert names["objects"][0].tolist() == [1.0, 1.0]
    assert names["closure"]() == [4.0]
    assert next(names["iterator"]) == 10
    assert "extra" not in names


def test_all_generators_repeat_themselves() -> None:
    names: dict[str, Any] = {
        "new": np.random.default_rng(3),
        "old": np.random.RandomState(3),
        "own": random.Random(3),
    }

    def draw() -> list[float]:
        return [
            names["new"].normal(),
            names["old"].rand(),
            names["own"].random(),
            random.random(),
            np.random.rand(),  # noqa: NPY002 - what pasted code calls
        ]

    draw()
    snapshot = Snapshot(names)
    first = draw()
    for _ in range(2):
        snapshot.restore()
        assert draw() == first
