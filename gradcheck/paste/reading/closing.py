"""Rules for where the body of a compound statement ends when its indentation is lost.

A rule looks at the statement that comes next, and asks whether it could still belong to the
body: does it use what only the body knows, would it never be reached, does another branch
still follow? What the rules decide is a guess; `levels` keeps the other choices.
"""

from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.facts import Fact

_AHEAD = 60
"""How many statements a rule may look ahead."""

_OWNERS = (("self",), ("cls",))


class Frame:
    """A compound statement whose body is open, and what its body has shown so far.

    `loop` is the loop around it, and `within` says that there is a function around it.
    """

    def __init__(
        self,
        head: Fact,
        known: set[str],
        column: int | None,
        *,
        loop: "Frame | None" = None,
        within: bool = False,
    ) -> None:
        self.head = head
        self.loop = loop
        self.within = within
        self.column = column
        self.before = frozenset(known)
        self.known = known
        self.fresh: set[str] = set()
        self.stored: set[str] = set()
        self.body: list[Fact] = []
        self.sibling: tuple[Fact, ...] = ()
        self.altered: set[str] = set()
        self.used = self.left = False
        if head.keyword == "def":
            self.known = set(head.arguments)
            self.fresh = set(head.arguments)
        elif head.keyword in ("for", "with", "while"):
            self.fresh = set(head.stores)

    def add(self, fact: Fact, *, direct: bool) -> None:
        """Note a statement of the body, or of a body within."""
        if direct:
            self.body.append(fact)
        self.fresh |= fact.stores - self.before
        self.stored |= fact.stores | fact.alters
        self.altered |= fact.alters
        if fact.keyword != "if" and (fact.collects or not fact.shows):
            self.used = self.used or bool(fact.loads & self.head.stores)
        self.left = self.left or fact.jumps in ("break", "return")

    @property
    def method(self) -> bool:
        """Whether it is a function of a class."""
        return self.head.arguments[:1] in _OWNERS


def closes(frame: Frame, facts: Sequence[Fact], at: int) -> bool:
    """Tell whether the body of an open compound statement has ended before a statement."""
    if facts[at].keyword == "class":
        return True
    match frame.head.keyword:
        case "def":
            return _function(frame, facts, at)
        case "class":
            return _class(frame, facts, at)
        case "for" | "while":
            return _loop(frame, facts, at)
        case "try":
            return False
    return _branch(frame, facts, at)


def _ahead(facts: Sequence[Fact], at: int) -> Iterator[Fact]:
    """Return the statements from one on, up to the next function or class."""
    for fact in facts[at : at + _AHEAD]:
        if fact.keyword in ("def", "class", "@"):
            return
        yield fact


def _needed(names: set[str], facts: Sequence[Fact], at: int) -> bool:
    """Tell whether any of the names is used before something else binds it."""
    left = set(names)
    for fact in _ahead(facts, at):
        if fact.loads & left:
            return True
        left -= fact.stores
    return False


def _returns(facts: Sequence[Fact], at: int) -> bool:
    return any(fact.jumps == "return" for fact in _ahead(facts, at))


def _function(frame: Frame, facts: Sequence[Fact], at: int) -> bool:
    fact = facts[at]
    if fact.keyword in ("def", "@"):
        return not _nested(frame, facts, at)
    if fact.keyword == "if" and "__name__" in fact.loads:
        return True
    if frame.body and frame.body[-1].jumps:
        return frame.within or not (_returns(facts, at) or (frame.method and "self" in fact.loads))
    if _returns(facts, at) or (frame.method and {"self", "cls"} & fact.loads):
        return False
    return not _needed(frame.fresh - frame.before, facts, at)


def _nested(frame: Frame, facts: Sequence[Fact], at: int) -> bool:
    """Tell whether a function is one within a function, which hands it out at its end."""
    name = facts[at].name
    if any(fact.jumps == "return" for fact in frame.body) or facts[at].arguments[:1] == ("self",):
        return False
    rest = (fact for fact in _ahead(facts, at + 1))
    return bool(name) and any(fact.jumps == "return" and fact.loads == {name} for fact in rest)


def _class(frame: Frame, facts: Sequence[Fact], at: int) -> bool:
    fact = facts[at]
    if fact.keyword == "@":
        decorated = next((f for f in facts[at : at + _AHEAD] if f.keyword != "@"), fact)
        bound = fact.loads & {"staticmethod", "classmethod", "property"}
        return not (bound or decorated.arguments[:1] in _OWNERS)
    if fact.keyword == "def":
        above = bool(frame.body) and frame.body[-1].keyword == "@"
        return not (above or fact.arguments[:1] in _OWNERS)
    coming = next((f for f in facts[at : at + _AHEAD] if f.keyword in ("def", "class")), fact)
    if coming.arguments[:1] in _OWNERS:
        return False
    started = any(own.keyword == "def" for own in frame.body)
    return started or not fact.member or fact.blank


def _branch(frame: Frame, facts: Sequence[Fact], at: int) -> bool:
    """The body of `if`, `else`, `except`, `with` and the like: short, but for good reasons."""
    fact, head = facts[at], frame.head
    if frame.body and frame.body[-1].jumps:
        return True
    if head.keyword == "if" and "__name__" in head.loads:
        return fact.keyword in ("def", "class", "@")
    if fact.keyword in ("def", "@"):
        return True
    if head.keyword in ("if", "elif") and _continued(facts, at):
        return False
    if fact.jumps and (fact.jumps in ("break", "continue") or _returns(facts, at + 1)):
        return False
    if fact.blank:
        return True
    if _needed(frame.fresh - frame.before, facts, at) and fact.loads & frame.fresh:
        return False
    return not (_alike(frame, facts, at) or _mirrors(frame, fact))


def _continued(facts: Sequence[Fact], at: int) -> bool:
    """Tell whether an `else` or `elif` follows that no later `if` can claim."""
    open_ifs = 0
    for fact in _ahead(facts, at):
        if fact.keyword == "if" and fact.opens:
            open_ifs += 1
        elif fact.keyword in ("elif", "else") and not open_ifs:
            return True
        elif fact.keyword == "else":
            open_ifs -= 1
    return False


def _alike(frame: Frame, facts: Sequence[Fact], at: int) -> bool:
    """Tell whether a statement continues a list of like ones: prints, plots or changes."""
    fact, first = facts[at], frame.body[0]
    if fact.shows and first.shows:
        return _related(fact, first) or not all(f.shows for f in facts[at : at + _AHEAD])
    return bool(fact.changes and fact.changes == first.changes)


def _related(fact: Fact, other: Fact) -> bool:
    """Tell whether two prints or plots are about the same, or one is about nothing."""
    own = fact.loads - {"print"}
    return not own or bool(own & other.loads)


def _mirrors(frame: Frame, fact: Fact) -> bool:
    """Tell whether a statement binds what the branch before did in its place."""
    at = len(frame.body)
    return at < len(frame.sibling) and bool(fact.stores) and fact.stores == frame.sibling[at].stores


def _loop(frame: Frame, facts: Sequence[Fact], at: int) -> bool:
    fact, head = facts[at], frame.head
    if fact.keyword in ("def", "@") or (fact.keyword == "if" and "__name__" in fact.loads):
        return True
    if frame.body and frame.body[-1].jumps:
        return True
    if head.keyword == "for" and fact.keyword == "for" and fact.stores & head.stores:
        return True
    if fact.jumps == "return" or (_over(facts, at) and not all(f.shows for f in frame.body)):
        return True
    if head.keyword == "while" and not head.loads and not frame.left and _ends(facts, at):
        return False
    if (not frame.loop and _interrupted(facts, at)) or _continues(frame, fact):
        return False
    control = head.stores if head.keyword == "for" else head.loads
    if fact.loads & (control | frame.fresh):
        return False
    if fact.alters & frame.altered and not (frame.used or fact.blank):
        return False
    return not _fed(frame, facts, at, control)


def _fed(frame: Frame, facts: Sequence[Fact], at: int, control: frozenset[str]) -> bool:
    """Tell whether what the body has made so far goes into a change that follows.

    Names made from such names count as well, until something else binds them.
    """
    live = set(control | frame.fresh)
    if not (frame.used or frame.loop):
        live |= frame.stored
    for fact in _ahead(facts, at):
        if fact.keyword == "for" and fact.stores & frame.head.stores:
            return False
        flows = bool((fact.loads - fact.stores) & live)
        changes = fact.changes or fact.stores & fact.loads or fact.alters
        if fact.loads & control or (flows and changes and (fact.collects or not fact.shows)):
            return True
        live = live | fact.stores if flows else live - fact.stores
    return False


def _ends(facts: Sequence[Fact], at: int) -> bool:
    return any(fact.jumps in ("break", "return") for fact in _ahead(facts, at))


def _interrupted(facts: Sequence[Fact], at: int) -> bool:
    """Tell whether a `break` or `continue` follows that no later loop can hold."""
    for fact in _ahead(facts, at):
        if fact.jumps in ("break", "continue"):
            return True
        if fact.keyword in ("for", "while"):
            return False
    return False


def _continues(frame: Frame, fact: Fact) -> bool:
    """Tell whether a statement collects what the body makes, or goes on with its output."""
    if fact.collects and fact.loads & frame.stored:
        return not (frame.loop and fact.collects in frame.loop.before)
    last = frame.body[-1] if frame.body else fact
    return fact.shows and last.shows and not fact.blank and _related(fact, last)


def _over(facts: Sequence[Fact], at: int) -> bool:
    """Tell whether nothing but plots, or prints after a blank line, is left."""
    rest = facts[at : at + _AHEAD]
    shown = all(fact.shows or (fact.keyword == "for" and fact.opens) for fact in rest)
    return shown and (facts[at].blank or any(fact.draws for fact in rest))
