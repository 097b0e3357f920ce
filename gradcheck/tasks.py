"""Tasks: problems, and blocks of large ones, as plain data that a worker anywhere can take on."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.config.load import Loaded
from gradcheck.config.opening import Document, Failed, parsed
from gradcheck.config.text import Source
from gradcheck.dispatch import in_order, still_finished
from gradcheck.errors import GradcheckError, WorkerError
from gradcheck.expectation import judged
from gradcheck.numeric.estimate import Estimate
from gradcheck.problem import SIZE, Part
from gradcheck.record import record
from gradcheck.referee import Clock, Spread, Work, selected, work_alone
from gradcheck.report import ProblemReport
from gradcheck.request import Progress, Request, Target, silent
from gradcheck.single import effective, failure, open_document, report_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

_KEPT = local()


@record
class Task:
    """One problem of a run as plain data; its worker may be anywhere with the same files.

    It is the document `number` of a config's `text`; `request` has just its target.
    """

    request: Request
    text: str
    folder: Path
    number: int
    clock: Clock | None


def task_of(
    target: Target, document: Document | Failed, request: Request, clock: Clock | None
) -> Task | None:
    if isinstance(document, Failed):
        return None
    return Task(
        request=replace(request, targets=(target,)),
        text=document.source.text,
        folder=document.source.folder,
        number=document.number,
        clock=clock,
    )


def work(task: Task) -> ProblemReport | None:
    """Check a task's problem, in a worker; None where it had better be divided among several."""
    with np.errstate(all="ignore"):
        loaded = _unpacked(task)
        if isinstance(loaded, Loaded) and _divisible(loaded, task.request):
            loaded.stack.close()
            return None
        (target,) = task.request.targets
        return report_of(loaded, target, task.request, silent, task.clock)


def measure(task: Task, part: Work) -> Estimate | Part | GradcheckError | None:
    """Measure part of a task's problem, in a worker, or return why that can't be done.

    The problem is kept for the next one.
    """
    kept: tuple[Task, Loaded] | None = getattr(_KEPT, "latest", None)
    if kept is None or kept[0] != task:
        if kept is not None:
            kept[1].stack.close()
        loaded = _unpacked(task)
        assert isinstance(loaded, Loaded)
        kept = _KEPT.latest = (task, loaded)
    with np.errstate(all="ignore"):
        try:
            return work_alone(kept[1].problem, part)
        except GradcheckError as error:
            return error


def _unpacked(task: Task) -> Loaded | Failed:
    (target,) = task.request.targets
    source = Source(file=target.name, text=task.text, folder=task.folder)
    return open_document(parsed(source)[task.number], task.request)


def _divisible(loaded: Loaded, request: Request) -> bool:
    """Tell whether a problem has parameters of several blocks, each entry of which is moved."""
    settings, problem = effective(loaded.settings, request), loaded.problem
    by_steps = settings.method == "differences" or not problem.complex_safe
    by_steps |= not problem.kinks_known
    if settings.mode == "quick" or not (by_steps or settings.mode == "exhaustive"):
        return False
    return any(prod(problem.shapes[name]) > SIZE for name in selected(problem, settings))


def spread_by(executor: "Executor", task: Task | None) -> Spread:
    """Return what measures parts of a task's problem in an executor's workers."""

    def spread(parts: Sequence[Work]) -> Iterator[Estimate | Part | None]:
        for _, found in in_order(executor, measure, [(task, part) for part in parts]):
            if isinstance(found, GradcheckError):
                raise found
            yield found

    return spread


def spread_out(
    found: Sequence[tuple[Target, Document | Failed]],
    request: Request,
    progress: Progress,
    executor: "Executor",
    clock: Clock | None,
) -> Generator[tuple[Target, ProblemReport]]:
    """Check problems in workers, but here if there is only one or it is better divided."""
    tasks = [task_of(target, document, request, clock) for target, document in found]
    calls = [(task,) if task and len(tasks) > 1 else None for task in tasks]
    results = in_order(executor, work, calls)
    try:
        for index, result in results:
            target, document = found[index]
            report = _settled(result, target, document, request)
            if report is None:
                report = report_of(
                    open_document(document, request),
                    target,
                    request,
                    progress,
                    clock,
                    spread_by(executor, tasks[index]),
                )
            progress(report.name, (index + 1) / len(found))
            yield target, report
    except KeyboardInterrupt:
        for index, result in still_finished(results):
            report = _settled(result, *found[index], request)
            if report is not None:
                yield found[index][0], report
        raise


def _settled(
    result: ProblemReport | WorkerError | None,
    target: Target,
    document: Document | Failed,
    request: Request,
) -> ProblemReport | None:
    """Return the report that a worker made, or one of its failure; None where it made none."""
    if not isinstance(result, WorkerError):
        return result
    report = failure(document.name, target, result, request.seed or 0)
    return judged(report, document.expectation) if request.expect else report
