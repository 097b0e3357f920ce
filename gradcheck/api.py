"""The Python API: `check` for gradients of one's own, and `assert_gradients` for tests."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck import __version__
from gradcheck.errors import ClaimError, GradcheckError
from gradcheck.module.closures import Closure, captured
from gradcheck.module.frameworks import framework
from gradcheck.module.protocols import Call, demand, lacking_inputs
from gradcheck.module.state import Snapshot
from gradcheck.module.subject import Subject
from gradcheck.module.threads import one_thread
from gradcheck.module.verdict import checked, failed
from gradcheck.report import Report
from gradcheck.settings import Settings

LARGER = "settings=Settings(budget=Budget(evaluations=...)), from gradcheck.settings,"
"""How a larger budget is asked for."""


class Result(Report):
    """A report that knows whether all is right, and how to say what it found."""

    @property
    def ok(self) -> bool:
        """Whether every gradient is right."""
        return all(problem.verdict == "right" for problem in self.problems)

    def __str__(self) -> str:
        from gradcheck.reporter import Style
        from gradcheck.reporters.text import REPORTER

        return REPORTER.render(self, Style(width=80, colour=False, verbosity=0))


def check(
    target: Any,
    parameters: Any = None,
    gradients: Any = None,
    *,
    inputs: Any = None,
    step: str | Callable[..., Any] | None = None,
    loss: str | Callable[..., Any] | None = None,
    rates: tuple[float, ...] | None = None,
    settings: Settings | None = None,
) -> Result:
    """Check gradients that code of one's own claims, by one of four protocols.

    1. `check(f, parameters)`: `f(parameters)` returns the loss and the gradients, in either
       order. `parameters` is a dict of floating-point arrays; a function without arguments reads
       the very arrays in it, which are then moved in place.
    2. `check(loss, parameters, gradients)`: `loss(parameters)` returns one number; `gradients` is
       a dict of arrays or a function of the parameters.
    3. `check(layer, inputs=x)` or `check((forward, backward), inputs=(x, w, b))`: both passes are
       run under random upstream gradients, one for each output that `backward` takes one for;
       parameters and floating-point inputs are checked.
       `parameters` names attributes of the layer, or maps them to those of their gradients,
       where they can't be found by their names.
       A module or a `torch.autograd.Function` of PyTorch, or a `jax.custom_vjp` function, comes
       with its inputs as well.
    4. `check(network, inputs=(x, y), step="train", loss="loss")` or `check(update, parameters,
       loss=loss)`: one step of plain gradient descent is observed at two learning `rates`, and
       the change of the parameters divided by the rate is the claim.

    Arguments that are changed are put back. Raises no error for what the code under check does
    wrong: that is a verdict `error` in the result.
    """
    settings = settings or Settings()
    if not isinstance(settings, Settings):
        raise TypeError(
            f"settings was given as {type(settings).__name__}; expected "
            "gradcheck.settings.Settings(...), as in Settings(points=5, mode='quick')"
        )
    name = _name(target)
    snapshot = Snapshot(_roots(target, parameters))
    try:
        with one_thread():
            subject = _subject(
                target, parameters, gradients, inputs, step, loss, rates, settings.seed
            )
            problem = checked(subject, name, settings, LARGER)
    except GradcheckError as error:
        problem = failed(name, name, error, settings)
    finally:
        snapshot.restore()
    return Result(problems=(problem,), tool_version=__version__)


def assert_gradients(target: Any, parameters: Any = None, gradients: Any = None, **more: Any) -> (
    None
):  # fmt: skip
    """Check gradients as `check` does and raise AssertionError unless all are right.

    The error's text is the report: what is wrong, in which parameter, and why.
    """
    __tracebackhide__ = True
    result = check(target, parameters, gradients, **more)
    if not result.ok:
        raise AssertionError(f"gradients are not right\n{result}")


def _subject(
    target: Any,
    parameters: Any,
    gradients: Any,
    inputs: Any,
    step: str | Callable[..., Any] | None,
    loss: str | Callable[..., Any] | None,
    rates: tuple[float, ...] | None,
    seed: int,
) -> Subject:
    kit = framework(target)
    if kit is not None and step is None and loss is None:
        if inputs is None:
            raise ClaimError(lacking_inputs(target, kit.arguments(target)))
        return kit.subject(target, inputs, seed)
    demand(
        Call(
            target=target, parameters=parameters, gradients=gradients, inputs=inputs, step=step,
            loss=loss,
        )
    )  # fmt: skip
    if step is not None or loss is not None:
        from gradcheck.module.observing import observed

        return observed(target, parameters, inputs, step, loss, rates)
    if isinstance(target, tuple):
        from gradcheck.module.objects import pair

        return pair(target, inputs, seed)
    if inputs is not None:
        from gradcheck.module.objects import layer

        return layer(target, inputs, parameters, seed)
    return Closure(target, parameters, gradients)


def _name(target: Any) -> str:
    if isinstance(target, tuple):
        return " and ".join(_name(part) for part in target)
    name = getattr(target, "__qualname__", None) or type(target).__qualname__
    return str(name).rpartition("<locals>.")[2].replace("<lambda>", "the function")


def _roots(target: Any, parameters: Any) -> Sequence[object]:
    """Return what is put back after a check: objects, and the arrays of given parameters."""
    arrays = [parameters] if isinstance(parameters, Mapping | list | np.ndarray) else []
    parts = target if isinstance(target, tuple) else (target,)
    owners = [*parts, *(owner for part in parts for owner in captured(part))]
    return [*owners, *arrays]
