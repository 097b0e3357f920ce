"""The account of what the user's code reads: its modules, and the files that it opens.

Python tells of every file that is opened; modules are looked for as well, for one that was compiled
before is read from another file than its own. What is installed, and so has a version, is left out.
"""

import os
import sys
import sysconfig

_WRITING = os.O_WRONLY | os.O_RDWR
_NO_FILES = ("/dev/", "/proc/", "/sys/")


class Opened:
    """Listens from when it is made to the end of the process."""

    def __init__(self) -> None:
        paths = sysconfig.get_paths()
        folders = {paths[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")}
        # The folder of the interpreter may be reached by a link, as in a virtual environment.
        folders |= {os.path.realpath(folder) for folder in folders}
        self._left_out = (*(f"{folder}{os.sep}" for folder in folders), *_NO_FILES)
        self._known = set(sys.modules)
        self._files: list[str] = []
        sys.addaudithook(self._hear)

    def new(self) -> list[str]:
        """Return the files that were read since the last time."""
        if len(sys.modules) != len(self._known):
            names = [name for name in [*sys.modules] if name not in self._known]
            self._known.update(names)
            sources = (getattr(sys.modules.get(name), "__file__", None) for name in names)
            self._files += [source for source in sources if isinstance(source, str)]
        found, self._files = self._files, []
        return [*dict.fromkeys(file for file in found if not file.startswith(self._left_out))]

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event != "open":
            return
        path, _, flags = arguments
        if isinstance(path, str) and isinstance(flags, int) and not flags & _WRITING:
            file = os.path.abspath(path)  # noqa: PTH100  (quick: it is there for every file)
            if not file.endswith(".pyc"):
                self._files.append(file)
