"""What a program's text says about itself, worked out once for all its runs."""

import ast
from functools import cache, cached_property, partial

from gradcheck.paste.reading.syntax import names_of
from gradcheck.paste.running.helpers import supplied
from gradcheck.paste.running.names import Use, bound_by, uses
from gradcheck.paste.running.orientation import handed_columns
from gradcheck.paste.running.sites import Sites
from gradcheck.paste.running.written import written


class Knowledge:
    """The uses, bindings, assignments and calls of one tree."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.sites = Sites(tree)
        self.in_columns = cache(partial(handed_columns, tree))
        """Tells whether all that a function of a name is handed has a column for each sample."""

    @cached_property
    def uses(self) -> dict[str, Use]:
        """Every name that the program mentions, with how it is used."""
        return uses(self.tree, names_of(self.tree))

    @cached_property
    def bindings(self) -> dict[str, list[int]]:
        """For each name that the top level binds, the lines of the statements that do."""
        found: dict[str, list[int]] = {}
        for statement in self.tree.body:
            for name in bound_by(statement):
                found.setdefault(name, []).append(statement.lineno)
        return found

    @cached_property
    def defined(self) -> frozenset[str]:
        """The functions and classes that the top level defines."""
        definitions = ast.FunctionDef | ast.ClassDef
        return frozenset(node.name for node in self.tree.body if isinstance(node, definitions))

    @cached_property
    def arguments(self) -> dict[str, list[list[str]]]:
        """For each function that is called by its name, the positional arguments of each call."""
        found: dict[str, list[list[str]]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = [ast.unparse(argument) for argument in node.args]
                found.setdefault(node.func.id, []).append(texts)
        return found

    @cached_property
    def methods(self) -> frozenset[str]:
        """The attributes of names that are called, as `images` in `mnist.images()`."""
        return frozenset(
            node.func.attr
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        )

    @cached_property
    def command_line(self) -> frozenset[int]:
        """The indices at which the program looks into `sys.argv`, written out."""
        return frozenset(
            node.slice.value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Subscript)
            and ast.unparse(node.value) in ("sys.argv", "argv")
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
        )

    @cached_property
    def text(self) -> str:
        """What files hold that the program reads."""
        return written(self.tree)

    @cached_property
    def activated(self) -> frozenset[str]:
        """What the program gives the results of usual activations to, as it is written."""
        return frozenset(
            ast.unparse(target)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Assign) and _is_activation(node.value)
            for target in node.targets
        )


def _is_activation(value: ast.expr) -> bool:
    match value:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            helper = supplied(name)
            return helper is not None and "slope" not in helper[1]
    return False
