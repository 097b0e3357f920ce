"""Work handed to an executor, and its results in order.

Any `concurrent.futures.Executor` will do: processes of this machine, or of a cluster.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from gradcheck.errors import WorkerError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

T = TypeVar("T")


class Defect(Exception):  # noqa: N818  (no error of the user's)
    """An exception that nobody foresaw, in a worker; its text is the worker's traceback."""


def in_order(
    executor: "Executor", function: Callable[..., T], calls: Sequence[tuple[Any, ...] | None]
) -> Generator[tuple[int, T | WorkerError | None]]:
    """Yield the number of each call and what it returned, or how a worker failed to make it.

    What is None is not called. An interrupt still yields what is finished, and then goes on. Calls
    that nobody waits for any more are cancelled.
    """
    futures: list[Future[T] | WorkerError | None] = [
        None if call is None else _submitted(executor, function, call) for call in calls
    ]
    waiting = enumerate(futures)
    try:
        for number, future in waiting:
            yield number, _result(future)
    except KeyboardInterrupt:
        _cancel(futures)
        for number, future in waiting:
            if _finished(future):
                yield number, _result(future)
        raise
    finally:
        _cancel(futures)


def still_finished(results: Generator[T]) -> Iterator[T]:
    """Yield what else is finished of `in_order`'s results, where the interrupt came elsewhere."""
    with suppress(KeyboardInterrupt, StopIteration):
        yield results.throw(KeyboardInterrupt())
        yield from results


def _submitted(
    executor: "Executor", function: Callable[..., T], call: tuple[Any, ...]
) -> "Future[T] | WorkerError":
    try:
        return executor.submit(_guarded, function, call)
    except Exception as error:
        # An executor that is shut down or broken; which kind of exception says so is its business.
        return _failure(error)


def _guarded(function: Callable[..., T], call: tuple[Any, ...]) -> T:
    """Make a call in a worker, so that our own defects can be told from the executor's troubles."""
    try:
        return function(*call)
    except Exception:
        import traceback

        raise Defect(f"in a worker:\n{traceback.format_exc()}") from None


def _finished(future: "Future[Any] | WorkerError | None") -> bool:
    if future is None or isinstance(future, WorkerError):
        return True
    return future.done() and not future.cancelled()


def _result(future: "Future[Any] | WorkerError | None") -> Any:
    if future is None or isinstance(future, WorkerError):
        return future
    try:
        return future.result()
    except Defect:
        raise
    except Exception as error:
        return _failure(error)


def _failure(error: Exception) -> WorkerError:
    if isinstance(error, WorkerError):
        return error
    return WorkerError(f"its worker failed: {type(error).__name__}: {error}".rstrip(": "))


def _cancel(futures: "Sequence[Future[Any] | WorkerError | None]") -> None:
    for future in futures:
        if future is not None and not isinstance(future, WorkerError):
            future.cancel()
