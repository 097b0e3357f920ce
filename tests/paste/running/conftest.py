"""Running a prepared program from start to end, loops and all."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.running.execution import execute
from gradcheck.paste.running.prepare import Options, Prepared, prepare

Ready = Callable[..., Prepared]
Run = Callable[[Prepared], dict[str, Any]]


@pytest.fixture
def ready() -> Ready:
    """Prepare a program; keyword arguments are set as by hand."""
    return lambda source, **values: prepare(source, Options(values=values))


@pytest.fixture
def run() -> Run:
    """Run a prepared program in the namespace that it gives, and require that nothing fails."""

    def run_all(prepared: Prepared) -> dict[str, Any]:
        names = prepared.namespace()
        for statement in prepared.statements:
            failure = execute(statement, names, prepared.flags)
            assert failure is None, failure
        return names

    return run_all
