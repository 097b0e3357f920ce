"""Objects that stand for numbers and record what is done with them."""

from typing import Any

import numpy as np
import pytest

from gradcheck.paste.understanding.hashing import Hashing
from gradcheck.paste.understanding.values import frozen, meant


class Node:
    def __init__(self, value: Any) -> None:
        self.value, self.grad = value, 0.0

    def __add__(self, other: "Node") -> "Node":
        return Node(self.value + other.value)


class Plain:
    def __init__(self, value: Any) -> None:
        self.value, self.grad = value, 0.0


class Shape:
    def __init__(self) -> None:
        self.width = 3.0

    def __add__(self, other: "Shape") -> "Shape":
        return self


def test_a_node_stands_for_its_number() -> None:
    assert meant(Node(1.5)) == 1.5
    np.testing.assert_array_equal(meant(Node(np.arange(3))), [0.0, 1.0, 2.0])
    assert frozen(Node(1.5)) is None, "a state is made of its attributes"


@pytest.mark.parametrize("thing", [Plain(1.5), Shape(), "1.5", None, [Node(1.5)], Node])
def test_what_takes_no_part_in_arithmetic_or_has_no_gradient_stands_for_nothing(
    thing: object,
) -> None:
    assert meant(thing) is None


def sequence(hashing: Hashing, kind: type) -> list[int]:
    hashing.start()
    made = [kind(k) for k in range(5)]
    return [thing.value for thing in {*made[::2], *made}]


def test_sets_of_a_programs_objects_go_the_same_way_in_every_run() -> None:
    hashing = Hashing()
    kind = hashing.adopt(type("Own", (Node,), {}))
    kept = [sequence(hashing, kind) for _ in range(4)]
    others = [[object() for _ in range(k)] for k in (3, 57, 901)]
    assert kept == [[0, 2, 4, 1, 3]] * 4, others


def test_an_object_keeps_its_hash_and_is_equal_to_itself_alone() -> None:
    hashing = Hashing()
    kind: Any = hashing.adopt(type("Own", (Node,), {}))
    one, other = kind(1), kind(1)
    first = hash(one)
    hashing.start()
    assert (hash(one), hash(other)) == (first, first)
    assert one in {one}
    assert other not in {one}


def test_classes_that_say_how_they_are_hashed_are_left_alone() -> None:
    class Hashed:
        def __hash__(self) -> int:
            return 7

    class Equal:
        def __eq__(self, other: object) -> bool:
            return True

    class Slotted:
        __slots__ = ()

    hashing = Hashing()
    assert hash(hashing.adopt(Hashed)()) == 7
    assert hashing.adopt(Equal).__hash__ is None
    assert isinstance(hash(hashing.adopt(Slotted)()), int)
    assert hashing.adopt(print) is print
