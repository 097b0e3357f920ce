"""Cases to diagnose: the small networks of the self-test with faults planted in them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import TypeAlias

import pytest

from gradcheck.array import Array
from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.diagnose.case import EXACT, Case, gap
from gradcheck.fault import Fault
from gradcheck.network.plant import Plant
from gradcheck.network.planted import Reference, plants
from gradcheck.selftest.grounds import grounds

Claims: TypeAlias = Mapping[str, Array]


class Field:
    """One network with its right passes, every way to make a fault, and cases made of them."""

    def __init__(self, loaded: Loaded, faults: Sequence[Fault]) -> None:
        self.loaded = loaded
        own = loaded.problem.probe(0, 0)
        first = Reference(loaded.network, own)
        self.references = (
            first,
            *(Reference(loaded.network, loaded.problem.probe(k, 0), first) for k in (1, 2)),
        )
        self.candidates = [plant for fault in faults for plant in plants(first, fault)]

    def plant(self, code: str, node: str, target: str | None = None) -> Plant:
        """Return the plant of a fault at a place."""
        (found,) = (
            p for p in self.candidates if (p.fault.code, p.node, p.target) == (code, node, target)
        )
        return found

    def case(
        self, *planted: Plant, change: Callable[[Claims], Claims] = lambda claims: claims
    ) -> Case:
        """Return the case of claims made with faults, `change`d afterwards."""
        claims = tuple(change(reference.planted(planted)) for reference in self.references)
        order = tuple(self.references[0].gradients)
        wrong = tuple(
            name
            for name in order
            if any(
                gap(r.gradients[name], c[name]) > 1e4 * EXACT
                for r, c in zip(self.references, claims, strict=True)
            )
        )
        return Case(references=self.references, claims=claims, wrong=wrong, compared=order)


@pytest.fixture(scope="session")
def fields() -> Iterator[Mapping[str, Field]]:
    """Return every small network."""
    loader = Loader(ops=OPS, faults=FAULTS, policy=Policy())
    faults = [fault for fault in FAULTS.all().values() if fault.plantable]
    found = {}
    with ExitStack() as stack:
        for path in grounds():
            (loaded,) = loader.load(path, path.name)
            assert isinstance(loaded, Loaded)
            stack.enter_context(loaded.stack)
            found[path.stem] = Field(loaded, faults)
        yield found
