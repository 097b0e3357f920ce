"""What the user's function returned, read as named float64 arrays."""

import warnings
from collections.abc import Mapping

import numpy as np

from gradcheck.array import Array
from gradcheck.child.traces import statement
from gradcheck.errors import ClaimError
from gradcheck.record import record

_EXPECTED = "expected {parameter: gradient}, or (loss, {parameter: gradient})"
_SHOWN_ITEMS = 5


@record
class Returned:
    """The arrays `gradients/NAME` and `loss`, and the dtypes that they had before widening."""

    arrays: dict[str, Array]
    dtypes: dict[str, str]


def read(returned: object) -> Returned:
    """Return the gradients and the loss in `returned`; None claims no gradient and no loss."""
    loss, gradients = _parted(returned)
    arrays: dict[str, Array] = {}
    dtypes: dict[str, str] = {}
    for name, value in gradients.items():
        if not isinstance(name, str):
            raise ClaimError(
                f"returned a dict with the key {name!r} of type {_type(name)}; "
                "expected the names of parameters"
            )
        if value is not None:
            array = _real(value, f"the gradient {name!r}")
            arrays[f"gradients/{name}"] = _widened(array)
            dtypes[str(name)] = str(array.dtype)
    if loss is not None:
        arrays["loss"] = _single(loss)
    return Returned(arrays=arrays, dtypes=dtypes)


def _parted(returned: object) -> tuple[object, Mapping[object, object]]:
    match returned:
        case Mapping():
            return None, returned
        case (Mapping() as gradients, loss) if not isinstance(loss, Mapping):
            return loss, gradients
        case (loss, Mapping() as gradients) if not isinstance(loss, Mapping):
            return loss, gradients
        case None:
            raise ClaimError(f"returned None; {_EXPECTED}. Is a `return` missing?")
        case _:
            raise ClaimError(f"returned {_described(returned)}; {_EXPECTED}")


def _real(value: object, what: str) -> Array:
    # The user's code may have turned warnings into errors; that is not for what we do here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            array = np.asarray(value)
        except Exception as error:
            raise ClaimError(
                f"returned {what} of type {_type(value)}, which NumPy can't read as an array: "
                f"{statement(error)}"
            ) from None
    if array.dtype.kind not in "iuf":
        raise ClaimError(
            f"returned {what} of type {_type(value)} with elements of type {array.dtype}; "
            "expected real numbers"
        )
    return array


def _widened(array: Array) -> Array:
    with np.errstate(all="ignore"):
        return array.astype(np.float64)


def _single(loss: object) -> Array:
    array = _real(loss, "the loss")
    if array.size != 1:
        raise ClaimError(
            f"returned a loss of shape {array.shape}; expected one number, a sum or a mean"
        )
    return _widened(array).reshape(())


def _described(value: object) -> str:
    if not isinstance(value, tuple):
        return f"an object of type {_type(value)}"
    items = [_type(item) for item in value[:_SHOWN_ITEMS]] + ["..."] * (len(value) > _SHOWN_ITEMS)
    return f"a {_type(value)} of ({', '.join(items)})"


def _type(value: object) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
