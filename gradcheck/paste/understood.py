"""What was understood of a program: as data for other programs, and in words for its author."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gradcheck.paste.reading.post import Post, Program
from gradcheck.paste.verdicts import Judged
from gradcheck.record import record

_SHOWN = 6
_SAME = 1e-6
_LOOKS = {
    "schedule": "single iterations were looked at, as the learning rate, or the number of samples, "
    "changes between them",
    "rest": "what the optimizer keeps from step to step was set to zero, to see the gradient alone",
    "added": "the changes that are computed were taken to be added to the parameters",
    "noise": "the noise that is added to the gradients was left out",
    "guard": "small numbers that keep the loss finite were taken to be zero",
    "paces": "each parameter's update was divided by its own learning rate",
    "truncation": "the way back through time, which is cut off, was followed to its beginning",
    "strength": "a regularisation that is switched off was switched on",
}


@record
class Reading:
    """One step of one program of a post, with what the child answered about it."""

    post: Post
    index: int
    answer: Mapping[str, Any]
    step: Mapping[str, Any]
    judged: Judged

    @property
    def program(self) -> Program:
        return self.post.programs[self.index]

    @property
    def given(self) -> Sequence[str]:
        """What the user gave by hand: some of step, loss, parameters and set."""
        told = any(a["kind"] == "set" for a in self.answer["assumptions"])
        return (*self.step.get("given", ()), *(["set"] if told else []))


def data(reading: Reading) -> dict[str, Any]:
    """Return what was understood; lines, and cells, are those of the text as given."""
    step, loss = reading.step, reading.step["loss"]
    return {
        "program": reading.index + 1,
        "span": reading.program.title,
        "step": _line(reading.program, step["line"]),
        "cell": _cell(reading.program, step["line"]),
        "parameters": {p["name"]: p["shape"] for p in step["parameters"]},
        "claims": {p["name"]: p["claim"]["text"] for p in step["parameters"] if p["claim"]},
        "loss": None if loss is None else _loss(reading.program, loss),
        "other": None if step.get("other") is None else _loss(reading.program, step["other"]),
        "rate": step.get("rate"),
        "factor": _factor(reading),
        "given": list(reading.given),
        "assumptions": [f"{a['name']} {a['what']}" for a in reading.answer["assumptions"]],
        "decisions": list(reading.program.decisions),
        "looks": list(step.get("notes", ())),
        "failures": list(failures(reading.program, reading.answer)),
        "losses": list(step.get("candidates", ())),
    }


def failures(program: Program, answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield the statements that did not run, each with its line and error."""
    for failure in answer["failures"]:
        yield f"{spot(program, failure['line'])}: {failure['error']}"


def spot(program: Program, line: int) -> str:
    """Return a program's line as the text counts it, in words."""
    if line > len(program.places):
        return "the lines added here"
    place = program.place(line)
    cell = "" if place.cell is None else f"cell {place.cell}, "
    return f"{cell}line {place.line}"


def _line(program: Program, line: int) -> int | None:
    return program.place(line).line if line <= len(program.places) else None


def _cell(program: Program, line: int) -> int | None:
    return program.place(line).cell if line <= len(program.places) else None


def _loss(program: Program, loss: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: loss[key] for key in ("name", "basis", "text", "formula", "summed")}
    return {**own, "line": _line(program, loss["line"]), "cell": _cell(program, loss["line"])}


def words(reading: Reading) -> dict[str, str]:
    """Return what was understood in words, by what it is about, for whom it may be wrong."""
    rows = {
        "program": _which(reading),
        "step": _step(reading),
        "parameters": _parameters(reading),
        "claims": _claims(reading),
        "loss": _in_words(reading),
        "instead": _instead(reading),
        "rate": _rate(reading),
        "text": _some(reading.program.decisions),
        "assumed": _listed(f"{a['name']} {a['what']}" for a in reading.answer["assumptions"]),
        "fails": _some(list(failures(reading.program, reading.answer))),
        "besides": "; ".join(_LOOKS[n] for n in reading.step.get("notes", ()) if n in _LOOKS),
    }
    return {label: _marked(label, text, reading.given) for label, text in rows.items() if text}


def _marked(label: str, text: str, given: Sequence[str]) -> str:
    return f"{text} (as given)" if label in given else text


def _which(reading: Reading) -> str:
    if len(reading.post.programs) == 1:
        return ""
    return f"{reading.index + 1} of {len(reading.post.programs)}, {reading.program.title}"


def _step(reading: Reading) -> str:
    line = reading.step["line"]
    if line > len(reading.program.places):
        return "in lines that were added, see below"
    return f"{spot(reading.program, line)}: {_code(reading.program.places[line - 1].given)}"


def _code(text: str) -> str:
    return f"`{text.strip()}`"


def _parameters(reading: Reading) -> str:
    return ", ".join(f"{p['name']} {tuple(p['shape'])}" for p in reading.step["parameters"])


def _claims(reading: Reading) -> str:
    """Say which variables hold the claims, where it isn't the updates that do."""
    own = [(p["name"], p["claim"]) for p in reading.step["parameters"] if p["claim"]]
    return _some([f"{name}: `{claim['text']}`" for name, claim in own], ", ")


def _in_words(reading: Reading) -> str:
    loss = reading.step["loss"]
    if loss is None:
        return "none was found"
    text = _named(reading.program, loss)
    if loss["basis"] == "inferred":
        text += ", inferred: it fits the gradients best among the usual ones"
    return text


def _listed(items: Iterable[str]) -> str:
    """Join what was assumed; what follows lines of code is on a line of its own."""
    text = ""
    for item in items:
        ends = "\n" if "\n" in text.rpartition("; ")[2] else "; "
        text += f"{ends}{item.strip()}" if text else item.strip()
    return text


def _instead(reading: Reading) -> str:
    """Say what other loss the gradients are exact for, where the program writes one."""
    other = reading.step.get("other")
    return f"the gradients are those of {_named(reading.program, other)}" if other else ""


def _named(program: Program, loss: Mapping[str, Any]) -> str:
    where = spot(program, loss["line"])
    summed = ", summed" if loss["summed"] else ""
    if loss["formula"]:
        return f"{loss['name']} of `{loss['text']}` ({where}){summed}: {loss['formula']}"
    text = "" if loss["text"] in ("", loss["name"]) else f": {_code(loss['text'])}"
    return f"{loss['name']}, {where}{summed}{text}"


def _rate(reading: Reading) -> str:
    rate, factor = reading.step.get("rate"), _factor(reading)
    if rate is None:
        return ""
    value = f"{rate['value']:.6g}"
    text = value if rate["name"] == value else f"{rate['name']} = {value}"
    if factor is None or abs(factor - 1) < _SAME or reading.step["loss"]["formula"]:
        return text
    return f"{text}; the gradients are {factor:.6g} times that of the loss, which it absorbs"


def _factor(reading: Reading) -> float | None:
    """Return by what right gradients are multiplied, beside the learning rate where that is."""
    if any(entry["claim"] for entry in reading.step["parameters"]):
        return reading.judged.scale
    return reading.judged.factor


def _some(facts: Sequence[str], between: str = "; ") -> str:
    more = [f"and {len(facts) - _SHOWN} more"] if len(facts) > _SHOWN else []
    return between.join([*facts[:_SHOWN], *more])
