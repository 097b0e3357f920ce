"""Data and initial values: from words, numbers, formulas and files."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gradcheck.config.load import Loaded
from gradcheck.errors import ConfigError

Changed = Callable[[str, str], ConfigError]

X, Y = "{uniform: [0, 1]}", "{normal: [0, 1]}"


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        (", y: {normal: [0, 1]}", "", (9, 7), "data lacks 'y', the loss's target; add y:"),
        ("x: {uniform: [0, 1]}, ", "", (9, 7), "data lacks 'x', an input of the network"),
        ("batch: 5,", "batch: 5, z: 1,", (9, 18), "'z' is neither an input of the network nor"),
        (X, "{unform: [0, 1]}", (9, 22), "no key 'unform'; did you mean 'uniform'?"),
        (X, "unifrm", (9, 21), "expected numbers or where they come from, found 'unifrm'; did you"),
        (X, "", (9, 21), "expected numbers or where they come from, found nothing, such as {"),
        (X, "uniform", (9, 21), "'uniform' needs a setting: {uniform: ...}"),
        (X, "{uniform: [0, 1], normal: [0, 1]}", (9, 21), "found uniform and normal"),
        (X, "{shape: 2}", (9, 21), "an array comes from one of uniform, normal"),
        (X, "{uniform: [1, 0]}", (9, 31), "expected [low, high] with low up to high"),
        (X, "{uniform: [-1e308, 1e308]}", (9, 31), "a finite distance"),
        (X, "{uniform: [0, 1, 2]}", (9, 31), "expected a list of 2, found a list of 3"),
        (X, "{normal: [0, -1]}", (9, 34), "a standard deviation of at least 0, found '-1'"),
        (X, "{integers: [3, 1]}", (9, 32), "expected [low, high]"),
        (X, "{integers: [0, 1e300]}", (9, 36), "a whole number from -1e+15 to 1e+15"),
        (X, "{bernoulli: 2}", (9, 33), "expected a finite number from 0 to 1, found '2'"),
        (X, "[]", (9, 21), "expected at least one number, found an empty list"),
        (X, "[[1, 2], [3]]", (9, 30), "this row has shape (1,), but the first one (2,)"),
        (X, "[[1, 2], [3, 4]]", (9, 21), "'x' has 2 samples, but the batch has 5"),
        (X, "[[1, .nan]]", (9, 26), "expected a finite number, found '.nan'"),
        (X, "[[1, a]]", (9, 26), "expected a finite number, found 'a'"),
        (X, "[" * 20 + "1" + "]" * 20, (9, 37), "an array has at most 16 axes"),
        (Y, "[[1, 2]]", (9, 43), "'y' has 1 sample, but the batch has 5"),
        (Y, "{one_hot: 3}", (9, 53), "a list of labels; found the number 3"),
        (Y, "{one_hot: [0.5, 1, 2, 0, 1]}", (9, 53), "whole numbers from 0, but one is 0.5"),
        (Y, "{one_hot: [0, 1, -2, 0, 1]}", (9, 53), "whole numbers from 0, but one is -2"),
        (Y, "{one_hot: [0, 7, 0, 0, 1], classes: 3}", (9, 53), "the label 7, but 3 classes"),
        (Y, "{one_hot: [0, 1, 0, 0, 99999999999]}", (9, 53), "are more than"),
        (Y, "{classes: 3}", (8, 8), "squared_error of 'output' (5, 1) and target 'y' (5,)"),
        (Y, "{expression: sin(z)}", (9, 60), "unknown name `z`"),
        (Y, "{expression: 'x + sin(x'}", (9, 64), "'(' was never closed"),
        (Y, "{expression: 9**9**9}", (9, 56), "an exponent must lie between -100 and 100"),
        (Y, "{expression: x}", (9, 43), "'y' needs shape (5, 1), but the expression gives (5, 2)"),
        (Y, '{expression: "x[:, :1] / 0"}', (9, 43), "data are finite numbers"),
    ],
)  # fmt: skip
def test_data_that_can_not_be_had_are_refused_at_their_place(
    changed: Changed, old: str, new: str, place: tuple[int, int], words: str
) -> None:
    error = changed(old, new)
    assert words in error.message
    assert (error.line, error.column) == place


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("{hiden.weight: zeros}", (10, 14), "no parameter 'hiden.weight'; did you mean 'hidden."),
        ("{'a.*': zeros}", (10, 14), "the network has no parameter 'a.*'; known are hidden.bias"),
        ("{hidden.weight: [[1, 2]]}", (10, 29), "needs shape (2, 3), but the values given have"),
        ("{hidden.bias: {expression: x}}", (10, 27), "can't start from a formula or labels"),
        ("{hidden.bias: {classes: 3}}", (10, 27), "can't start from a formula or labels"),
        ("[zeros]", (10, 13), "expected a mapping from parameters to their values"),
    ],
)
def test_initial_values_that_fit_no_parameter_are_refused(
    failure: Callable[..., ConfigError],
    base: str,
    text: str,
    place: tuple[int, int],
    words: str,
) -> None:
    error = failure(f"{base}parameters: {text}\n")
    assert words in error.message
    assert (error.line, error.column) == place


def test_expressions_may_stand_before_what_they_use(
    loaded: Callable[..., Loaded], base: str
) -> None:
    text = base.replace("x: {uniform", "y: {expression: 'x[:, 1:] * m'}, x: {uniform")
    data = loaded(text.replace(", y: {normal: [0, 1]}", "")).problem.probe(0, 0).data
    np.testing.assert_array_equal(data["y"], data["x"][:, 1:] * 5)


@pytest.mark.parametrize(
    ("loss", "shape"),
    [
        ("{cross_entropy: {from: logits}}", (5,)),
        ("squared_error", (5, 3)),  # takes no class numbers
    ],
)
def test_whole_numbers_are_class_numbers_where_the_loss_takes_these(
    loss: str, shape: tuple[int, ...], load_config: Callable[[str], Loaded]
) -> None:
    loaded = load_config(f"""
network: {{inputs: {{x: [2]}}, layers: [{{output: {{dense: {{units: 3}}}}}}]}}
loss: {loss}
data: {{batch: 5, x: {{normal: [0, 1]}}, y: {{integers: [0, 2]}}}}
""")
    y = loaded.problem.probe(0, 0).data["y"]
    assert y.shape == shape
    assert {*y.flat} <= {0, 1, 2}


class TestFiles:
    """Arrays beside the config."""

    def test_arrays_are_read_from_every_kind_of_file(
        self, loaded: Callable[..., Loaded], base: str, tmp_path: Path
    ) -> None:
        rows = np.random.default_rng(3).normal(size=(5, 3))
        np.save(tmp_path / "a.npy", rows[:, :2])
        np.savez(tmp_path / "a.npz", x=rows[:, :2], y=rows[:, 2:], names=np.array(["a"]))
        (tmp_path / "a.csv").write_text(
            "a;b;c\n" + "\n".join(";".join(map(str, row)) for row in rows)
        )
        for source in (
            "{file: a.npy}",
            "{file: a.npz, key: x}",
            "{file: a.csv, columns: [0, 1], skip_rows: 1, delimiter: ;}",
            f"{{file: ../{tmp_path.name}/a.npy}}",
        ):
            data = loaded(base.replace(X, source)).problem.probe(0, 0).data
            np.testing.assert_array_equal(data["x"], rows[:, :2])

    @pytest.mark.parametrize(
        ("source", "column", "words"),
        [
            ("{file: no.npz}", 28, "there is no file"),
            ("{file: goo.npy}", 28, "did you mean 'good.npy'?"),
            ("{file: good.txt}", 28, "expected a .npy, .npz, .json or .csv file"),
            ("{file: folder.npy}", 28, "there is no file"),
            ("{file: " + "a" * 5000 + ".npy}", 28, "there is no file"),
            ('{file: "a\\0.npy"}', 28, "there is no file"),
            ("{file: pickle.npy}", 28, "it holds Python objects: save np.asarray"),
            ("{file: pickle.npz}", 28, "it holds Python objects: save np.asarray"),
            ("{file: two.npz}", 28, "holds 2 arrays; say which: key: NAME, one of first, second"),
            ("{file: two.npz, key: frist}", 42, "has no array 'frist'; did you mean 'first'?"),
            ("{file: cut.npz}", 28, "could not be read"),
            ("{file: cut.npy}", 28, "could not be read"),
            ("{file: words.npy}", 28, "not real numbers"),
            ("{file: complex.npy}", 28, "holds complex128, not real numbers"),
            ("{file: nan.npy}", 28, "holds values that are not finite"),
            ("{file: none.npy}", 28, "holds no numbers"),
            ("{file: none.csv}", 28, "holds no numbers"),
            ("{file: words.csv}", 28, "if that is a line of headings, leave it out with skip_rows"),
            ("{file: good.csv, columns: 9}", 28, "could not be read"),
            ("{file: good.csv, delimiter: ';;'}", 49, "expected a single character"),
            ("{file: good.csv, columns: []}", 47, "expected a list of at least 1"),
            ("{file: latin.csv}", 28, "could not be read"),
            ("{file: good.npy, classes: 3}", 28, "class labels are whole numbers from 0"),
            ("{file: short.npy}", 21, "'x' has 3 samples, but the batch has 5"),
        ],
    )
    def test_files_that_can_not_be_used_are_refused(
        self, changed: Changed, tmp_path: Path, source: str, column: int, words: str
    ) -> None:
        self._fill(tmp_path)
        error = changed(X, source)
        assert words in error.message
        assert (error.line, error.column) == (9, column)

    def _fill(self, folder: Path) -> None:
        rows = np.arange(10.0).reshape(5, 2) + 0.5
        np.save(folder / "good.npy", rows)
        np.save(folder / "short.npy", rows[:3])
        np.save(folder / "pickle.npy", np.array([{}]), allow_pickle=True)
        np.savez(folder / "pickle.npz", np.array([{}]))
        np.savez(folder / "two.npz", first=rows, second=rows)
        (folder / "cut.npz").write_bytes((folder / "two.npz").read_bytes()[:200])
        (folder / "cut.npy").write_bytes((folder / "good.npy").read_bytes()[:140])
        np.save(folder / "words.npy", np.array(["a"]))
        np.save(folder / "complex.npy", rows * 1j)
        np.save(folder / "nan.npy", rows * np.nan)
        np.save(folder / "none.npy", rows[:0])
        (folder / "none.csv").touch()
        (folder / "words.csv").write_text("a,b\n1,2\n")
        (folder / "good.csv").write_text("1,2\n" * 5)
        (folder / "latin.csv").write_bytes(b"1,2 \xe9\n")
        (folder / "folder.npy").mkdir()

    def test_an_archive_that_promises_too_much_is_not_unpacked(
        self, changed: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("gradcheck.config.files.MAX_BYTES", 2**16)
        with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.npy", bytes(2**20))
        assert "is larger than" in changed(X, "{file: bomb.npz}").message
