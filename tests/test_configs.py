"""The shipped configs: each gives what it says it expects, and shows what its comments promise."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from gradcheck.claims.array_files import read_arrays
from gradcheck.cli import main
from gradcheck.report import Check, Report
from gradcheck.session import Request, Target, run, schema

CONFIGS = Path(__file__).parents[1] / "configs"
FILES = sorted(path.relative_to(CONFIGS).as_posix() for path in CONFIGS.rglob("*.yaml"))
IMAGES = "posts/image_question.yaml"

POSTS = {
    "sine_question": ("1-10-1", False, {"output.weight", "hidden.weight"}),
    "sine_tensorflow": ("1-10-1", False, set()),
    "sine_answer": ("1-10-1", True, {"hidden.weight", "hidden.bias"}),
    "image_question": ("12288-64-1", True, {"hidden.weight"}),
    "xor_answer": ("2-3-1", True, set()),
    "letters_squared_error": ("30-5-3", False, set()),
    "letters_no_derivative": ("30-5-3", False, {"output.weight", "hidden.weight"}),
    "letters_cross_entropy": ("30-5-3", False, set()),
    "tutorial_single_layer": ("3-1", False, set()),
    "tutorial_xor": ("3-4-1", False, set()),
}
"""The sizes of each post's network, whether it has biases, and which gradients are wrong."""


class _Loader(yaml.SafeLoader):
    """YAML with numbers as gradcheck reads them: `1e-5` is one."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+"), list("-+0123456789")
)


@cache
def documents(file: str) -> list[Any]:
    return list(yaml.load_all((CONFIGS / file).read_text("utf-8"), Loader=_Loader))


@cache
def report(file: str) -> Report:
    path = CONFIGS / file
    return run(Request(targets=[Target(path=path, name=str(path))], expect=True))


def checks(file: str, document: int = 0) -> dict[str, Check]:
    return {check.parameter: check for check in report(file).problems[document].checks}


@pytest.mark.parametrize("file", FILES)
def test_a_config_gives_what_it_expects(file: str) -> None:
    problems = report(file).problems

    assert len(problems) == len(documents(file))
    for problem in problems:
        assert problem.expected is True, (problem.name, problem.unexpected, problem.message)


@pytest.mark.parametrize("file", FILES)
def test_a_config_says_what_it_expects(file: str) -> None:
    for document in documents(file):
        expected = document["expect"]

        assert expected["verdict"] in ("right", "wrong")
        assert bool(expected.get("wrong")) == (expected["verdict"] == "wrong")


@pytest.mark.parametrize("file", FILES)
def test_a_config_fits_the_schema(file: str, validator: Draft202012Validator) -> None:
    for document in documents(file):
        assert [error.message for error in validator.iter_errors(document)] == []


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def test_the_schema_finds_a_wrong_key(validator: Draft202012Validator) -> None:
    document = documents("sine.yaml")[0]

    assert not validator.is_valid({**document, "networks": {}})
    assert not validator.is_valid({**document, "loss": {"squared_error": {"factr": 0.5}}})


def test_every_problem_has_a_name_of_its_own() -> None:
    names = [document["name"] for file in FILES for document in documents(file)]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("file", FILES)
def test_a_config_opens_with_a_comment_on_what_is_to_be_seen(file: str) -> None:
    text = (CONFIGS / file).read_text("utf-8")

    assert re.match(r"(# [^\n]+\n){2,3}\n", text)
    assert max(map(len, text.splitlines())) <= 104


def test_a_folder_as_a_whole_is_as_expected() -> None:
    # One of them, for every file has been checked by itself.
    folder = CONFIGS / "posts"
    arguments = ["check", str(folder), "--expect", "--mode", "quick", "--format", "json"]
    result = CliRunner().invoke(main, arguments)
    problems = json.loads(result.stdout)["problems"]

    assert [problem["name"] for problem in problems if not problem["expected"]] == []
    assert len(problems) == sum(len(documents(f)) for f in FILES if f.startswith("posts/")) > 5
    assert result.exit_code == 0


def test_without_expect_a_wrong_gradient_fails() -> None:
    arguments = ["check", str(CONFIGS / "posts/sine_answer.yaml"), "--mode", "quick"]

    assert CliRunner().invoke(main, arguments).exit_code == 1


def test_every_posts_network_is_there() -> None:
    found = {Path(file).stem for file in FILES if file.startswith("posts/")}

    assert found == set(POSTS)


@pytest.mark.parametrize(("post", "wrong"), [(post, wrong) for post, (*_, wrong) in POSTS.items()])
def test_exactly_these_gradients_of_a_post_are_wrong(post: str, wrong: set[str]) -> None:
    found = checks(f"posts/{post}.yaml")

    assert {name for name, check in found.items() if check.verdict == "wrong"} == wrong
    assert {check.verdict for name, check in found.items() if name not in wrong} <= {"right"}


@pytest.mark.parametrize(("post", "network"), POSTS.items())
def test_a_posts_network_is_as_large_as_it_was(
    post: str, network: tuple[str, bool, set[str]]
) -> None:
    sizes = [int(size) for size in network[0].split("-")]
    layers = ["hidden", "output"][-len(sizes) + 1 :]
    shapes: dict[str, tuple[int, ...]] = {}
    for layer, i, o in zip(layers, sizes, sizes[1:], strict=False):
        shapes[f"{layer}.weight"] = (i, o)
        if network[1]:
            shapes[f"{layer}.bias"] = (o,)

    assert {name: c.shape for name, c in checks(f"posts/{post}.yaml").items()} == shapes


def test_the_questioners_output_gradient_is_exactly_the_negative() -> None:
    output = checks("posts/sine_question.yaml")["output.weight"]

    assert output.ratio == pytest.approx(-1, rel=1e-12)
    assert output.cosine == pytest.approx(-1, rel=1e-12)
    assert output.wrong_entries == 10


def test_the_questioners_hidden_gradient_is_no_multiple_of_the_true_one() -> None:
    hidden = checks("posts/sine_question.yaml")["hidden.weight"]

    assert hidden.cosine is not None
    assert abs(hidden.cosine) < 0.999


def test_the_images_hidden_gradient_is_exactly_ten_times_too_large() -> None:
    hidden = checks(IMAGES)["hidden.weight"]

    assert hidden.entries_checked == 12288 * 64
    assert hidden.ratio == pytest.approx(10, rel=1e-12)
    assert hidden.cosine == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("version", ["squared_error", "no_derivative", "cross_entropy"])
def test_weights_of_pixels_that_are_never_set_are_right(version: str) -> None:
    file = f"posts/letters_{version}.yaml"
    pixels = np.array(documents(file)[0]["data"]["x"])
    lit = int(pixels.any(axis=0).sum())
    hidden = checks(file)["hidden.weight"]

    assert pixels.shape == (3, 30)
    assert 0 < lit < 30
    assert hidden.entries_checked == 30 * 5
    assert hidden.wrong_entries == (lit * 5 if version == "no_derivative" else 0)


def test_the_letters_with_and_without_the_derivative_differ_in_the_loss_alone() -> None:
    (wrong,) = documents("posts/letters_no_derivative.yaml")
    (right,) = documents("posts/letters_cross_entropy.yaml")

    assert wrong["gradients"] == right["gradients"]
    assert wrong["data"] == right["data"]
    assert wrong["loss"] != right["loss"]


def test_the_two_gelus_differ_by_less_than_a_thousandth() -> None:
    for check in checks("gelu.yaml", document=1).values():
        assert check.relative is not None
        assert (0 < check.relative < 1e-2) if check.verdict == "wrong" else check.relative < 1e-12


def test_accepted_deviations_are_shown_with_their_reason() -> None:
    found = checks("accepted_deviation.yaml")

    assert {name for name, check in found.items() if check.accepted} == {
        "features.weight",
        "features.bias",
    }
    assert found["features.weight"].ratio == pytest.approx(0.1)


def test_the_missing_half_and_mean_are_one_free_factor() -> None:
    (problem,) = report("scale_free.yaml").problems

    notes = [finding for finding in problem.findings if finding.level == "note"]
    assert any("3.5 times" in note.message for note in notes)


def test_a_factor_that_is_forgotten_is_told_exactly() -> None:
    dropout = checks("layers/dropout.yaml", document=1)
    attention = checks("layers/attention.yaml", document=1)

    assert dropout["hidden.weight"].ratio == pytest.approx(0.6, rel=1e-12)
    assert attention["query.weight"].ratio == pytest.approx(2**0.5, rel=1e-12)
    assert attention["key.weight"].ratio == pytest.approx(2**0.5, rel=1e-12)


def test_gamma_outside_the_sums_is_seen_at_generated_probes_alone() -> None:
    path = str(CONFIGS / "layers/layer_norm.yaml")
    given = CliRunner().invoke(main, ["check", path, "--points", "1"])
    generated = CliRunner().invoke(main, ["check", path, "--points", "2"])

    assert (given.exit_code, generated.exit_code) == (0, 1)


def test_dumped_and_rounded_gradients_are_the_same_but_for_rounding() -> None:
    exact, rounded = read_arrays(CONFIGS / "dumped.json"), read_arrays(CONFIGS / "rounded.json")
    names = documents("dumped.yaml")[0]["gradients"]["names"]

    for theirs, ours in names.items():
        np.testing.assert_allclose(rounded[ours], exact[theirs].T, rtol=5e-6)
        assert not np.array_equal(rounded[ours], exact[theirs].T)


def test_the_margins_third_sample_is_exactly_on_the_kink() -> None:
    (document,) = documents("margin.yaml")
    given = {name: np.array(value) for name, value in document["parameters"].items()}
    x, y = (np.array(document["data"][name]) for name in ("x", "y"))
    slack = 1 - y * (x @ given["score.weight"] + given["score.bias"])

    assert np.flatnonzero(slack == 0).tolist() == [2]


def test_the_config_of_every_setting_obeys_them() -> None:
    (problem,) = report("own_backprop.yaml").problems

    assert problem.mode == "exhaustive"
    assert problem.seed == 3
    assert problem.entries_checked == problem.entries_total
    assert len(problem.probes) == 2
    assert {check.method for check in problem.checks} == {"differences"}
