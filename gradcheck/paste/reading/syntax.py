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


@lru_cache(maxsize=16)
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


def walk(node: ast.AST) -> list[ast.AST]:
    """Return a tree's nodes, those near its root first, without operators and contexts."""
    found = [node]
    for part in found:
        for name in part._fields:
            value = getattr(part, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and value._fields:
                found.append(value)
    return found


def names_of(*nodes: ast.AST) -> set[str]:
    """Return all names that stand anywhere in some trees."""
    return {part.id for node in nodes for part in walk(node) if isinstance(part, ast.Name)}


def names(node: ast.AST) -> Iterator[ast.Name]:
    """Return the names in a tree but for those that its comprehensions and lambdas bind."""
    parts = walk(node)
    hidden: set[str] = set()
    for part in parts:
        if isinstance(part, ast.comprehension):
            hidden |= {name.id for name in walk(part.target) if isinstance(name, ast.Name)}
        elif isinstance(part, ast.Lambda):
            hidden |= {
                argument.arg for argument in walk(part.args) if isinstance(argument, ast.arg)
            }
    return (part for part in parts if isinstance(part, ast.Name) and part.id not in hidden)
