"""One mistake of a pasted program: the edit that undoes it, and what its text speaks of."""

import re
from collections.abc import Mapping

from gradcheck.record import record

ACTIVATION = re.compile(r"(?i)sigm|tanh|relu|act|squash|logistic|softplus|\belu|gelu|swish|nonlin")
DERIVATIVE = re.compile(r"(?i)prime|deriv|slope|grad|_d\b|\bd_?act|1(\.0?)? ?- ?")
DECAY = re.compile(r"(?i)\breg|lambda|\blam|\bl2|\bl1|decay|penalt|alpha ?\*|weight_?decay")
BIAS = re.compile(r"(?i)(^|[._\[' ])(b|db|bias|biases|nabla_b|grad_b)\w*")
PRODUCT = re.compile(r"@|\bdot\(|matmul|einsum|outer")
SUM = re.compile(r"\.?(sum|mean|average)\(")
AVERAGE = re.compile(r"\bmean\(")
AXIS = re.compile(r"axis=0")
RNN = re.compile(r"(?i)\b(h|hs|c)\[t|dh_?next|hprev|h_prev|bptt|Whh|W_hh")
MASK = re.compile(r"(?i)mask|drop|keep")
INDEX = re.compile(r"\[[^\]]*\]")
NUMBER = re.compile(r"\d+")
POOL = re.compile(r"(?i)pool|max|window")
CONV = re.compile(r"(?i)conv|kernel|filter|stride|pad")


@record
class Mistake:
    """One edit of a repair, with its surroundings.

    `old` and `new` are the expressions, `statement` the whole old statement, `function` what it
    is in; `feeds` names the parameters whose gradients it changes, out of `everything`; `ratios`
    are the factors by which those were exactly off. `updates` tells a statement that changes a
    parameter itself.
    """

    kind: str
    old: str
    new: str
    statement: str
    function: str
    feeds: frozenset[str]
    everything: frozenset[str]
    ratios: Mapping[str, float]
    updates: bool = False

    @property
    def is_output(self) -> bool:
        """Whether all gradients come from here, as they do from the output's delta."""
        return self.feeds >= self.everything

    @property
    def is_bias(self) -> bool:
        target = self.statement.partition("=")[0]
        return len(self.feeds) == 1 and bool(
            BIAS.search(target) or all(BIAS.search(name) for name in self.feeds)
        )

    @property
    def is_decay(self) -> bool:
        return bool(DECAY.search(self.statement))

    @property
    def is_weight(self) -> bool:
        """Whether the statement makes one weight's gradient, by a product with its input."""
        return len(self.feeds) == 1 and not self.is_bias and bool(PRODUCT.search(self.statement))

    @property
    def is_exchange(self) -> bool:
        """Whether one parameter stands in another's place."""
        names = {_own(name) for name in self.everything}
        return _own(self.old) in names and _own(self.new) in names

    @property
    def is_namesake(self) -> bool:
        """Whether the two names differ in their numbers only, as those of two layers do."""
        return NUMBER.sub("", self.old) == NUMBER.sub("", self.new)

    @property
    def is_pile(self) -> bool:
        """Whether what is assigned was added to what was there, and should not have been."""
        target = self.statement.partition("=")[0].strip()
        return self.old.startswith(f"{target} +") and target not in self.new

    @property
    def is_slope(self) -> bool:
        """Whether a derivative is taken of the old value, by a function or written out."""
        old = re.escape(self.old)
        called = re.search(rf"(\w+)\({old}[,)]", self.statement)
        written = re.search(rf"{old} ?\* ?\(1(\.0?)? ?- ?{old}\)", self.statement)
        return bool(written or (called and DERIVATIVE.search(called[1])))

    @property
    def is_dropout(self) -> bool:
        """Whether a dropout's mask comes in that was not there."""
        return bool(MASK.search(self.new)) and not MASK.search(self.old)

    @property
    def is_neighbour(self) -> bool:
        """Whether another entry of the same list belongs into a derivative."""
        same = INDEX.sub("", self.old) == INDEX.sub("", self.new)
        return same and self.old != self.new and bool(DERIVATIVE.search(self.statement))


def _own(text: str) -> str:
    """Return a name without the object that it belongs to, which has one name inside itself."""
    return text.removesuffix(".T").partition(".")[2] or text.removesuffix(".T")
