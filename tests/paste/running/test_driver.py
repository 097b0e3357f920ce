"""Lines that are added where a program defines what trains, but does not call it."""

from collections.abc import Callable
from typing import Any

from gradcheck.paste.running.prepare import Prepared

Ready = Callable[..., Prepared]
Run = Callable[[Prepared], dict[str, Any]]


def added(prepared: Prepared) -> str:
    (what,) = [each.what for each in prepared.assumptions if each.kind == "driver"]
    return what


FUNCTIONS = """
import numpy as np

def initialize(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x), "W2": np.random.randn(n_y, n_h)}

def forward(X, parameters):
    A1 = np.tanh(np.dot(parameters["W1"], X))
    A2 = 1 / (1 + np.exp(-np.dot(parameters["W2"], A1)))
    return A2, {"A1": A1, "A2": A2}

def compute_cost(AL, Y):
    return -np.mean(np.multiply(np.log(AL), Y) + np.multiply(np.log(1 - AL), 1 - Y))

def backward(parameters, cache, X, Y):
    d = (cache["A2"] - Y) / Y.size
    back = np.dot(parameters["W2"].T, d) * (1 - cache["A1"] ** 2)
    return {"dW2": np.dot(d, cache["A1"].T), "dW1": np.dot(back, X.T)}
"""


def test_functions_alone_are_called_in_the_order_of_a_step(ready: Ready, run: Run) -> None:
    prepared = ready(FUNCTIONS)
    names = run(prepared)
    text = added(prepared)
    calls = [text.index(name) for name in ("initialize(", "forward(", "cost(", "backward(")]
    assert calls == sorted(calls)
    assert names["X"].shape[0] == names["n_x"]
    assert names["Y"].shape == (names["n_y"], names["X"].shape[1])
    last = len(FUNCTIONS.splitlines())
    assert all(node.lineno > last for node in prepared.statements[-2:])


def test_layers_that_nobody_makes_are_made(ready: Ready, run: Run) -> None:
    functions = FUNCTIONS[FUNCTIONS.index("def forward") :]
    prepared = ready("import numpy as np\n" + functions)
    names = run(prepared)
    assert prepared.guesses["parameters"].kind == "layers of columns"
    assert names["X"].shape[0] == names["parameters"]["W1"].shape[1]
    assert names["AL" if "AL" in names else "A2"].shape == names["Y"].shape


def test_a_missing_initialiser_makes_layers_of_the_sizes_it_is_given(
    ready: Ready, run: Run
) -> None:
    names = run(ready("parameters = initialize_parameters_deep([5, 7, 3])"))
    shapes = {name: value.shape for name, value in names["parameters"].items()}
    assert shapes == {"W1": (7, 5), "b1": (7, 1), "W2": (3, 7), "b2": (3, 1)}


def test_a_training_function_alone_is_called(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
def gradient(w, X, y, lam):
    return X.T @ (X @ w - y) / len(y) + lam * w
def train(w, X, y, lam, alpha, iterations):
    for _ in range(iterations):
        w = w - alpha * gradient(w, X, y, lam)
    return w
"""
    names = run(ready(code))
    assert names["result"].shape == names["w"].shape
    assert names["lam"] > 0
    assert (names["X"] @ names["w"]).shape == names["y"].shape


def test_a_loss_that_returns_its_gradient_is_descended(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
def hinge(W, X, y, reg):
    s = X.dot(W)
    right = s[np.arange(len(y)), y][:, None]
    over = (s - right + 1 > 0) * 1.0
    loss = np.sum(over * (s - right + 1)) / len(y) + reg * np.sum(W * W)
    over[np.arange(len(y)), y] -= over.sum(axis=1)
    dW = X.T.dot(over) / len(y) + 2 * reg * W
    return loss, dW
"""
    prepared = ready(code)
    run(prepared)
    assert "W = W - 0.1 * dW" in added(prepared)


def test_what_trains_is_called_where_the_program_only_calls_something_else(
    ready: Ready, run: Run
) -> None:
    code = """
import numpy as np
def noisy(n):
    x = np.random.randn(n, 3)
    return x, x @ np.array([1.0, -2.0, 0.5])
def fit(x, y, rate, rounds):
    w = np.zeros(3)
    for _ in range(rounds):
        w -= rate * x.T @ (x @ w - y) / len(y)
    return w
x, y = noisy(17)
print(x.shape, y[:3])
"""
    prepared = ready(code)
    names = run(prepared)
    assert "fit(x, y, rate, rounds)" in added(prepared)
    assert names["x"].shape == (17, 3)
    assert names["result"].shape == (3,)


def test_an_object_that_is_only_shown_is_trained(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
class Line:
    def __init__(self, inputs):
        self.w = np.random.randn(inputs)
    def forward(self, x):
        self.out = x @ self.w
        return self.out
    def backward(self, x, y, rate=0.1):
        self.w -= rate * x.T @ (self.out - y)
line = Line(5)
x = np.random.randn(7, 5)
print(line.forward(x))
"""
    prepared = ready(code)
    names = run(prepared)
    text = added(prepared)
    assert "Line(" not in text
    assert text.index("line.forward(x)") < text.index("line.backward(x, y)")
    assert names["y"].shape == (7,)


def test_a_gradient_that_is_never_asked_for_is_applied(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
def start(n):
    return np.random.randn(n)
def cost(theta, x, y):
    return np.mean((x @ theta - y) ** 2)
def gradient(theta, x, y):
    return 2 * x.T @ (x @ theta - y) / len(y)
x, y = np.random.randn(13, 3), np.random.randn(13)
theta = start(3)
print(cost(theta, x, y))
"""
    prepared = ready(code)
    run(prepared)
    text = added(prepared)
    assert "start(" not in text
    assert "theta = theta - 0.1 * grads" in text


def test_a_program_that_trains_is_left_as_it_is(ready: Ready) -> None:
    code = """
import numpy as np
def gradient(w, x, y):
    return x.T @ (x @ w - y)
def unused_descent(w, x, y, rate):
    for _ in range(9):
        w -= rate * gradient(w, x, y)
    return w
x, y, w = np.ones((5, 2)), np.ones(5), np.zeros(2)
w = w - 0.1 * gradient(w, x, y)
"""
    assert not any(one.kind == "driver" for one in ready(code).assumptions)


def test_a_class_alone_is_made_and_trained(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
class Net:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.W1 = np.random.randn(n_in, n_hidden)
        self.W2 = np.random.randn(n_hidden, n_out)
        self.lr = lr
    def forward(self, x):
        self.h = sigmoid(x @ self.W1)
        self.o = sigmoid(self.h @ self.W2)
        return self.o
    def backward(self, x, y):
        d2 = (self.o - y) * sigmoid_derivative(self.o)
        d1 = (d2 @ self.W2.T) * sigmoid_derivative(self.h)
        self.W2 -= self.lr * self.h.T @ d2
        self.W1 -= self.lr * x.T @ d1
"""
    names = run(ready(code))
    assert names["x"].shape[1] == names["n_in"]
    assert names["y"].shape == names["net"].o.shape


def test_a_single_step_is_made_again_and_again(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
class Net:
    def __init__(self, inputnodes, hidden, outputnodes):
        self.W1 = np.random.randn(inputnodes, hidden)
        self.W2 = np.random.randn(hidden, outputnodes)
        self.steps = 0
    def train(self, x, y):
        self.steps += 1
        h = sigmoid(x @ self.W1)
        d2 = h @ self.W2 - y
        self.W1 -= 0.1 * x.T @ ((d2 @ self.W2.T) * sigmoid_derivative(h))
        self.W2 -= 0.1 * h.T @ d2
"""
    prepared = ready(code)
    names = run(prepared)
    assert "for step_number in range(3):" in added(prepared)
    assert names["net"].steps == 3
    assert names["net"].W1.shape[0] == names["inputnodes"] == names["x"].shape[1]
    assert names["outputnodes"] == names["y"].shape[1]


def test_what_returns_gradients_trains_nothing_however_it_loops(ready: Ready, run: Run) -> None:
    code = """
import numpy as np
def naive(W, X, y, reg):
    dW, total = np.zeros(W.shape), 0.0
    for k in range(len(X)):
        s = X[k].dot(W)
        for c in range(W.shape[1]):
            over = s[c] - s[y[k]] + 1
            if c != y[k] and over > 0:
                total += over
                dW[:, c] += X[k]
                dW[:, y[k]] -= X[k]
    dW = dW / len(X) + 2 * reg * W
    return total / len(X) + reg * np.sum(W * W), dW
"""
    prepared = ready(code)
    names = run(prepared)
    assert "for step_number" in added(prepared)
    assert names["W"].shape == names["dW"].shape == (names["X"].shape[1], names["W"].shape[1])


def test_numbers_one_by_one_need_no_arrays(ready: Ready, run: Run) -> None:
    code = """
def stream(n):
    for k in range(n):
        yield k / n, 3 * k / n - 1
def fit(p, q, eta=0.1):
    for x, t in stream(9):
        miss = p * x + q - t
        p, q = p - eta * miss * x, q - eta * miss
    return p, q
"""
    names = run(ready(code))
    assert isinstance(names["p"], float)
    assert isinstance(names["q"], float)
