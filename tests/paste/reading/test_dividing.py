"""Several programs in one text, and texts with more than programs in them."""

import json

from gradcheck.paste.reading.read import read

QUESTION = """
import numpy as np

def act(v):
    return np.tanh(v)

X = np.random.randn(7, 3)
t = np.random.randn(7, 1)
W = np.random.randn(3, 1)
for k in range(100):
    y = act(X @ W)
    W -= 0.1 * X.T @ ((y - t) * (1 - y))
"""
ANSWER = """
import numpy as np

def act(v):
    return np.tanh(v)

X = np.random.randn(11, 3)
t = np.random.randn(11, 1)
W = np.zeros((3, 1))
for k in range(500):
    y = act(X @ W)
    W -= 0.1 * X.T @ ((y - t) * (1 - y ** 2))
"""
NETWORK = """
import numpy as np

class Net:
    def __init__(self):
        self.W = np.random.randn(3, 2)

    def forward(self, x):
        self.x = x
        self.y = np.tanh(x @ self.W)
        return self.y

    def backward(self, d):
        self.W -= 0.1 * self.x.T @ (d * (1 - self.y ** 2))

net = Net()
x = np.random.randn(5, 3)
t = np.random.randn(5, 2)
for k in range(100):
    net.backward(net.forward(x) - t)
"""


def titles(text: str) -> list[str]:
    return [program.title for program in read(text).programs]


def cells(*sources: str) -> str:
    made = [{"cell_type": "code", "source": s.splitlines(keepends=True)} for s in sources]
    return json.dumps({"cells": made})


def test_an_answer_with_a_whole_program_is_a_program_of_its_own() -> None:
    assert titles(f"{QUESTION}\nWhat's wrong?\n\n1 Answer\n{ANSWER}\nUse this.\n") == [
        "lines 2 to 12",
        "lines 18 to 28",
    ]


def test_a_program_in_pieces_is_one_program() -> None:
    head, _, tail = QUESTION.partition("X = np")
    [program] = read(f"Activation:\n{head}\nand then the data:\n\nX = np{tail}\nHelp!\n").programs
    assert program.source.count("act(") == 2


def test_a_second_training_on_other_data_takes_over_what_it_needs() -> None:
    again = QUESTION.partition("X = np")[2].replace("randn(7", "randn(11")
    post = read(f"{QUESTION}\nNow with more data:\n\nX = np{again}\nIt's worse.\n")
    first, second = post.programs
    assert second.title == "lines 16 to 21"
    assert second.source.startswith("import numpy as np\ndef act(v):\n    return np.tanh(v)\n")
    assert [place.line for place in second.places[:3]] == [2, 4, 5]
    assert "randn(11" not in first.source
    assert second.decisions == ("lines 2 to 5 of earlier code were taken over",)


def test_a_method_alone_is_a_variant_of_the_class_above() -> None:
    method = "    def backward(self, d):\n        self.W -= 0.1 * self.x.T @ d\n"
    text = f"{NETWORK}\nMy friend has this instead:\n\n{method}\nWhich one is right?\n"
    base, variant = read(text).programs
    assert variant.variant_of == 0
    assert variant.title == f"{base.title} with `backward` as in lines 24 to 25"
    assert "(1 - self.y ** 2)" in base.source
    assert "(1 - self.y ** 2)" not in variant.source
    line = variant.source.split("\n").index("        self.W -= 0.1 * self.x.T @ d") + 1
    assert variant.place(line, 8).line == 25


def test_a_method_that_the_class_lacks_completes_it() -> None:
    start = NETWORK.partition("    def backward")[0]
    text = (
        f"The class:\n{start}\nIts backward pass:\n\n"
        "def backward(self, d):\n    self.W -= 0.1 * self.x.T @ d\n\n"
        "And I train it so:\n\nnet = Net()\nfor k in range(9):\n    net.backward(net.forward(x))\n"
    )
    [program] = read(text).programs
    assert "\n    def backward(self, d):\n        self.W -= 0.1 * self.x.T @ d\n" in program.source
    assert "methods added to the class `Net`" in " ".join(program.decisions)


def test_a_method_in_the_class_s_own_indentation_goes_on_with_it() -> None:
    head, mark, tail = NETWORK.partition("    def backward")
    [program] = read(f"First:\n{head}\nNow it gets interesting:\n\n{mark}{tail}\nSo?\n").programs
    assert "class Net" in program.source
    assert "\n    def backward(self, d):" in program.source


def test_a_function_replaced_after_training_is_a_variant() -> None:
    text = f"{QUESTION}\nOr should it be\n\ndef act(v):\n    return np.maximum(v, 0)\n\nhere?\n"
    base, variant = read(text).programs
    assert (base.variant_of, variant.variant_of) == (None, 0)
    assert "np.maximum" in variant.source
    assert "np.tanh" not in variant.source


def test_a_helper_shown_later_goes_first() -> None:
    rest = QUESTION.replace("def act(v):\n    return np.tanh(v)\n", "")
    text = f"{rest}\nwhere the activation is\n\ndef act(v):\n    return np.tanh(v)\n\nBye.\n"
    [program] = read(text).programs
    assert program.source.startswith("def act(v):")
    assert program.places[0].line == 14


def test_a_formula_in_a_sentence_is_no_code() -> None:
    post = read(f"The loss is\n\nE = 0.5 * (out - goal) ** 2\n\nas usual.\n{QUESTION}\nBye.\n")
    assert [program.title for program in post.programs] == ["lines 7 to 17"]
    assert post.notes == ("line 3: a fragment that uses names from nowhere, left out",)


def test_a_setting_in_a_sentence_is_code() -> None:
    [program] = read(
        f"I use\n\nrate = 0.1\n\nand then\n{QUESTION.replace('0.1', 'rate')}\n"
    ).programs
    assert program.source.startswith("rate = 0.1\n")


def test_lines_quoted_from_the_code_are_not_run_twice() -> None:
    quoted = "    y = act(X @ W)\n"
    post = read(f"{QUESTION}\nThis line here bothers me:\n\n{quoted}\nWhat do you think?\n")
    assert len(post.programs) == 1
    assert post.notes == ("line 16: repeats lines of other code here, left out",)


def test_code_of_a_framework_is_left_out_with_its_names() -> None:
    other = (
        "X = torch.randn(7, 3)\nmodel = torch.nn.Linear(3, 1)\n"
        "rule = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "for k in range(9):\n    loss = ((model(X) - t) ** 2).mean()\n"
        "    rule.zero_grad()\n    loss.backward()\n    rule.step()\n"
    )
    post = read(f"{QUESTION}\nIn torch it works:\n\n{other}\nWhy?\n")
    assert [program.title for program in post.programs] == ["lines 2 to 12"]
    assert post.notes == ("lines 16 to 23: PyTorch code, left out: it differentiates by itself",)


def test_data_from_a_framework_does_not_make_the_code_a_frameworks() -> None:
    data = "from tensorflow.keras.datasets import mnist\n(X, t), _ = mnist.load_data()\n"
    [program] = read(data + QUESTION).programs
    assert "W -=" in program.source


def test_a_framework_in_one_line_of_a_script_by_hand_leaves_it_a_script() -> None:
    [program] = read(f"import torch\n{QUESTION}\nprint(torch.tensor(W))\n").programs
    assert "W -=" in program.source


def test_of_a_functions_two_versions_in_a_notebook_the_later_wins() -> None:
    head, _, tail = QUESTION.partition("X = np")
    text = cells(head, "def act(v):\n    return np.sin(v)\n", f"X = np{tail}")
    [program] = read(text).programs
    assert program.source.index("np.tanh") < program.source.index("np.sin")


def test_a_method_replaced_in_a_notebook_and_trained_again_is_a_second_program() -> None:
    again = "def backward(self, d):\n    self.W -= self.x.T @ d\n\nNet.backward = backward\n"
    train = "other = Net()\nfor k in range(9):\n    other.backward(other.forward(x) - t)\n"
    first, second = read(cells(NETWORK, again, train)).programs
    assert (first.title, second.title) == ("cell 0", "cells 1 to 2")
    assert "class Net" in second.source
    assert "net = Net()" not in second.source
    line = second.source.split("\n").index("    self.W -= self.x.T @ d") + 1
    assert (second.place(line).cell, second.place(line).line) == (1, 2)


def test_functions_only_are_a_program() -> None:
    [program] = read(
        "def cost(w, x):\n    return w @ x\n\ndef gradient(w, x):\n    return x\n"
    ).programs
    assert program.source.count("def ") == 2


def test_three_answers_are_three_programs() -> None:
    text = "".join(f"{QUESTION.replace('100', str(n))}\nOr so, I'd say.\n\n" for n in (3, 5, 7))
    assert len(read(text).programs) == 3


def test_a_corrected_loop_is_a_program_with_what_came_before_it() -> None:
    loop = "for k in range(9):\n    y = act(X @ W)\n    W -= 0.1 * X.T @ (y - t)\n"
    first, second = read(f"{QUESTION}\nThe right loop is\n\n{loop}\nI think.\n").programs
    assert "range(9)" not in first.source
    assert second.source == QUESTION.partition("for")[0].strip().replace("\n\n", "\n") + (
        f"\n{loop.rstrip()}"
    )


def test_a_suggested_line_of_the_training_is_not_run() -> None:
    post = read(f"{QUESTION}\nDo this instead:\n\nW += 0.1 * X.T @ (t - y)\n\nGood luck!\n")
    assert len(post.programs) == 1
    assert "W +=" not in post.programs[0].source
    assert post.notes == ("line 16: a piece of the training above, left out",)


def test_a_class_explained_method_by_method_is_one_class() -> None:
    marked = NETWORK.replace("\nnet =", "@@\nnet =")
    for name in ("forward", "backward"):
        marked = marked.replace(f"    def {name}", f"@@    def {name}")
    parts = marked.split("@@")
    flat = ["\n".join(line.strip() for line in part.split("\n")) for part in parts]
    [program] = read("\n\nAnd then there's more.\n\n".join(flat)).programs
    lines = [line for line in program.source.split("\n") if line.strip()]
    assert lines == [line for line in NETWORK.split("\n") if line.strip()]


def test_other_languages_are_left_out() -> None:
    matlab = "W = rand(3,4);\nfor i=1:10\n  z = X*W;\n  W = W - 0.1*X'*(z-y);\nend\n"
    c = "for (int i = 0; i < n; i++) {\n    double x = w[i] * a;\n    sum += x;\n}\nreturn sum;\n"
    assert read(matlab).programs == read(c).programs == ()


def test_what_computes_nothing_is_no_program() -> None:
    post = read("print('hello')\n")
    assert post.programs == ()
    assert post.notes == ("line 1: computes nothing, left out",)


def test_notes_of_a_notebook_name_the_cell() -> None:
    post = read(cells("w = 3\n", "%matplotlib inline\nv = 4 +* 5\nu = w\n"))
    assert post.notes == (
        "cell 1, line 1: `%matplotlib inline` is the notebook's business, left out",
        "cell 1, line 2: `v = 4 +* 5` can't be read as Python, left out",
    )
