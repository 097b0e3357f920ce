"""The pictures of a problem: maps of wrong entries, claimed against numeric, V curves, descents."""

from collections.abc import Iterator
from html import escape

from gradcheck.report import Check, Descent, Portrait, ProblemReport, Sweep
from gradcheck.reporters import _figures as figures
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._drawing import Plot, axis, grid, picture

SHARES = (0.0, 0.01, 0.1, 0.5)
"""Shares of the largest difference above which the shade of a map's cell grows darker."""

LAWS = {
    "agree": "the gap falls as the steps shrink, until rounding takes over: they agree",
    "differ": "the gap stays as the steps shrink: the claim is not the slope",
    "kink": "the gap stays, and so does that between both sides: a kink",
    "crossing": "the larger steps reach over a kink nearby",
    "noise": "the gap grows as the steps shrink: noise hides the slope",
    "unclear": "the gap obeys no law",
}


def pictures(problem: ProblemReport) -> Iterator[str]:
    """Yield the figures of a problem, those of each parameter together, in their table's order."""
    portraits = {p.parameter: p for p in problem.pictures.portraits} if problem.pictures else {}
    for check in wording.ranked(problem.checks):
        if drawn := "".join(_of(check, portraits.get(check.parameter))):
            yield drawn
    if problem.pictures and problem.pictures.descent:
        yield from _descents(problem.pictures.descent)


def _of(check: Check, portrait: Portrait | None) -> Iterator[str]:
    if portrait is not None:
        yield _map(check, portrait)
        yield from _scatter(portrait)
    if check.sweep and wording.state(check) != "right":
        yield from _curve(check, check.sweep)


def _figure(title: str, drawing: str, caption: str) -> str:
    text = f"<strong>{escape(wording.inline(title))}</strong><br>{caption}"
    return f"<figure>{drawing}<figcaption>{text}</figcaption></figure>"


def _key(kind: str, text: str) -> str:
    return f'<span class="entry"><span class="key {kind}"></span>{escape(text)}</span>'


def _map(check: Check, portrait: Portrait) -> str:
    def shade(number: int) -> tuple[str, str]:
        cell = portrait.cells[number]
        if cell is None:
            return "cell unchecked", "not compared"
        level = sum(cell > bound for bound in SHARES)
        words = f"{figures.figure(cell)} of the largest difference" if cell else "within its bar"
        return f"cell heat{level}", words

    size = " × ".join(map(str, check.shape)) or "one number"
    keys = (
        _key("heat0", "within its bar"),
        _key("heat1", "off by less than 1 %"),
        _key("heat2", "10 %"),
        _key("heat3", "50 %"),
        _key("heat4", "100 % of the largest difference"),
        *([_key("unchecked", "not compared")] if None in portrait.cells else []),
    )
    caption = f"{escape(size)}, at the {escape(wording.inline(portrait.probe))} point<br>"
    drawing = grid(portrait.rows, portrait.columns, shade)
    return _figure(f"{check.parameter}: which entries are off", drawing, caption + " ".join(keys))


def _scatter(portrait: Portrait) -> Iterator[str]:
    pairs = [*zip(portrait.numeric, portrait.claimed, strict=True)]
    across, up = axis(portrait.numeric, "numeric"), axis(portrait.claimed, "claimed")
    if across is None or up is None:
        return
    plot = Plot(x=across, y=up)
    low, high = max(across.low, up.low), min(across.high, up.high)
    line = plot.line([(low, low), (high, high)], "ideal") if low < high else ""
    wrong = [p for p, bad in zip(pairs, portrait.wrong, strict=True) if bad]
    right = [p for p, bad in zip(pairs, portrait.wrong, strict=True) if not bad]
    drawing = plot.frame() + line + plot.points(right, "right") + plot.points(wrong, "wrong")
    keys = [_key("right", "within its bar"), _key("wrong", "wrong"), _key("ideal", "equal")]
    title = f"{portrait.parameter}: claimed against numeric"
    yield _figure(title, picture(drawing), " ".join(keys))


def _curve(check: Check, sweep: Sweep) -> Iterator[str]:
    gaps = [*zip(sweep.steps, sweep.gaps, strict=True)]
    sides = [*zip(sweep.steps, sweep.sides, strict=True)]
    across = axis(sweep.steps, "step", log=True)
    up = axis((*sweep.gaps, *sweep.sides), "gap", log=True)
    if across is None or up is None:
        return
    plot = Plot(x=across, y=up)
    drawing = (
        plot.frame()
        + plot.line(sides, "sides")
        + plot.line(gaps, "claimed")
        + plot.points(gaps, "wrong")
    )
    entry = (
        "" if sweep.index is None or not sweep.index else f"[{', '.join(map(str, sweep.index))}]"
    )
    keys = f"{_key('claimed', 'claim and differences')} {_key('sides', 'their two sides')}"
    law = escape(LAWS.get(sweep.law, sweep.law))
    title = f"{check.parameter}{entry}: gap against step size"
    yield _figure(title, picture(drawing), f"{keys}<br>{law}")


def _descents(found: Descent) -> Iterator[str]:
    values = (*found.claimed, *found.numeric)
    steps = max(len(found.claimed), len(found.numeric)) - 1
    low, high = min(values), max(values)
    up = axis(values, "loss", log=low > 0 and high > 100 * low)
    across = axis((0.0, float(steps)), "step")
    if across is None or up is None:
        return
    plot = Plot(x=across, y=up)
    drawing = (
        plot.frame()
        + plot.line([*enumerate(found.numeric)], "numeric")
        + plot.line([*enumerate(found.claimed)], "claimed")
    )
    keys = f"{_key('claimed', 'claimed gradient')} {_key('numeric', 'numeric gradient')}"
    ended = ""
    if len(found.claimed) <= steps:
        ended = f"<br>down the claimed one the loss is not finite after {len(found.claimed)} steps"
    title = f"the loss over {steps} steps, rate {figures.figure(found.rate)}"
    yield _figure(title, picture(drawing), keys + ended)
