"""Records: frozen, keyword-only dataclasses, but for the time that they take to define."""

import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from gradcheck.record import record


@record
class Point:
    """A place."""

    x: float
    y: float = 2.5
    tags: list[str] = field(default_factory=list)


@record
class Labelled(Point):
    """A place with a name."""

    label: str

    @property
    def shouted(self) -> str:
        return self.label.upper()


def test_fields_are_given_by_name_or_have_defaults() -> None:
    point = Point(x=1.5)

    assert (point.x, point.y, point.tags) == (1.5, 2.5, [])
    assert Point(x=1.5, y=3.5, tags=["a"]).tags == ["a"]


def test_a_default_that_is_made_is_made_each_time() -> None:
    first, second = Point(x=1.5), Point(x=1.5)
    first.tags.append("a")

    assert second.tags == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Point needs 'x'"),
        ({"x": 1.5, "z": 2.5}, "Point has no 'z'"),
        ({"x": 1.5, "z": 2.5, "w": 3.5}, "Point has no 'z', 'w'"),
    ],
)
def test_too_few_or_too_many_fields_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        Point(**given)


def test_fields_can_not_be_given_by_place() -> None:
    make: Any = Point

    with pytest.raises(TypeError):
        make(1.5)


def test_nothing_can_be_changed() -> None:
    point: Any = Point(x=1.5)

    with pytest.raises(dataclasses.FrozenInstanceError, match=r"Point\.x can't be changed"):
        point.x = 2.5
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.other = 2.5
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert point.x == 1.5


def test_equal_fields_make_equal_records_of_one_class() -> None:
    assert Point(x=1.5) == Point(x=1.5, y=2.5)
    assert Point(x=1.5) != Point(x=2.5)
    assert Point(x=1.5) != Labelled(x=1.5, label="a")
    other: Any = {"x": 1.5, "y": 2.5, "tags": []}
    assert Point(x=1.5) != other


@record
class Pair:
    """Two numbers."""

    first: int
    second: int


def test_records_hash_by_their_fields_in_any_order_of_giving() -> None:
    assert hash(Pair(first=1, second=2)) == hash(Pair(second=2, first=1))
    assert Pair(first=1, second=2) == Pair(second=2, first=1)
    assert len({Pair(first=1, second=2), Pair(first=2, second=1), Pair(second=2, first=1)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(x=1.5))


def test_a_record_shows_its_fields() -> None:
    assert repr(Pair(first=1, second=2)) == "Pair(first=1, second=2)"
    assert repr(Labelled(x=1.5, label="a")) == "Labelled(x=1.5, y=2.5, tags=[], label='a')"


def test_a_record_inherits() -> None:
    labelled = Labelled(x=1.5, label="a", y=3.5)

    assert labelled.shouted == "A"
    assert labelled.y == 3.5
    with pytest.raises(TypeError, match="needs 'label'"):
        Labelled(x=1.5)  # type: ignore[call-arg]


def test_the_standard_library_takes_it_for_a_dataclass() -> None:
    point = Point(x=1.5)

    assert dataclasses.is_dataclass(point)
    assert [f.name for f in dataclasses.fields(Labelled)] == ["x", "y", "tags", "label"]
    assert dataclasses.replace(point, y=7.5) == Point(x=1.5, y=7.5)
    assert dataclasses.asdict(Labelled(x=1.5, label="a")) == {
        "x": 1.5,
        "y": 2.5,
        "tags": [],
        "label": "a",
    }


def test_a_record_can_be_pickled() -> None:
    point = Labelled(x=1.5, label="a", tags=["b"])

    assert pickle.loads(pickle.dumps(point)) == point
