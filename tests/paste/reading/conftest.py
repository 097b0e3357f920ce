"""Programs of our own to paste, and ways to mutilate them."""

import ast
import importlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gradcheck.paste.reading.post import Program
from gradcheck.paste.reading.read import read

POSTS = sorted((Path(__file__).parent / "posts").glob("*.txt"))
SHORT = ("gru_cell", "plain_lists")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hand every post to tests that ask for `code`, two of them to those that ask for `short`."""
    for name, stems in {"code": [path.stem for path in POSTS], "short": SHORT}.items():
        if name in metafunc.fixturenames:
            texts = [path.read_text("utf-8") for path in POSTS if path.stem in stems]
            metafunc.parametrize(name, texts, ids=stems)


@pytest.fixture
def only() -> Callable[[str], Program]:
    """Read a text that holds one program."""

    def program(text: str) -> Program:
        post = read(text)
        assert len(post.programs) == 1, (post.programs, post.notes)
        return post.programs[0]

    return program


@pytest.fixture
def same() -> Callable[[str, str], bool]:
    """Tell whether two sources are the same program, but for comments and effect-free lines."""

    def equal(one: str, other: str) -> bool:
        return [ast.dump(node) for node in _acting(one)] == [
            ast.dump(node) for node in _acting(other)
        ]

    return equal


def _acting(source: str) -> list[ast.stmt]:
    """Return the statements, docstrings with white space as single spaces."""
    module = ast.parse(source)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = " ".join(node.value.split())
    loose = (ast.Constant, ast.Name, ast.Tuple, ast.List)
    return [
        node
        for node in module.body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, loose))
    ]


@pytest.fixture(scope="session")
def practice() -> Sequence[Path]:
    """The practice texts beside the repository."""
    shared = Path(__file__).parents[4] / "shared"
    found = [*shared.glob("seeds/*.txt"), *shared.glob("paste_examples/*.*y*b*")]
    found = sorted({*found, *shared.glob("paste_examples/*.py")})
    if not found:
        pytest.skip("the practice texts are not beside the repository")
    return found


@pytest.fixture(scope="session")
def mutilated() -> Callable[[random.Random, Sequence[str]], str]:
    """The function of `scripts/` that mutilates one of several texts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[3] / "scripts"))
        function: Callable[[random.Random, Sequence[str]], str] = importlib.import_module(
            "mutilations"
        ).mutilated
        return function
