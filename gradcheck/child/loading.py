"""The user's function, found by its name and imported in the child."""

import importlib
import importlib.util
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from gradcheck.child.traces import shortened, statement
from gradcheck.errors import ClaimError
from gradcheck.record import record

_SHOWN_NAMES = 10


@record
class Place:
    """Where a function stands: `source` is a file's path if `is_file`, else a module's name."""

    source: str
    is_file: bool
    name: str


def load(place: Place) -> Callable[..., Any]:
    """Import the file or module and return its function; dots in the name lead to attributes."""
    value = find(place)
    if not callable(value):
        raise ClaimError(
            f"{place.source}:{place.name} must be a function (params, inputs, targets) -> "
            f"gradients, but is of type {type(value).__name__}"
        )
    return value  # type: ignore[no-any-return]


def find(place: Place) -> Any:
    """Import the file or module and return what stands there under the name."""
    return attribute(imported(place), place)


def imported(place: Place) -> ModuleType:
    """Import the file or module."""
    folder = str(Path.cwd())
    try:
        return _from_file(Path(place.source)) if place.is_file else _by_name(place.source)
    except ClaimError:
        raise
    except SystemExit as error:
        raise ClaimError(
            f"{place.source} called sys.exit({error.code!r}) while it was imported; "
            f"put what is not for import under `if __name__ == '__main__':`\n"
            f"{shortened(error, folder)}"
        ) from None
    except BaseException as error:
        lines = [f"{place.source} can't be imported: {statement(error)}", shortened(error, folder)]
        raise ClaimError("\n".join([*filter(None, lines), *_advice(error)])) from None


def _from_file(path: Path) -> ModuleType:
    path = path.absolute()
    if str(path.parent) not in sys.path:
        sys.path.insert(1, str(path.parent))  # What stands beside a script can be imported.
    name = path.stem if path.stem not in sys.modules else f"{path.stem} (under check)"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ClaimError(f"{path.name} is no Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _by_name(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if name != missing and not name.startswith(f"{missing}."):
            raise
        raise ClaimError(
            f"there is no module {missing!r}: it is neither in the config's folder nor installed "
            "for the Python that runs gradcheck"
        ) from None


def _advice(error: BaseException) -> list[str]:
    if isinstance(error, ModuleNotFoundError):
        return ["modules are looked for in the config's folder and in gradcheck's own Python"]
    return []


def attribute(module: ModuleType, place: Place) -> Any:
    """Return what a module has under a name with dots in it."""
    value: Any = module
    found = place.source
    separator = ":"
    for part in place.name.split("."):
        if not hasattr(value, part):
            raise ClaimError(f"{found} has no {part!r}; {_offer(value, part)}")
        value = getattr(value, part)
        found += separator + part
        separator = "."
    return value


def _offer(owner: object, wanted: str) -> str:
    names = _functions(owner)
    if not names:
        return "it defines no function"
    shown = ", ".join(names[:_SHOWN_NAMES]) + (", ..." if len(names) > _SHOWN_NAMES else "")
    near = get_close_matches(wanted, names, n=1)
    return f"did you mean {near[0]!r}? It defines {shown}" if near else f"it defines {shown}"


def _functions(owner: object) -> list[str]:
    """Return the callables that stand in `owner` itself, not those that it imported."""
    home = getattr(owner, "__name__", None) if isinstance(owner, ModuleType) else None
    return [
        name
        for name in dir(owner)
        if not name.startswith("_")
        and callable(value := getattr(owner, name))
        and (home is None or getattr(value, "__module__", None) == home)
    ]
