"""A stand-in for pandas: a table of unseen data that can do what pasted programs ask of one."""

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any, Self, cast

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.sites import line_now
from gradcheck.paste.running.sources import Hub
from gradcheck.paste.running.words import words

_READERS = ("read_csv", "read_table", "read_excel", "read_fwf", "read_pickle", "read_json")


class Table:
    """Columns of numbers with names; a name that is not known yet is given to the next column."""

    def __init__(
        self, array: Any = (), columns: Sequence[object] | None = None, **_: object
    ) -> None:
        if isinstance(array, dict):
            columns = list(array) if columns is None else columns
            array = np.column_stack([np.asarray(array[key]) for key in array])
        self.values: Array = np.atleast_2d(np.asarray(getattr(array, "values", array)))
        self._names: dict[object, int] = {}
        for at, name in enumerate(columns if columns is not None else ()):
            self._names[name] = at

    @property
    def columns(self) -> "Names":
        held = {at: name for name, at in self._names.items()}
        return Names([held.get(at, at) for at in range(self.values.shape[1])])

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def T(self) -> "Table":  # noqa: N802  (pandas' name)
        return Table(self.values.T)

    @property
    def iloc(self) -> "Located":
        return Located(self)

    loc = ix = iloc

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _UNCHANGING:
            return lambda *_, **__: self
        return self[name] if name not in _ABSORBED else Absorber(name)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, list | Names):
            return Table(self.values[:, [self._at(name) for name in key]], list(key))
        if isinstance(key, str | int):
            return Column(self.values[:, self._at(key)])
        return Table(self.values[np.asarray(key) if not isinstance(key, slice) else key])

    def __setitem__(self, key: object, value: Any) -> None:
        if key in self._names:
            self.values[:, self._names[key]] = value
            return
        self._names[key] = self.values.shape[1]
        whole = np.broadcast_to(np.asarray(value), self.values.shape[:1])
        self.values = np.column_stack([self.values, whole])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.values, dtype=dtype)

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[object]:
        return iter(self.columns)

    def drop(self, labels: Any = None, axis: Any = 0, columns: Any = None, **_: object) -> "Table":
        """Return the table without the named columns; rows are never dropped."""
        names = columns if columns is not None else labels
        if columns is None and axis not in (1, "columns"):
            return self
        listed = list(names) if isinstance(names, list | Names) else [names]
        gone = [self._at(name) for name in listed]
        kept = [name for at, name in enumerate(self.columns) if at not in gone]
        return Table(np.delete(self.values, gone, axis=1), kept)

    def pop(self, name: str) -> "Column":
        column = Column(self.values[:, self._at(name)])
        left = self.drop(columns=[name])
        self.values, self._names = left.values, left._names
        return column

    def to_numpy(self, dtype: Any = None, **_: object) -> Array:
        return np.array(self.values, dtype=dtype)

    as_matrix = to_numpy

    def sample(self, n: int | None = None, frac: float = 1.0, **_: object) -> "Table":
        rows = np.random.default_rng(0).permutation(len(self.values))
        return Table(self.values[rows[: n or int(frac * len(rows))]], self.columns)

    def head(self, n: int = 5) -> "Table":
        return Table(self.values[:n], self.columns)

    def iterrows(self) -> Iterator[tuple[int, "Column"]]:
        return ((at, Column(row)) for at, row in enumerate(self.values))

    def _at(self, name: object) -> int:
        if isinstance(name, int | np.integer) and name not in self._names:
            return int(name)
        if name not in self._names:
            free = set(range(self.values.shape[1])) - set(self._names.values())
            # Labels are asked for by name more often than anything else, and stand last.
            self._names[name] = max(free) if free else self.values.shape[1] - 1
        return self._names[name]


_UNCHANGING = words(
    "dropna fillna copy reset_index set_index astype sort_values replace rename apply "
    "drop_duplicates transpose infer_objects"
)
_ABSORBED = words("info describe plot hist corr boxplot to_csv to_excel style")


class Names(list[object]):
    """Column names, with the little of an index that programs use."""

    def tolist(self) -> list[object]:
        return list(self)

    @property
    def values(self) -> list[object]:
        return list(self)


class Column(np.ndarray[Any, Any]):
    """One column: an array with the few extras of a pandas series."""

    def __new__(cls, array: Any = (), *_: object, **__: object) -> Self:
        return np.asarray(array).view(cls)

    @property
    def values(self) -> Array:
        return np.array(self)

    @property
    def iloc(self) -> "Column":
        return self

    def to_numpy(self, *_: object, **__: object) -> Array:
        return np.array(self)

    def to_list(self) -> list[Any]:
        return cast("list[Any]", self.tolist())

    def replace(self, *_: object, **__: object) -> "Column":
        """Leave the numbers as they are: they stand for what the replacing would give."""
        return self

    apply = map = replace

    def unique(self) -> Array:
        return np.unique(np.array(self))

    def nunique(self) -> int:
        return len(self.unique())

    def value_counts(self, *_: object, **__: object) -> Absorber:
        return Absorber("value_counts")


class Located:
    """The rows and columns of a table by position; names of columns are allowed, too."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __getitem__(self, key: Any) -> Any:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        if isinstance(columns, str):
            columns = self._table._at(columns)
        elif isinstance(columns, list) and columns and isinstance(columns[0], str):
            columns = [self._table._at(name) for name in columns]
        part = self._table.values[_up_to_end(rows, len(self._table)), columns]
        return Table(part) if part.ndim == 2 else Column(part)


def _up_to_end(rows: Any, count: int) -> Any:
    return rows if not isinstance(rows, int) else rows % max(count, 1)


def pandas(hub: Hub) -> ModuleType:
    """Return a module that looks like pandas."""
    module = ModuleType("pandas")
    for name in _READERS:
        setattr(module, name, _reader(hub, name))
    module.__dict__.update(
        DataFrame=Table,
        Series=Column,
        concat=_concatenated,
        get_dummies=_dummies,
        isnull=lambda value: np.zeros(len(value), bool),
        factorize=lambda column: (np.asarray(column), np.unique(np.asarray(column))),
        set_option=Absorber("set_option"),
        options=Absorber("options"),
        plotting=Absorber("plotting"),
    )
    return module


def _reader(hub: Hub, name: str) -> Any:
    def read(file: object = "", *_: object, **named: Any) -> Table:
        hub.ledger.note("data", f"{name}({file!r})", "gives made-up numbers", line_now())
        pattern = hub.sites.pattern(str(file))
        key = pattern if isinstance(pattern, str) else str(file)
        return Table(hub.data.now(key, "table"), named.get("names"))

    return read


def _concatenated(parts: Sequence[Any], axis: int = 0, **_: object) -> Table:
    arrays = [np.asarray(part) for part in parts]
    if axis == 1:
        return Table(np.column_stack(arrays))
    return Table(np.vstack(arrays))


def _dummies(column: Any, *_: object, **__: object) -> Table:
    labels, at = np.unique(np.asarray(column), return_inverse=True)
    return Table(np.eye(len(labels))[at.ravel()], list(labels))
