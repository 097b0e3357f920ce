"""A service that misbehaves when asked to, for the tests of its host."""

from collections.abc import Iterator
from pathlib import Path

import pytest

SERVICE = '''
"""A service that echoes, and misbehaves when asked to."""
import ctypes, os, signal, subprocess, sys, time
from gradcheck.errors import ClaimError

def service():
    return answer

def answer(header, arrays):
    match header.get("do"):
        case "refuse":
            raise ClaimError("no such thing")
        case "pickle":
            return {"arrays": 1}, {"w": __import__("numpy").array([print])}
        case "print":
            print("printed", flush=False); os.write(1, b"raw "); os.write(2, b"error ")
        case "flood":
            for number in range(20_000):
                print("flood", number)
        case "hang":
            print("about to hang")
            time.sleep(60)
        case "exit":
            print("last words"); os._exit(3)
        case "segfault":
            ctypes.string_at(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "close":
            os.closerange(0, 100)
            time.sleep(60)
        case "bug":
            raise RuntimeError("a defect of ours")
        case "garbage":
            for number in range(3, 30):
                try:
                    os.write(number, b"Hello, this is not a frame.")
                except OSError:
                    pass
        case "input":
            return {"read": sys.stdin.read()}, {}
        case "spawn":
            sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            return {"pid": sleeper.pid, "own": os.getpid()}, {}
        case "orphan":
            sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            print(sleeper.pid); os._exit(5)
        case "where":
            return {"cwd": os.getcwd(), "first": sys.path[0], "modules": sorted(sys.modules)}, {}
    return header, arrays
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    services = tmp_path_factory.mktemp("services")
    (services / "echoing_service.py").write_text(SERVICE)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(services)
        yield tmp_path_factory.mktemp("config")
