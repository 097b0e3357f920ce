"""The JSON Schema accepts what the loader accepts, and refuses what has a typing error."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gradcheck.catalogues import OPS
from gradcheck.config.compose import documents
from gradcheck.config.forms import empty, number
from gradcheck.config.text import Node, read
from gradcheck.session import schema

ROOT = Path(__file__).parents[2]
CONFIGS = [*sorted(ROOT.glob("configs/**/*.yaml")), ROOT / "gradcheck/config/starter.yaml"]


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    made = schema()
    Draft202012Validator.check_schema(made)
    json.dumps(made, allow_nan=False)
    return Draft202012Validator(made)


def plain(node: Node) -> Any:
    """Return what an editor's YAML 1.2 parser would make of a node."""
    if node.kind == "mapping":
        return {key.text: plain(value) for key, value in node.pairs}
    if node.kind == "sequence":
        return [plain(item) for item in node.items]
    if empty(node):
        return None
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    value = number(node)
    return node.text if value is None else value


def roots(path: Path) -> list[Any]:
    found = documents(read(path, str(path)))
    assert all(isinstance(root, Node) for root in found)
    return [plain(root) for root in found if isinstance(root, Node)]


def mutants(value: Any, own_names: bool = False) -> Iterator[Any]:
    """Yield copies of a config with one known key misspelt."""
    if isinstance(value, list):
        for k, item in enumerate(value):
            for mutant in mutants(item, own_names):
                yield [*value[:k], mutant, *value[k + 1 :]]
    if isinstance(value, dict):
        for key, inner in value.items():
            named = key in ("names", "accept", "parameters", "data") or (key == "inputs")
            if not own_names:
                yield {(f"{k}x" if k == key else k): v for k, v in value.items()}
            for mutant in mutants(inner, own_names=named or key == "layers"):
                yield {**value, key: mutant}


def test_the_schema_is_of_2020_12_and_knows_every_op(validator: Draft202012Validator) -> None:
    text = json.dumps(validator.schema)
    assert '"$schema": "https://json-schema.org/draft/2020-12/schema"' in text
    assert [name for name in OPS.all() if f'"{name}": {{' not in text] == []


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_satisfies_the_schema(validator: Draft202012Validator, path: Path) -> None:
    for root in roots(path):
        assert [error.message for error in validator.iter_errors(root)] == []


@pytest.mark.parametrize("path", CONFIGS[:3], ids=lambda path: path.stem)
def test_misspelt_keys_do_not(validator: Draft202012Validator, path: Path) -> None:
    (root,) = roots(path)
    tried = list(mutants(root))
    assert len(tried) > 10
    for mutant in tried:
        assert not validator.is_valid(mutant), mutant
