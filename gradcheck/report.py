"""Reports: everything that a run found out, as plain frozen data.

Lines and columns are 1-based. Numbers that are not finite are left as they are here;
each reporter says how it writes them.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, TypeAlias

from gradcheck.record import record

Verdict: TypeAlias = Literal["right", "wrong", "undecided"]
ProblemVerdict: TypeAlias = Literal["right", "wrong", "undecided", "error"]
Level: TypeAlias = Literal["error", "warning", "note"]

LEVELS: tuple[Level, ...] = ("note", "warning", "error")

ALONG = "directions"
"""The mode of checks that compare whole gradients along random directions, and no entry alone."""


@record
class Location:
    """A place in a text that the user wrote; `cell` is None outside notebooks."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    cell: int | None = None


@record
class Excerpt:
    """A line of the user's text, `column` to `end_column` of which a finding is about.

    Columns count characters from 1; the last one is not part of it.
    """

    line: int
    text: str
    column: int
    end_column: int
    cell: int | None = None


@record
class Edit:
    """One whole-line replacement; `new` None deletes the line, several lines insert."""

    file: str
    line: int
    old: str
    new: str | None
    cell: int | None = None


@record
class Fix:
    """A text edit that repairs a finding, and how far it may be trusted."""

    applicability: Literal["verified", "ambiguous", "maybe"]
    edits: tuple[Edit, ...]
    diff: str


@record
class Worst:
    """The entry whose difference is largest in units of its bar, with both values."""

    index: tuple[int, ...]
    probe: str
    claimed: float
    numeric: float
    bar: float


@record
class Sweep:
    """A slope held against differences with ever smaller steps: the figures of a V curve.

    `index` is the entry; None for a direction through all of them. At each of `steps`, relative to
    the parameter's size, `gaps` are those to central differences, `sides` those between the
    differences on either side, and `law` says in one word what they obey: agree, differ, kink,
    crossing (a kink nearby), noise or unclear.
    """

    probe: str
    index: tuple[int, ...] | None
    law: str
    steps: tuple[float, ...]
    gaps: tuple[float, ...]
    sides: tuple[float, ...]


@record
class Check:
    """The comparison of one parameter's claimed and numeric gradient.

    `difference` and `bar` are those of the worst entry, in the gradient's own units;
    `relative` is the norm of the difference over the norm of the numeric gradient;
    `ratio` is the factor that fits claimed = ratio * numeric best, at the worst entry's
    probe, and `cosine` the cosine of the two there. Where nothing was compared they are
    None. `entries_checked` of `entries` were compared one by one; `directions` counts the
    random directions in which all of them were compared at once. `heat` holds, for the terminal's
    strip, the share of wrong entries in each of a few equal stretches of the flattened
    gradient; empty where no entry is wrong. `wrong_at` names the probes that show one. `sweep` is
    there where something is wrong or undecided.
    """

    parameter: str
    shape: tuple[int, ...]
    verdict: Verdict
    reason: str | None = None
    difference: float | None = None
    bar: float | None = None
    relative: float | None = None
    ratio: float | None = None
    cosine: float | None = None
    wrong_entries: int = 0
    worst: Worst | None = None
    entries: int = 0
    entries_checked: int = 0
    directions: int = 0
    method: str = ""
    pattern: str | None = None
    heat: tuple[float, ...] = ()
    accepted: str | None = None
    wrong_at: tuple[str, ...] = ()
    sweep: Sweep | None = None


@record
class Related:
    """Another place that a finding has to do with, and what is there."""

    location: Location
    text: str


@record
class Context:
    """The lines of a text around a place; `first` is the number of the first of them."""

    first: int
    lines: tuple[str, ...]


@record
class Finding:
    """One occurrence of a fault, or an unexplained mismatch: evidence, place, fix.

    `message` says what is wrong and stands alone; each line of `evidence` is a fact that was
    measured; `help` says what to do next. `excerpts` are the lines it is about, each mark of
    several on a line by itself, and `context` the lines around its place; `derivation` is there
    where it was asked for. The `fingerprint` stays what it is when lines move. What is `known` from
    a baseline, or `accepted` for a reason, does not fail.
    """

    code: str
    family: str
    level: Level
    title: str
    message: str
    parameters: tuple[str, ...] = ()
    location: Location | None = None
    evidence: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    fix: Fix | None = None
    help: str | None = None
    excerpts: tuple[Excerpt, ...] = ()
    derivation: str | None = None
    related: tuple[Related, ...] = ()
    context: Context | None = None
    fingerprint: str = ""
    known: bool = False
    accepted: str | None = None


def settled(finding: Finding) -> str:
    """Say why a finding does not count, if it does not."""
    if finding.accepted is not None:
        return f"accepted: {finding.accepted}"
    return "known: it is in the baseline" if finding.known else ""


@record
class Portrait:
    """One parameter's entries at the probe that shows most, for pictures.

    The gradient as a matrix is laid over `rows` x `columns` cells; `cells`, row by row, holds the
    largest difference beyond its bar in each, as a fraction of the largest of all: 0 where all is
    within, None where nothing was compared. `claimed`, `numeric` and `wrong` are those of a sample
    of the entries.
    """

    parameter: str
    probe: str
    rows: int
    columns: int
    cells: tuple[float | None, ...]
    claimed: tuple[float, ...]
    numeric: tuple[float, ...]
    wrong: tuple[bool, ...]


@record
class Descent:
    """The loss before and after each step down the claimed and the numeric gradient."""

    rate: float
    claimed: tuple[float, ...]
    numeric: tuple[float, ...]


@record
class Pictures:
    """The figures of a problem that only pictures need."""

    portraits: tuple[Portrait, ...] = ()
    descent: Descent | None = None


@record
class ProblemReport:
    """What was found out about one problem; `message` is there for the verdict `error`.

    `expected` says whether the config's `expect:` came true; None where it wasn't asked,
    and `unexpected` lists the ways in which it did not. `understood` is what was found in code
    that says nothing about itself, `reading` the same in words, by what it is about. `held` says
    whether a baseline accounts for all that is not right; None where there is none, and
    `regressions` lists what is worse than in it, and what is there but not found any more. `files`
    are those that were read for the check beside the config; None where it depends on more than
    files, as on the clock.
    """

    name: str
    target: str
    verdict: ProblemVerdict
    message: str | None = None
    location: Location | None = None
    expected: bool | None = None
    unexpected: tuple[str, ...] = ()
    held: bool | None = None
    regressions: tuple[str, ...] = ()
    mode: str = "full"
    seed: int = 0
    entries_total: int = 0
    entries_checked: int = 0
    evaluations: int = 0
    audits: int = 0
    probes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    understood: Mapping[str, Any] | None = None
    reading: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] | None = ()
    pictures: Pictures | None = None


@record
class Rule:
    """An entry of the catalogue of faults, for formats that tell what each code means.

    `help` is Markdown, with formulas between dollar signs.
    """

    code: str
    slug: str
    title: str
    family: str
    level: Level
    help: str


@record
class Shard:
    """Which part of a run a report is: number `index`, from 1, of `count`."""

    index: int
    count: int


@record
class Report:
    """A whole run: every target's problems, in the order in which they were named.

    `interrupted` runs lack those that were not finished. `rules` and the problems' `pictures` are
    there where a reporter needs them.
    """

    problems: tuple[ProblemReport, ...]
    tool_version: str
    remarks: tuple[str, ...] = field(default=())
    interrupted: bool = False
    rules: tuple[Rule, ...] = ()
    shard: Shard | None = None
