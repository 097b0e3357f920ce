"""A service that runs what it is told to without any care, for attacks on the sandbox."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcheck.paste.sandbox.launch import call
from gradcheck.paste.sandbox.limits import Limits

SERVICE = '''
"""Runs texts with Python's own built-in names and modules."""
import copy, json, math, os, random, sys, threading
import numpy as np

def answer(request, report):
    if "codes" in request:
        return {"outcomes": [outcome(code, report) for code in request["codes"]]}
    return {"result": run(request["code"], report)}

def run(code, report):
    names = {"__name__": "__main__", "report": report, "os": os, "sys": sys, "np": np}
    exec(code, names)
    return names.get("result")

def outcome(code, report):
    try:
        run(code, report)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "done"
'''

Attack = Callable[..., Any]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("services")
    (folder / "careless_service.py").write_text(SERVICE)
    return str(folder)


@pytest.fixture
def attack(service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attack]:
    """Run code in the sandbox and return what it leaves in `result`."""
    monkeypatch.syspath_prepend(service)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def run(code: str, seconds: float = 20.0, **bounds: Any) -> Any:
        limits = Limits(seconds=seconds, **bounds)
        return call("careless_service", {"code": code}, limits)["result"]

    yield run
    assert not list(tmp_path.iterdir()), "a scratch directory was left behind"
