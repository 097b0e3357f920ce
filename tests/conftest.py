"""What all tests share: goldens, and Hypothesis without clock or chance."""

import os

# Before NumPy is imported: parallel test processes would fight over BLAS threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("gradcheck", deadline=None, derandomize=True, database=None)
settings.load_profile("gradcheck")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the expected outputs of golden tests"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the golden file that holds it, or rewrite the file."""
    update = request.config.getoption("--update-golden")

    def compare(path: Path, text: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{path} is missing; run pytest --update-golden and look at it"
        assert text == path.read_bytes().decode()

    return compare
