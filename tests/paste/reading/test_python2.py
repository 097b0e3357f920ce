"""Python 2 read as Python 3 that means the same."""

import ast
from collections.abc import Callable

import pytest

from gradcheck.paste.reading.post import Program

Only = Callable[[str], Program]

STATEMENTS = {
    'print "a", b': 'print("a", b)',
    'print "%d: %s" % (a, b)': 'print("%d: %s" % (a, b))',
    "print a,": 'print(a, end=" ")',
    "print >>out, a, b": "print( a, b, file=out)",
    'print ("a %d") % b': 'print(("a %d") % b)',
    "if a: print b  # why": "if a: print(b)  # why",
    'print "a"; print "b # c"': 'print("a"); print("b # c")',
    "x = 0777 + 10L": "x = 0o777 + 10",
    "if a <> b: c = 1": "if a != b: c = 1",
    "x = `a` + 'b'": "x = repr(a) + 'b'",
    'raise ValueError, "no"': 'raise ValueError( "no")',
    'exec "a = 1" in names': 'exec("a = 1" , names)',
    "x = ur'a'": "x = r'a'",
}


@pytest.mark.parametrize(("given", "meant"), STATEMENTS.items())
def test_a_statement_is_converted(given: str, meant: str, only: Only) -> None:
    assert only(f"b = a = 1\n{given}\n").source == f"b = a = 1\n{meant}"


NAMES = {
    "for k in xrange(3): pass": "for k in range(3): pass",
    "x = raw_input('?')": "x = input('?')",
    "for k, v in d.iteritems(): pass": "for k, v in d.items(): pass",
    "x = zip(a, b)": "x = list(zip(a, b))",
    "x = dict(zip(a, b))": "x = dict(zip(a, b))",
    "x = map(f, range(3))": "x = list(map(f, range(3)))",
    "x = it.next()": "x = it.__next__()",
    "import cPickle, gzip": "import pickle as cPickle, gzip",
    "from cPickle import load": "from pickle import load",
    "x = self.range(3)": "x = self.range(3)",
}


@pytest.mark.parametrize(("given", "meant"), NAMES.items())
def test_a_name_is_converted_in_a_program_of_python_2(given: str, meant: str, only: Only) -> None:
    assert only(f"print 'old'\n{given}\n").source == f"print('old')\n{meant}"


def test_names_stay_in_a_program_of_python_3(only: Only) -> None:
    text = "x = zip(a, b)\nprint(f'{x}')\ny = 3 / 2"
    assert only(text).source == text


def test_except_with_a_comma_binds_the_error(only: Only) -> None:
    program = only("try:\n    x = 1\nexcept (KeyError, ValueError), e:\n    print e\n")
    assert "except (KeyError, ValueError) as e:\n    print(e)" in program.source


def test_tabs_and_prints_convert_together_and_keep_their_places(only: Only) -> None:
    text = "def f(w):\n\tfor k in xrange(3):\n\t\tprint k, w\n\treturn w\n"
    program = only(text)
    ast.parse(program.source)
    column = program.places[2].text.index("w")
    assert program.place(3, column) == program.place(3, column)
    assert program.places[2].given[program.place(3, column).column] == "w"


DIVISIONS = {
    "x = 1 / 2": "x = 1 // 2",
    "x = 1.0 / 2": "x = 1.0 / 2",
    "x = 1 / (1 + exp(-z))": "x = 1 / (1 + exp(-z))",
    "m = X.shape[1]\nx = 1 / m * s": "m = X.shape[1]\nx = 1 // m * s",
    "m, n = X.shape\nx = (1 / m) * s": "m, n = X.shape\nx = (1 // m) * s",
    "n = len(rows)\nn /= 2": "n = len(rows)\nn //= 2",
    "n = len(rows)\nn = n * 0.5\nx = n / 2": "n = len(rows)\nn = n * 0.5\nx = n / 2",
    "def f(n):\n    return n / 2": "def f(n):\n    return n / 2",
    "n = 4\ndef f(x):\n    return x * (n / 3)": "n = 4\ndef f(x):\n    return x * (n // 3)",
    "n = 4\ndef f(x, n):\n    return n / 3": "n = 4\ndef f(x, n):\n    return n / 3",
    "for k in range(9):\n    x = k / 2": "for k in range(9):\n    x = k // 2",
    "größe = 3\nx = größe / 2": "größe = 3\nx = größe // 2",
}


@pytest.mark.parametrize(("given", "meant"), DIVISIONS.items())
def test_only_what_surely_divides_whole_numbers_drops_the_remainder(
    given: str, meant: str, only: Only
) -> None:
    assert only(f"print 'old'\n{given}\n").source == f"print('old')\n{meant}"


def test_a_division_that_drops_the_remainder_is_told(only: Only) -> None:
    assert only("print 'old'\nx = 3 / 2\n").decisions == (
        "read as Python 2",
        "line 2: `/` drops the remainder, as between whole numbers in Python 2",
    )


def test_true_division_can_be_asked_for_in_python_2(only: Only) -> None:
    text = "from __future__ import division\nprint 'old'\nx = 3 / 2\n"
    assert only(text).source.endswith("x = 3 / 2")
