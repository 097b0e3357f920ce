"""The choice of the loss: what the program writes, or a standard one that its gradients show.

A loss that is written decides, unless its gradients are those of a standard loss of other data,
such as a validation set.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from gradcheck.paste.understanding.halves import half_squares, is_meant, same_pair
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.paths import Path
from gradcheck.paste.understanding.slips import slipped
from gradcheck.paste.understanding.standard import standard_name
from gradcheck.paste.understanding.surroundings import Around, around
from gradcheck.paste.understanding.texts import adds_a_loss, adds_a_returned_loss
from gradcheck.paste.understanding.values import same
from gradcheck.paste.understanding.wishes import means
from gradcheck.paste.understanding.writing import (
    feels,
    goes_on,
    is_error,
    is_metric,
    is_part,
    is_used,
    serves_updates,
    written_losses,
)
from gradcheck.record import record

_MOST_TRIED = 20
_NEARER = 2.0


@record
class Choice:
    """The loss that the claims are held against; `candidate` is its index.

    `other` is a standard loss that explains all claims exactly where the chosen one does not.
    """

    candidate: int
    basis: Literal["written", "inferred", "given"]
    other: int | None = None
    around: Around | None = None
    """Where a loss of this kind is written, if that is not in the step itself."""


def choose(inquiry: Inquiry) -> Choice | None:
    """Choose the loss; None where there is nothing like one, or not what the user has named."""
    if inquiry.found.wishes.loss is not None:
        return _given(inquiry, inquiry.found.wishes.loss)
    written = written_losses(inquiry)
    explaining = [i for i in range(len(inquiry.candidates)) if inquiry.explains(i)]
    exact = [i for i in written if i in explaining]
    if exact:
        return Choice(candidate=_finished(inquiry, exact[0], exact), basis="written")
    implied = [i for i in explaining if inquiry.candidates[i].standard]
    unnamed = [i for i in explaining if not inquiry.candidates[i].standard]
    written = [i for i in written if not is_error(inquiry, i, sure=bool(implied))]
    near = slipped(inquiry, written)
    if written and near is None:
        return _against(inquiry, written, implied)
    near = near or around(inquiry)
    if near is not None:
        alike = [i for i, c in enumerate(inquiry.candidates) if c.standard == near.standard]
        best = max(alike, key=lambda i: (inquiry.exact(i), inquiry.closeness(i)), default=None)
        if best is not None:
            other = implied[0] if implied and not inquiry.explains(best) else None
            return Choice(candidate=best, basis="written", other=other, around=near)
    halves = [] if written or unnamed else half_squares(inquiry)
    if halves:
        return _against(inquiry, halves, implied)
    if implied or unnamed:
        return Choice(candidate=(implied or unnamed)[0], basis="inferred" if implied else "written")
    closest, summed = _closest(inquiry), _summed(inquiry)
    if closest is None or summed is None:
        return closest
    # What is added up over the samples is a likelier loss than what fits nothing, and its own
    # factor is that of the gradients.
    same = inquiry.parallel(summed.candidate, closest.candidate, everywhere=True)
    return summed if same or not inquiry.exact(closest.candidate) else closest


def _finished(inquiry: Inquiry, index: int, written: Sequence[int]) -> int:
    """Return what becomes of a number in the end, if only its size: a sum is divided to a mean."""
    site = inquiry.candidates[index].site
    later = [
        i
        for i in written
        if goes_on(inquiry, site, inquiry.candidates[i].site)
        and inquiry.parallel(i, index, everywhere=True)
    ]
    return later[-1] if later else index


def _summed(inquiry: Inquiry) -> Choice | None:
    """Choose a number that is added up step by step, under whatever name."""
    usable = [
        i
        for i, candidate in enumerate(inquiry.candidates)
        if not candidate.standard
        and candidate.whole
        and _adds_a_loss(inquiry, candidate.site)
        and len(inquiry.decided(i)) == len(inquiry.parameters)
        and not is_metric(inquiry, i)
    ]
    best = max(usable, key=inquiry.closeness, default=None)
    if best is None:
        return None
    # With what is made of the sum in the end: a mean, with a penalty.
    later = [i for i in range(len(inquiry.candidates)) if _has_name_of(inquiry, i, best)]
    whole = [i for i in later if is_part(inquiry, best, i)]
    return Choice(candidate=whole[-1] if whole else best, basis="written")


def _adds_a_loss(inquiry: Inquiry, site: int) -> bool:
    node = inquiry.machine.nodes[site]
    return adds_a_loss(node) or adds_a_returned_loss(inquiry.machine, node, inquiry.step.rates)


def _has_name_of(inquiry: Inquiry, index: int, other: int) -> bool:
    """Tell another number that the program gives the same name, in the same function."""
    one, two = (inquiry.machine.sites[inquiry.candidates[i].site] for i in (index, other))
    own = inquiry.candidates[index]
    return (
        own.standard is None
        and own.whole
        and bool(one.names)
        and (one.names, one.function) == (two.names, two.function)
        and one.number != two.number
    )


def elsewhere(inquiry: Inquiry, index: int, path: Path) -> int | None:
    """Return another written loss that a parameter may belong to, where the chosen one is wrong.

    So it is where two networks are trained in turn: the other loss is computed when the parameters
    that fit have been updated, before this one is. Where the chosen one does not depend on it at
    all, any loss will do that does. What the update is computed from is an error, and no loss.
    """
    fits = inquiry.fits[index]
    if not fits[path].lines:
        apart = (i for i, c in enumerate(inquiry.candidates) if c.named and c.whole)
        return next((i for i in apart if inquiry.fits[i][path].lines), None)
    done = [u.index for u in inquiry.found.updates if fits[u.path].exact]
    own = [u.index for u in inquiry.found.updates if u.path == path]
    if fits[path].exact or not done or not own or max(done) > min(own):
        return None
    between = {event.site for event in inquiry.found.base.events[max(done) : min(own)]}
    for i, other in enumerate(inquiry.candidates):
        is_loss = i != index and other.named and other.whole and other.site in between
        is_felt = is_loss and bool(inquiry.fits[i][path].lines)
        if not is_felt or inquiry.parallel(i, index, everywhere=False):
            continue
        if not is_used(inquiry, other.site, path):
            return i
    return None


def _given(inquiry: Inquiry, name: str) -> Choice | None:
    """Choose among the losses that have a name, or are the standard loss of that name."""
    standard = standard_name(name)
    meant = [
        index
        for index, candidate in enumerate(inquiry.candidates)
        if inquiry.decided(index)
        and (
            candidate.standard == standard
            if standard
            else candidate.standard is None and _is_called(inquiry, index, name)
        )
    ]
    best = max(meant, key=lambda i: (inquiry.exact(i), inquiry.closeness(i)), default=None)
    return None if best is None else Choice(candidate=best, basis="given")


def _is_called(inquiry: Inquiry, index: int, name: str) -> bool:
    site = inquiry.machine.sites[inquiry.candidates[index].site]
    return name in site.names or means(name, site.text)


def _against(inquiry: Inquiry, written: Sequence[int], implied: Sequence[int]) -> Choice:
    """Choose between a written loss that does not fit and standard ones."""
    best = max(written, key=lambda i: (inquiry.exact(i), inquiry.closeness(i)))
    best = _finished(inquiry, best, written)
    for index in implied:
        if inquiry.candidates[index].held or any(
            inquiry.parallel(index, i, everywhere=False) and not is_meant(inquiry, i, index)
            for i in written
        ):
            return Choice(candidate=index, basis="inferred")
    if implied:
        if _all_elsewhere(inquiry, written, implied[0]):
            return Choice(candidate=implied[0], basis="inferred")
        return Choice(candidate=best, basis="written", other=implied[0])
    closest = _closest(inquiry)
    if closest is None or inquiry.exact(closest.candidate) < inquiry.exact(best):
        return Choice(candidate=best, basis="written")
    if inquiry.exact(closest.candidate) == inquiry.exact(best):
        is_other = _is_of_later_data(inquiry, best, closest.candidate)
        return closest if is_other else Choice(candidate=best, basis="written")
    elsewhere = _all_elsewhere(inquiry, written, closest.candidate)
    return closest if elsewhere else Choice(candidate=best, basis="written")


def _is_of_later_data(inquiry: Inquiry, written: int, closest: int) -> bool:
    """Tell a loss written behind all updates, of another pair than one that fits much better."""
    if not _is_written_later(inquiry, written):
        return False
    if 1 - inquiry.closeness(closest) > (1 - inquiry.closeness(written)) / _NEARER:
        return False
    return not any(same_pair(inquiry, kind, closest) for kind in _kinds(inquiry, written))


def earlier(inquiry: Inquiry, written: int) -> list[int]:
    """Return the standard losses of one's kind that is written behind all updates, if it is."""
    if not _is_written_later(inquiry, written):
        return []
    kinds = {inquiry.candidates[i].standard for i in _kinds(inquiry, written)}
    return [i for i, c in enumerate(inquiry.candidates) if c.standard and c.standard in kinds]


def _is_written_later(inquiry: Inquiry, index: int) -> bool:
    events = inquiry.found.base.events
    last = max((update.index for update in inquiry.found.updates), default=len(events))
    site = inquiry.candidates[index].site
    return all(event.site != site for event in events[:last])


def _kinds(inquiry: Inquiry, written: int) -> list[int]:
    """Return the standard losses that a written one is.

    One that is defined at a single point is everything there, and nothing at the others.
    """
    needed = min(2, inquiry.felt[written])
    return [
        i
        for i, c in enumerate(inquiry.candidates)
        if c.standard
        and inquiry.felt[i] >= needed
        and inquiry.parallel(written, i, everywhere=True)
    ]


def _all_elsewhere(inquiry: Inquiry, written: Sequence[int], implied: int) -> bool:
    return all(_elsewhere(inquiry, index, implied) for index in written)


def _closest(inquiry: Inquiry) -> Choice | None:
    """Choose, where nothing fits as a whole, what fits most parameters and then best."""
    ranked = sorted(
        range(len(inquiry.candidates)),
        key=lambda i: (
            inquiry.exact(i),
            inquiry.candidates[i].standard == "squared error",
            inquiry.candidates[i].standard is not None,
            inquiry.closeness(i),
        ),
    )
    for i in reversed(ranked):
        candidate = inquiry.candidates[i]
        if candidate.standard:
            return Choice(candidate=i, basis="inferred")
        if inquiry.exact(i) and not serves_updates(inquiry, candidate.site):
            return Choice(candidate=i, basis="written")
    return None


def _elsewhere(inquiry: Inquiry, written: int, implied: int) -> bool:
    """Tell whether a written loss is one of other data than the claims' own.

    It is of the same data if it has the same predictions and targets, or is computed from the
    same prediction.
    """
    standards, kinds = inquiry.candidates, _kinds(inquiry, written)
    if any(standards[i].standard == standards[implied].standard for i in kinds):
        return True
    return not any(same_pair(inquiry, i, implied) for i in kinds) and not _shares(
        inquiry, written, implied
    )


def _shares(inquiry: Inquiry, written: int, implied: int) -> bool:
    """Tell whether a written loss feels a change of the prediction that the claims start from.

    A prediction that was computed a second time, from the same data, counts as well.
    """
    candidate = inquiry.candidates[implied]
    events = inquiry.base.events
    pair = next(event for event in events if event.site == candidate.site)
    prediction = pair.left if candidate.left else pair.right
    counts: Counter[int] = Counter()
    places = []
    for event in events:
        if event is not pair and same(event.value, prediction):
            places.append((event.site, counts[event.site]))
        counts[event.site] += 1
    site = inquiry.candidates[written].site
    return any(feels(inquiry, site, *place) for place in places[:_MOST_TRIED])
