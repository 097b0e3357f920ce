"""A valid config, and ways to change it and to see what loading makes of the change."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.load import Loaded, Loader
from gradcheck.config.opening import Failed
from gradcheck.errors import ConfigError
from gradcheck.settings import Policy

BASE = """\
name: base
network:
  inputs: {x: [2]}
  layers:
    - hidden: {dense: {units: 3}}
    - act: tanh
    - output: {dense: {units: 1}}
loss: {squared_error: {reduction: sum}}
data: {batch: 5, x: {uniform: [0, 1]}, y: {normal: [0, 1]}}
"""

Load = Callable[..., list[Loaded | Failed]]


@pytest.fixture
def base() -> str:
    return BASE


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """Load a text as `c.yaml`; what it opens is closed at the end of the test."""
    opened: list[Loaded] = []

    def load(text: str | bytes, **policy: Any) -> list[Loaded | Failed]:
        path = tmp_path / "c.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        loader = Loader(ops=OPS, faults=FAULTS, policy=Policy(**policy))
        results = loader.load(path, "c.yaml")
        opened.extend(result for result in results if isinstance(result, Loaded))
        return results

    yield load
    for result in opened:
        result.stack.close()


@pytest.fixture
def loaded(load: Load) -> Callable[..., Loaded]:
    """Load a text that is one good config."""

    def loaded(text: str, **policy: Any) -> Loaded:
        (result,) = load(text, **policy)
        assert isinstance(result, Loaded), result
        return result

    return loaded


@pytest.fixture
def failure(load: Load) -> Callable[..., ConfigError]:
    """Load a text that is one bad config, and return why."""

    def failure(text: str | bytes, **policy: Any) -> ConfigError:
        (result,) = load(text, **policy)
        assert isinstance(result, Failed), result
        assert isinstance(result.error, ConfigError)
        assert result.error.file == "c.yaml"
        return result.error

    return failure


@pytest.fixture
def changed(failure: Callable[..., ConfigError]) -> Callable[[str, str], ConfigError]:
    """Change one place of the valid config, and return why it is refused then."""

    def changed(old: str, new: str) -> ConfigError:
        assert BASE.count(old) >= 1
        return failure(BASE.replace(old, new, 1))

    return changed
