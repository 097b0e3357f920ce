"""Opening: the documents of a config's text, not yet understood."""

from pathlib import Path, PurePath

from gradcheck.config.compose import documents
from gradcheck.config.forms import empty
from gradcheck.config.grammar import EXPECT
from gradcheck.config.text import Node, Source, read
from gradcheck.errors import ConfigError, GradcheckError
from gradcheck.record import record


@record
class Expectation:
    """What a config says that its check will find; None where it does not say."""

    verdict: str = "right"
    wrong: frozenset[str] | None = None
    codes: frozenset[str] | None = None


@record
class Document:
    """One document of a config, not yet understood; it is number `number` of its file."""

    source: Source
    number: int
    root: Node | ConfigError
    name: str

    @property
    def expectation(self) -> "Expectation":
        """What the document says that its check will find."""
        return _stated(self.root, self.source) if isinstance(self.root, Node) else Expectation()


@record
class Failed:
    """One document of a config that can't be checked."""

    name: str
    error: GradcheckError
    expectation: Expectation


def opened(path: Path, name: str) -> list[Document | Failed]:
    """Read a config and return its documents; a file that can't be read is one failure."""
    try:
        source = read(path, name)
        found = parsed(source)
        if not found:
            raise source.error("the file is empty; 'gradcheck init' writes a config to start from")
    except ConfigError as error:
        return [Failed(name=_title(name), error=error, expectation=Expectation())]
    return list(found)


def parsed(source: Source) -> list[Document]:
    """Return the documents of a config's text."""
    roots = documents(source)
    title = _title(source.file)
    names = [title if len(roots) == 1 else f"{title}[{k}]" for k in range(len(roots))]
    return [
        Document(
            source=source,
            number=number,
            root=root,
            name=_named(root, name) if isinstance(root, Node) else name,
        )
        for number, (root, name) in enumerate(zip(roots, names, strict=True))
    ]


def _title(file: str) -> str:
    return "stdin" if file == "-" else PurePath(file).stem


def _named(root: Node, title: str) -> str:
    """Return a config's name, even of one that can't be read for another reason."""
    node = next((value for key, value in root.pairs if key.text == "name"), None)
    return node.text if node and node.kind == "scalar" and not empty(node) else title


def _stated(root: Node, source: Source) -> Expectation:
    """Return what a config expects, even of one that can't be read for another reason."""
    node = next((value for key, value in root.pairs if key.text == "expect"), None)
    try:
        section = EXPECT.read(node, source) if node else None
    except ConfigError:
        section = None
    if section is None:
        return Expectation()
    return Expectation(
        verdict=section["verdict"],
        wrong=frozenset(section["wrong"]) if "wrong" in section else None,
        codes=frozenset(section["codes"]) if "codes" in section else None,
    )
