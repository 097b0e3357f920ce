"""What all tests share: goldens, configs from text, and Hypothesis without clock or chance."""

import os

# Before NumPy is imported: parallel test processes would fight over BLAS threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import gc
import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.config.opening import Failed

settings.register_profile("gradcheck", deadline=None, derandomize=True, database=None)
settings.load_profile("gradcheck")


def pytest_collection_finish() -> None:
    # Thousands of collected tests live on to the end; to visit them each time is a waste.
    gc.freeze()


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


@pytest.fixture(scope="session")
def random_networks() -> ModuleType:
    """The module of `scripts/` that makes the config of a random network from a seed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[1] / "scripts"))
        return importlib.import_module("random_networks")


@pytest.fixture
def load_config(tmp_path: Path) -> Callable[[str], Loaded]:
    """Load the one problem of a config's text."""

    def load(text: str) -> Loaded:
        path = tmp_path / "config.yaml"
        path.write_text(text, "utf-8")
        loader = Loader(ops=OPS, faults=FAULTS, policy=Policy())
        (loaded,) = loader.load(path, path.name)
        assert not isinstance(loaded, Failed), str(loaded.error)
        return loaded

    return load


@pytest.fixture(scope="session")
def official() -> Callable[[str], Any]:
    """Give the schema at an address, as the package `schemastore` keeps it; nothing is fetched."""
    schemastore, requests, requests_cache = map(
        importlib.import_module, ("schemastore", "requests", "requests_cache")
    )
    kept = Path(str(schemastore.__file__)).parent / "cache"

    def schema(address: str) -> Any:
        # As the package would, but for asking the network whether the schema has changed.
        with requests_cache.CachedSession(kept) as store:
            key = store.cache.create_key(requests.Request("GET", address))
            return store.cache.get_response(key).json()

    return schema
