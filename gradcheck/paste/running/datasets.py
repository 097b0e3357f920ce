"""Data sets and tools of other libraries whose shapes are known: scikit-learn, SciPy, Keras."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.running import helpers
from gradcheck.paste.running.data import Guess, made
from gradcheck.paste.running.sites import line_now
from gradcheck.paste.running.sources import Hub

_SAMPLES = 151
# Features and classes; no classes where the target is a number.
_TABLES = {
    "iris": (4, 3),
    "wine": (13, 3),
    "digits": (64, 10),
    "breast_cancer": (30, 2),
    "boston": (13, 0),
    "diabetes": (10, 0),
}
_IMAGES = {"digits": (8, 8)}
TRAINING, TESTING = 41, 20
PICTURE_SAMPLES = {60_000: TRAINING, 50_000: TRAINING, 10_000: TESTING}
PICTURES = {
    "mnist": (28, 28),
    "fashion_mnist": (28, 28),
    "cifar10": (32, 32, 3),
}


def sklearn_datasets(hub: Hub) -> ModuleType:
    module = ModuleType("sklearn.datasets")
    for name, (features, classes) in _TABLES.items():
        setattr(module, f"load_{name}", _told(hub, f"load_{name}", _table(name, features, classes)))
    for name in ("moons", "circles", "blobs", "classification", "gaussian_quantiles"):
        setattr(module, f"make_{name}", _told(hub, f"make_{name}", _points))
    module.__dict__["make_regression"] = _told(hub, "make_regression", _line)
    module.__dict__["fetch_openml"] = _told(hub, "fetch_openml", _table("openml", 784, 10))
    return module


def keras_datasets(hub: Hub) -> SimpleNamespace:
    loaders = {
        name: SimpleNamespace(load_data=_told(hub, f"{name}.load_data", _pictures(shape)))
        for name, shape in PICTURES.items()
    }
    return SimpleNamespace(**loaders)


def mnist_parts(hub: Hub) -> dict[str, Callable[..., Any]]:
    """Return the functions of the module `mnist`, of which each gives one part of the data."""
    load = _pictures(PICTURES["mnist"])

    def part(half: int, kind: int) -> Callable[..., Any]:
        return lambda *_, **__: load()[half][kind]

    return {
        f"{half}_{kind}": _told(hub, f"mnist.{half}_{kind}", part(i, k))
        for i, half in enumerate(("train", "test"))
        for k, kind in enumerate(("images", "labels"))
    }


def sklearn_tools() -> dict[str, object]:
    """Return the few tools that pasted networks are fed with."""
    return {
        "train_test_split": split,
        "StandardScaler": Scaler,
        "MinMaxScaler": RangeScaler,
        "OneHotEncoder": Encoder,
        "LabelBinarizer": Encoder,
        "LabelEncoder": LabelEncoder,
        "accuracy_score": lambda truth, told, **_: float(np.mean(np.equal(truth, told))),
        "mean_squared_error": lambda truth, told, **_: float(
            np.mean(np.subtract(truth, told) ** 2)
        ),
        "shuffle": shuffled,
        "scale": lambda x, **_: Scaler().fit_transform(x),
        "normalize": lambda x, **_: x / np.linalg.norm(x, axis=1, keepdims=True),
    }


def scipy_special() -> dict[str, object]:
    return {
        "expit": helpers.sigmoid,
        "softmax": helpers.softmax,
        "logit": lambda p: np.log(p / (1 - p)),
        "logsumexp": lambda a, axis=None, keepdims=False: np.log(
            np.sum(np.exp(a), axis=axis, keepdims=keepdims)
        ),
        "xlogy": lambda x, y: np.where(np.equal(x, 0), 0.0, x * np.log(y)),
    }


def split(*arrays: Any, test_size: float = 0.25, **named: Any) -> list[Any]:
    """Return for each array its first part and the rest; `test_size` is a fraction or a number."""
    test_size = 1 - named["train_size"] if "train_size" in named else test_size
    count = len(arrays[0])
    cut = count - int(np.ceil(test_size * count)) if test_size < 1 else count - int(test_size)
    return [part for array in arrays for part in (_rows(array, 0, cut), _rows(array, cut, count))]


def shuffled(*arrays: Any, **_: object) -> Any:
    order = np.random.default_rng(0).permutation(len(arrays[0]))
    mixed = [np.asarray(array)[order] for array in arrays]
    return mixed[0] if len(mixed) == 1 else mixed


class Scaler:
    """Columns of mean zero and spread one."""

    def __init__(self, *_: object, **__: object) -> None:
        self._shift: Array = np.zeros(1)
        self._by: Array = np.ones(1)

    def fit(self, x: Any, *_: object) -> "Scaler":
        x = np.asarray(x, dtype=float)
        spread = x.std(axis=0)
        self._shift, self._by = x.mean(axis=0), np.where(spread == 0, 1, spread)
        return self

    def transform(self, x: Any) -> Array:
        return np.asarray((np.asarray(x, dtype=float) - self._shift) / self._by)

    def fit_transform(self, x: Any, *_: object) -> Array:
        return self.fit(x).transform(x)

    def inverse_transform(self, x: Any) -> Array:
        return np.asarray(np.asarray(x) * self._by + self._shift)


class RangeScaler(Scaler):
    """Columns between zero and one."""

    def fit(self, x: Any, *_: object) -> "RangeScaler":
        x = np.asarray(x, dtype=float)
        width = x.max(axis=0) - x.min(axis=0)
        self._shift, self._by = x.min(axis=0), np.where(width == 0, 1, width)
        return self


class LabelEncoder:
    """Labels by number."""

    def fit(self, labels: Any) -> "LabelEncoder":
        self.classes_ = np.unique(np.asarray(labels))
        return self

    def transform(self, labels: Any) -> Array:
        return np.searchsorted(self.classes_, np.asarray(labels))

    def fit_transform(self, labels: Any) -> Array:
        return self.fit(labels).transform(labels)


class _Dense(np.ndarray[Any, Any]):
    """An array that can also be asked for as if it were sparse."""

    def toarray(self) -> Array:
        return np.array(self)

    todense = toarray


class Encoder(LabelEncoder):
    """One-hot rows."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def transform(self, labels: Any) -> Array:
        return np.eye(len(self.classes_))[super().transform(labels).ravel()].view(_Dense)


KNOWN_SHAPE = "gives made-up data of the known shape"
"""What is said of a data set that everybody has: its features are made up, not its classes."""


def _told(hub: Hub, name: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def load(*positional: Any, **named: Any) -> Any:
        hub.ledger.note("data", name, KNOWN_SHAPE, line_now())
        return make(*positional, **named)

    return load


def _table(name: str, features: int, classes: int) -> Callable[..., Any]:
    shape = _IMAGES.get(name)

    def load(*_: object, return_X_y: bool = False, **__: object) -> Any:
        x = np.asarray(made(f"{name}.data", Guess(shape=(_SAMPLES, features), kind="normal")))
        y = made(f"{name}.target", _target(classes))
        if return_X_y:
            return x, y
        names = [f"feature {number}" for number in range(features)]
        bunch = {"data": x, "target": y, "feature_names": names, "DESCR": ""}
        seen = {"images": np.reshape(x, (len(x), *shape))} if shape else {}
        return Bunch(bunch, target_names=list(range(classes)), **seen)

    return load


class Bunch(dict[str, Any]):
    """Data as attributes and as items."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(name)


def _target(classes: int) -> Guess:
    if classes:
        return Guess(shape=(_SAMPLES,), kind="classes", classes=classes)
    return Guess(shape=(_SAMPLES,), kind="normal")


def _points(
    n_samples: Any = 100, *_: object, n_features: int = 2, centers: Any = 2, **named: Any
) -> tuple[Array, Array]:
    count = n_samples if isinstance(n_samples, int) else sum(n_samples)
    classes = named.get("n_classes", centers if isinstance(centers, int) else len(centers))
    y = np.asarray(made("points.y", Guess(shape=(count,), kind="classes", classes=classes)))
    x = made("points.x", Guess(shape=(count, n_features), kind="normal"))
    return x + y[:, None], y


def _line(n_samples: int = 100, n_features: int = 1, *_: object, **__: object) -> Any:
    x = made("line.x", Guess(shape=(n_samples, n_features), kind="normal"))
    return x, np.asarray(x).sum(axis=1) * 3 + 0.5


def _pictures(shape: tuple[int, ...]) -> Callable[..., Any]:
    def load(*_: object, **__: object) -> Any:
        count = TRAINING + TESTING
        x = made("pictures", Guess(shape=(count, *shape), kind="classes", classes=256))
        y = np.asarray(made("digits", Guess(shape=(count,), kind="classes", classes=10)))
        pixels = np.asarray(x).astype(np.uint8)
        return (pixels[:TRAINING], y[:TRAINING]), (pixels[TRAINING:], y[TRAINING:])

    return load


def _rows(array: Any, start: int, stop: int) -> Any:
    return array[start:stop]
