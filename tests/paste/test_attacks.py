"""Attacks pasted like any program: each ends in a report with a clear message, and soon."""

import time
from pathlib import Path

import pytest

from gradcheck.paste.sandbox.limits import Limits
from gradcheck.paste.session import Request, run

TRAINING = """
import numpy as np
x, y = np.arange(7.0), 3 * np.arange(7.0)
w = 0.5
for step in range(100):
    loss = np.mean((w * x - y) ** 2)
    {attack}
    w -= 0.01 * np.mean(2 * (w * x - y) * x)
"""

ATTACKS = {
    "endless loop": "while True: pass",
    "endless print": "[print('flood' * 1000) for _ in iter(int, 1)]",
    "memory": "held = [np.ones(10 ** 7) for _ in range(10 ** 4)]",
    "huge shape": "np.ones((10 ** 6, 10 ** 6))",
    "recursion": "(lambda f: f(f))(lambda f: f(f))",
    "exit": "import sys; sys.exit(5)",
    "hard exit": "().__class__.__base__.__subclasses__; import os; os._exit(5)",
    "kill": "import os, signal; os.kill(os.getppid(), 9)",
    "shell": "import subprocess; subprocess.run(['touch', '{target}'])",
    "write": "open('{target}', 'w').write('x'); np.save('{target}', w)",
    "no built-ins": "import builtins; vars(builtins).clear()",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_ends_in_a_message(attack: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    text = TRAINING.format(attack=attack.replace("{target}", str(target)))
    begun = time.monotonic()
    report = run(Request(text=text, name="attack.py", limits=Limits(seconds=4.0)))
    assert time.monotonic() - begun < 60
    (problem,) = report.problems
    assert problem.verdict != "wrong"
    assert problem.checks or (problem.message and "own analysis" not in problem.message)
    assert not target.exists()
