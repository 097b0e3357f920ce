"""The claimed gradients that a config names: our own backprop, formulas, a function or a file."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.catalogue import Catalogue
from gradcheck.config.context import Claimant, Claimed, Context
from gradcheck.config.network import matching, unknown
from gradcheck.config.records import Section
from gradcheck.config.wording import nearest
from gradcheck.errors import ClaimError
from gradcheck.fault import Fault
from gradcheck.network.graph import LOSS, Network
from gradcheck.settings import Policy

if TYPE_CHECKING:
    from gradcheck.network.plant import Plant

__all__ = ["Policy", "accepted", "chosen", "claimed", "fault_codes"]

_VARIANT = re.compile(r"([^()]+)\(([^()]+)\)")
"""A planted fault with a variant or a constant behind its place, as in `ACT12@hidden(tanh)`."""

ARRANGING = ("layout", "names", "dtype")
"""Keys that say how to read arrays; they mean nothing for other claims."""


def claimed(context: Context) -> Claimed:
    """Return the claims that the config's `gradients` ask for."""
    section = context.config.get("gradients")
    given = [key for key in _SOURCES if section is not None and key in section]
    if len(given) > 1:
        raise section.error(
            f"gradients come from one of {', '.join(_SOURCES)}; found {' and '.join(given)}"
        )
    if section is not None and given not in (["python"], ["file"], ["values"]):
        for key in ARRANGING:
            if key in section:
                raise section.source.error(
                    f"{key!r} is for gradients that come from 'python', 'file' or 'values'",
                    section.keys[key],
                )
    found = _SOURCES[given[0]](context, section) if given else _backprop(context)
    if section is None or section["update"] == "-=":
        return found
    added = "the claims are added (update: +=), so they are the negative gradient"
    return replace(
        found,
        claimant=_negated(found.claimant),
        formulas=found.formulas and replace(found.formulas, sign=-1.0),
        conventions=(*found.conventions, added),
    )


def _negated(claimant: Claimant) -> Claimant:
    return lambda probes: [
        {name: np.negative(value) for name, value in claims.items()} for claims in claimant(probes)
    ]


def asked(config: Section) -> tuple[str, ...]:
    """Return the inputs that `check` wants to be differentiated by."""
    section = config.get("check")
    return tuple(section.get("inputs") or ()) if section is not None else ()


def _backprop(context: Context) -> Claimed:
    from gradcheck.claims import backprop

    inputs, passed = asked(context.config), context.evaluation.passed
    return Claimed(claimant=backprop.claimant(context.network, inputs, passed))


def _formulas(context: Context, section: Section) -> Claimed:
    from gradcheck.config.formulas import claimed_by_formulas

    return claimed_by_formulas(context, section)


def _python(context: Context, section: Section) -> Claimed:
    from gradcheck.config.arrays import claimed_by_function

    return claimed_by_function(context, section)


def _file(context: Context, section: Section) -> Claimed:
    from gradcheck.config.arrays import claimed_by_file

    return claimed_by_file(context, section)


def _values(context: Context, section: Section) -> Claimed:
    from gradcheck.config.arrays import claimed_by_values

    return claimed_by_values(context, section)


def _faults(context: Context, section: Section) -> Claimed:
    from gradcheck.claims import mistaken

    plants, remarks = [], []
    for number in range(len(section["faults"])):
        plant = _plant(context, section, number)
        at = section["faults"][number].partition("@")[2] or plant.node
        plants.append(plant)
        remarks.append(f"planted {plant.fault.code} ({plant.fault.title}) at {at}")
    claimant = mistaken.claimant(context.network, context.own, plants, asked(context.config))
    return Claimed(claimant=claimant, remarks=tuple(remarks))


def _plant(context: Context, section: Section, number: int) -> "Plant":
    from gradcheck.claims import mistaken
    from gradcheck.network.plant import WHOLE

    place, choice = section["faults"][number], None
    if variant := _VARIANT.fullmatch(place):
        place, choice = variant.groups()
    code, _, place = place.partition("@")
    where, network = section.item("faults", number), context.network
    fault = context.faults.find(code.upper())
    if fault is None:
        hint = nearest(code, fault_codes(context.faults), "; 'gradcheck list faults' shows all")
        raise section.source.error(f"there is no fault {code!r}{hint}", where)
    places = [*(node.name for node in network.nodes), LOSS, *network.parameters, WHOLE]
    if place and place not in places:
        raise section.source.error(
            f"there is no layer and no parameter {place!r} to plant {fault.code} at"
            f"{nearest(place, places)}", where,
        )  # fmt: skip
    try:
        return mistaken.plant(network, context.own, fault, place or None, choice)
    except ClaimError as error:
        raise section.source.error(str(error), where) from None


_SOURCES: dict[str, Callable[[Context, Section], Claimed]] = {
    "backward": _formulas,
    "python": _python,
    "file": _file,
    "values": _values,
    "faults": _faults,
}


def fault_codes(faults: Catalogue[Fault]) -> list[str]:
    """Return the faults' codes as their modules have them, without importing any."""
    return [module.rpartition(".")[2].partition("_")[0].upper() for module in faults.modules()]


def chosen(section: Section | None, network: Network) -> frozenset[str] | None:
    """Return the parameters that `only` names, None for all."""
    if section is None or "only" not in section:
        return None
    return frozenset(matching(section, "only", network.parameters))


def accepted(section: Section | None, network: Network) -> dict[str, str]:
    """Return the intended deviations by parameter."""
    if section is None or "accept" not in section:
        return {}
    reasons = section["accept"]
    for name in _missing(reasons.values, network):
        raise unknown(section.source, reasons.keys[name], name, network.parameters)
    return dict(reasons.values)


def _missing(names: Iterable[str], network: Network) -> list[str]:
    return [name for name in names if name not in network.parameters]
