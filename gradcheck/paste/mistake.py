"""One mistake of a pasted program: the edit that undoes it, and what it has to do with.

What its values are was seen as the program ran; names tell where that could not be.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import TypeAlias

from gradcheck.record import record

ACTIVATION = re.compile(
    r"(?i)sigm|tanh|relu|leaky|act|squash|logistic|softplus|\belu|gelu|swish|nonlin"
)
DERIVATIVE = re.compile(
    r"(?i)prime|deriv|slope|grad|_d\b|\bd_?(act|relu|leaky|sigm|tanh|elu|soft)|1(\.0?)? ?- ?"
)
DECAY = re.compile(
    r"(?i)\breg|lambda|\blam|\bl[12](_?(reg|pen|coef|strength)| ?\* ?(self\.)?(w|theta|par|coef))"
    r"|lmbda|decay|penalt|alpha ?\*|weight_?decay"
)
BIAS = re.compile(
    r"(?i)d?(b[a-z]?|bhid|bout|base|bias|biases|biais|const|intercept|offset|shift|threshold)"
)
"""A word of a bias's name."""

PRE = re.compile(
    r"(?i)^(self\.)?(z|zs|s|u|net|pre|lin|logits?|sum|weighted|in(put)?_?sum)(?![a-z])"
)
"""How the name of a pre-activation begins."""

DERIVED = re.compile(
    r"(?i)^(self\.)?(d(?=[A-Z_\d]|[a-z]{1,3}\d?\b)|grad|delta|err|nabla|[a-z]\w*_(delta|error)\b)"
)
"""How the name of a derivative begins."""

INPUT = re.compile(r"^(self\.)?([xX]|[Ii]nputs?|data|features)(?![a-z])")
WEIGHT = re.compile(r"(?i)^(self\.)?(w|theta|weight|kernel|v\b|u\b)")
PRODUCT = re.compile(r"@|\bdot\(|matmul|einsum|outer")
SUM = re.compile(r"\.?(sum|mean|average)\(")
AVERAGE = re.compile(r"\bmean\(")
AXIS = re.compile(r"axis=0")
RNN = re.compile(r"(?i)\b(h|hs|c|s)\[-?t|dh_?next|hprev|h_prev|bptt|Whh|W_hh")
GATE = re.compile(r"(?i)[wub]_?[fio](\W|$)")
RESET = re.compile(r"(?i)[wub]_?[zr](\W|$)")
CELL = re.compile(r"(?i)(self\.)?c(ells?)?(\[.*\])?")
"""A name of an LSTM's cell."""

NORM = re.compile(r"(?i)gamma|beta|x_?hat|x_?norm|batch_?norm|\bbn|inv_?std|std_?inv")
LAYER_NORM = re.compile(r"(?i)layer_?norm|\bln")
TIME = re.compile(r"\[t( ?[-+] ?1)?\]")
RECURRENT = re.compile(r"(?i)w_?hh|w_?aa|w_?rec|\bu$")
ATTENTION = re.compile(r"(?i)\b(d?[qkv]|scores|att\w*|query|keys?|values?)\b")
SOFTMAX = re.compile(r"(?i)softmax|\bd?(p|probs?|attn?|a)\b")
MASK = re.compile(r"(?i)mask|drop|keep")
INDEX = re.compile(r"\[[^\]]*\]")
NUMBER = re.compile(r"\d+")
POOL = re.compile(r"(?i)pool|max|window")
SPREAD = re.compile(r"(?i)pool|\brepeat\(|\bkron\(")
"""How the gradient of an average pooling is handed on."""

_UNIT = re.compile(r"\[[^\W\d]\w*\]$")

CONV = re.compile(r"(?i)conv|kernel|filter|stride|pad")

Codes: TypeAlias = Iterator[str]
"""The codes of faults, the likeliest first."""


@record
class Mistake:
    """One edit of a repair, with its surroundings.

    `old` and `new` are the expressions, `statement` the whole old statement, `function` what it
    is in; `feeds` names the parameters whose gradients it changes, out of `everything`; `ratios`
    are the factors by which those were exactly off. `updates` tells a statement that changes a
    parameter itself. The others are what the program itself shows, None where it can't be told:
    the `roles` of values, by their texts, `link` where the new value is an `activation` of the old,
    or the `sum` that this is one of, `decays` where only a penalty's share is edited, `begins`
    where the statement is made from no derivative, and the `biases` among all parameters.
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
    roles: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    decays: bool | None = None
    begins: bool | None = None
    biases: frozenset[str] = frozenset()

    def is_derivative(self, text: str) -> bool:
        return self._plays(text, "derivative", DERIVED)

    def is_sum(self, text: str) -> bool:
        """Tell whether a value is what an activation is taken of."""
        return self._plays(text, "sum", PRE)

    def is_data(self, text: str) -> bool:
        return self._plays(text, "data", INPUT)

    def is_parameter(self, text: str) -> bool:
        return self._plays(text, "parameter", WEIGHT)

    def _plays(self, text: str, role: str, names: re.Pattern[str]) -> bool:
        known = self.roles.get(text) or self.roles.get(f"{text}.T")
        return bool(names.search(text)) if known is None else known == role

    @property
    def is_output(self) -> bool:
        """Whether all gradients come from here, as they do from the output's delta."""
        return self.feeds >= self.everything

    @property
    def is_last(self) -> bool:
        """Whether it is in the output's delta: not what carries that back through a weight."""
        if not self.is_output or len(self.everything) > 1:
            return self.is_output
        match _value(self.statement):
            case ast.BinOp(op=ast.Mult(), left=left, right=right):
                return not any(PRODUCT.search(ast.unparse(side)) for side in (left, right))
        return True

    @property
    def is_own(self) -> bool:
        """Whether only the gradients of one parameter come from here, or of all of one kind."""
        if len(self.feeds) == 1 or self.is_output:
            return len(self.feeds) == 1
        if self.feeds in (self.biases, self.everything - self.biases):
            return True
        kinds = {_kind(name) for name in self.feeds}
        return len(kinds) == 1 and all(
            name in self.feeds for name in self.everything if _kind(name) in kinds
        )

    @property
    def is_bias(self) -> bool:
        if self.biases:
            return self.is_own and self.feeds <= self.biases
        return self.is_own and all(_is_bias(name) for name in self.feeds)

    @property
    def is_decay(self) -> bool:
        """Whether it is in a penalty's share of a gradient."""
        return bool(DECAY.search(self.statement)) if self.decays is None else self.decays

    @property
    def is_weight(self) -> bool:
        """Whether the statement makes one weight's gradient, by a product with its input."""
        return self.is_own and not self.is_bias and bool(PRODUCT.search(self.statement))

    @property
    def is_apart(self) -> bool:
        """Whether it is known what both values are, and neither is an activation of the other."""
        return self.old in self.roles and self.new in self.roles and self.link is None

    @property
    def is_recurrent(self) -> bool:
        """Whether it is on the way back through time."""
        if RNN.search(f"{self.function} {self.statement} {self.new}"):
            return True
        steps = TIME.search(self.statement)
        return bool(steps) and any(RECURRENT.search(name) for name in self.everything)

    @property
    def is_gated(self) -> bool:
        """Whether the gates of an LSTM are among the parameters."""
        return sum(bool(GATE.search(name)) for name in self.everything) > 2

    @property
    def is_reset(self) -> bool:
        """Whether the reset gate of a GRU comes in that was not there."""
        gates = sum(bool(RESET.search(name)) for name in self.everything)
        return gates > 2 and bool(re.fullmatch(r"r\w*(\[.*\])?", self.added))

    @property
    def empties(self) -> bool:
        """Whether it sets something to zero, be it several things at once."""
        value = _value(self.new)
        return value is not None and _is_empty(value)

    @property
    def added(self) -> str:
        """What the new expression has besides the old one."""
        return self.new.replace(self.old, "", 1).strip(" *@+-()")

    @property
    def is_shifted(self) -> bool:
        """Whether another entry of the same list belongs there."""
        return self.old != self.new and INDEX.sub("", self.old) == INDEX.sub("", self.new)

    @property
    def is_compared(self) -> bool:
        """Whether it is in a condition, as that of a mask."""
        old = re.escape(self.old)
        compared = rf"{old} ?(==|!=|<|>)|(==|!=|<=?|>=?) ?{old}"
        return bool(re.search(compared, self.statement))

    @property
    def is_argument(self) -> bool:
        """Whether it is in a condition, or what an activation or derivative is taken of."""
        return self.is_compared or self.called is not None

    @property
    def is_other_unit(self) -> bool:
        """Whether an entry is picked by the variable of another loop."""
        pair = _UNIT.search(self.old), _UNIT.search(self.new)
        return self.kind == "change-index" and all(pair)

    @property
    def called(self) -> str | None:
        """The function of an activation or derivative that is handed the old value."""
        found = re.search(rf"(\w+)\({re.escape(self.old)}[,)]", self.statement)
        if found is None or SUM.search(found[0]) or PRODUCT.search(found[0]):
            return None
        known = self.link or DERIVATIVE.search(found[1]) or ACTIVATION.search(found[1])
        return found[1] if known else None

    @property
    def is_exchange(self) -> bool:
        """Whether one parameter stands in another's place."""
        if self.old in self.roles and self.new in self.roles:
            return self.roles[self.old] == self.roles[self.new] == "parameter"
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
        squared = rf"{old} ?(\*\* ?2|\* ?{old})" if self.link is None else rf"\(?(\w+\.\w+\()?{old}"
        written = rf"{old} ?\* ?\(1(\.0?)? ?- ?{old}\)|\b1(\.0?)? ?- ?{squared}(?!\w)"
        called = self.called and (self.link or DERIVATIVE.search(self.called))
        return bool(re.search(written, self.statement) or called)

    @property
    def is_dropout(self) -> bool:
        """Whether a dropout's mask comes in that was not there."""
        return bool(MASK.search(self.new)) and not MASK.search(self.old)

    @property
    def is_neighbour(self) -> bool:
        """Whether another entry of the same list belongs into a derivative."""
        shifted = self.is_shifted and not self.is_data(self.old)
        return shifted and bool(DERIVATIVE.search(self.statement))

    @property
    def is_first(self) -> bool:
        """Whether nothing that it is made from is a derivative: the way back begins there."""
        if self.begins is not None:
            return self.begins
        names = re.findall(r"[^\W\d]\w*", self.statement.partition("=")[2])
        return not any(DERIVED.search(name) for name in names)


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=0):
            return True
        case ast.Call(func=func):
            return "zeros" in ast.unparse(func)
        case ast.BinOp(left=ast.List(elts=[ast.Constant(value=0)]), op=ast.Mult()):
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
            return all(map(_is_empty, parts))
        case ast.ListComp(elt=part) | ast.DictComp(value=part):
            return _is_empty(part)
    return False


def _value(statement: str) -> ast.expr | None:
    """Return the value of a statement's text."""
    try:
        value: ast.expr | None = getattr(ast.parse(statement).body[0], "value", None)
    except (SyntaxError, IndexError):
        return None
    return value


def _pieces(name: str) -> list[str]:
    return [piece for piece in re.split(r"[^\w]+", name) if piece and not piece.isdigit()]


def _kind(name: str) -> str:
    """Return a parameter's name without what tells the layers apart."""
    return NUMBER.sub("", (_pieces(name) or [name])[-1])


def _is_bias(name: str) -> bool:
    last = (_pieces(name) or [name])[-1]
    return any(BIAS.fullmatch(NUMBER.sub("", word)) for word in last.split("_"))


def _own(text: str) -> str:
    """Return a name without the object that it belongs to, which has one name inside itself."""
    return text.removesuffix(".T").partition(".")[2] or text.removesuffix(".T")
