"""Parts put together as programs, line by line."""

import ast
from collections.abc import Iterator, Sequence

from gradcheck.paste.reading.lines import indentation, indented
from gradcheck.paste.reading.parts import Chapter, Part, span
from gradcheck.paste.reading.post import Place, Program
from gradcheck.paste.reading.syntax import tree
from gradcheck.paste.reading.tops import Function, Top
from gradcheck.paste.reading.wording import between, stretch


def assembled(parts: Sequence[Part]) -> Iterator[Program]:
    """Return the programs of a post's parts; those that vary another come last."""
    made: dict[int, Program] = {}
    for number, part in enumerate(parts):
        if part.changed is None:
            program = _program(part)
        elif part.variant_of in made:
            index = list(made).index(part.variant_of)
            program = _variant(part.changed, made[part.variant_of], index)
        else:
            continue
        if tree(program.source):
            made[number] = program
            yield program


def _program(part: Part) -> Program:
    places = [*_lent(part.lent), *(p for each in part.chapters for p in each.block.places)]
    told = [words for each in part.chapters for words in each.decisions]
    if part.lent:
        told.insert(0, f"{stretch(*_ends(_lent(part.lent)))} of earlier code were taken over")
    return _made(places, tuple(told), title=_title(part.chapters))


def _made(
    places: Sequence[Place], decisions: tuple[str, ...], *, title: str, variant: int | None = None
) -> Program:
    return Program(
        title=title,
        source="\n".join(place.text for place in places),
        places=tuple(places),
        decisions=tuple(dict.fromkeys(decisions)),
        variant_of=variant,
    )


def _title(chapters: Sequence[Chapter]) -> str:
    first, last = chapters[0].block, chapters[-1].block
    begin, end = first.places[0], last.places[-1]
    if begin.cell is None:
        return between("line", begin.line, end.line)
    assert end.cell is not None
    return between("cell", begin.cell, end.cell)


def _ends(places: Sequence[Place]) -> tuple[Place, Place]:
    return places[0], places[-1]


def _lent(pairs: Sequence[tuple[Chapter, Top]]) -> list[Place]:
    lines = dict.fromkeys((id(each), k) for each, top in pairs for k in range(top.start, top.stop))
    blocks = {id(each): each.block for each, _ in pairs}
    return [blocks[key].places[k] for key, k in lines]


def _variant(changed: Chapter, base: Program, index: int) -> Program:
    """Return the program with the functions of a chapter in the places of its own."""
    places = list(base.places)
    told = []
    for top in changed.tops:
        own = list(changed.block.places[top.start : top.stop])
        if not isinstance(top.node, Function):
            places[:0] = own
            continue
        target = _target(places, top.node)
        if target:
            places[target.start : target.stop] = _moved(own, places[target.start])
            told.append(f"`{top.node.name}` as in {span(changed.block)}")
    title = f"{base.title} with {' and '.join(told)}"
    return _made(places, (*base.decisions, *changed.decisions), title=title, variant=index)


def _moved(own: Sequence[Place], above: Place) -> list[Place]:
    """Return the lines of a function indented like the one that it replaces."""
    shift = indentation(above)
    return [indented(p, indentation(p) + shift) if p.text.strip() else p for p in own]


def _target(places: Sequence[Place], new: ast.stmt) -> range | None:
    """Return the lines of the last function or method with the same name."""
    module = tree("\n".join(place.text for place in places))
    assert isinstance(new, Function)
    method = [a.arg for a in new.args.args][:1] == ["self"]
    found = None
    for node in module.body if module else ():
        inner = node.body if method and isinstance(node, ast.ClassDef) else [node]
        for function in inner:
            if isinstance(function, Function) and function.name == new.name:
                found = _range(function)
    return found


def _range(node: Function) -> range:
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return range(first - 1, node.end_lineno or first)
