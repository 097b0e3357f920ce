"""Tracebacks cut down to the user's own frames."""

import os
import sysconfig
import traceback
from pathlib import Path

_OURS = str(Path(__file__).parents[1]) + os.sep
_STANDARD = str(Path(sysconfig.get_path("stdlib"))) + os.sep
_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_FIRST, _LAST = 2, 6
_LONGEST = 1000


def shortened(error: BaseException, folder: str) -> str:
    """Return the user's frames, two lines each; files below `folder` are named relative to it.

    Frames of the standard library and of installed packages are left out, unless there is
    nothing else; of many frames the first two and the last six are told.
    """
    told = [_told(frame, folder) for frame in _chosen(error)]
    left_out = len(told) - _FIRST - _LAST
    if left_out > 1:
        told[_FIRST:-_LAST] = [f"  ... {left_out} more calls ..."]
    return "\n".join(told)


def in_users_code(error: BaseException) -> bool:
    """Whether `error` was raised in, or by way of, any frame that is not ours."""
    return bool(_chosen(error))


def statement(error: BaseException) -> str:
    """Return what Python itself prints below a traceback, such as `ValueError: no`."""
    text = "".join(traceback.format_exception_only(error)).rstrip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _chosen(error: BaseException) -> list[traceback.FrameSummary]:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((_OURS, "<frozen ", "<__array_function__"))
    ]
    return [frame for frame in frames if not _foreign(frame.filename)] or frames


def _foreign(file: str) -> bool:
    return file.startswith(_STANDARD) or any(part in file for part in _INSTALLED)


def _told(frame: traceback.FrameSummary, folder: str) -> str:
    name = frame.filename
    if name.startswith(folder + os.sep):
        name = os.path.relpath(name, folder)
    place = f"  {name}:{frame.lineno}, in {frame.name}"
    return f"{place}\n    {frame.line}" if frame.line else place
