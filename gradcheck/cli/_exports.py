"""Exported configs, checked before anyone relies on them."""

import tempfile
from pathlib import Path

from gradcheck.cli._stdout import Failure


def confirmed(text: str, name: str) -> None:
    """Check a config; raises Failure where its verdicts are not those that it expects."""
    from gradcheck.session import Request, Target, run

    with tempfile.TemporaryDirectory(prefix="gradcheck-") as folder:
        path = Path(folder) / "exported.yaml"
        path.write_text(text, encoding="utf-8")
        report = run(Request(targets=[Target(path=path, name=name)], expect=True))
    odd = [problem for problem in report.problems if not problem.expected]
    if odd:
        facts = [fact for fact in (*odd[0].unexpected, odd[0].message) if fact]
        raise Failure(
            f"{odd[0].name} can't be written as a config: what was recognised gets other verdicts "
            f"than the program itself ({'; '.join(facts)})"
        )
