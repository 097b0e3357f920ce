"""The one use case: targets and settings in, a report out. Nothing here prints."""

from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradcheck import __version__
from gradcheck.errors import ConfigError
from gradcheck.report import ProblemReport, Report
from gradcheck.request import Progress, Request, Target, silent
from gradcheck.shards import dealt

# What makes results, NumPy first, is not imported for those that were kept.
if TYPE_CHECKING:
    from concurrent.futures import Executor

    from gradcheck.config.opening import Document, Failed
    from gradcheck.referee import Clock

__all__ = ["Progress", "Request", "Target", "failed", "run", "schema"]

INTERRUPTED = "interrupted: what was not finished by then is not in this report"


def run(
    request: Request,
    progress: Progress = silent,
    *,
    executor: "Executor | None" = None,
    clock: "Clock | None" = None,
) -> Report:
    """Check every target, at once in the workers of any `concurrent.futures.Executor`.

    The report is the same with and without. Budgets in seconds go by `clock`, which goes to the
    workers as well. After an interrupt the report has what was finished.
    """
    problems: list[ProblemReport] = []
    interrupted = False
    if request.shard is not None:
        request = replace(request, targets=dealt(request.targets, request.shard))
    with closing(_problems(request, progress, executor, clock)) as found:
        try:
            for report in found:
                problems.append(report)
                if request.fail_fast and failed(report):
                    break
        except KeyboardInterrupt:
            interrupted = True
    remarks = (*request.remarks, *([INTERRUPTED] if interrupted else []))
    return Report(
        problems=tuple(problems),
        tool_version=__version__,
        remarks=remarks,
        interrupted=interrupted,
        shard=request.shard,
    )


def _problems(
    request: Request, progress: Progress, executor: "Executor | None", clock: "Clock | None"
) -> Generator[ProblemReport]:
    """Yield the problems of all targets, from the cache where they are in it."""
    if request.cache is None or request.pictures:
        for _, report in _computed(_documents(request), request, progress, executor, clock):
            yield report
        return
    from gradcheck.cache import Cache, cacheable

    cache = Cache(request.cache, request)
    kept = {id(t): found for t in request.targets if cacheable(t) and (found := cache.find(t))}
    missing = [target for target in request.targets if id(target) not in kept]
    documents = [*_documents(replace(request, targets=missing))]
    left = Counter(id(target) for target, _ in documents)
    made: dict[int, list[ProblemReport]] = {number: [] for number in left}
    waiting = deque(request.targets)
    if not documents:
        yield from _rest(waiting, kept)
        return
    try:
        with closing(_computed(documents, request, progress, executor, clock)) as computed:
            for target, report in computed:
                while waiting[0] is not target:
                    yield from kept.get(id(waiting.popleft()), ())
                made[id(target)].append(report)
                yield report
                left[id(target)] -= 1
                if not left[id(target)] and cacheable(target):
                    cache.keep(target, made[id(target)])
    except KeyboardInterrupt:
        yield from _rest(waiting, kept)
        raise
    yield from _rest(waiting, kept)


def _rest(
    waiting: Iterable[Target], kept: Mapping[int, list[ProblemReport]]
) -> Iterator[ProblemReport]:
    for target in waiting:
        yield from kept.get(id(target), ())


def _computed(
    documents: Iterable[tuple[Target, "Document | Failed"]],
    request: Request,
    progress: Progress,
    executor: "Executor | None",
    clock: "Clock | None",
) -> Generator[tuple[Target, ProblemReport]]:
    """Yield each target with the problems in it, one by one."""
    import numpy as np

    # What is not finite is looked for where it matters; NumPy's warnings would tell of it twice.
    with np.errstate(all="ignore"):
        if executor is not None:
            from gradcheck.tasks import spread_out

            yield from spread_out([*documents], request, progress, executor, clock)
            return
        from gradcheck.single import open_document, report_of

        for target, document in documents:
            loaded = open_document(document, request)
            yield target, report_of(loaded, target, request, progress, clock)


def _documents(request: Request) -> Iterator[tuple[Target, "Document | Failed"]]:
    if not request.targets:
        return
    from gradcheck.config.opening import Expectation, Failed, opened

    for target in request.targets:
        if target.error is None:
            yield from ((target, document) for document in opened(target.path, target.name))
        else:
            error = ConfigError(target.error, target.name)
            yield target, Failed(name=target.name, error=error, expectation=Expectation())


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a config."""
    from gradcheck.catalogues import OPS
    from gradcheck.config.grammar import grammar

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradcheck config",
        **grammar(OPS).schema(),
    }


def failed(report: ProblemReport) -> bool:
    """Tell whether a problem is not as it should be: right, or as expected."""
    return report.verdict != "right" if report.expected is None else not report.expected
