"""The benchmark: its networks are the ones it says, it measures all of them, and writes it down."""

import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
KEYS = ("a", "b", "c", "d", "e", "f", "g", "h")
SIZES = {"a": 31, "b": 79_510, "c": 786_561, "d": 11_642, "e": 263_168, "f": 24_832}


@pytest.fixture(scope="module", autouse=True)
def on_path() -> Iterator[None]:
    """Put the scripts' folder where the script itself finds its modules."""
    before = [*sys.path]
    sys.path.insert(0, str(SCRIPTS))
    yield
    sys.path[:] = before


def lib(module: str) -> Any:
    return importlib.import_module(f"bench_lib.{module}")


def tiny(key: str) -> Any:
    return lib("case").load(lib("workloads").workload(key, tiny=True))


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The script as a module, its choice of threads undone afterwards."""
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "XLA_FLAGS"):
        monkeypatch.setenv(name, "1")
    loader = SourceFileLoader("bench_script", str(SCRIPTS / "bench"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("key", sorted(SIZES))
def test_workload_has_the_parameters_that_are_quoted_for_it(key: str) -> None:
    config = lib("workloads").workload(key)
    assert lib("case").load(config).size == SIZES[key]


@pytest.mark.parametrize("key", KEYS)
def test_loops_over_the_forward_pass_by_hand_give_the_gradient_of_the_config(key: str) -> None:
    peers, case = lib("plain_peers"), tiny(key)
    part = peers.Part.of(case, case.size)
    claimed = part.claimed()
    assert np.abs(claimed).max() > 1e-3
    np.testing.assert_allclose(peers.loop(part), claimed, atol=1e-7)


def test_another_network_by_hand_is_refused() -> None:
    from dataclasses import replace

    workloads = lib("workloads")
    mixed = replace(
        workloads.workload("a", tiny=True), forward=lambda xp, p, d: 2 * xp.sum(d["x"] ** 2)
    )
    with pytest.raises(ValueError, match="must be the same network"):
        lib("case").load(mixed)


def test_part_holds_the_entry_asked_for_and_knows_its_place() -> None:
    case = tiny("b")
    part = lib("plain_peers").Part.of(case, 7, including=case.size - 1)
    assert len(part.entries) == 7
    assert part.places()[-1] == ("d2.bias", 2)
    assert part.factor == case.size / 7


def test_loss_of_a_part_moves_the_entries_of_that_part() -> None:
    case = tiny("e")
    part = lib("plain_peers").Part.of(case, 5)
    loss, start = part.loss()
    step = 1e-6 * np.array([1.0, -2.0, 3.0, -5.0, 7.0])
    change = loss(start + step) - loss(start - step)
    assert change == pytest.approx(2 * float(part.claimed() @ step), rel=1e-6)


def test_planted_error_changes_one_claim_only() -> None:
    from dataclasses import replace

    case = tiny("b")
    factor = np.ones((7, 5))
    factor[3, 2] = 1.5
    right, wrong = case.claims(), replace(case, planted={"d1.weight": factor}).claims()
    np.testing.assert_array_equal(wrong["d1.weight"], right["d1.weight"] * factor)
    np.testing.assert_array_equal(wrong["d2.weight"], right["d2.weight"])


def test_gradcheck_finds_a_smaller_error_than_any_peer() -> None:
    found = lib("sensitivity").smallest_found(tiny("b"))
    own = float(found.pop("gradcheck"))
    others = [float(word) for word in found.values() if re.match(r"\de", word)]
    assert own <= 1e-10
    assert all(own < other for other in others)


def test_entry_of_median_size_has_as_many_larger_as_smaller_ones() -> None:
    case = tiny("e")
    name, place = lib("sensitivity").median_entry(case)
    size = np.abs(case.claims()[name]).ravel()
    assert abs(int((size < size[place]).sum()) - int((size > size[place]).sum())) <= 1


def test_regimes_are_hostile_in_the_way_they_say() -> None:
    module = lib("sensitivity")
    cases = {name: make() for name, make in module.regimes(tiny=True)}
    kinked, saturated = cases["kink at 1e-07"], cases["saturated at 25"]
    assert np.abs(module._preactivations(kinked)).min() == pytest.approx(1e-7, rel=1e-6)
    assert module._preactivations(saturated).min() == pytest.approx(25)
    assert cases["float32"].claims()["d1.weight"].dtype == np.float32
    plain = cases["none"].claims()["d2.bias"]
    np.testing.assert_allclose(cases["loss x 1e-8"].claims()["d2.bias"], 1e-8 * plain, rtol=1e-12)
    own = cases["loss + 1e8"]
    assert float(own.forward(np, own.parameters, own.data)) > 1e8


def test_hostile_regimes_are_answered_by_gradcheck_without_a_false_alarm() -> None:
    module = lib("sensitivity")
    for name, make in module.regimes(tiny=True):
        case = make()
        judge = lib("tools").judges(lib("plain_peers").Part.of(case, 3))["gradcheck"]
        assert judge({}) != "wrong", name


def test_what_is_short_is_run_several_times_in_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    timing, runs = lib("timing"), []
    thrown_away, *turns = [0.3], [0.03, 0.03, 0.05], [0.2], [0.07, 0.05]
    took = iter([*thrown_away, *(each for turn in turns for each in turn)])
    monkeypatch.setattr(timing, "_once", lambda run: (run(), next(took))[1:] * 2)
    timed = timing.by_turns([timing.Contender(name="part", run=lambda: runs.append(1))], 3)["part"]
    assert len(runs) == 1 + 3 + 1 + 2
    assert timed.cpu == pytest.approx((0.07 + 0.05) / 2)


def test_estimates_are_scaled_and_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    timing, render = lib("timing"), lib("render")
    monkeypatch.setattr(timing, "_once", lambda run: (run(), 0.5)[1:] * 2)
    contender = timing.Contender(name="part", run=lambda: None, factor=5)
    timed = timing.by_turns([contender], 3)["part"]
    assert timed.estimated
    assert timed.cpu == 2.5
    assert render._time({"cpu": 2.0, "estimated": True, "note": "odd"}) == "~2!"


def test_checks_are_audited_unless_that_is_switched_off() -> None:
    own, case = lib("own"), tiny("b")
    assert own.checked(case, audit=False).audits == 0
    assert own.checked(case).audits > 0


def test_operations_are_those_of_each_moved_column_through_all_later_layers() -> None:
    growth = lib("growth")
    row, product = 2 * 3 * 7, 2 * 3 * 7 * 7
    by_hand = 7 * ((row + 2 * product) + (row + product) + row)
    assert growth.operations(7, 4, 3) == by_hand


def test_the_audit_moves_each_parameter_as_often_as_predicted() -> None:
    growth, own = lib("growth"), lib("own")
    case = lib("case").load(growth._network(growth.SMALL, 3))
    passes = growth.audited(growth.SMALL, 3, 5) / (3 * 2 * 5 * growth.SMALL**2)
    audits = own.checked(case).audits
    # A complex pass is two real ones; beside them there is one to either side for each parameter.
    assert passes == 2 * audits + 2 * len(case.target().shapes)


def test_ratios_to_a_prediction_are_those_of_single_turns() -> None:
    measured = lib("growth").Measured()
    for found, predicted in ((2.0, 1.0), (30.0, 10.0), (5.0, 1.0)):
        measured.add(found, predicted)
    assert measured.summary() == {
        "seconds": 5.0,
        "predicted seconds": 1.0,
        "of the prediction": 3.0,
    }


def test_results_are_written_as_json_and_markdown(
    bench: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--tiny", "--repeats", "1", "--workloads", "a,f", "--parts", "speed,growth"]
    assert bench.main([*words, "--output", str(tmp_path)]) == 0
    results = json.loads((tmp_path / "bench.json").read_text())
    assert [row["workload"] for row in results["speed"]] == ["a", "f"]
    for row in results["speed"]:
        assert row["accounts"]["verdict"] == "right"
        assert row["accounts"]["checked"] == row["parameters"]
        assert {"gradcheck", "gradcheck, no audit", "naive loop"} <= set(row["times"])
    assert [row["depth"] for row in results["growth"]["depth"]] == [2, 3]
    for row in results["growth"]["width"]:
        for audit in ("with audit", "without audit"):
            assert row[audit]["seconds"] > 0
            assert row[audit]["predicted seconds"] > 0
    assert (tmp_path / "bench.md").read_text() == capsys.readouterr().out[:-1]


def test_results_of_other_workloads_and_parts_are_kept(bench: Any, tmp_path: Path) -> None:
    for words in (
        ["f", "--parts", "speed"],
        ["a", "--parts", "speed,growth"],
        ["b", "--parts", "smallest"],
    ):
        assert (
            bench.main(
                ["--tiny", "--repeats", "1", "--output", str(tmp_path), "--workloads", *words]
            )
            == 0
        )
    results = json.loads((tmp_path / "bench.json").read_text())
    assert [row["workload"] for row in results["speed"]] == ["a", "f"]
    assert list(results["smallest"]) == ["b"]
    assert results["growth"]["width"]


def test_readme_gets_the_tables_between_its_lines_and_keeps_the_rest(
    bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readme, path = lib("readme"), tmp_path / "README.md"
    path.write_text(f"Before.\n{readme.BEGIN}\nold\n{readme.END}\nAfter.\n", "utf-8")
    monkeypatch.setattr(bench, "README", path)
    words = ["--tiny", "--repeats", "1", "--workloads", "d", "--parts", "speed,growth", "--readme"]
    for _ in range(2):
        assert bench.main(words) == 0
        text = path.read_text("utf-8")
        assert re.search(
            r"^Before\.\n.*\| gradcheck \| [\d~.e+]+ \|.*\nAfter\.\n$", text, re.DOTALL
        )
        assert text.count("Cost against width") == 1
        assert "old" not in text


def test_readme_without_the_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="bench: end"):
        lib("readme").quoted("no lines", {})


def test_our_readme_has_the_lines() -> None:
    readme = lib("readme")
    text = (SCRIPTS.parent / "README.md").read_text("utf-8")
    _, begin, rest = text.partition(readme.BEGIN)
    assert begin
    assert readme.END in rest


def test_unknown_workload_is_refused_by_name(
    bench: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        bench.main(["--workloads", "a,z"])
    assert "'z' is not one of a, b, c" in capsys.readouterr().err
