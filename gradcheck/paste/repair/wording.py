"""What statements read and store, by their text."""

import ast

from gradcheck.paste.repair.statements import Statement


def stored(statement: Statement) -> set[str]:
    targets = getattr(statement.node, "targets", None) or [getattr(statement.node, "target", None)]
    return {ast.unparse(target) for target in targets if target is not None}


def read(statement: Statement) -> set[str]:
    return {
        ast.unparse(node)
        for node in ast.walk(statement.node.value)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)
    }
