"""The faults of kept values and shared arrays against their wrong formulas, written by hand."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from gradcheck.array import Array

Edits = tuple[tuple[str, str], ...]
Gradient = Mapping[str, Array]

FORMULAS: dict[str, tuple[str, str | None, Edits]] = {
    "CCH01": ("graph_residual", "block", (("first_out.T @ d_block", "joined.T @ d_block"),)),
    "CCH02": ("graph_residual", "joined", (("d_shortcut = d_joined", "d_shortcut = d_block"),)),
    "CCH04": ("loss_squared_hinge", "first", (("x.T @ d_first", "other.T @ d_first"),)),
    "CCH05": (
        "deep_tanh",
        None,
        (
            ("grad.second.weight = first_out.T @ d2", "both = first_out.T @ d2 + x.T @ d1"),
            ("grad.first.weight = x.T @ d1", "grad.first.weight = both\ngrad.second.weight = both"),
        ),
    ),
    "CCH05 filled": (
        "deep_tanh",
        None,
        (("grad.second.weight = first_out.T @ d2", "grad.second.weight = x.T @ d1"),),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right texts."""

PROGRAMS: dict[str, tuple[str, str | None, Edits]] = {
    "CCH01 of words": (
        "graph_words",
        "block",
        (('"ntj,nti->ji", dz, words', '"ntj,nti->ji", dz, joined'),),
    ),
    "CCH02 by a mask": (
        "graph_words",
        "joined",
        (("da = d_joined * keep", "d_joined *= keep; da = d_joined"),),
    ),
    "CCH04 of a table": (
        "graph_words",
        "words",
        (("found, ids, d_words", "found, other, d_words"),),
    ),
}


@pytest.mark.parametrize("case", FORMULAS)
def test_a_wrong_array_is_named(
    case: str, named: Callable[..., None], edited: Callable[..., str]
) -> None:
    network, place, edits = FORMULAS[case]
    named(case[:5], network, backward=edited(network, *edits), place=place)


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_wrong_array_in_a_program_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = PROGRAMS[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)


def test_a_cache_that_is_never_filled_again_is_named(
    named: Callable[..., None], programmed: Callable[..., Callable[..., Gradient]]
) -> None:
    right, kept = programmed("graph_pairs"), list[Gradient]()

    def program(parameters: Gradient, data: Gradient) -> Gradient:
        if not kept:
            kept.append(right(parameters, data))
        return kept[0]

    named("CCH03", "graph_pairs", program=program)


def test_gradients_that_are_clipped_together_are_named(
    named: Callable[..., None], programmed: Callable[..., Callable[..., Gradient]]
) -> None:
    right = programmed("graph_image")

    def program(parameters: Gradient, data: Gradient) -> Gradient:
        found = {name: gradient.copy() for name, gradient in right(parameters, data).items()}
        norm = np.linalg.norm(np.concatenate([g.ravel() for g in found.values()]))
        for gradient in found.values():
            gradient *= min(1.0, float(1 / norm))
        return found

    named("CCH06", "graph_image", program=program)


@pytest.mark.parametrize("entries", [True, False])
def test_gradients_that_are_clipped_apart_are_named(
    entries: bool, named: Callable[..., None], programmed: Callable[..., Callable[..., Gradient]]
) -> None:
    right = programmed("graph_image")

    def program(parameters: Gradient, data: Gradient) -> Gradient:
        found = right(parameters, data)
        if entries:
            return {name: np.minimum(np.maximum(g, -1), 1) for name, g in found.items()}
        return {name: g / max(1, np.sqrt((g * g).sum())) for name, g in found.items()}

    named("CCH06", "graph_image", program=program)
