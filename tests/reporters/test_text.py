"""The terminal report: order, length, start-up time and colour."""

import subprocess
import sys
from dataclasses import replace

import pytest

from gradcheck.report import Check, ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters import text

IMPORTS = """
import sys
from gradcheck.report import Check, ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters import text
check = Check(parameter="w", shape=(3,), verdict="wrong")
problem = ProblemReport(name="n", target="t", verdict="wrong", checks=(check,))
assert "wrong: n (t)" in text.render(Report(problems=(problem,), tool_version="1"), Style())
print({name.partition(".")[0] for name in sys.modules} & {"rich", "numpy", "click", "yaml"})
"""


def problem(*checks: Check) -> Report:
    name = ProblemReport(name="net", target="net.yaml", verdict="wrong", checks=checks)
    return Report(problems=(name,), tool_version="1")


def check(parameter: str, difference: float | None, verdict: str = "wrong") -> Check:
    return Check(
        parameter=parameter,
        shape=(3,),
        verdict=verdict,  # type: ignore[arg-type]
        difference=difference,
        bar=1e-9,
    )


def test_plain_text_imports_nothing_heavy() -> None:
    command = [sys.executable, "-c", IMPORTS]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout == "set()\n"


def test_worst_parameters_come_first_and_right_ones_keep_their_order() -> None:
    report = problem(
        check("calm", 2e-10, "right"),
        check("doubtful", 0.5, "undecided"),
        check("even", 1e-10, "right"),
        check("slightly", 1e-6),
        check("badly", 3.0),
        check("shapeless", None),
        replace(check("known", 7.0), accepted="on purpose"),
    )
    shown = [line.split()[0] for line in text.render(report, Style()).split("\n")[3:10]]
    assert shown == ["shapeless", "badly", "slightly", "doubtful", "known", "calm", "even"]


@pytest.mark.parametrize(("number", "collapsed"), [(12, False), (13, True)])
def test_many_right_parameters_are_counted_and_not_listed(number: int, collapsed: bool) -> None:
    rights = [check(f"layer{i}.weight", 0.0, "right") for i in range(number)]
    written = text.render(problem(check("w", 1.0), *rights), Style())
    assert (f"\n  {number} more parameters: right\n" in written) == collapsed
    assert ("layer7.weight" in written) != collapsed
    assert "layer7.weight" in text.render(problem(*rights), Style(verbosity=1))


def test_a_long_name_is_shown_whole_where_a_line_holds_it() -> None:
    name = "encoder.layers[11].self_attention.out_projection.weight"
    written = text.render(problem(check(name, 1.0), check("b", 2.0)), Style())
    assert f"\n  {name}\n" in written


def test_names_too_long_for_a_line_keep_both_ends() -> None:
    written = text.render(problem(check("head" + "x" * 90 + "tail", 1.0)), Style())
    (line,) = (line for line in written.split("\n") if "…" in line)
    assert line.startswith("  headxxx")
    assert line.endswith("xxxtail")
    assert len(line) <= 80


def test_the_user_s_brackets_are_not_markup() -> None:
    written = text.render(problem(check("[red]w[/red][0]", 1.0)), Style(colour=True))
    assert "[red]w[/red][0]" in written


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"])
def test_colour_does_not_ask_the_environment(
    variable: str, reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    style = Style(colour=True)
    before = text.render(reports["failing"], style)
    monkeypatch.setenv(variable, "dumb" if variable == "TERM" else "1")
    assert text.render(reports["failing"], style) == before
    assert "\x1b[1;31mwrong" in before


def test_quiet_is_one_line_for_each_problem_and_one_for_all(reports: dict[str, Report]) -> None:
    several = reports["several"]
    written = text.render(several, Style(verbosity=-1)).splitlines()
    assert len(written) == len(several.problems) + 1
    assert written[-1] == "6 problems: 1 right, 3 wrong, 1 undecided, 1 error; 1 of 2 as expected"


def test_verbose_shows_both_values_of_the_worst_entry(reports: dict[str, Report]) -> None:
    written = text.render(reports["failing"], Style(verbosity=1))
    assert "hidden.weight[0, 4]    -0.0123   0.0289  1.3e-12" in written
