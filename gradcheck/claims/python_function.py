"""Claimed gradients from a Python function of the user's, run in a child process."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Self

from gradcheck.array import Array
from gradcheck.child.host import Child
from gradcheck.child.loading import Place
from gradcheck.errors import ClaimError
from gradcheck.record import record

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@record
class Call:
    """One evaluation point: float64 arrays by name."""

    parameters: Mapping[str, Array]
    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]


@record
class Answer:
    """What the function returned at one point.

    `modified` names the parameters, inputs and targets that the function changed in place;
    `dtypes` tells what each gradient was before it was widened to float64.
    """

    gradients: Mapping[str, Array]
    loss: float | None
    modified: tuple[str, ...]
    dtypes: Mapping[str, str]


class CallError(ClaimError):
    """One of several calls failed: the one at `index`, from 0."""

    def __init__(self, message: str, index: int) -> None:
        super().__init__(message, index)
        self.message = message
        self.index = index

    def __str__(self) -> str:
        return self.message


class PythonFunction:
    """The function that `target` names, ready to be called for as long as the `with` block lasts.

    `target` is `file.py:name`, relative to `folder`, or `package.module:name`; `timeout` limits
    the import and each call, in seconds.
    """

    def __init__(self, target: str, folder: Path, timeout: float) -> None:
        self._target = target
        self._folder = folder
        self._timeout = timeout
        self._place = _place(target, folder)
        self._child: Child | None = None

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    @property
    def output(self) -> str:
        """The last 4000 characters of what the function printed."""
        return self._child.output if self._child else ""

    def answers(self, calls: Sequence[Call]) -> list[Answer]:
        """Call the function at each point, in this order; the first failure is a `CallError`.

        After a time-out or a crash the next use starts a new process.
        """
        return [self._answer(index, call) for index, call in enumerate(calls)]

    def _answer(self, index: int, call: Call) -> Answer:
        try:
            child = self._child if self._child and self._child.alive else self._start()
            header, arrays = child.request({"do": "call"}, _flat(call))
        except ClaimError as error:
            raise CallError(str(error), index) from error
        loss = arrays.pop("loss", None)
        return Answer(
            gradients={key.partition("/")[2]: array for key, array in arrays.items()},
            loss=None if loss is None else float(loss),
            modified=tuple(header["modified"]),
            dtypes=header["dtypes"],
        )

    def _start(self) -> Child:
        self._stop()
        self._child = child = Child(
            "gradcheck.child.function",
            folder=self._folder,
            subject=self._target,
            timeout=self._timeout,
        )
        try:
            child.open()
            what = f"importing {self._place.source}"
            child.request({"do": "load", "place": asdict(self._place)}, {}, what)
        except BaseException:
            self._stop()
            raise
        return child

    def _stop(self) -> None:
        if self._child:
            self._child.close()


def _flat(call: Call) -> dict[str, Array]:
    groups = {"parameters": call.parameters, "inputs": call.inputs, "targets": call.targets}
    return {
        f"{group}/{name}": array
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }


def _place(target: str, folder: Path) -> Place:
    source, _, name = target.rpartition(":")
    is_file = source.endswith(".py")
    is_module = bool(_DOTTED.fullmatch(source)) and not (folder / source).is_file()
    if not _DOTTED.fullmatch(name) or not (is_file or is_module):
        raise ClaimError(
            f"expected 'file.py:function' or 'package.module:function', but found {target!r}"
        )
    if is_file:
        _require(folder, source)
    return Place(source=source, is_file=is_file, name=name)


def _require(folder: Path, source: str) -> None:
    path = folder / source
    if path.is_file():
        return
    there = sorted(entry.name for entry in path.parent.glob("*.py"))
    near = get_close_matches(path.name, there, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ClaimError(f"there is no file {source!r} in {str(folder)!r}{hint}")
