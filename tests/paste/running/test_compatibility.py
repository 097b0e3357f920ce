"""Modules that let a text run under two Pythons bring built-in names, and no data."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.paste.running.prepare import Prepared

Ready = Callable[..., Prepared]
Run = Callable[[Prepared], dict[str, Any]]


@pytest.mark.parametrize(
    "lines",
    [
        "from builtins import range, object, str\nk = list(range(3)); n = str(k[-1])",
        "from __builtin__ import range\nk = list(range(3))",
        "from six.moves import xrange, zip\nk = [a for a, _ in zip(xrange(3), xrange(3))]",
        "import six\nk = list(six.moves.range(3))\nassert isinstance('a', six.string_types)",
        "from past.builtins import xrange\nk = list(xrange(3))",
        "from past.utils import old_div\nk = [old_div(7, 3) - 2, old_div(3, 3.0), 2]",
        "from future.builtins import *\nk = list(map(int, '012'))",
        "from future import standard_library\nstandard_library.install_aliases()\nk = [0, 1, 2]",
        "from six import iteritems\nk = sorted(v for _, v in iteritems({'a': 0, 'b': 1, 'c': 2}))",
        "from __future__ import print_function, division\nk = [0, 1, int(5 / 2)]",
        "import six.moves.cPickle as pickle\nk = [0, 1, 2]",
    ],
)
def test_names_for_two_pythons_are_the_programs_own(lines: str, ready: Ready, run: Run) -> None:
    prepared = ready(lines)
    assert run(prepared)["k"] == [0, 1, 2]
    assert not prepared.assumptions


def test_a_class_of_a_new_object_is_an_ordinary_one(ready: Ready, run: Run) -> None:
    code = "from builtins import object\nclass Net(object):\n    pass\nkind = Net.__mro__"
    assert run(ready(code))["kind"][1:] == (object,)


def test_what_reaches_outside_stays_shut_behind_them(ready: Ready, run: Run) -> None:
    code = "import builtins\ntext = builtins.open('/etc/hostname').read()\nbuiltins.print = None"
    names = run(ready(code))
    assert "quick brown fox" in names["text"]
    assert print is not None


@pytest.mark.parametrize(
    "lines",
    [
        "from numpy.typing import NDArray\nArray = NDArray[np.float64]",
        "import numpy.typing as npt\ndef f(x: npt.ArrayLike) -> None: ...",
        "import numpy.testing as npt\nnpt.assert_allclose(1.0, 1.0)",
        "from numpy.testing import assert_allclose\nassert_allclose(1.0, 1.0)",
        "np.testing.assert_almost_equal(1.0, 1.0)",
        "import numpy.f2py\nimport numpy.no_part_of_it",
    ],
)
def test_parts_of_numpy_that_compute_nothing_are_no_obstacle(
    lines: str, ready: Ready, run: Run
) -> None:
    names = run(ready(f"import numpy as np\n{lines}\nx = np.ones(3).sum()"))
    assert names["x"] == 3
