"""What programmers call things: losses, gradients, learning rates, targets."""

from collections.abc import Sequence

from gradcheck.paste.understanding.sites import words


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


RATES = _set("lr eta alpha rate learning lernrate step stepsize gamma speed tasa taux nu mu a")
GUARDS = _set("eps epsilon tiny small delta guard")
STRENGTHS = _set(
    "reg lam lambda lamb lambd lmbda l2 l1 decay wd penalty regularization regularisation ridge"
)
TRUNCATED = _set("truncate truncated truncation trunc bptt tbptt unroll lookback")
TARGETS = _set("target targets label labels goal expected desired truth ziel cible")
DATA = _set(
    "x xs xi xt x0 y ys yi input inputs data feature features image images batch sample samples"
)
_LOSSES = _set(
    "loss losses cost costs error errors err errs mse sse rmse mae nll xent bce ce xe huber "
    "logcosh hinge logloss objective obj energy crossentropy entropy criterion likelihood fehler "
    "kosten verlust perte erreur coste perdida costo custo perda erro errore perdita cout verlies "
    "kayip hata strata koszt oshibka"
)
_LIKELIHOODS = _set(
    "ll llh likelihood loglik loglikelihood logl elbo verosimilitud verossimilhanca vraisemblance"
)
_LETTERS = _set("J j L E C")
_DERIVED = _set(
    "d dl dj de grad grads gradient gradients gradiente nabla delta deltas deriv derivative prime "
    "wrt rate rates smooth avg average old prev previous best min max log logs history acc "
    "accuracy term terms signal signals"
)
GRADIENTS = _set("grad grads gradient gradients gradiente nabla delta deltas d derivatives")
_NUMERIC = _set(
    "numeric numerical numerically numgrad gradapprox approx approximate approximated "
    "approximation fd finite numerisch numerique numerico"
)
_MARKS = GRADIENTS | _set(
    "dl dj de dc dloss dcost derror derivative deriv wrt dldw dedw djd partial slope g errorwrt "
    "losswrt"
)

_STEM = 3
"""So many letters of a name may stand for it."""

_SHORTENED = 2
"""A gradient's mark, and so many words of a name that it may shorten."""


def says(name: str, kind: frozenset[str]) -> bool:
    """Tell whether one of a name's words is one of a kind."""
    return not kind.isdisjoint(words(name))


def loss_like(names: Sequence[str]) -> bool:
    """Tell whether one of the names is one for a loss, and none says that it is derived."""
    if any(_is_derived(name) for name in names):
        return False
    return any(name in _LETTERS or says(name, _LOSSES | _LIKELIHOODS) for name in names)


def likelihood_like(names: Sequence[str]) -> bool:
    """Tell whether one of the names is one for a likelihood, which is to grow."""
    return any(says(name, _LIKELIHOODS) for name in names)


def _is_derived(name: str) -> bool:
    if words(name)[:1] == ("log",):  # The loss is logarithmic; in `loss_log` it is logged.
        return says("_".join(words(name)[1:]), _DERIVED)
    return says(name, _DERIVED) or (name[:1] == "d" and name[1:] in (_LETTERS | _LOSSES))


def gradient_of(parameter: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether one chain of names says that it holds the gradient of the other.

    `dW1`, `grad_W1` and `grads['W1']` are so for `W1`, `gradPred` for `predicted`, and `del_w_i_h`
    for `weights_input_to_hidden`; a bare `grad` is for anything.
    """
    if _abbreviates(words(other[-1]), words(parameter[-1])):
        return True
    own, last = _plain(parameter[-1]), _plain(other[-1])
    if last == own:
        return any(says(name, GRADIENTS) for name in other[:-1])
    stem = last.removeprefix("gradient").removeprefix("grad")
    if last.startswith("grad") and len(stem) >= _STEM and own.startswith(stem):
        return True
    rest = last.replace(own, "", 1) if own in last else last
    return rest in _MARKS and (own in last or rest not in ("d", "dl", "de", "dj"))


def change_of(name: str) -> bool:
    """Tell a name for by how much something is to change, which may be either way."""
    return words(name)[:1] in (("delta",), ("deltas",), ("del",))


def _abbreviates(gradient: Sequence[str], parameter: Sequence[str]) -> bool:
    """Tell a gradient's name of which each word begins one of a parameter's, from first to last."""
    if len(gradient) <= _SHORTENED or gradient[0] not in _MARKS | {"del"}:
        return False
    left = iter(parameter)
    ends = parameter[-1].startswith(gradient[-1]) and parameter[0].startswith(gradient[1])
    return ends and all(any(word.startswith(start) for word in left) for start in gradient[1:])


def is_numeric_gradient(name: str) -> bool:
    """Tell a name for a gradient by differences, as a check of gradients has it."""
    return says(name, _NUMERIC) or (says(name, _set("num est")) and says(name, _MARKS))


def _plain(name: str) -> str:
    return "".join(words(name))
