"""A column against a row: the residual has an entry for every pair of samples."""

from collections.abc import Iterator

from gradcheck.paste.elsewhere.cause import Cause, Remark
from gradcheck.paste.elsewhere.pairs import Pair, pairs
from gradcheck.paste.elsewhere.stage import Stage


def _look(stage: Stage) -> Iterator[Remark]:
    if not stage.origin.data:
        return
    pair = next((pair for pair in pairs(stage) if _is_outer(pair)), None)
    if pair is None:
        return
    site = stage.sites[pair.site]
    count = pair.target.size
    how = "reshape(-1, 1)" if pair.target.ndim == 1 else "ravel()"
    yield Remark(
        message=f"`{site.text}` is broadcast to a table of all pairs of samples",
        evidence=(
            f"the prediction has shape {pair.prediction.shape}, the target {pair.target.shape}",
            f"their difference has shape {pair.value.shape}: {pair.value.size} numbers for {count}",
        ),
        help=f"give the target the prediction's shape: {how}",
        place=stage.place(pair.site),
    )


def _is_outer(pair: Pair) -> bool:
    sizes = {pair.prediction.size, pair.target.size}
    shapes = {pair.prediction.ndim, pair.target.ndim}
    return len(sizes) == 1 and shapes == {1, 2} and pair.value.size == pair.target.size**2 > 1


CAUSE = Cause(code="TRN12", title="a column against a row", doc=__doc__, look=_look)
