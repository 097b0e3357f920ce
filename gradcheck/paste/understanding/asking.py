"""One step asked about: its measurements and its loss, with second looks where they are due.

Correct code may differ from the gradient by what it does on purpose: a small number that keeps a
logarithm finite, a learning rate that falls from step to step. And wrong code may look right where
a regularisation is switched off. Each of these is tried, and the better explanation is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from gradcheck.array import Array
from gradcheck.paste.understanding.afterwards import Written, ending, losses
from gradcheck.paste.understanding.candidates import Candidate
from gradcheck.paste.understanding.choice import Choice, choose, earlier
from gradcheck.paste.understanding.claim import Claim
from gradcheck.paste.understanding.claims import claimed, telling
from gradcheck.paste.understanding.growing import minimised
from gradcheck.paste.understanding.halves import is_meant
from gradcheck.paste.understanding.inquiry import Inquiry, confirms, inquire, is_even
from gradcheck.paste.understanding.iterations import Found
from gradcheck.paste.understanding.looks import GUARD, LOOKS, unchanged, zero_strengths
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.penalties import is_other
from gradcheck.paste.understanding.pooling import pooled
from gradcheck.paste.understanding.saturation import softened
from gradcheck.paste.understanding.shrinking import shrunk, whole
from gradcheck.paste.understanding.wishes import RefusedError
from gradcheck.paste.understanding.writing import written_losses
from gradcheck.record import record


@record
class Asked:
    """The measurements of a step, the loss chosen, and the codes of what was done to see better."""

    inquiry: Inquiry
    choice: Choice | None
    claims: Mapping[Path, Claim]
    notes: tuple[str, ...] = ()

    @property
    def worth(self) -> int:
        """How many parameters' claims the loss explains; -1 where there is no loss."""
        if self.choice is None:
            return -1
        fits = self.inquiry.fits[self.choice.candidate]
        return sum(one.exact or path in self.claims for path, one in fits.items())

    @property
    def is_explained(self) -> bool:
        return self.choice is not None and self.worth >= len(
            self.inquiry.decided(self.choice.candidate)
        )

    @property
    def is_even(self) -> bool:
        """Whether all claims that are gradients have one scale."""
        if self.choice is None:
            return False
        updates = self.inquiry.fits[self.choice.candidate]
        fits = {**updates, **{path: claim.fit for path, claim in self.claims.items()}}
        return is_even(fits.values())


def asked(found: Found) -> Asked | None:
    """Measure a step and choose its loss, or take that which the user names or writes.

    Raises RefusedError where that is nothing which the parameters change.
    """
    one = _asked(found)
    loss = found.wishes.loss
    if loss is None:
        return _afterwards(found, one)
    if one is None or one.choice is not None:
        return one
    two = _ending(found, Written(text=loss, at=found.step.loop))
    if two is None or two.choice is None:
        raise RefusedError("loss", loss, offers(one.inquiry))
    return two


def _afterwards(found: Found, one: Asked | None) -> Asked | None:
    """Look for a loss outside of a step that shows none, or none that fits: it must fit better."""
    choice = one.choice if one else None
    if one and choice and choice.basis == "inferred" and one.is_explained:
        return _penalised(found, one, one.inquiry.candidates[choice.candidate]) or one
    if one and choice and choice.basis != "inferred":
        return one
    for loss in losses(found.step.scene.machine, found.turns):
        two = _ending(found, loss)
        worth = one.worth if one else 0
        if two is not None and two.worth > max(worth, 0) and _is_by_formula(two):
            return two
    return one


def _penalised(found: Found, one: Asked, usual: Candidate) -> Asked | None:
    """Hold a weight decay against the penalty in the loss of all the data, where one is shown."""
    if not any(claim.why == "weight decay" for claim in one.claims.values()):
        return None
    for loss in pooled(found.step.scene.machine, found.turns.loop):
        two = _ending(found, loss.repeated)
        if two is None or two.claims or not _is_by_formula(two):
            continue
        step = None if two.is_explained else ending(found.step, loss.alone)
        alone = inquire(replace(found, step=step)) if step is not None else None
        if two.is_explained or (alone is not None and is_other(two.inquiry, alone, usual)):
            return two
    return None


def _ending(found: Found, loss: Written) -> Asked | None:
    step = ending(found.step, loss)
    return None if step is None else _asked(replace(found, step=step))


def _is_by_formula(one: Asked) -> bool:
    formula = one.inquiry.step.formula
    return (
        one.choice is not None
        and formula is not None
        and one.inquiry.candidates[one.choice.candidate].site == formula.site
    )


def offers(inquiry: Inquiry) -> Iterator[str]:
    """Yield the names of what may be a step's loss: what it writes first, then the standard ones.

    What the parameters don't change is none.
    """
    felt = [c for index, c in enumerate(inquiry.candidates) if inquiry.decided(index)]
    for candidate in sorted(felt, key=lambda c: (c.standard is not None, not c.named)):
        site = inquiry.machine.sites[candidate.site]
        yield candidate.standard or (site.names[0] if site.names else site.text)


def _asked(found: Found) -> Asked | None:
    """Measure a step and choose its loss, on a part of the data where that is enough."""
    small = shrunk(found) if found.whole is None else found
    found = found if found.whole is None else whole(found, found.whole)
    one = _looked(small) if small is not None else None
    if one is None or one.choice is None:
        return _looked(found)
    return one if confirms(one.inquiry, found, one.choice.candidate) else _looked(found)


def _looked(found: Found) -> Asked | None:
    inquiry = inquire(found)
    if inquiry is None:
        return None
    best = _chosen(minimised(inquiry))
    best = _softened(best) or best
    best = _added(found, best) or best
    for note in LOOKS:
        if best.is_explained:
            break
        other = _again(found, best, note)
        # What noise hides, further looks may find.
        least = best.worth + (note != "noise")
        if other is not None and (other.worth >= least or _is_freed(other, best)):
            best = other
    if _is_implied(best):
        other = _again(found, best, "guard")
        best = other if other is not None and _is_freed(other, best) else best
    if best.claims and best.is_explained and not best.is_even:
        other = _again(found, best, "rest")
        best = other if other is not None and other.is_explained else best
    return _strengthened(found, best) if best.is_explained else best


def _softened(best: Asked) -> Asked | None:
    """Look from smaller points, where the usual ones saturate what some parameters go into."""
    one = softened(best.inquiry, best.choice.candidate) if best.choice else None
    return _chosen(one, *best.notes) if one else None


def _again(found: Found, best: Asked, note: str) -> Asked | None:
    """Look at a step once more, without what a note tells of, as well as all that is left out."""
    step = best.inquiry.step
    step = replace(found.step, constants=step.constants, data=step.data, rest=step.rest)
    found = replace(found, step=step)
    one = LOOKS[note](found, best.inquiry, best.choice.candidate if best.choice else None)
    return _chosen(one, *dict.fromkeys((*best.notes, note))) if one else None


def _is_implied(one: Asked) -> bool:
    """Tell gradients of a usual loss where one is written that may be it, but for a guard."""
    is_usual = one.choice is not None and one.choice.basis == "inferred"
    return is_usual and one.is_explained and bool(written_losses(one.inquiry))


def _added(found: Found, best: Asked) -> Asked | None:
    """Take changes that are only written down for what is to be added, where that fits."""
    step = found.step.turned()
    if step is None or best.choice is None:
        return None
    exact = [one for one in best.inquiry.fits[best.choice.candidate].values() if one.exact]
    if not exact or any(one.scale > 0 for one in exact):
        return None
    one = inquire(replace(found, step=step))
    return _chosen(minimised(one), "added") if one else None


def _chosen(inquiry: Inquiry, *notes: str) -> Asked:
    """Choose the loss; where none is written, what an optimizer is handed may be telling.

    It is if most of it is the gradient of one standard loss; also where one of the same kind is
    written of the parameters that the step ends with. Where a mere metric is written, as a root of
    a loss, what it is made from may explain more: all, or it does not count.
    """
    choice = choose(inquiry)
    one = _held(inquiry, choice, notes)
    if choice is None or choice.basis == "given" or one.is_explained:
        return one
    kin = [] if choice.basis == "inferred" else earlier(inquiry, choice.candidate)
    is_told = choice.basis == "inferred" or bool(kin)
    indices = telling(inquiry) if is_told else _behind(inquiry, choice.candidate)
    others = (Choice(candidate=i, basis="inferred") for i in indices if not kin or i in kin)
    better = (two for other in others if (two := _held(inquiry, other, notes)).worth > one.worth)
    best = max(better, key=lambda two: two.worth, default=one)
    return best if is_told or best.is_explained else one


def _behind(inquiry: Inquiry, written: int) -> Iterator[int]:
    """Yield the standard losses that a written number is a function of, but no multiple."""
    for index, candidate in enumerate(inquiry.candidates):
        alike = candidate.standard and inquiry.parallel(index, written, everywhere=False)
        if (
            alike
            and not is_meant(inquiry, written, index)
            and not inquiry.parallel(index, written, everywhere=True)
        ):
            yield index


def _held(inquiry: Inquiry, choice: Choice | None, notes: tuple[str, ...]) -> Asked:
    claims = claimed(inquiry, choice.candidate) if choice else {}
    return Asked(inquiry=inquiry, choice=choice, claims=claims, notes=notes)


def _is_freed(other: Asked, best: Asked) -> bool:
    """Tell a written loss without the small numbers that it has on purpose, no less explained.

    With them it may be but near to the usual one that explains as much. Or all gradients are wrong:
    those of no repair would be those of a loss with them.
    """
    if "guard" not in other.notes or other.worth < best.worth or not (best.choice and other.choice):
        return False
    if other.choice.basis != "written" or best.choice.basis != "written":
        return (other.choice.basis, best.choice.basis) == ("written", "inferred")
    guarded, free = _losses(best), _losses(other)
    if len(guarded) != len(free):
        return False
    off = np.abs(guarded - free)
    return bool(np.all(off <= GUARD * np.abs(free)) and np.any(off))


def _losses(one: Asked) -> Array:
    """Return the chosen loss at all points."""
    index = one.choice.candidate if one.choice else 0
    return np.array([point.losses[index] for point in one.inquiry.points])


def _strengthened(found: Found, best: Asked) -> Asked:
    """Try a step that is explained with its regularisation switched on, if that is off."""
    data = dict(zero_strengths(best.inquiry))
    if not data or best.choice is None:
        return best
    step = replace(best.inquiry.step, data={**best.inquiry.step.data, **data})
    step = replace(step, variables=(*step.variables, *(p.root for p in data if p.is_variable)))
    one = inquire(replace(found, step=step))
    # Then the number was no strength.
    if one is None or unchanged(one, best.inquiry):
        return best
    stronger = _chosen(one, *best.notes, "strength")
    return best if stronger.choice is None or stronger.choice.basis == "inferred" else stronger
