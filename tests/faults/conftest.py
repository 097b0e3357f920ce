"""Right backward passes through the small networks of the self-test, to plant faults in."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent, indent
from typing import Any, Protocol, TypeAlias, cast

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.diagnose.case import Case
from gradcheck.diagnose.search import search
from gradcheck.network.plant import Plant
from gradcheck.network.planted import Reference, plants
from gradcheck.problem import Claims, Probe
from gradcheck.record import record
from gradcheck.selftest.grounds import grounds

BACKWARD = Path(__file__).parent / "backward"
PROGRAMS = Path(__file__).parent / "programs"

Program: TypeAlias = Callable[[Mapping[str, Array], Mapping[str, Array]], Claims]


@pytest.fixture(scope="session")
def loaded() -> Iterator[Mapping[str, Loaded]]:
    """Return every small network, loaded, by name."""
    loader = Loader(ops=OPS, faults=FAULTS, policy=Policy())
    found = {}
    with ExitStack() as stack:
        for path in grounds():
            (document,) = loader.load(path, path.name)
            assert isinstance(document, Loaded), (path.name, document)
            stack.enter_context(document.stack)
            found[path.stem] = document
        yield found


@pytest.fixture(scope="session")
def references(loaded: Mapping[str, Loaded]) -> Mapping[str, Reference]:
    """Return the right pass through every small network, at a point that is not the first."""
    found = {}
    for name, document in loaded.items():
        own, other = document.problem.probe(0, 0), document.problem.probe(1, 0)
        found[name] = Reference(document.network, other, Reference(document.network, own))
    return found


@record
class Ground:
    """A small network at three points, and every way to plant a fault in it."""

    probes: Sequence[Probe]
    references: Sequence[Reference]
    candidates: Sequence[Plant]


@pytest.fixture(scope="session")
def ground(loaded: Mapping[str, Loaded]) -> Callable[[str], Ground]:
    """Return what prepares a small network, by its name, once for all tests."""

    @functools.cache
    def prepared(network: str) -> Ground:
        document = loaded[network]
        probes = [document.problem.probe(k, 0) for k in range(3)]
        first = Reference(document.network, probes[0], remember=True)
        others = [Reference(document.network, p, first, remember=True) for p in probes[1:]]
        faults = [fault for fault in FAULTS.all().values() if fault.plantable]
        return Ground(
            probes=probes,
            references=(first, *others),
            candidates=[plant for fault in faults for plant in plants(others[-1], fault)],
        )

    return prepared


class Named(Protocol):
    """Hold a fault against its wrong formula, written once more by hand."""

    def __call__(
        self,
        code: str,
        network: str,
        *,
        backward: str | None = None,
        program: Program | None = None,
        place: str | None = None,
    ) -> None: ...


@pytest.fixture
def named(ground: Callable[[str], Ground], tmp_path: Path) -> Named:
    """Return what demands that a wrong formula's gradients are those of the fault `code`.

    The formula is a `backward:` block for the small network's config, or a program in plain
    NumPy: (parameters, data) -> gradients by parameter. It has to claim every parameter.
    """

    def demand(
        code: str,
        network: str,
        *,
        backward: str | None = None,
        program: Program | None = None,
        place: str | None = None,
    ) -> None:
        small = ground(network)
        references = small.references
        if backward is None:
            assert program is not None
            claims: Sequence[Claims] = [program(p.parameters, p.data) for p in small.probes]
        else:
            claims = _formulas(network, backward, tmp_path)(small.probes)
        fault = FAULTS.find(code)
        assert fault is not None, f"there is no fault {code}"
        # What is left of an earlier call shows at a later point only.
        made = [p for p in plants(references[-1], fault) if place in (None, p.node)]
        assert made, f"{code} can't be made in {network}"
        misses = [_miss(references, plant, claims) for plant in made]
        assert min(misses) < 1e-10, f"{code} misses the wrong formula by {min(misses):.2g}"
        right = max(_gap(r.gradients, c) for r, c in zip(references, claims, strict=True))
        assert right > 1e-4, "the wrong formula gives the right gradient"
        found = search(_case(references, claims), small.candidates)
        codes = [{plant.fault.code for plant in plants_} for plants_ in found.sets]
        assert {code} in codes, f"{code} is taken for {codes}"

    return demand


def _case(references: Sequence[Reference], claims: Sequence[Claims]) -> Case:
    order = tuple(references[0].gradients)
    off = {
        name
        for reference, claim in zip(references, claims, strict=True)
        for name in order
        if _gap({name: reference.gradients[name]}, {name: claim[name]}) > 1e-9
    }
    return Case(
        references=tuple(references),
        claims=tuple(claims),
        wrong=tuple(name for name in order if name in off),
        compared=order,
    )


@pytest.fixture
def exact(loaded: Mapping[str, Loaded], tmp_path: Path) -> Callable[[str, str], None]:
    """Return what demands that a `backward:` block's gradients of a small network are right."""

    def demand(network: str, backward: str) -> None:
        document = loaded[network]
        probes = [document.problem.probe(k, 0) for k in range(3)]
        claims = _formulas(network, backward, tmp_path)(probes)
        for probe, claim in zip(probes, claims, strict=True):
            assert _gap(Reference(document.network, probe).gradients, claim) < 1e-12

    return demand


class Edited(Protocol):
    """Make one mistake, or several, in the right backward pass of a small network."""

    def __call__(self, network: str, *edits: tuple[str, str]) -> str: ...


@pytest.fixture(scope="session")
def edited() -> Edited:
    """Return what replaces texts, each of which occurs once, in a hand-written `backward:` block.

    The right blocks lie in the folder `backward`, by the network's name.
    """

    def replaced(network: str, *edits: tuple[str, str]) -> str:
        text = (BACKWARD / f"{network}.txt").read_text("utf-8")
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {network}"
            text = text.replace(old, new)
        return text

    return replaced


class Programmed(Protocol):
    """Make one mistake, or several, in a small network's right program."""

    def __call__(self, network: str, *edits: tuple[str, str]) -> Program: ...


@pytest.fixture(scope="session")
def programmed() -> Programmed:
    """Return what replaces texts, each of which occurs once, in a program in plain NumPy.

    The right programs lie in the folder `programs`, by the network's name.
    """

    def replaced(network: str, *edits: tuple[str, str]) -> Program:
        text = (PROGRAMS / f"{network}.txt").read_text("utf-8")
        for old, new in edits:
            assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {network}"
            text = text.replace(old, new)
        space: dict[str, Any] = {"np": np}
        exec(text, space)
        return cast(Program, space["program"])

    return replaced


@pytest.fixture
def harmless(loaded: Mapping[str, Loaded], programmed: Programmed) -> Callable[[str], None]:
    """Return what demands that a small network's program gives the right gradients."""

    def demand(network: str) -> None:
        for k in range(3):
            probe = loaded[network].problem.probe(k, 0)
            claim = programmed(network)(probe.parameters, probe.data)
            assert _gap(Reference(loaded[network].network, probe).gradients, claim) < 1e-12

    return demand


def _formulas(network: str, backward: str, folder: Path) -> Callable[..., Sequence[Claims]]:
    (config,) = (path for path in grounds() if path.stem == network)
    text = (
        config.read_text("utf-8")
        + "gradients:\n  backward: |\n"
        + indent(dedent(backward), 4 * " ")
    )
    path = folder / f"{network}.yaml"
    path.write_text(text, "utf-8")
    (document,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(path, path.name)
    assert isinstance(document, Loaded), document
    return document.problem.claims


def _miss(references: Sequence[Reference], plant: Plant, claims: Sequence[Claims]) -> float:
    return max(
        _gap(reference.planted([plant]), claim)
        for reference, claim in zip(references, claims, strict=True)
    )


def _gap(ours: Mapping[str, Array], theirs: Mapping[str, Array]) -> float:
    """Return the largest relative difference of any parameter's gradient."""
    assert ours.keys() == theirs.keys()
    return max(
        float(np.max(np.abs(ours[k] - theirs[k]), initial=0.0))
        / (float(np.max(np.abs(ours[k]), initial=0.0)) or 1.0)
        for k in ours
    )
