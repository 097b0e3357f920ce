"""Trees of single statements, and the names in them."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from gradcheck.record import record

COMPOUND = re.compile(
    r"\s*(?:async\s+)?(def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b"
)
_FAILURES = (SyntaxError, ValueError, MemoryError, RecursionError)


def tree(source: str) -> ast.Module | None:
    """Return the tree of a program, or None where Python can't read it."""
    try:
        return ast.parse(source)
    except _FAILURES:
        return None


@record
class Reading:
    """How one statement reads; a compound one that `opens` has its body on further lines."""

    node: ast.stmt
    keyword: str = ""
    opens: bool = False


@lru_cache(maxsize=4_000)
def statement(source: str) -> Reading | None:
    """Return how one statement, or the header of a compound one, reads; None for neither.

    What belongs below another header (`else:`, `except:`) is read as the whole compound, and
    a decorator as a decorated function.
    """
    text = source.strip()
    if text.startswith("@"):
        return _reading(f"{text}\ndef f(): pass", "@", opens=False)
    found = COMPOUND.match(text)
    keyword = found[1] if found else ""
    alone = _reading(text, keyword, opens=False)
    if alone or not keyword:
        return alone
    inline = _reading(_whole(text, keyword), keyword, opens=False)
    return inline or _reading(_whole(f"{text}\n pass", keyword), keyword, opens=True)


def _reading(text: str, keyword: str, *, opens: bool) -> Reading | None:
    module = tree(text)
    if module is None or not module.body:
        return None
    return Reading(node=module.body[0], keyword=keyword, opens=opens)


def _whole(text: str, keyword: str) -> str:
    """Return a statement, or the least that it can be a part of."""
    match keyword:
        case "elif" | "else":
            return f"if 0: pass\n{text}"
        case "except" | "finally":
            return f"try: pass\n{text}"
        case "try":
            return f"{text}\nfinally: pass"
        case "case":
            return f"match 0:\n {text.replace(chr(10), chr(10) + ' ')}"
        case "match" if text.endswith("\n pass"):
            return f"{text[:-5]} case 0: pass"
    return text


def names(node: ast.AST) -> Iterator[ast.Name]:
    """Return the names in a tree but for those that its comprehensions and lambdas bind."""
    inner = {
        name.id
        for part in ast.walk(node)
        if isinstance(part, ast.comprehension)
        for name in ast.walk(part.target)
        if isinstance(name, ast.Name)
    }
    arguments = {
        argument.arg
        for part in ast.walk(node)
        if isinstance(part, ast.Lambda)
        for argument in ast.walk(part.args)
        if isinstance(argument, ast.arg)
    }
    hidden = inner | arguments
    return (n for n in ast.walk(node) if isinstance(n, ast.Name) and n.id not in hidden)
