"""Programs of our own to paste, and ways to mutilate them."""

import ast
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gradcheck.paste.reading.post import Program
from gradcheck.paste.reading.read import read

POSTS = sorted((Path(__file__).parent / "posts").glob("*.txt"))
SHORT = ("gru_cell", "plain_lists")
NOISE = "“”‘’—…×\u200b\ufeff\xa0é中（）：，`\x00\t\\\"'#{}[]()>$%!\r\u2028\ud800"


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
    """Cut, shuffle, unindent, splice or soil one of several texts."""

    def text(chance: random.Random, texts: Sequence[str]) -> str:
        result = chance.choice(texts)
        for _ in range(chance.randint(1, 3)):
            result = chance.choice(_MUTILATIONS)(result, chance, texts)
        return result

    return text


def _cut(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    at = chance.randint(0, len(text))
    return chance.choice([text[:at], text[at:]])


def _shuffled(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    lines = text.split("\n")
    return "\n".join(chance.sample(lines, len(lines)))


def _unindented(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    share = chance.choice([0.1, 0.5, 1.0])
    return "\n".join(line.strip() if chance.random() < share else line for line in text.split("\n"))


def _soiled(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 30)):
        letters.insert(chance.randint(0, len(letters)), chance.choice(NOISE))
    return "".join(letters)


def _thinned(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    parts = text.split("\n") if chance.random() < 0.5 else list(text)
    gone = {chance.randint(0, len(parts)) for _ in range(chance.randint(1, 30))}
    glue = "" if len(parts) == len(text) else "\n"
    return glue.join(part for k, part in enumerate(parts) if k not in gone)


def _spliced(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    lines, other = text.split("\n"), chance.choice(texts).split("\n")
    at, stop = chance.randint(0, len(lines)), chance.randint(0, len(other))
    return "\n".join([*lines[:at], *other[:stop], *lines[at:]])


def _prefixed(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    mark = chance.choice(["> ", ">>> ", "    ", "\t", "+", "- ", "{} ", "In [{}]: "])
    return "\n".join(mark.format(n) + line for n, line in enumerate(text.split("\n")))


_MUTILATIONS = (_cut, _shuffled, _unindented, _soiled, _thinned, _spliced, _prefixed)
