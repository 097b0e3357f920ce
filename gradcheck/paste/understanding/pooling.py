"""Losses of all the data, as a step sees them that has a batch: as if all batches were like it.

The mean over the samples is then the batch's, and a penalty is what it is for all the data.
"""

import ast
from collections.abc import Iterator, Mapping

from gradcheck.paste.understanding.afterwards import Written, behind
from gradcheck.paste.understanding.machine import Machine
from gradcheck.record import record

_REPEATED = "([*{batch}] * len({whole}))[:len({whole})]"
_ALONE = "{batch}"


@record
class Pooled:
    """A loss of all the data, with a batch repeated in their place, and with the batch alone."""

    repeated: Written
    alone: Written


def pooled(machine: Machine, loop: int) -> Iterator[Pooled]:
    """Yield the losses of lists behind a loop over batches that are cut from these."""
    batches = dict(_cut(machine, loop))
    for loss in behind(machine.tree, loop) if batches else ():
        names = (n.id for n in ast.walk(ast.parse(loss.text)) if isinstance(n, ast.Name))
        if batches.keys() & set(names):
            yield Pooled(
                repeated=Written(text=loss.text, at=loss.at, early=_put(loss, batches, _REPEATED)),
                alone=Written(text=loss.text, at=loss.at, early=_put(loss, batches, _ALONE)),
            )


def _put(loss: Written, batches: Mapping[str, str], form: str) -> str:
    """Return a loss with something made of batches in place of the lists they are cut from."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            batch = batches.get(node.id)
            text = form.format(batch=batch, whole=node.id) if batch else node.id
            return ast.parse(text, mode="eval").body

    return ast.unparse(Put().visit(ast.parse(loss.text, mode="eval")))


def _cut(machine: Machine, loop: int) -> Iterator[tuple[str, str]]:
    """Yield lists with the batches of them that a loop goes through, or cuts off in each turn."""
    node = machine.nodes[loop]
    for part in ast.walk(node):
        match part:
            case ast.Assign(targets=[ast.Name(id=batch)], value=value):
                yield from ((whole, batch) for whole in _sliced(value))
    match node:
        case ast.For(target=ast.Name(id=batch), iter=source):
            for value in _values(machine.tree, source):
                match value:
                    case ast.ListComp(elt=part) | ast.GeneratorExp(elt=part):
                        yield from ((whole, batch) for whole in _sliced(part))


def _sliced(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Subscript(value=ast.Name(id=whole), slice=ast.Slice()):
            yield whole


def _values(tree: ast.Module, source: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression, and what is assigned to it if it is a name."""
    yield source
    for node in ast.walk(tree):
        match source, node:
            case ast.Name(id=name), ast.Assign(targets=[ast.Name(id=other)], value=value):
                if name == other:
                    yield value
