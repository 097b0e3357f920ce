"""What the catalogue of ops promises: documentation, worked examples, one file for each op."""

from pathlib import Path

import numpy as np
import pytest

import gradcheck.ops
import gradcheck.ops.activations
from gradcheck.catalogues import OPS
from gradcheck.op import Op, Option


def test_worked_examples_hold(entry: Op) -> None:
    assert entry.worked, "at least one example that can be checked by hand"
    for example in entry.worked:
        options = {**entry.defaults(), **example.options}
        parameters = {name: np.asarray(value) for name, value in example.parameters.items()}
        output, _ = entry.forward([np.asarray(x) for x in example.inputs], parameters, options)
        np.testing.assert_allclose(output, np.asarray(example.output), rtol=1e-12, atol=1e-14)
        assert example.source


def test_the_docstring_has_a_title_and_the_headings(entry: Op) -> None:
    headings = ["Forward", "Backward", *(["Kinks"] if entry.kinks else []), "Sources"]
    lines = (entry.doc or "").splitlines()
    assert [line[3:] for line in lines if line.startswith("## ")] == headings
    assert 0 < len(entry.title) <= 100
    assert lines[1] == ""


def test_the_module_is_named_for_the_op_and_lies_in_the_folder_of_its_kind(entry: Op) -> None:
    folders = {"activation": "activations", "layer": "layers", "loss": "losses"}
    folder = folders.get(entry.kind, "regularizers")
    assert f"gradcheck.ops.{folder}.{entry.name}" in set(OPS.modules())


def test_every_option_is_documented_and_has_a_default_of_its_type(entry: Op) -> None:
    for name, option in entry.options.items():
        assert option.doc, name
        assert option.required or _fits(option), f"{name} = {option.default!r}"
        assert option.type != "choice" or f"`{name}" in (entry.doc or ""), name


def _fits(option: Option) -> bool:
    """Tell whether the default is what the option asks of a config."""
    match option.type:
        case "boolean":
            return isinstance(option.default, bool)
        case "choice":
            return option.default in option.choices
        case "integers":
            return isinstance(option.default, tuple)
        case "integer" if option.default is None:
            return True
    number = option.default
    kind = int if option.type == "integer" else (int, float)
    low = option.minimum is not None and number < option.minimum
    return isinstance(number, kind) and not low and not (option.above and number <= option.above)


def test_no_module_is_left_out_of_the_catalogue() -> None:
    root = Path(gradcheck.ops.__file__).parent
    on_disk = [path for path in root.rglob("*.py") if not path.name.startswith("_")]
    assert len(OPS.all()) == len(on_disk)


NEW_ACTIVATION = '''
"""Cube of each element.

## Forward
z³.

## Backward
3 z².

## Sources
Derived here.
"""

from gradcheck.op import Worked, elementwise

OP = elementwise(
    name="cube_for_a_test",
    doc=__doc__,
    function=lambda z: z**3,
    slope=lambda z: 3 * z**2,
    worked=(Worked(inputs=([2.0],), output=[8.0], source="by hand"),),
)
'''


def test_a_new_activation_is_one_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cube_for_a_test.py").write_text(NEW_ACTIVATION, encoding="utf-8")
    folders = gradcheck.ops.activations.__path__
    assert OPS.find("cube_for_a_test") is None
    monkeypatch.setattr(gradcheck.ops.activations, "__path__", [*folders, str(tmp_path)])
    found = OPS.find("cube_for_a_test")
    assert found is not None
    assert found.title == "Cube of each element"
    assert OPS.all()["cube_for_a_test"] is found
    assert found.function is not None
    assert found.function(np.array([2.0])) == 8.0
