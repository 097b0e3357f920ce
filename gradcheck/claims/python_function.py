"""Claimed gradients from a Python function of the user's, run in a child process."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from gradcheck.array import Array
from gradcheck.child.loaded import Loaded
from gradcheck.errors import ClaimError
from gradcheck.record import record


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
        self._loaded = Loaded("gradcheck.child.function", {"claim": target}, folder, timeout)

    def __enter__(self) -> Self:
        self._loaded.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loaded.stop()

    @property
    def output(self) -> str:
        """The last 4000 characters of what the function printed."""
        return self._loaded.output

    def answers(self, calls: Sequence[Call]) -> list[Answer]:
        """Call the function at each point, in this order; the first failure is a `CallError`.

        After a time-out or a crash the next use starts a new process.
        """
        return [self._answer(index, call) for index, call in enumerate(calls)]

    def _answer(self, index: int, call: Call) -> Answer:
        try:
            header, arrays = self._loaded.request({"do": "call"}, _flat(call))
        except ClaimError as error:
            raise CallError(str(error), index) from error
        loss = arrays.pop("loss", None)
        return Answer(
            gradients={key.partition("/")[2]: array for key, array in arrays.items()},
            loss=None if loss is None else float(loss),
            modified=tuple(header["modified"]),
            dtypes=header["dtypes"],
        )


def _flat(call: Call) -> dict[str, Array]:
    groups = {"parameters": call.parameters, "inputs": call.inputs, "targets": call.targets}
    return {
        f"{group}/{name}": array
        for group, arrays in groups.items()
        for name, array in arrays.items()
    }
