"""Formulas: a small arithmetic language for hand-derived gradients, parsed and never executed.

The text is read by Python's own parser, held to a short list of allowed constructs, and
evaluated by walking the tree. Nothing in it can reach a file, a module or an attribute of
an object, and neither time nor memory can be blown up by a short text: lengths, depths,
exponents and array sizes are bounded before anything is computed.
"""

from gradcheck.formula.errors import FormulaError
from gradcheck.formula.evaluate import evaluate_block, evaluate_expression
from gradcheck.formula.scope import Given
from gradcheck.formula.source import Source, Span
from gradcheck.formula.syntax import Block, Expression, Statement, parse_block, parse_expression

__all__ = [
    "Block",
    "Expression",
    "FormulaError",
    "Given",
    "Source",
    "Span",
    "Statement",
    "evaluate_block",
    "evaluate_expression",
    "parse_block",
    "parse_expression",
]
