"""A file of user's functions, and one child process for all that leave it alive."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from gradcheck.claims.python_function import Answer, Call, PythonFunction

SOURCE = """
import ctypes
import os
import sys
import time
import warnings

import numpy as np

from beside import invert


def right(params, inputs, targets):
    r = inputs["x"] @ params["w"] - targets["y"]
    return (0.5 * np.sum(r**2), {"w": inputs["x"].T @ r})


def dict_alone(params, inputs, targets):
    return {"w": right(params, inputs, targets)[1]["w"]}


def dict_first(params, inputs, targets):
    return right(params, inputs, targets)[::-1]


def no_loss(params, inputs, targets):
    return [None, {"w": params["w"]}]


def odd_types(params, inputs, targets):
    return np.array([[2.5]], dtype="float32"), {
        "list": [[1, 2, 3]],
        "float": 0.25,
        "integer": 7,
        "float32": np.float32([0.1]),
        "int8": np.int8([1, -2]),
        "matrix": np.matrix([[1.5, 2.5]]),
        "0-d": np.array(4.5),
        np.str_("numpy name"): np.ones(2, dtype=">f4"),
        "long": np.longdouble([1.5]),
        "nan": [float("nan")],
        "none": None,
    }


def mutate_parameter(params, inputs, targets):
    params["w"] *= 2
    return {"w": params["w"]}


def mutate_all(params, inputs, targets):
    for arrays in (params, inputs, targets):
        for array in arrays.values():
            array[0] = -0.0
    return {}


def mutate_shape(params, inputs, targets):
    inputs["x"].resize((3, 5))
    return {}


def rebind(params, inputs, targets):
    params["w"] = params["w"] + 1
    del inputs["x"]
    return {"w": params["w"]}


def strict(params, inputs, targets):
    warnings.simplefilter("error")
    np.seterr(all="raise")
    np.set_printoptions(legacy="1.13")
    return {"w": np.array([1e-320, np.inf], dtype="longdouble")}


def lenient(params, inputs, targets):
    warnings.resetwarnings()
    np.seterr(all="warn")
    print(np.log(np.zeros(2)))
    return {}


def nested(params, inputs, targets):
    return invert(np.zeros((3, 3)))


def recursive(params, inputs, targets):
    return recursive(params, inputs, targets)


def leave(params, inputs, targets):
    sys.exit(2)


def odd_error(params, inputs, targets):
    class Silent(BaseException):
        def __str__(self):
            raise ValueError

    raise Silent


def long_error(params, inputs, targets):
    raise ValueError("x" * 50_000)


def nothing(params, inputs, targets):
    pass


def array(params, inputs, targets):
    return params["w"]


def two_dicts(params, inputs, targets):
    return {}, {}


def three(params, inputs, targets):
    return 1.0, {}, "more"


def integer_keys(params, inputs, targets):
    return {3: params["w"]}


def text(params, inputs, targets):
    return {"w": "zero"}


def complex_numbers(params, inputs, targets):
    return {"w": params["w"] + 1j}


def booleans(params, inputs, targets):
    return {"w": params["w"] > 0}


def objects(params, inputs, targets):
    return {"w": np.array([print, 1], dtype=object)}


def ragged(params, inputs, targets):
    return {"w": [[1.0], [2.0, 3.0]]}


class Tensor:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("call detach() first")


def tensor(params, inputs, targets):
    return {"w": Tensor()}


def many_losses(params, inputs, targets):
    return params["w"], {"w": params["w"]}


def complex_loss(params, inputs, targets):
    return 1j, {}


def few(params, inputs):
    return {}


def hang(params, inputs, targets):
    while True:
        pass


def process(params, inputs, targets):
    return float(os.getpid()), {}


def exit_hard(params, inputs, targets):
    os._exit(3)


def segfault(params, inputs, targets):
    ctypes.string_at(0)


def backward(params, inputs, targets):
    case = bytes(inputs.pop("case").astype(int).tolist()).decode()
    return globals()[case](params, inputs, targets)


class Net:
    size = 3

    @staticmethod
    def backward(params, inputs, targets):
        return {"w": 3 * params["w"]}

    def method(self, params, inputs, targets):
        return {}


net = Net()
"""
BESIDE = """
import numpy as np


def invert(matrix):
    return np.linalg.inv(matrix)
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("config")
    (folder / "code").mkdir()
    (folder / "code" / "grad.py").write_text(SOURCE)
    (folder / "code" / "beside.py").write_text(BESIDE)
    (folder / "grad.ipynb").write_text("{}")
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").write_text("")
    (folder / "package" / "grads.py").write_text(
        "class Net:\n    backward = staticmethod(lambda p, i, t: {'w': 3 * p['w']})\n"
    )
    return folder


@pytest.fixture(scope="session")
def function(folder: Path) -> Iterator[PythonFunction]:
    """One child for every case that leaves it alive."""
    with PythonFunction("code/grad.py:backward", folder, 30) as running:
        yield running


@pytest.fixture(scope="session")
def call() -> Callable[..., Call]:
    """Make generic points; `case` names the function that `backward` is to stand for."""

    def make(case: str = "", seed: int = 7) -> Call:
        rng = np.random.default_rng(seed)
        spelled = {"case": np.array([float(byte) for byte in case.encode()])} if case else {}
        return Call(
            parameters={"w": rng.standard_normal((5, 2))},
            inputs={"x": rng.standard_normal((3, 5)), **spelled},
            targets={"y": rng.standard_normal((3, 2))},
        )

    return make


@pytest.fixture
def answer(function: PythonFunction, call: Callable[..., Call]) -> Callable[[str], Answer]:
    return lambda case: function.answers([call(case)])[0]
