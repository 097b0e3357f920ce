"""Programs that no one can run: told, and no error of ours."""

import pytest

from gradcheck.paste.absence import absent
from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding.understand import understood


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import numpy as np\nfor k in range(3):\n    return k\n", "'return' outside function"),
        ("x = [1.5, 2.5]\nbreak\n", "'break' outside loop"),
        ("def f(x):\n    nonlocal y\n    y = x\nf(2)\n", "nonlocal"),
        (
            "import numpy as np\nfor k in range(9):\n    w = w - missing_thing[k].part.other(w)\n",
            "w",
        ),
    ],
)
def test_what_cannot_be_run_is_told(source: str, told: str) -> None:
    answer = understood(prepare(source))
    assert answer["steps"] == []
    assert told in absent(answer, int)
