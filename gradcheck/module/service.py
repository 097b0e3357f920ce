"""The service that has a target of the user's and answers for it as a subject.

It knows six requests. `load` imports the target; `cases` lists the cases in which it is checked and
`open` makes one of them the subject; `losses`, `claims` and `output` are the subject's. Points
cross as `parameters/NAME` and `data/NAME`.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child import wire
from gradcheck.child.loading import Place, attribute, imported
from gradcheck.child.worker import Handler
from gradcheck.errors import ClaimError, GradcheckError, NotAnalyticError
from gradcheck.module.subject import About, Moved, Point, Subject
from gradcheck.module.targets import Case, Wish, cases


def service() -> Handler:
    """Return a handler that remembers the target between requests."""
    return _Service()


class _Service:
    def __init__(self) -> None:
        self._cases: list[Case] = []
        self._subject: Subject | None = None

    def __call__(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:
        answers = {"load": self._load, "open": self._open, "losses": self._losses,
                   "claims": self._claims, "output": self._output}  # fmt: skip
        try:
            with np.errstate(all="ignore"):
                return answers[header["do"]](header, arrays)
        except ClaimError:
            raise
        except GradcheckError as error:
            raise ClaimError(str(error)) from None

    def _load(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:  # noqa: ARG002
        (given,) = header["places"].values()
        self._place = Place(**given)
        self._module = imported(self._place)
        self._value = attribute(self._module, self._place)
        return {}, {}

    def _open(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:  # noqa: ARG002
        """Make a case the subject; the answer tells of it, and what other cases there are."""
        if not self._cases:
            wish = Wish(**header["wish"])
            name = self._place.name.rpartition(".")[2]
            self._cases = cases(self._module, name, self._value, wish)
        self._subject = self._cases[header["case"]].make()
        told, own = packed(self._subject.about)
        listed = [{"label": case.label, "guessed": case.guessed} for case in self._cases]
        return {**told, "cases": listed}, own

    def _losses(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:
        moved = Moved(parameter=header["parameter"], values=arrays.pop("moved"))
        try:
            found = self._asked().losses(point_of(arrays), moved)
        except NotAnalyticError as error:
            return {"lost": str(error)}, {}
        return {}, {"value": found.value, "magnitude": found.magnitude}

    def _claims(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:  # noqa: ARG002
        return {}, dict(self._asked().claims(point_of(arrays)))

    def _output(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:  # noqa: ARG002
        found = self._asked().output(point_of(arrays))
        return {}, {} if found is None else {"output": found}

    def _asked(self) -> Subject:
        assert self._subject is not None
        return self._subject


def packed(about: About) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return what is known of a subject as plain data and arrays."""
    told = {
        "name": about.name,
        "claimed": sorted(about.claimed),
        "inputs": about.inputs,
        "batch": about.batch,
        "dumped": about.dumped,
        "facts": [
            {"code": f.code, "parameters": f.parameters, "evidence": f.evidence}
            for f in about.facts
        ],
        "remarks": about.remarks,
        "epsilon": about.epsilon,
        "parameters": [*about.own.parameters],
    }
    limits = {f"limits/{name}": value for name, value in about.limits.items()}
    return told, {**flat(about.own), **limits}


def flat(point: Point) -> dict[str, Array]:
    """Return a point's arrays under one name each."""
    return {
        **{f"parameters/{name}": np.asarray(x) for name, x in point.parameters.items()},
        **{f"data/{name}": np.asarray(x) for name, x in point.data.items()},
    }


def point_of(arrays: Mapping[str, Array]) -> Point:
    """Return the point whose arrays crossed."""
    return Point(parameters=part(arrays, "parameters"), data=part(arrays, "data"))


def part(arrays: Mapping[str, Array], group: str) -> dict[str, Array]:
    """Return the arrays of one group by their own names."""
    return {
        key.removeprefix(f"{group}/"): array
        for key, array in arrays.items()
        if key.startswith(f"{group}/")
    }
