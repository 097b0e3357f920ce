"""One line for each finding: place, level, code, message.

What is right, or wrong as its config expects, has no line. The last line counts the problems.
"""

from gradcheck.report import Report
from gradcheck.reporter import Reporter, Style
from gradcheck.reporters import _wording as wording
from gradcheck.reporters._issues import Issue, issues


def render(report: Report, style: Style) -> str:  # noqa: ARG001
    lines = [*map(_line, issues(report)), wording.totals(report.problems)]
    return "".join(f"{line}\n" for line in lines)


def _line(issue: Issue) -> str:
    where = wording.place(issue.location) if issue.location else wording.inline(issue.file)
    message = "; ".join(wording.inline(line) for line in issue.told.split("\n"))
    return f"{where}: {issue.level}[{wording.inline(issue.code)}] {message}"


REPORTER = Reporter(name="concise", suffix=".txt", doc=__doc__, render=render)
