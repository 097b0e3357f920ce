"""What the user has said about a program: which step, which loss, which parameters."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from gradcheck.paste.understanding.paths import Path
from gradcheck.record import record

Subject: TypeAlias = Literal["step", "loss", "parameters"]


@record
class Wishes:
    """`step` is a line of the program, `loss` a name, an expression or a standard loss.

    `parameters` are names as they are reported, or their last parts. None where nothing was said.
    """

    step: int | None = None
    loss: str | None = None
    parameters: tuple[str, ...] | None = None

    @property
    def given(self) -> list[Subject]:
        said: Mapping[Subject, Any] = {
            "step": self.step,
            "loss": self.loss,
            "parameters": self.parameters,
        }
        return [subject for subject, value in said.items() if value is not None]


NONE = Wishes()


class RefusedError(Exception):
    """What was asked for is not there; `candidates` are what could have been asked for."""

    def __init__(self, subject: Subject, asked: str | int, candidates: Iterable[str | int]) -> None:
        super().__init__(subject, asked)
        self.told = {
            "subject": subject,
            "asked": asked,
            "candidates": list(dict.fromkeys(candidates)),
        }


def wishes(request: Mapping[str, Any]) -> Wishes:
    """Read the keys `step`, `loss` and `parameters` of a request; each may be missing or null."""
    parameters = request.get("parameters")
    return Wishes(
        step=request.get("step"),
        loss=request.get("loss"),
        parameters=None if parameters is None else tuple(parameters),
    )


def picked(names: Sequence[str], paths: Sequence[Path]) -> list[Path] | None:
    """Return the paths that are meant by names; None where one of the names means nothing."""
    found = [[path for path in paths if means(name, str(path))] for name in names]
    found = [
        own or [path for path in paths if name in (path.last, path.root)]
        for name, own in zip(names, found, strict=True)
    ]
    return list(dict.fromkeys(path for own in found for path in own)) if all(found) else None


def means(name: str, shown: str) -> bool:
    """Tell whether a name is that of a path as it is shown, whatever its quotes and blanks."""
    return _plain(name) == _plain(shown)


def _plain(text: str) -> str:
    return text.replace('"', "'").replace(" ", "")
