"""The results as Markdown."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

Results = dict[str, Any]


def markdown(results: Results) -> str:
    """Return all tables of a run."""
    parts = [f"# Benchmark\n\n`{results['command']}`\n", machine(results["machine"])]
    if results["speed"]:
        parts += ["## Time\n", _times(results["speed"]), _TIME_NOTES, ratios(results["speed"])]
        parts += ["## What one check does\n", _accounts(results["speed"])]
    if results["smallest"]:
        parts += [
            "## Smallest planted error that is found\n",
            by_tool(results["smallest"]),
            SMALL,
        ]
    if results["hostile"]:
        parts += ["## Hostile regimes\n", by_tool(results["hostile"]), HOSTILE]
    for kind, rows in results["growth"].items():
        parts += [f"## Cost against {kind}\n", growth(rows), _GROWTH]
    return "\n".join(parts)


_TIME_NOTES = """
Processor seconds on one thread, medians, taken by turns in one process, but for the exhaustive
mode, which is run once. What is short is run for a tenth of a second in each of its turns. `~`:
measured on a random part of the entries and scaled up. `!`: rejects this right gradient. The fast
mode of torch, jax and the quick mode see all entries along random directions; everything else
looks at each one.
"""

SMALL = """
One entry of median size of the largest parameter is wrong by this fraction of itself. Tools that
look at entries one by one look at 64 of a larger network's, the wrong one among them, which makes
the norm ratio and `check_grad` look better than they are on the whole.
"""

_GROWTH = """
The prediction is what a network of 16 units in each layer takes, the operations that the method
needs by count at the speed at which this machine multiplies a stack by slopes and by a matrix, and
the numbers that are made of single rows and read off in the loss at the speed of that; with the
audit also the operations of its whole forward passes at the speed of one. Both are measured in the
same turns. The bars are logarithmic.
"""

HOSTILE = """
`false alarm`: the right gradient is rejected. `blind`: it passes, and so does one in which all of
the first layer's weight gradient is twice too large. In float32, torch and jax compute everything
in single precision; for the others only the claims are.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine(found: dict[str, str]) -> str:
    """Say where the run was made."""
    return ", ".join(f"{name} {value}" for name, value in found.items()) + "\n"


def _names(rows: Sequence[Results], key: str) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row[key]))


def _times(rows: Sequence[Results]) -> str:
    names = _names(rows, "times")
    head = ["", *(f"{row['workload']} ({row['parameters']:,})" for row in rows)]
    body = [[name, *(_time(row["times"].get(name)) for row in rows)] for name in names]
    return table(head, body)


def _time(timed: dict[str, Any] | None) -> str:
    if timed is None:
        return "-"
    mark = "!" if timed["note"] else ""
    return f"{'~' * timed['estimated']}{timed['cpu']:.3g}{mark}"


def ratios(rows: Sequence[Results]) -> str:
    """Return how many times as fast as the naive loop everything is."""
    head = ["times as fast as the naive loop", *(row["workload"] for row in rows)]
    names = [n for n in _names(rows, "times") if n not in ("forward", "backprop", "naive loop")]
    body = [[name, *(_ratio(row, name) for row in rows)] for name in names]
    body.append(["gradcheck, in backprops", *(f"{row['in backprops']:.3g}" for row in rows)])
    return table(head, body)


def _ratio(row: Results, name: str) -> str:
    if name not in row["times"]:
        return "-"
    rough = row["times"][name]["estimated"] or row["times"]["naive loop"]["estimated"]
    return f"{'~' * rough}{row['faster than the naive loop'][name]:.3g}"


def _accounts(rows: Sequence[Results]) -> str:
    head = ["workload", "verdict", "entries checked", "evaluations", "audits", "MB", "naive MB"]
    return table(head, list(_account_rows(rows)))


def _account_rows(rows: Sequence[Results]) -> Iterator[list[str]]:
    for row in rows:
        a = row["accounts"]
        yield [
            f"{row['workload']}: {row['title']}",
            a["verdict"],
            f"{a['checked']:,} of {a['entries']:,}",
            f"{a['evaluations']:,}",
            f"{a['audits']:,}",
            f"{a['megabytes']:.1f}",
            f"{row['naive megabytes']:.1f}",
        ]


def by_tool(columns: dict[str, dict[str, str]]) -> str:
    """Return what each tool says, by columns."""
    tools = list(dict.fromkeys(tool for column in columns.values() for tool in column))
    body = [[tool, *(column.get(tool, "-") for column in columns.values())] for tool in tools]
    return table(["tool", *columns], body)


def growth(rows: Sequence[Results]) -> str:
    """Return what growing networks cost, plotted beside what was predicted."""
    head = ["width", "depth", "parameters", "without audit", "predicted", "with audit", "predicted",
            "operations", "naive operations", "MB", "without audit ▒ and predicted █"]  # fmt: skip
    unit = max((row["without audit"]["seconds"] for row in rows), default=1.0)
    body = [
        [
            str(row["width"]),
            str(row["depth"]),
            f"{row['parameters']:,}",
            *(
                f"{row[audit][key]:.3g}"
                for audit in ("without audit", "with audit")
                for key in ("seconds", "predicted seconds")
            ),
            f"{row['operations']:.2g}",
            f"{row['naive operations']:.2g}",
            f"{row['accounts']['megabytes']:.1f}",
            _bar("▒", row["without audit"]["seconds"] / unit)
            + "<br>"
            + _bar("█", row["without audit"]["predicted seconds"] / unit),
        ]
        for row in rows
    ]
    return table(head, body)


def _bar(mark: str, share: float) -> str:
    """Draw a share of the largest on a logarithmic scale, five marks for a factor of ten."""
    return mark * max(1, round(20 + 5 * math.log10(max(share, 1e-9))))
