"""Facts about code of the user's that computes in less than double precision."""

from collections.abc import Iterator

from gradcheck.problem import Fact


def imprecise(eps: float, names: tuple[str, ...]) -> Iterator[Fact]:
    """Tell of what is computed in less than double precision."""
    if names:
        told = f"results are rounded to {eps:.0e} of themselves: smaller moves change nothing"
        yield Fact(code="CHK01", parameters=names, evidence=(told,))
