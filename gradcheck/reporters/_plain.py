"""Reports as the plain values that JSON has."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

VERSION = 1
"""The version of the JSON formats; raised when a field is renamed or changes its meaning."""

DRAWN = {"pictures"}
"""What is only there for formats with pictures, and would change the bytes of the others."""


def plain(value: Any) -> Any:
    """Turn a value into what JSON has; what it hasn't is text, and what is not finite null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if is_dataclass(value):
        names = [field.name for field in fields(value) if field.name not in DRAWN]
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    return str(value)
