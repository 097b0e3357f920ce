"""Instrumented programs do what the plain ones do."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.understanding.instrument import Plan, compiled
from gradcheck.paste.understanding.machine import Machine, Scene
from gradcheck.paste.understanding.runtime import Course
from gradcheck.paste.understanding.sites import number

PROGRAM = """
from dataclasses import dataclass

log = []

def seen(value):
    log.append(value)
    return value

class Base:
    def __init__(self, start):
        self.__start = start

    def value(self):
        return self.__start

class Net(Base):
    scale = 3

    def __init__(self, start):
        super().__init__(start)
        self.items = {"w": [seen(1), seen(2)], **{"b": 5}}

    @property
    def total(self):
        return sum(w * self.scale - 1 for w in self.items["w"])

    @staticmethod
    def twice(x, *, by=2):
        return -x * by

@dataclass
class Pair:
    left: int
    right: int = 4

def count(n):
    for i in range(n):
        if i == 3:
            continue
        yield i
    else:
        yield "end"

def nested(x):
    y = x
    def inner(z=seen(7)):
        nonlocal y
        y += z
        return y
    return inner() + inner(1)

net = Net(5)
first, *rest = count(6)
with_lambda = (lambda a, b=2: a - b)(9)
net.items["w"][seen(0)] += seen(10) - 1
x = y = seen(3)
x -= y + 1
while x < 4:
    x += 2
    try:
        if x > 1:
            break
    finally:
        log.append("finally")
total = f"{net.total:03d} {net.value()!r}"
(walrus := seen(11)) and None
results = [a - b for a, b in zip((4, 5), (1, 1)) if a + b > 5], nested(2), Net.twice(x), Pair(1)
"""

NAMES = ("log", "first", "rest", "with_lambda", "x", "y", "total", "walrus")


def run(source: str, plan: Plan | None) -> dict[str, Any]:
    tree = ast.parse(source)
    names: dict[str, Any] = {"__name__": "__main__"}
    if plan is None:
        exec(compile(tree, "<plain>", "exec"), names)
        return names
    machine = Machine(tree, names)
    machine.install(plan)
    for statement in range(len(tree.body)):
        ran = machine.run(statement, Course(loop=-1), 5.0)
        assert ran.error is None
    return names


@pytest.mark.parametrize("sites", [None, frozenset()], ids=["all hooks", "no hooks"])
def test_hooks_change_nothing(sites: frozenset[int] | None) -> None:
    plain, hooked = run(PROGRAM, None), run(PROGRAM, Plan(sites=sites))
    assert [hooked[name] for name in NAMES] == [plain[name] for name in NAMES]
    assert hooked["net"].items == plain["net"].items
    assert repr(hooked["results"]) == repr(plain["results"])


def test_functions_keep_their_identity_when_their_code_is_changed() -> None:
    tree = ast.parse("def f(x):\n    return x * 0.5\ng = f\nh = lambda x: x - 1")
    names: dict[str, Any] = {}
    machine = Machine(tree, names)
    for statement in range(3):
        machine.run(statement, None, 1.0)
    before = names["f"]
    half = next(n for n in machine.nodes.values() if isinstance(n, ast.Constant) and n.value == 0.5)
    machine.install(Plan(constants={half.number: 2.0}))  # type: ignore[attr-defined]
    assert names["g"] is before
    assert names["g"](7) == 14.0
    assert names["h"](7) == 6


def test_an_except_for_everything_does_not_keep_the_signal_to_stop(
    scene: Callable[[str], Scene],
) -> None:
    one = scene(
        "n = 0\n"
        "for i in range(10):\n"
        "    try:\n"
        "        n += 1\n"
        "        a = n - 0.5\n"
        "    except:\n"
        "        pass\n"
    )
    loop = next(n for n, node in one.machine.nodes.items() if isinstance(node, ast.For))
    ran = one.run(Course(loop=loop, first=2, most=1), Plan())
    assert ran.error is None
    assert one.machine.variables["n"] == 3


def test_a_loop_without_end_is_stopped(scene: Callable[[str], Scene]) -> None:
    one = scene("n = 0\nwhile True:\n    n = n + 1")
    one.limit = 0.05
    ran = one.run(Course(loop=-1), Plan(sites=frozenset()))
    assert ran.slow
    assert one.machine.variables["n"] > 0


def test_the_lines_of_a_traceback_are_the_programs() -> None:
    tree = ast.parse("def f(x):\n\n    return 1 / x\nf(0)")
    number(tree)
    names = Machine(tree, {}).variables
    exec(compiled(tree.body[0], Plan()), names)
    with pytest.raises(ZeroDivisionError) as caught:
        exec(compiled(tree.body[1], Plan()), names)
    assert caught.traceback[-1].lineno == 2
