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


_GRADIENTS = frozenset(
    "grad grads gradient gradients gradiente nabla delta deltas d derivatives".split()
)
_MARKS = _GRADIENTS | frozenset(
    "dl dj de dc dloss dcost derror derivative deriv wrt dldw dedw djd partial slope g errorwrt losswrt".split()
)


def loss_like(names: Sequence[str]) -> bool:
    """Tell whether one of the names is one for a loss, and none says that it is derived from one."""
    if any(_is_derived(name) for name in names):
        return False
    return any(name in _LETTERS or not _LOSSES.isdisjoint(words(name)) for name in names)


def _is_derived(name: str) -> bool:
    parts = words(name)
    return not _DERIVED.isdisjoint(parts) or name[:1] == "d" and name[1:] in (_LETTERS | _LOSSES)


def gradient_of(parameter: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether one chain of names says that it holds the gradient of the other.

    `dW1`, `grad_W1` and `grads['W1']` are so for `W1`; a bare `grad` is for anything.
    """
    own, last = _plain(parameter[-1]), _plain(other[-1])
    if last == own:
        return any(not _GRADIENTS.isdisjoint(words(name)) for name in other[:-1])
    rest = last.replace(own, "", 1) if own in last else last
    return rest in _MARKS and (own in last or rest not in ("d", "dl", "de", "dj"))


def _plain(name: str) -> str:
    return "".join(words(name))
