"""Takes what a program prints."""

from typing import Any

_MOST_PRINTED = 20_000


class Printed:
    """Takes what the program prints, and keeps the first 20,000 characters."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        if self._size < _MOST_PRINTED:
            self._pieces.append(text[: _MOST_PRINTED - self._size])
        self._size += len(text)
        return len(text)

    def flush(self) -> None:
        pass

    def print(
        self, *values: object, sep: str | None = None, end: str | None = None, **_: Any
    ) -> None:
        if self._size < _MOST_PRINTED:
            told = (" " if sep is None else sep).join(_short(value) for value in values)
            self.write(told + ("\n" if end is None else end))

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def __deepcopy__(self, memory: object) -> "Printed":
        return self


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _MOST_PRINTED else text[:_MOST_PRINTED]
