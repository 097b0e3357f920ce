"""The Jupyter magic: `%%gradcheck` checks the gradients in its cell and shows the page inline.

The cell is read and run as pasted code is: by itself, in the sandbox, with what is missing guessed.
With `--run` it is run in the notebook as well, after the check.
"""

from html import escape
from typing import Any

HEIGHT = 600
"""The height of the page in the notebook, in pixels."""


def load_ipython_extension(shell: Any) -> None:
    """Register the magic; IPython calls this for `%load_ext gradcheck`."""

    def magic(line: str, cell: str) -> None:
        words = line.split()
        unknown = [word for word in words if word not in ("--run", "--no-sandbox")]
        if unknown:
            raise ValueError(f"%%gradcheck takes --run and --no-sandbox, found {unknown[0]!r}")
        show(page(cell, sandboxed="--no-sandbox" not in words))
        if "--run" in words:
            shell.run_cell(cell)

    shell.register_magic_function(magic, magic_kind="cell", magic_name="gradcheck")


def page(cell: str, *, sandboxed: bool = True) -> str:
    """Check the code of a cell and return the report as a page of HTML."""
    from gradcheck.paste.session import Request, run
    from gradcheck.reporter import Style
    from gradcheck.reporters.html import REPORTER

    report = run(Request(text=cell, name="cell", sandboxed=sandboxed, pictures=True))
    return REPORTER.render(report, Style())


def framed(text: str) -> str:
    """Return a page inside a frame, so that its style stays its own."""
    style = f"width: 100%; height: {HEIGHT}px; border: 0"
    return f'<div><iframe srcdoc="{escape(text)}" style="{style}"></iframe></div>'


def show(text: str) -> None:
    """Display a page in the notebook."""
    from IPython.display import HTML, display

    display(HTML(framed(text)))
