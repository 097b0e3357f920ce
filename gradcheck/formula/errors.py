"""The error of a formula: what is wrong, and exactly where in its text."""

from gradcheck.errors import GradcheckError, ShapeError


class FormulaError(GradcheckError):
    """A formula cannot be read or evaluated.

    Positions are 1-based, count characters, and are relative to the formula's text; the
    stretch meant ends just before `end_line`, `end_column`.
    """

    def __init__(
        self, message: str, line: int, column: int, end_line: int, end_column: int
    ) -> None:
        super().__init__(message, line, column, end_line, end_column)
        self.message = message
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.message}"


class MisfitError(ShapeError):
    """Operands that cannot be combined, before it is known where they stand in the text.

    `turned` are the positions of the operands whose transposes would fit. `labels` is that of the
    one that holds a class label for each row of the other, with the number of classes.
    """

    def __init__(
        self, message: str, turned: tuple[int, ...] = (), labels: tuple[int, int] | None = None
    ) -> None:
        super().__init__(message, turned, labels)
        self.message = message
        self.turned = turned
        self.labels = labels
