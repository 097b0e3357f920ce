"""What programmers call things: losses, gradients, learning rates."""

from collections.abc import Sequence

from gradcheck.paste.understanding.sites import words

_LOSSES = frozenset(
    "loss losses cost costs error errors err errs mse sse rmse mae nll xent bce ce xe objective obj energy"
    " crossentropy entropy criterion likelihood fehler kosten verlust perte erreur coste perdida".split()
)
_LETTERS = frozenset("J j L E C".split())
_DERIVED = frozenset(
    "d dl dj de grad grads gradient gradients gradiente nabla delta deltas deriv derivative prime wrt"
    " rate rates smooth avg average old prev previous best min max log logs history acc accuracy".split()
)


def loss_like(names: Sequence[str]) -> bool:
    """Tell whether one of the names is one for a loss, and none says that it is derived from one."""
    if any(_is_derived(name) for name in names):
        return False
    return any(name in _LETTERS or not _LOSSES.isdisjoint(words(name)) for name in names)


def _is_derived(name: str) -> bool:
    parts = words(name)
    return not _DERIVED.isdisjoint(parts) or name[:1] == "d" and name[1:] in (_LETTERS | _LOSSES)
