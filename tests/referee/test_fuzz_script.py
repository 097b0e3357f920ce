"""The fuzzer's command: what it prints, and that it complains of every accusation."""

import importlib.util
import json
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_networks"


@pytest.fixture
def fuzz(random_networks: ModuleType) -> ModuleType:
    """The script, which imports the module of random networks."""
    loader = SourceFileLoader("fuzz_networks", str(SCRIPT))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def main(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["fuzz_networks", *arguments])
    return int(fuzz.main())


def test_right_networks_are_counted(
    fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(fuzz, monkeypatch, "--count", "3", "--first", "5", "--json") == 0

    summary = json.loads(capsys.readouterr().out)
    assert summary == {"verdicts": {"right": 3}, "undecided": {}, "bad": []}


def answer(verdict: str, *reasons: str) -> Any:
    def checked(seed: int, **settings: Any) -> dict[str, Any]:
        odd = seed % 2 == 1
        return {
            "seed": seed,
            "verdict": verdict if odd else "right",
            "message": "layer0.weight is off",
            "reasons": list(reasons) if odd else [],
        }

    return checked


@pytest.mark.parametrize("verdict", ["wrong", "error"])
def test_an_accusation_is_printed_with_its_config(
    verdict: str,
    fuzz: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(fuzz, "_checked", answer(verdict))

    assert main(fuzz, monkeypatch, "--count", "2", "--first", "8") == 1

    told = capsys.readouterr().out
    assert f"seed 9: {verdict}\nlayer0.weight is off\nname: random network 9\n" in told
    assert sorted(told.splitlines()[-1].split(", ")) == sorted(["1 right", f"1 {verdict}"])


def test_many_undecided_are_too_many(
    fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz, "_checked", answer("undecided", "noise", "noise"))

    assert main(fuzz, monkeypatch, "--count", "10") == 1
    assert "5 right, 5 undecided, 5 for noise" in capsys.readouterr().out


def test_a_config_can_be_had_from_its_seed(
    fuzz: ModuleType,
    random_networks: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(fuzz, monkeypatch, "--show", "7") == 0
    assert capsys.readouterr().out == random_networks.text(7)
