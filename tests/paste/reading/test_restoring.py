"""Lost indentation: restored by rules, with every other possibility at hand."""

import ast
import itertools
from collections.abc import Callable

import pytest

from gradcheck.paste.reading.alternatives import alternatives
from gradcheck.paste.reading.post import Program
from gradcheck.paste.reading.read import read

Only = Callable[[str], Program]
Same = Callable[[str, str], bool]


def flat(code: str, *, blank: bool = True) -> str:
    return "\n".join(line.strip() for line in code.split("\n") if blank or line.strip())


def test_code_without_any_indentation_is_restored(code: str, only: Only, same: Same) -> None:
    program = only(flat(code))
    assert any(
        same(each.source, code) for each in itertools.chain([program], alternatives(program))
    )


def test_code_without_indentation_and_blank_lines_is_restored(
    code: str, only: Only, same: Same
) -> None:
    program = only(flat(code, blank=False))
    assert any(
        same(each.source, code) for each in itertools.chain([program], alternatives(program))
    )


def test_what_was_indented_keeps_its_levels(code: str, only: Only, same: Same) -> None:
    halved = code.replace("    ", "  ")
    assert same(only(halved).source, code)
    assert only(halved).decisions == ()


def test_restored_lines_are_found_where_they_stand_in_the_text(code: str, only: Only) -> None:
    lines = flat(code).split("\n")
    for place in only(flat(code)).places:
        begin = len(place.text) - len(place.text.lstrip())
        assert lines[place.line - 1] == place.given
        assert [place.given[c] for c in place.columns[begin:-1]] == list(place.text[begin:])


CASES = {
    "else goes with the if that misses it": """
def f(x):
    if x > 0:
        if x > 1:
            y = 1
        else:
            y = 2
    else:
        y = 3
    return y
""",
    "nothing follows a return": """
def f(x, slope=False):
    if slope:
        return x * (1 - x)
    return 1 / (1 + x)

y = f(3)
""",
    "a loop ends where nothing of it is used": """
total = 0
for a in rows:
    b = a * 2
    total += b
mean = total / n
for c in rows:
    print(c, mean)
""",
    "loops within loops": """
for i in range(3):
    for j in range(5):
        s = 0
        for k in range(7):
            s += A[i][k] * B[k][j]
        C[i][j] = s
""",
    "decorated methods": """
class Cost:
    @staticmethod
    def value(a, y):
        return (a - y) ** 2

    @staticmethod
    def slope(a, y):
        return 2 * (a - y)

@np.vectorize
def act(v):
    return v
""",
    "try and except": """
def f(x):
    try:
        y = g(x)
        z = h(y)
    except ValueError:
        z = 0
    finally:
        print("done")
    return z
""",
    "a while loop with a break": """
n = 0
w = 1.0
while True:
    w -= step(w)
    n += 1
    if n > 100:
        break
print(w)
""",
    "the main program": """
class Net:
    def __init__(self):
        self.w = 1

def train(net):
    for k in range(3):
        net.w -= 0.1

if __name__ == "__main__":
    net = Net()
    train(net)
    print(net.w)
""",
    "a function within a function": """
def outer(rate):
    def step(w, g):
        return w - rate * g
    return step

rule = outer(0.1)
""",
    "a docstring and continued lines": '''
def f(x,
      y):
    """Some
    words."""
    return (x +
            y)

z = f(1,
      2)
''',
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES.keys())
def test_a_construct_is_restored_by_the_rules_alone(given: str, only: Only, same: Same) -> None:
    assert same(only(flat(given)).source, given)


def test_some_lines_that_slipped_to_the_left_are_put_back(only: Only, same: Same) -> None:
    whole = "def f(x):\n    a = x + 1\n    b = a * 2\n    c = b - 3\n    return c\n\ny = f(2)\n"
    assert same(only(whole.replace("    b", "b")).source, whole)
    assert same(only(whole.replace("    a", "a").replace("    b", "b")).source, whole)


def test_a_body_lost_within_a_class_that_is_indented_is_restored(only: Only, same: Same) -> None:
    whole = (
        "class A:\n    def f(self, x):\n        y = x * 2\n        return y\n\n"
        "    def g(self):\n        return 3\n"
    )
    assert same(only(whole.replace("        ", "    ")).source, whole)


def test_a_first_line_pasted_without_its_indentation_costs_nothing(only: Only, same: Same) -> None:
    text = "import numpy as np\n    def f(x):\n        return x\n    w = f(3)\n"
    assert same(only(text).source, "import numpy as np\ndef f(x):\n    return x\nw = f(3)\n")


def test_two_functions_without_bodies_get_some(only: Only) -> None:
    program = only("class Rule:\ndef step(self):\ndef clear(self):\nself.w = 0\n\nr = Rule()\n")
    assert "def step(self): pass\n" in program.source


def test_the_decisions_say_what_every_header_holds(only: Only) -> None:
    assert only("def f(x):\ny = x\nreturn y\n\nfor k in range(3):\nprint(f(k))\n").decisions == (
        "lines 1 to 6: the indentation was restored",
        "line 1, `def f(x):`, holds lines 2 to 3",
        "line 5, `for k in range(3):`, holds line 6",
    )


def test_alternatives_parse_and_differ(code: str, only: Only) -> None:
    program = only(flat(code))
    sources = [each.source for each in itertools.islice(alternatives(program), 40)]
    assert len({program.source, *sources}) == len(sources) + 1
    for source in sources:
        ast.parse(source)
        assert [line.strip() for line in source.split("\n")] == [
            line.strip() for line in program.source.split("\n")
        ]


def test_alternatives_move_the_statement_that_a_rule_put_wrong(only: Only, same: Same) -> None:
    meant = "for epoch in range(9):\n    for x in rows:\n        s = f(x)\n    log.append(s)\n"
    program = only(flat(meant))
    assert any(same(each.source, meant) for each in itertools.islice(alternatives(program), 4))


def test_code_with_its_indentation_has_no_alternatives(code: str, only: Only) -> None:
    assert list(alternatives(only(code))) == []


def test_each_block_of_a_page_is_restored_for_itself() -> None:
    text = "First\n\ndef f(x):\nreturn x\n\nand then, later on,\n\nfor k in range(3):\ny = f(k)\n"
    [program] = read(text).programs
    assert program.source == "def f(x):\n    return x\nfor k in range(3):\n    y = f(k)"


def test_a_body_is_added_to_a_header_whose_last_line_holds_nothing() -> None:
    lines = (
        "\t    def train(self, x, y, lr):",
        "\t        else:",
        "\t    def backward(self, dout, lr):",
        "\t        self.var = np.ones((1, 3))",
    )
    for program in read("\n".join(lines)).programs:
        ast.parse(program.source)
