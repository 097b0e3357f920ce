"""What can go wrong that the user can act on.

Everything here ends a check with exit code 2 and one readable message; any other
exception is a defect of gradcheck and keeps its traceback.
"""


class GradcheckError(Exception):
    """The root of all errors that the user can act on."""


class CatalogueError(GradcheckError):
    """An entry of a catalogue breaks its contract; its author must act."""


class ShapeError(GradcheckError):
    """Arrays or layers do not fit together."""


class ConfigError(GradcheckError):
    """A config cannot be used as it is written.

    `line` and `column` are 1-based; 0 where the place is the file as a whole.
    """

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message, file, line, column)
        self.message = message
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        return f"{place}: {self.message}" if place else self.message


class BaselineError(GradcheckError):
    """A baseline can't be read, or is none."""


class ClaimError(GradcheckError):
    """The claimed gradients could not be computed or read."""


class InternalError(GradcheckError):
    """Two ways to the same number disagree: a defect of gradcheck, not of what it checks."""


class NotAnalyticError(GradcheckError):
    """The loss can't be followed through complex numbers here; differences can take their place."""


class WorkerError(GradcheckError):
    """A process or machine to which work was handed did not do it."""


class NumericError(GradcheckError):
    """The loss cannot be refereed where the user put it, for example because it is not finite."""


class UnrepeatableError(NumericError):
    """The loss is another one each time that it is asked for at the same point."""
