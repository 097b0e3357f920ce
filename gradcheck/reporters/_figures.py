"""Figures as people read them: numbers, factors, entries, strips of heat."""

from collections.abc import Sequence
from math import ceil, inf, isfinite

from gradcheck.report import Check, Worst

EXACT = 1e-8
"""Relative nearness at which a fitted factor is taken for the round number beside it.

The fit of a ratio carries the numeric gradient's own error, about 1e-10 for differences.
"""

LARGEST_ROUND = 10**6
LEAST_SHARE, MOST_SHARE = 1e-3, 1e3
"""Shares between these are written as percentages."""

BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING = "-"


def figure(value: float | None, digits: int = 3) -> str:
    if value is None or not isfinite(value):
        return NOTHING
    return f"{value:.{digits}g}"


def factor(ratio: float | None) -> str:
    """Write a factor: `-1`, `10` or `1/64` where it is exactly that, else to three digits."""
    if ratio is None or not isfinite(ratio):
        return NOTHING
    if _is_round(ratio):
        return str(round(ratio))
    if ratio and _is_round(1 / ratio):
        return f"{'-' if ratio < 0 else ''}1/{abs(round(1 / ratio))}"
    return f"{ratio:#.3g}".rstrip(".")


def _is_round(value: float) -> bool:
    return abs(value) <= LARGEST_ROUND and abs(value - round(value)) <= EXACT * abs(value)


def excess(check: Check) -> float | None:
    """Return the difference in units of its bar, None where nothing could be compared."""
    if check.difference is None or check.bar is None or not isfinite(check.bar):
        return None
    if check.bar == 0:
        return inf if check.difference else 0.0
    return check.difference / check.bar


def bars(check: Check) -> str:
    value = excess(check)
    if value is None or not isfinite(value):
        return NOTHING
    return f"{value:.1e} bars" if value >= 1000 else f"{value:.3g} bars"


def share(check: Check) -> str:
    """Write how far a gradient is off, as a share of the true one's norm."""
    value = check.relative
    if value is None or not isfinite(value):
        return NOTHING
    if not LEAST_SHARE <= value < MOST_SHARE:
        return f"{value:.0e}" if value else "0"
    return f"{100 * value:.0f}%" if value >= 1 else f"{100 * value:.2g}%"


def distance(check: Check) -> str:
    """Write the difference in bars, or its share where entries were not looked at one by one."""
    text = bars(check)
    return share(check) if text == NOTHING and not check.entries_checked else text


def whole(checks: Sequence[Check]) -> bool:
    """Tell whether all gradients were compared whole, which leaves no bars and no worst entries."""
    return all(check.bar is None and not check.entries_checked for check in checks)


def tally(check: Check, *, complete: bool) -> str:
    """Write wrong/checked/all entries, or wrong/all where every check is `complete`.

    Where no entry was looked at by itself the number of wrong ones isn't known, and where there is
    no bar for any of them nothing is.
    """
    if check.directions and check.bar is None and not check.entries_checked:
        return NOTHING
    wrong = str(check.wrong_entries) if check.entries_checked else NOTHING
    if complete:
        return f"{wrong}/{check.entries}"
    return f"{wrong}/{check.entries_checked}/{check.entries}"


def entry(check: Check, worst: Worst) -> str:
    """Write the worst entry as the user would index it: `hidden.weight[2, 4]`."""
    index = ", ".join(str(i) for i in worst.index)
    return f"{check.parameter}[{index}]" if index else check.parameter


def values(worst: Worst) -> tuple[str, str]:
    """Write the claimed and the numeric value, with the digits it takes to see them differ."""
    differ = abs(worst.claimed - worst.numeric) > worst.bar
    for digits in (6, 9, 12, 17) if differ else (6,):
        texts = figure(worst.claimed, digits), figure(worst.numeric, digits)
        if texts[0] != texts[1]:
            break
    return texts


def strip(heat: tuple[float, ...]) -> str:
    """Draw the share of wrong entries along a gradient, a dot where there is none."""
    return "".join(_block(share) for share in heat)


def _block(share: float) -> str:
    if not share > 0:
        return "·"
    return BLOCKS[ceil(min(share, 1.0) * len(BLOCKS)) - 1]
