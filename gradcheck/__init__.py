"""The gradient-checking debugger."""

from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "assert_gradients": "gradcheck.api",
    "check": "gradcheck.api",
    "load_ipython_extension": "gradcheck.notebook",
}


def __getattr__(name: str) -> Any:
    # The command starts without these, which take their time.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
