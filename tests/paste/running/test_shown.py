"""What is computed only to be shown takes one turn; all else takes as many as it did."""

import ast

import pytest

from gradcheck.paste.running.shown import shortened

WRITING = """\
class Net:
    def forward(self, x):
        self.h = x
        return x

    def write(self, n):
        told = ''
        for _ in range(n):
            told += letters[np.random.choice(4, p=self.p)]
        return told

net = Net()
for k in range(9):
    loss = net.forward(k)
    text = net.write(300)
    print('at', k)
    print('---', text[:20])
"""


def breaks(text: str) -> int:
    return sum(isinstance(node, ast.Break) for node in ast.walk(shortened(ast.parse(text))))


def test_a_text_that_is_only_printed_is_cut_short() -> None:
    assert breaks(WRITING) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print('---', text[:20])", "loss += len(text)"),
        ("print('---', text[:20])", "print(text[200])"),
        ("print('at', k)", "for c in net.write(9): k += c"),
        ("told = ''", "self.told = told = ''"),
        ("told = ''", "told = self.forward(n)"),
        ("np.random.choice(4, p=self.p)", "n"),
    ],
    ids=["used", "picked from", "gone through", "kept", "of what changes", "not drawn"],
)
def test_what_may_be_needed_is_made_in_full(old: str, new: str) -> None:
    assert breaks(WRITING.replace(old, new)) == 0
