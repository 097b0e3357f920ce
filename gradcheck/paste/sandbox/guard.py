"""The doors that the child shuts behind itself; none of them can be opened again.

What is used here must have been imported before, for afterwards nothing can be.
"""

import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

_HARMLESS = frozenset(
    {
        "array.__new__",
        "builtins.id",
        "compile",
        "exec",
        "object.__delattr__",
        "object.__getattr__",
        "object.__setattr__",
        "sys._getframe",
        "sys._getframemodulename",
        "time.sleep",
    }
)
_HARMLESS_IN_OS = frozenset(
    {"fspath", "getpid", "strerror", "urandom", "cpu_count", "_exit", "DirEntry", "PathLike"}
)
ABSENT = frozenset(
    {
        *("ctypes", "_ctypes", "subprocess", "_posixsubprocess", "multiprocessing", "asyncio"),
        *("socket", "_socket", "ssl", "_ssl", "select", "selectors", "webbrowser", "concurrent"),
        *("mmap", "fcntl", "signal", "faulthandler", "pty", "pdb", "_testcapi"),
    }
)
"""Modules that are kept from being imported at all, by our own code as well."""

_NOBODY = 65534
_STACK = 64 << 20


class Refused(PermissionError):  # noqa: N818  (an outcome, foreseen)
    """The sandbox does not allow what was tried."""


def forget_modules() -> None:
    """Make the modules of `ABSENT` impossible to import."""
    for name in ABSENT:
        sys.modules[name] = None  # type: ignore[assignment]


def shut(seconds: float, memory: int) -> None:
    """Give up all rights for the rest of this process; threads must have been started before."""
    os.environ.clear()
    _become_nobody()
    _limit(seconds, memory)
    _disarm_os()
    sys.addaudithook(_hook)


def roomy_thread(target: Callable[[], None]) -> threading.Thread:
    """Return a thread whose stack is deep enough for Python's own recursion limit to come first."""
    threading.stack_size(_STACK)
    return threading.Thread(target=target, daemon=True)


def _become_nobody() -> None:
    # The kernel's limit of processes does not hold for root.
    if os.geteuid() != 0:
        return
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except (OSError, AttributeError):
        return  # A container without that user, or a system without that call.


def _limit(seconds: float, memory: int) -> None:
    used = int(time.process_time() + seconds) + 1
    _bound("RLIMIT_CPU", used + 1, soft=used)
    _bound("RLIMIT_AS", memory)
    for name in ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NPROC", "RLIMIT_NOFILE"):
        _bound(name, 0)


def _bound(name: str, hard: int, soft: int | None = None) -> None:
    kind = getattr(resource, name, None)
    if kind is None:
        return
    present = resource.getrlimit(kind)[1]
    if present != resource.RLIM_INFINITY:
        hard = min(hard, present)
    try:
        resource.setrlimit(kind, (min(hard, soft if soft is not None else hard), hard))
    except (OSError, ValueError):
        if sys.platform != "darwin":  # Which knows the name of some limits only.
            raise


def _disarm_os() -> None:
    """Replace what raises no audit event, wherever an imported module holds it by name."""
    # Not above, so that no module of ours holds them.
    import _imp
    import posix

    refusals: dict[int, tuple[object, object]] = {
        id(value): (value, _refusal(f"os.{name}"))
        for name, value in vars(posix).items()
        if callable(value) and not isinstance(value, type) and name not in _HARMLESS_IN_OS
    }
    for name in ("create_builtin", "create_dynamic", "exec_builtin", "exec_dynamic"):
        refusals[id(getattr(_imp, name))] = (getattr(_imp, name), _refusal(f"_imp.{name}"))
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            _replace(vars(module), refusals)


def _replace(names: dict[str, Any], refusals: dict[int, tuple[object, object]]) -> None:
    for name, value in list(names.items()):
        if id(value) in refusals:
            names[name] = refusals[id(value)][1]


def _refusal(what: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise Refused(f"{what} is not allowed here")

    return refuse


def _hook(
    event: str,
    arguments: tuple[object, ...],
    # Bound here, where no code that the hook watches can reach them by a name or a cell.
    harmless: frozenset[str] = _HARMLESS,
    refused: type[Exception] = Refused,
    no_import: type[Exception] = ImportError,
) -> None:
    if event in harmless:
        return
    if event == "import":
        raise no_import(f"{arguments[0]} can't be imported here")
    raise refused(f"{event} is not allowed here")
