"""The catalogue of faults as rules, for formats that tell what each code means."""

from gradcheck.catalogues import FAULTS
from gradcheck.report import Rule


def rules() -> tuple[Rule, ...]:
    """Return a rule for every fault, by code; that loads the whole catalogue."""
    return tuple(
        Rule(
            code=fault.code,
            slug=fault.slug,
            title=fault.title,
            family=fault.family,
            level=fault.level,
            help=(fault.doc or "").strip(),
        )
        for fault in FAULTS.all().values()
    )
