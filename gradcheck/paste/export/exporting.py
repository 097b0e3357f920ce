"""Pasted text to configs: the use case."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.paste.absence import absent
from gradcheck.paste.export.recognition import RecognitionError, Run, recognised
from gradcheck.paste.export.writing import Model, config
from gradcheck.paste.reading.read import read
from gradcheck.paste.sandbox.launch import call
from gradcheck.paste.selection import Chosen, chosen, require_names
from gradcheck.paste.session import Request, question
from gradcheck.paste.verdicts import Judged, judged

RECORDING = "gradcheck.paste.understanding.recording"
_BETWEEN = "---\n"
_NEAR = 1e-7


def exported(request: Request) -> str:
    """Return the networks of a text as one config, a document for each step that trains.

    Raises RecognitionError, with the reason, where one of them is none that a config can have.
    """
    post = read(request.text)
    wanted = chosen(post, request.program, request.step)
    require_names(wanted, request.values)
    texts = [text for each in wanted for text in _configs(request, each, len(post.programs) > 1)]
    if not texts:
        raise RecognitionError(f"{request.name}: no program was found in this text")
    return _BETWEEN.join(texts)


def _configs(request: Request, each: Chosen, several: bool) -> Iterator[str]:
    name = f"{request.name}#{each.index + 1}" if several else request.name
    asked = question(request, each.program.source, each.step)
    answer = call(RECORDING, asked, request.limits, guarded=request.sandboxed)
    if not answer["steps"]:
        why = absent(answer, lambda line: each.program.place(line).line)
        raise RecognitionError(f"{name}: {why}")
    for step in answer["steps"]:
        try:
            yield config(_model(name, f"{request.name}, {each.program.title}", step))
        except RecognitionError as error:
            raise RecognitionError(f"{name} can't be written as a config: {error}") from None


def _model(name: str, origin: str, step: Mapping[str, Any]) -> Model:
    found, result = step["record"], judged(step)
    if found["refused"]:
        raise RecognitionError(found["refused"])
    names = [entry["name"] for entry in step["parameters"]]
    runs = [_run(run) for run in found["runs"]]
    scale, exact = _scale(result, step["rate"]["value"] if step.get("rate") else None)
    return Model(
        title=name.rpartition("/")[2],
        origin=origin,
        network=recognised(runs, names, OPS.all()),
        run=runs[0],
        names=names,
        scale=scale,
        exact=exact,
        verdicts={check.parameter: check.verdict for check in result.checks},
    )


def _scale(result: Judged, rate: float | None) -> tuple[float, bool]:
    """Return what claims are divided by, the scale of right ones, and whether to the last digit.

    It was fitted to differences; multiples of the learning rate, or parts of it, are known better.
    """
    if result.scale is None:
        return rate or 1.0, True
    for exact in (rate or 1.0, 1.0):
        factor = result.scale / exact
        for nice in (round(factor), 1 / round(1 / factor) if factor < 1 else 0):
            if nice and abs(factor / nice - 1) < _NEAR:
                return exact * nice, True
    return result.scale, False


def _run(given: Mapping[str, Any]) -> Run:
    if any(claim is None for claim in given["claims"]):
        raise RecognitionError("what is claimed for some parameter has another shape than that")
    return Run(
        parameters=_arrays(given["parameters"]),
        claims=_arrays(given["claims"]),
        loss=float("nan") if given["loss"] is None else float(given["loss"]),
        values=_arrays(given["values"]),
    )


def _arrays(given: Sequence[Any]) -> tuple[Array, ...]:
    """Return arrays; what is not finite crossed the pipe as null, and is no number here either."""
    return tuple(np.array(value, dtype=float) for value in given)
