"""The search for the faults behind wrong gradients."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gradcheck.diagnose.search import Found, search
from gradcheck.network.plant import Plant

NET = "deep_tanh"


def codes(found: Found) -> list[tuple[str, ...]]:
    return [tuple(sorted(p.fault.code for p in plants)) for plants in found.sets]


def described(plants: tuple[Plant, ...]) -> set[tuple[str, str, str | None]]:
    return {(p.fault.code, p.node, p.target) for p in plants}


@pytest.mark.parametrize(
    ("code", "node", "target"),
    [
        ("SGN01", "loss", None),
        ("ACT02", "first_out", None),
        ("ACT01", "second_out", None),
        ("BIA01", "second", "bias"),
        ("MAT15", "first_out", None),
    ],
)
def test_a_single_fault_is_named_with_its_place(
    code: str, node: str, target: str | None, fields: Mapping[str, Any]
) -> None:
    field = fields[NET]
    found = search(field.case(field.plant(code, node, target)), field.candidates)
    assert {(code, node, target)} in [described(plants) for plants in found.sets]
    assert found.miss < 1e-12


def test_what_comes_nearest_without_matching_is_told_with_its_miss(
    fields: Mapping[str, Any],
) -> None:
    field = fields[NET]
    found = search(field.case(field.plant("ACT02", "first_out")), field.candidates)
    assert found.near
    for plant, miss in found.near:
        assert plant.fault.code != "ACT02" or plant.node != "first_out"
        assert miss > 1e-3


@pytest.mark.parametrize(
    "places",
    [
        (("SGN01", "loss", None), ("ACT02", "first_out", None)),
        (("ACT01", "second_out", None), ("BIA01", "first", "bias")),
        (("ACT03", "second_out", None), ("BIA01", "second", "bias")),
        (("SGN01", "loss", None), ("BIA01", "third", "bias"), ("ACT01", "first_out", None)),
        (("ACT02", "second_out", None), ("ACT03", "first_out", None), ("BIA01", "second", "bias")),
    ],
)
def test_several_faults_are_named_together(
    places: tuple[tuple[str, str, str | None], ...], fields: Mapping[str, Any]
) -> None:
    field = fields[NET]
    found = search(field.case(*(field.plant(*place) for place in places)), field.candidates)
    assert set(places) in [described(plants) for plants in found.sets]
    assert found.miss < 1e-12


def test_two_faults_of_the_same_gradients_are_told_apart_from_one(
    fields: Mapping[str, Any],
) -> None:
    field = fields["sigmoid_regression"]
    planted = [field.plant("SGN01", "loss"), field.plant("AVG01", "loss")]
    assert ("AVG01", "SGN01") in codes(search(field.case(*planted), field.candidates))


def test_a_mistake_that_is_none_of_ours_is_not_named(fields: Mapping[str, Any]) -> None:
    field = fields[NET]

    def change(claims: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**claims, "second.weight": np.sin(claims["second.weight"]) + 0.1}

    found = search(field.case(change=change), field.candidates)
    assert not found.sets
    assert found.near


def test_a_known_mistake_with_one_odd_entry_is_not_named(fields: Mapping[str, Any]) -> None:
    field = fields[NET]

    def change(claims: Mapping[str, Any]) -> Mapping[str, Any]:
        odd = np.array(claims["first.weight"])
        odd[2, 3] *= 1 + 1e-4
        return {**claims, "first.weight": odd}

    found = search(field.case(field.plant("ACT02", "first_out"), change=change), field.candidates)
    assert not found.sets


@pytest.mark.parametrize("places", [(("ACT02", "first_out"),), (("SGN01", "loss"),)])
def test_claims_of_single_precision_are_named_as_well(
    places: tuple[tuple[str, str], ...], fields: Mapping[str, Any]
) -> None:
    field = fields[NET]

    def rounded(claims: Mapping[str, Any]) -> Mapping[str, Any]:
        return {k: np.asarray(np.float32(v), dtype=float) for k, v in claims.items()}

    planted = [field.plant(*place) for place in places]
    found = search(field.case(*planted, change=rounded), field.candidates)
    assert {(*place, None) for place in places} in [described(plants) for plants in found.sets]
    assert 1e-12 < found.miss < 1e-6


def test_right_claims_are_explained_by_nothing(fields: Mapping[str, Any]) -> None:
    for field in fields.values():
        assert not field.case().wrong
