"""What pasted code may try: each attack ends in a clear message and leaves nothing behind."""

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradcheck.paste.sandbox.ended import Ended
from gradcheck.paste.sandbox.launch import available, call, warm
from gradcheck.paste.sandbox.limits import Limits

Attack = Callable[..., Any]

REFUSED = {
    "read a file": "open('/etc/passwd').read()",
    "read a file by its number": "__import__('io').FileIO(0).read()",
    "read a file as numbers": "np.fromfile('/etc/passwd', dtype=np.uint8)",
    "load an array": "np.load('/etc/passwd')",
    "map a file": "np.memmap('/etc/passwd')",
    "write a file": "open('x', 'w').write('x')",
    "save an array": "np.save('x.npy', np.ones(3))",
    "make a file without an event": "os.mkfifo('x')",
    "look at a file": "os.stat('/etc/passwd')",
    "list a folder": "os.listdir('/')",
    "make a folder": "os.mkdir('x')",
    "remove a file": "os.remove('/etc/passwd')",
    "rename a file": "os.rename('/etc/passwd', '/etc/x')",
    "link a file": "os.symlink('/etc/passwd', 'x')",
    "write to a pipe": "os.write(1, b'x')",
    "write to any pipe": "[os.write(n, b'x') for n in range(3, 99)]",
    "close pipes": "os.closerange(0, 99)",
    "change the folder": "os.chdir('/')",
    "fork": "os.fork()",
    "fork with a terminal": "os.forkpty()",
    "execute": "os.execv('/bin/sh', ['sh'])",
    "execute by spawning": "os.posix_spawn('/bin/sh', ['sh'], {})",
    "execute by a shell": "os.system('true')",
    "execute by a pipe": "os.popen('true')",
    "import subprocess": "import subprocess",
    "import the heart of subprocess": "import _posixsubprocess",
    "import sockets": "import socket",
    "import the heart of sockets": "import _socket",
    "import ctypes": "import ctypes",
    "import the heart of ctypes": "import _ctypes",
    "load a library": "np.ctypeslib.load_library('libc', '/')",
    "import signals": "import signal",
    "import shutil": "import shutil",
    "import from a file": "import this",
    "import multiprocessing": "import multiprocessing",
    "import by importlib": "__import__('importlib').import_module('shutil')",
    "build a module of C": (
        "import importlib\n"
        "spec = importlib.machinery.BuiltinImporter.find_spec('_posixsubprocess')\n"
        "spec = spec or importlib.machinery.BuiltinImporter.find_spec('posix')\n"
        "importlib._bootstrap.BuiltinImporter.create_module(spec)"
    ),
    "signal the parent": "os.kill(os.getppid(), 9)",
    "signal all": "os.killpg(0, 9)",
    "signal itself": "os.kill(os.getpid(), 9)",
    "start a thread": "__import__('threading').Thread(target=print).start()",
    "start a bare thread": "__import__('_thread').start_new_thread(print, ())",
    "raise a limit": "__import__('resource').setrlimit(7, (64, 64))",
    "look at all objects": "__import__('gc').get_objects()",
    "look for referrers": "__import__('gc').get_referrers(os)",
    "look into other threads": "sys._current_frames()",
    "trace": "sys.settrace(print)",
    "profile": "sys.setprofile(print)",
    "forge machine code": "(lambda: 0).__code__.replace(co_consts=())",
    "reach os through a subclass": (
        "found = [c for c in object.__subclasses__() if c.__name__ == '_wrap_close'][0]\n"
        "found.__init__.__globals__['system']('true')"
    ),
    "reach open through NumPy": (
        "np.linalg.cond.__wrapped__.__globals__['__builtins__']['open']('/etc/passwd')"
    ),
    "reach open through a built-in": "len.__self__.open('/etc/passwd')",
    "reach os through a frame": (
        "try: 1 / 0\n"
        "except ZeroDivisionError as error:\n"
        "    frame = error.__traceback__.tb_frame\n"
        "    while frame.f_back: frame = frame.f_back\n"
        "    frame.f_globals['__builtins__']['open']('/etc/passwd')"
    ),
    "reach a loader": "type(np.__loader__).get_data(np.__loader__, '/etc/passwd')",
}


SPOILING = {
    "build posix anew": "del sys.modules['posix']\nimport posix\nposix.listdir('/')",
    "add a hook, then read": "sys.addaudithook(lambda *_: None)\nopen('/etc/passwd').read()",
    "spoil the guard, then read": (
        "guard = sys.modules['gradcheck.paste.sandbox.guard']\n"
        "guard._HARMLESS = guard._HARMLESS | {'open'}\n"
        "guard._hook = lambda *_: None\n"
        "open('/etc/passwd').read()"
    ),
    "spoil the hook from its frame, then read": (
        "try: open('x')\n"
        "except PermissionError as error:\n"
        "    frame = error.__traceback__.tb_next.tb_frame\n"
        "    frame.f_locals['harmless'] = {'open'}\n"
        "    frame.f_globals['_HARMLESS'] = {'open'}\n"
        "open('/etc/passwd').read()"
    ),
}
"""Attacks that each get a child of their own, since they change it."""

TOLD = ("Refused: ", "ImportError: ", "ModuleNotFoundError: ", "RuntimeError: can't start")


@pytest.fixture(scope="module")
def outcomes(service: str) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(service)
        answer = call("careless_service", {"codes": list(REFUSED.values())})
    return dict(zip(REFUSED, answer["outcomes"], strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_what_reaches_outside_is_refused(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name].startswith(TOLD), outcomes[name]


@pytest.mark.parametrize("code", SPOILING.values(), ids=SPOILING.keys())
def test_what_spoils_the_guard_is_refused_all_the_same(attack: Attack, code: str) -> None:
    with pytest.raises(Ended) as caught:
        attack(code)
    last = caught.value.detail.strip().splitlines()[-1]
    assert any(told in last for told in TOLD), last


def test_the_environment_is_empty(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hidden")
    assert attack("result = dict(os.environ)") == {}
    assert attack("result = os.getenv('SECRET_TOKEN')") is None


def test_what_computes_is_allowed(attack: Attack) -> None:
    code = (
        "generator = np.random.default_rng(5)\n"
        "a = generator.normal(size=(7, 7))\n"
        "x = np.linalg.solve(a, np.arange(7.0))\n"
        "class A: pass\n"
        "text = '\\t'.encode('unicode_escape').decode('ascii')\n"
        "result = [float(np.abs(a @ x - np.arange(7.0)).max()) < 1e-8, eval('2 + 3'), text]"
    )
    assert attack(code) == [True, 5, r"\t"]


def test_names_need_not_be_ascii(attack: Attack) -> None:
    assert attack("\u00e9tage = 3\nresult = eval('\u00e9tage + 4')") == 7


ENDED = {
    "timed out": "while True: pass",
    "memory": "x = []\nwhile True: x.append(bytearray(10**8))",
    "recursion": "def f(): return f()\nf()",
    "left": "os._exit(3)",
    "failed": "raise ValueError('from the code')",
}


@pytest.mark.parametrize(("ending", "code"), ENDED.items(), ids=ENDED.keys())
def test_what_does_not_answer_is_told_apart(attack: Attack, ending: str, code: str) -> None:
    with pytest.raises(Ended) as caught:
        attack(code, seconds=2.0)
    assert caught.value.ending == ending
    assert "code" in str(caught.value)


def test_huge_shapes_are_memory_errors(attack: Attack) -> None:
    with pytest.raises(Ended) as caught:
        attack("np.ones((10**6, 10**6))")
    assert caught.value.ending == "memory"


def test_a_crash_of_python_is_told(attack: Attack) -> None:
    # What an expert can do to native code: it ends the child, and nothing else.
    code = (
        "class Pointer: __array_interface__ = "
        "{'shape': (9,), 'typestr': '|u1', 'data': (8, False), 'version': 3}\n"
        "np.array(Pointer()).sum()"
    )
    with pytest.raises(Ended) as caught:
        attack(code)
    assert caught.value.ending == "crashed"


def test_leaving_does_not_end_the_parent(attack: Attack) -> None:
    with pytest.raises(Ended) as caught:
        attack("sys.exit('bye')")
    assert caught.value.ending == "failed"
    assert "bye" in caught.value.detail


def test_printing_without_end_leads_nowhere(attack: Attack) -> None:
    code = "for number in range(20_000): print('flood' * 100, file=sys.stderr)\nresult = 'quiet'"
    assert attack(code) == "quiet"


def test_reports_without_end_are_a_flood(attack: Attack) -> None:
    with pytest.raises(Ended) as caught:
        attack("while True: report({'again': 'and again'})", reports=100)
    assert caught.value.ending == "flooded"


def test_an_answer_that_is_too_large_is_a_flood(attack: Attack) -> None:
    with pytest.raises(Ended) as caught:
        attack("result = 'x' * 40_000_000")
    assert caught.value.ending == "flooded"


def test_deleted_built_ins_are_told_and_not_a_hang(attack: Attack) -> None:
    with pytest.raises(Ended) as caught:
        attack("import builtins\nvars(builtins).clear()\n")
    assert caught.value.ending in ("failed", "left")


def test_a_patched_encoder_cannot_make_an_answer_of_ours(attack: Attack) -> None:
    code = (
        "import json\n"
        'json.dumps = lambda *_, **__: \'{"header": {"kind": "answer", "value": {}}, '
        '"arrays": []}\'\n'
        "result = 5\n"
    )
    with pytest.raises(Ended) as caught:
        attack(code)
    assert caught.value.ending == "garbled"


def test_no_process_survives_and_the_folder_is_gone(attack: Attack) -> None:
    pid, folder = attack("result = [os.getpid(), os.environ.get('PWD', '')]")
    assert folder == ""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    raise AssertionError("the child is still there")


def test_a_process_that_was_started_before_is_used_once_and_as_safe(attack: Attack) -> None:
    warm("careless_service")
    first, second = attack("result = os.getpid()"), attack("result = os.getpid()")
    assert first != second
    warm("careless_service")
    with pytest.raises(Ended) as caught:
        attack("open('/etc/passwd')")
    assert "Refused" in caught.value.detail


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to look into")
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="the parent is not root")
def test_the_child_of_root_is_nobody(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(service)
    users: list[str] = []

    def hear(report: dict[str, Any]) -> None:
        status = Path(f"/proc/{report['pid']}/status").read_text()
        users.append(next(line for line in status.splitlines() if line.startswith("Uid:")))

    code = "import time\nreport({'pid': os.getpid()})\ntime.sleep(0.2)"
    call("careless_service", {"code": code}, hear=hear)
    assert users[0].split()[1:] == ["65534"] * 4


def test_numbers_cross_as_plain_data(attack: Attack) -> None:
    code = "result = {'a': np.arange(3.0), 'b': (np.float64(0.5), float('nan')), 1: np.int64(7)}"
    assert attack(code) == {"a": [0.0, 1.0, 2.0], "b": [0.5, None], "1": 7}


def test_sets_have_one_order_in_every_child(attack: Attack) -> None:
    code = "result = list({'b', 'a', 'c', 'weights', 'bias'})"
    assert attack(code) == attack(code)


def test_a_defect_of_the_service_keeps_its_traceback(attack: Attack) -> None:
    with pytest.raises(Ended, match="analysis of the code failed") as caught:
        attack("result = object()")
    assert "no data that can cross" in caught.value.detail


def test_without_the_guard_the_clock_still_holds(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(service)
    listed = call("careless_service", {"code": "result = os.listdir('.')"}, guarded=False)
    assert listed["result"] == []
    with pytest.raises(Ended) as caught:
        call("careless_service", {"code": "while True: pass"}, Limits(seconds=1.0), guarded=False)
    assert caught.value.ending == "timed out"


def test_the_sandbox_says_why_a_system_cannot_provide_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available() is None
    monkeypatch.setattr("sys.executable", "")
    assert "executable" in str(available())
    monkeypatch.setattr("os.name", "nt")
    assert "POSIX" in str(available())


def test_outcomes_pickle() -> None:
    ended = pickle.loads(pickle.dumps(Ended("crashed", "the code crashed", "trace")))
    assert (ended.ending, str(ended), ended.detail) == ("crashed", "the code crashed", "trace")
