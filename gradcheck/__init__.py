"""The gradient-checking debugger."""

from typing import Any

__version__ = "0.1.0"

_API = ("assert_gradients", "check")


def __getattr__(name: str) -> Any:
    # The command starts without the API, which takes its time.
    if name not in _API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("gradcheck.api"), name)
