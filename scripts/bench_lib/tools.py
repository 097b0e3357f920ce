"""The tools whose power is compared, each as a judge of a gradient with planted errors."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Literal, TypeAlias

import numpy as np

from bench_lib import frameworks, own, plain_peers
from bench_lib.case import Case
from bench_lib.frameworks import Checker, Planted
from bench_lib.plain_peers import Part
from gradcheck.array import Array

Word: TypeAlias = Literal["right", "wrong", "undecided"]
Judge: TypeAlias = Callable[[Planted], Word]
Rule: TypeAlias = Callable[[Array, Array], bool]

RULES: Mapping[str, Rule] = {
    "naive loop, relative error < 1e-7": lambda a, n: bool(plain_peers.relative(a, n).max() < 1e-7),
    "naive loop, relative error < 1e-5": lambda a, n: bool(plain_peers.relative(a, n).max() < 1e-5),
    "naive loop, norm ratio < 2e-7": lambda a, n: plain_peers.norm_ratio(a, n) < 2e-7,
}
"""What the textbooks ask of the naive loop."""


def judges(part: Part) -> dict[str, Judge]:
    """Return every tool there is; peers see the part, gradcheck and projections everything."""
    case = part.case
    found: dict[str, Judge] = {
        "gradcheck": lambda p: _word(own.verdict(own.checked(_with(case, p)))),
        "gradcheck quick": lambda p: _word(own.verdict(own.checked(_with(case, p), "quick"))),
    }
    looped = cache(lambda: plain_peers.loop(part))
    for name, rule in RULES.items():
        found[name] = _by_rule(part, rule, looped)
    there = frameworks.installed()
    if there["scipy"]:
        found["scipy check_grad < 1e-6"] = lambda p: _passed(
            plain_peers.check_grad(replace(part, case=_with(case, p))) < 1e-6
        )
        found["scipy 3-point, allclose"] = _by_rule(
            part, np.allclose, cache(lambda: plain_peers.three_point(part))
        )
    some = part if part.factor > 1 else None
    if there["torch"]:
        found["torch slow"] = _by_checker(frameworks.torch_check(case, some, fast=False))
        found["torch fast"] = _by_checker(frameworks.torch_check(case, None, fast=True))
    if there["jax"]:
        found["jax check_grads"] = _by_checker(frameworks.jax_check(case))
    return found


def _with(case: Case, planted: Planted) -> Case:
    return replace(case, planted=planted)


def _by_rule(part: Part, rule: Rule, numeric: Callable[[], Array]) -> Judge:
    def judge(planted: Planted) -> Word:
        claimed = replace(part, case=_with(part.case, planted)).claimed()
        return _passed(rule(claimed, numeric()))

    return judge


def _by_checker(check: Checker) -> Judge:
    return lambda planted: _passed(check(planted))


def _passed(accepted: bool) -> Word:
    return "right" if accepted else "wrong"


def _word(verdict: str) -> Word:
    return "right" if verdict == "right" else "wrong" if verdict == "wrong" else "undecided"
