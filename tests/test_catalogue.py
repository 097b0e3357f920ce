"""Catalogues: found by file name, loaded one at a time, and checked for their contract."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from gradcheck.catalogue import Catalogue
from gradcheck.catalogues import FAULTS, OPS, REPORTERS
from gradcheck.errors import CatalogueError
from gradcheck.record import record

PACKAGE = "entries_of_a_test"


@record
class Thing:
    """An entry."""

    key: str
    doc: str | None = "A thing."
    title: str = "a thing"


Make = Callable[[Mapping[str, str]], Catalogue[Thing]]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Write a package of entries, each file given by its text."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys.modules["builtins"], "THING", Thing, raising=False)

    def written(files: Mapping[str, str]) -> Catalogue[Thing]:
        for name, text in {"__init__.py": "", **files}.items():
            path = tmp_path / PACKAGE / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            init = path.parent / "__init__.py"
            init.touch()
        return Catalogue(package=PACKAGE, attribute="ENTRY", kind=Thing)

    yield written
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def entry(key: str, **fields: object) -> str:
    given = "".join(f", {name}={value!r}" for name, value in fields.items())
    return f"ENTRY = THING(key={key!r}{given})\n"


def test_entries_are_found_by_key_in_any_folder(make: Make) -> None:
    things = make({"one.py": entry("one"), "family/ab12_a_word.py": entry("AB12")})

    assert things.find("one") == Thing(key="one")
    assert things.find("AB12") == Thing(key="AB12")
    assert things.find("ab12") is None
    assert list(things.all()) == ["AB12", "one"]


def test_the_entries_of_one_folder_are_had_without_the_others(make: Make) -> None:
    things = make({"one.py": "1 / 0", "family/two.py": entry("two"), "other/three.py": "1 / 0"})

    assert list(things.all("family")) == ["two"]


def test_a_key_that_there_is_not_is_none(make: Make) -> None:
    things = make({"one.py": entry("one")})

    assert things.find("two") is None
    assert things.find("on") is None
    assert things.find("") is None
    assert things.find("_one") is None


def test_only_the_entry_that_is_named_is_imported(make: Make) -> None:
    things = make({"one.py": entry("one"), "broken.py": "raise RuntimeError('imported')\n"})

    assert things.find("one") == Thing(key="one")
    with pytest.raises(RuntimeError, match="imported"):
        things.all()


def test_helpers_are_passed_over(make: Make) -> None:
    things = make({"one.py": entry("one"), "_helper.py": "raise RuntimeError('imported')\n"})

    assert list(things.all()) == ["one"]


def test_a_key_that_begins_like_another_is_not_taken_for_it(make: Make) -> None:
    things = make({"conv.py": entry("conv"), "conv_transpose.py": entry("conv_transpose")})

    assert things.find("conv") == Thing(key="conv")
    assert things.find("conv_transpose") == Thing(key="conv_transpose")


def test_a_sub_package_that_can_not_be_imported_is_not_swallowed(make: Make) -> None:
    things = make({"one.py": entry("one"), "family/__init__.py": "import no_such_module\n"})

    with pytest.raises(ImportError, match="no_such_module"):
        things.all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"{PACKAGE}.one must define ENTRY as a Thing, but defines None"),
        ("ENTRY = 3\n", "must define ENTRY as a Thing, but defines 3"),
        (entry("one", doc=None), "has no docstring"),
        (entry("one", doc=""), "has no docstring"),
    ],
)
def test_an_entry_that_breaks_the_contract_is_refused(text: str, message: str, make: Make) -> None:
    things = make({"one.py": text})

    with pytest.raises(CatalogueError, match=message):
        things.find("one")
    with pytest.raises(CatalogueError, match=message):
        things.all()


def test_a_key_given_twice_is_refused(make: Make) -> None:
    things = make({"one.py": entry("same"), "two.py": entry("same")})

    with pytest.raises(CatalogueError, match=r"two defines 'same', which is defined already"):
        things.all()


@pytest.mark.parametrize("catalogue", [OPS, FAULTS, REPORTERS], ids=["ops", "faults", "reporters"])
def test_none_of_our_own_is_left_out(catalogue: Catalogue[Thing]) -> None:
    folder = Path(__file__).parents[1] / catalogue.package.replace(".", "/")
    files = [p for p in folder.rglob("*.py") if not p.name.startswith("_")]
    entries = catalogue.all()

    assert len(entries) == len(files) > 3
    for key, found in entries.items():
        assert found.key == key
        assert catalogue.find(key) is found
        assert found.title
    assert all((path.parent / "__init__.py").exists() for path in files)
