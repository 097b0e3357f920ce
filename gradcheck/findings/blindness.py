"""The finding of a check that is too blind for what its config demands."""

from collections.abc import Iterator

from gradcheck.diagnose.power import Power
from gradcheck.report import Finding

SHOWN = 5
"""Hidden faults that are told one by one."""


def blindness(power: Power, wanted: float) -> Iterator[Finding]:
    """Yield a warning if a check's power is less than wanted."""
    if power.share >= wanted:
        return
    told = [
        f"{hidden.plant.fault.code} {hidden.place} {hidden.reason}"
        for hidden in power.hidden[:SHOWN]
    ]
    if len(power.hidden) > SHOWN:
        told.append(f"and {len(power.hidden) - SHOWN} more: 'gradcheck power' shows all")
    yield Finding(
        code="CHK18",
        family="precondition",
        level="warning",
        title="the check is blind to known faults",
        message=f"only {power.visible} of {power.total} known faults would be seen, a power of "
        f"{power.share:.3g} where {wanted:g} is demanded",
        evidence=tuple(told),
        help="enlarge the batch, give regularisers a strength, or ask for less power",
    )
