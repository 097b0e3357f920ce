"""The README's tables of the benchmark, written from the results of a run."""

from bench_lib.render import HOSTILE, SMALL, Results, by_tool, growth, machine, ratios

BEGIN, END = "<!-- bench: written by scripts/bench --readme -->", "<!-- bench: end -->"
"""The lines between which the tables are."""

_RATIOS = """
How many times as fast as a naive loop of central differences, in processor time on one thread, each
column measured by turns in one process, with comparison and verdict at one point. `~`: one of the
two was measured on a random part of the entries and scaled up. The quick mode, and torch's fast
one, look along random directions; everything else looks at every entry.
"""

_GROWTH = """
Cost against {kind}, in seconds: measured, and predicted from the operations that the method and
the audit need by count and the speed of this machine's products of matrices; plotted on a
logarithmic scale.
"""


def quoted(readme: str, results: Results) -> str:
    """Return the README's text with the tables in their place.

    Raises ValueError where the two lines are not there.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected the lines {BEGIN!r} and {END!r} around the tables")
    return f"{before}{begin}\n{tables(results)}\n{end}{after}"


def tables(results: Results) -> str:
    """Return what the README quotes of a run."""
    speed = results["speed"]
    parts = [machine(results["machine"])]
    if speed:
        named = "".join(
            f"- {row['workload']}: {row['title']}, {row['parameters']:,} parameters\n"
            for row in speed
        )
        parts += [_RATIOS, ratios(speed), named]
    if results["smallest"]:
        parts += [
            "The smallest planted error that is found:\n",
            by_tool(results["smallest"]),
            SMALL,
        ]
    if results["hostile"]:
        parts += ["False alarms, and blindness:\n", by_tool(results["hostile"]), HOSTILE]
    for kind, rows in results["growth"].items():
        parts += [_GROWTH.format(kind=kind), growth(rows)]
    return "\n".join(part.strip("\n") + "\n" for part in parts)
