"""Paths lead to numbers, and read as the user would write them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gradcheck.paste.running.execution import execute
from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding.paths import Path, leaves, read, write

SOURCE = """
import numpy as np
class Net:
    scale = 2.0
    def __init__(self):
        self.__hidden = np.ones(3)
        self.stack = [[np.ones((2, 5)), 0.5], ({"w": [0.1, 0.2]}, np.float64(3))]
        self.owner = self
net = Net()
def made():
    inner = np.zeros(7)
    def f():
        return inner
    return f
f = made()
params = {"W1": np.ones((3, 2)), 2: [[1.0, 2.0], [3.0, 4.0]], "name": "x", "flag": True}
alias = params["W1"]
"""


@pytest.fixture
def roots() -> Mapping[str, dict[str, Any]]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(SOURCE, names)
    return {"": names}


@pytest.fixture
def paths(roots: Mapping[str, dict[str, Any]]) -> dict[str, Path]:
    return {str(leaf.path): leaf.path for leaf in leaves(roots)}


def test_every_number_is_found_once_under_its_first_name(paths: dict[str, Path]) -> None:
    assert set(paths) == {
        "Net.scale",
        "net.scale",
        "net.__hidden",
        "net.stack[0][0]",
        "net.stack[0][1]",
        "net.stack[1][0]['w']",
        "net.stack[1][1]",
        "inner",
        "params['W1']",
        "params[2]",
        "alias",
    }


@pytest.mark.parametrize(
    "name",
    [
        "net.__hidden",
        "net.stack[0][1]",
        "net.stack[1][0]['w']",
        "inner",
        "params[2]",
        "params['W1']",
    ],
)
def test_what_is_written_is_read(
    name: str, paths: dict[str, Path], roots: Mapping[str, dict[str, Any]]
) -> None:
    path = paths[name]
    old = np.array(read(path, roots), dtype=float)
    new = old * 3 - 0.7
    write(path, roots, new if new.ndim else float(new))
    assert np.array_equal(np.array(read(path, roots)), new)


def test_arrays_are_written_in_place_so_that_aliases_see_it(
    paths: dict[str, Path], roots: Mapping[str, dict[str, Any]]
) -> None:
    write(paths["params['W1']"], roots, np.full((3, 2), 8.5))
    assert roots[""]["alias"][2, 1] == 8.5


def test_whole_numbers_become_floats_where_they_must(roots: Mapping[str, dict[str, Any]]) -> None:
    roots[""]["counts"] = np.array([1, 2, 3])
    write(Path(scope="", root="counts"), roots, np.array([0.5, 1.5, 2.5]))
    assert roots[""]["counts"].tolist() == [0.5, 1.5, 2.5]


def test_nothing_at_a_path_is_a_key_error(roots: Mapping[str, dict[str, Any]]) -> None:
    with pytest.raises(KeyError, match=r"net\.missing"):
        read(Path(scope="", root="net", keys=(("attr", "missing"),)), roots)


def test_the_state_of_stand_ins_is_none_of_the_program_s() -> None:
    prepared = prepare("from numpy import *\nrows = genfromtxt('pond.csv')\ntop = rows[0]\n")
    names = prepared.namespace()
    for statement in prepared.statements:
        assert execute(statement, names, prepared.flags) is None
    found = {leaf.path.root for leaf in leaves({"": names})}
    assert {"rows", "top"} <= found
    assert not found & {"genfromtxt", "fromfile", "load"}
