"""Files of named arrays: what is read, and how what is none is refused."""

import io
import json
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradcheck.array import Array
from gradcheck.claims import array_files
from gradcheck.claims.dumped import read_arrays
from gradcheck.errors import ClaimError

TREE_ARRAYS = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=0, min_side=1, max_side=5),
    elements=st.floats(allow_nan=False, allow_infinity=False),
)
SHARED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def refusal(path: Path) -> str:
    with pytest.raises(ClaimError) as caught:
        read_arrays(path)
    return str(caught.value).replace(str(path), "FILE")


def dumped(folder: Path, **arrays: object) -> Path:
    np.savez(folder / "grads.npz", **arrays)  # type: ignore[arg-type]
    return folder / "grads.npz"


def written(folder: Path, text: str) -> Path:
    (folder / "grads.json").write_text(text)
    return folder / "grads.json"


def zipped(folder: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / "grads.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return folder / "grads.npz"


def npy(array: Array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


class Touch:
    """Leaves a trace when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_an_npz_comes_back_in_its_own_dtypes(tmp_path: Path) -> None:
    weight = np.arange(35.0).reshape(5, 7).T
    sent = {"hidden.weight": weight, "n": np.array([1, 2, 3], np.int8), "half": np.float32(0.1)}
    got = read_arrays(dumped(tmp_path, **sent))
    assert np.array_equal(got["hidden.weight"], weight)
    assert {name: array.dtype.str for name, array in got.items()} == {
        "hidden.weight": "<f8",
        "n": "|i1",
        "half": "<f4",
    }


def test_a_compressed_npz_comes_back(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "grads.NPZ.npz", w=np.arange(7.0))
    assert read_arrays(tmp_path / "grads.NPZ.npz")["w"].tolist() == [0, 1, 2, 3, 4, 5, 6]


@SHARED_FOLDER
@given(st.dictionaries(st.text(), TREE_ARRAYS, min_size=1, max_size=3))
def test_json_comes_back(tmp_path: Path, arrays: dict[str, Array]) -> None:
    text = json.dumps({name: array.tolist() for name, array in arrays.items()})
    got = read_arrays(written(tmp_path, text))
    assert list(got) == list(arrays)
    for name, array in arrays.items():
        assert got[name].dtype == np.float64
        assert got[name].tobytes() == array.tobytes()
        assert got[name].shape == array.shape


def test_json_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "grads.json").write_text('{"größe": [1, 2]}', "utf-8-sig")
    assert read_arrays(tmp_path / "grads.json")["größe"].tolist() == [1, 2]


def test_empty_lists_keep_their_shape(tmp_path: Path) -> None:
    assert read_arrays(written(tmp_path, '{"w": [[], [], []]}'))["w"].shape == (3, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "FILE:1:2: this is not JSON: Expecting property name"),
        ('{"w": [1,\n 2 3]}', "FILE:2:4: this is not JSON: Expecting ',' delimiter"),
        ("[" * 100_000, "FILE is not JSON: maximum recursion depth"),
        ("[1, 2]", "FILE must hold an object {name: nested lists of numbers}, but holds a list"),
        ("null", "FILE must hold an object {name: nested lists of numbers}, but holds null"),
        ("7", "FILE must hold an object {name: nested lists of numbers}, but holds a number"),
        ("{}", "FILE holds no arrays; expected one for each parameter"),
        ('{"w": 1, "v": 2, "w": 3}', "FILE holds 'w' twice; expected one array for each name"),
        ('{"w": [[1, 2], [3, "4"]]}', "FILE: 'w'[1, 1] must be a finite number, but is \"4\""),
        ('{"w": [[1, 2], [3, NaN]]}', "FILE: 'w'[1, 1] must be a finite number, but is NaN"),
        ('{"w": -Infinity}', "FILE: 'w' must be a finite number, but is -Infinity"),
        ('{"w": [1e999]}', "FILE: 'w'[0] must be a finite number, but is Infinity"),
        (f'{{"w": [1{"0" * 400}]}}', "FILE: 'w'[0] must be a finite number, but is a number too"),
        ('{"w": [1, true]}', "FILE: 'w'[1] must be a finite number, but is true"),
        ('{"w": [1, null]}', "FILE: 'w'[1] must be a finite number, but is null"),
        (
            '{"hidden": {"weight": [1]}}',
            "FILE: 'hidden' must be a finite number, but is an object (write the names",
        ),
        (
            '{"w": [[1, 2], [3]]}',
            "FILE: the lists of 'w' are ragged: 'w'[1] has shape (1,), but 'w'[0] has (2,)",
        ),
        (
            '{"w": [[[1], [2]], [[3], 4]]}',
            "FILE: the lists of 'w' are ragged: 'w'[1, 1] has shape (), but 'w'[1, 0] has (1,)",
        ),
        (
            '{"w": ' + "[" * 40 + "1" + "]" * 40 + "}",
            "FILE: 'w' is nested 40 deep; NumPy allows 32 axes",
        ),
    ],
)
def test_json_that_is_no_object_of_arrays_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    assert refusal(written(tmp_path, text)).startswith(message)


def test_json_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "grads.json").write_text('{"größe": [1]}', "latin-1")
    assert refusal(tmp_path / "grads.json").startswith("FILE is not JSON: 'utf-8' codec can't")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "grads.npy",
            "FILE ends in '.npy', a format without names; write np.savez(file, **gradients)",
        ),
        ("grads.csv", "expected arrays in an .npz or .json file, but FILE ends in '.csv'"),
        ("grads", "expected arrays in an .npz or .json file, but FILE has no ending"),
        ("gads.npz", "there is no file FILE; did you mean 'grads.npz'?"),
        ("nowhere/grads.npz", "there is no file FILE"),
        ("folder.npz", "expected a file with arrays, but FILE is a folder"),
    ],
)
def test_a_path_that_is_no_such_file_is_refused(tmp_path: Path, name: str, message: str) -> None:
    dumped(tmp_path, w=np.ones(3))
    (tmp_path / "folder.npz").mkdir()
    assert refusal(tmp_path / name).endswith(message)


@pytest.mark.parametrize("content", [b"", b"not a zip at all", npy(np.ones(3)), pickle.dumps([1])])
def test_what_is_no_zip_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "grads.npz").write_bytes(content)
    assert refusal(tmp_path / "grads.npz") == (
        "FILE is no .npz archive, or a damaged one: File is not a zip file; "
        "write np.savez(file, **gradients)"
    )


def test_objects_are_refused_and_never_unpickled(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    message = refusal(dumped(tmp_path, w=np.ones(3), v=np.array([Touch(trace)], dtype=object)))
    assert message.startswith("'v' in FILE can't be read: Object arrays cannot be loaded")
    assert message.endswith(
        "it holds Python objects: dump np.asarray(gradient, dtype=float) instead"
    )
    assert not trace.exists()


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.array([1j]), "complex128"),
        (np.array(["a"]), "<U1"),
        (np.array([True]), "bool"),
        (np.array(["2020"], "M8[Y]"), "datetime64[Y]"),
        (np.zeros(2, dtype=[("a", "f8")]), "[('a', '<f8')]"),
    ],
)
def test_arrays_that_are_not_real_numbers_are_refused(
    tmp_path: Path, array: Array, dtype: str
) -> None:
    assert refusal(dumped(tmp_path, v=np.ones(3), w=array)) == (
        f"'w' in FILE has elements of type {dtype}; expected real numbers"
    )


def test_an_archive_without_arrays_is_refused(tmp_path: Path) -> None:
    assert refusal(zipped(tmp_path, {})) == "FILE holds no arrays; expected one for each parameter"


def test_a_member_that_is_no_array_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"w.npy": npy(np.ones(3)), "readme.txt": b"hello"})
    assert refusal(path).startswith("'readme.txt' in FILE can't be read: ")


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"w.npy": npy(np.ones(3)), "w": npy(np.ones(5))})
    assert refusal(path) == "FILE holds 'w' twice; expected one array for each name"


def test_an_array_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"w.npy": npy(np.ones(3))[:-8]})
    assert refusal(path).startswith("'w' in FILE can't be read: ")


def test_too_large_a_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "grads.json"
    with path.open("wb") as stream:
        stream.truncate((2 << 30) + 1)
    assert refusal(path).startswith("FILE holds 2.0 GB, but at most 2 GB are read; dump")
    monkeypatch.setattr(array_files, "_LIMIT", 7000)
    small = zipped(tmp_path, {"w.npy": npy(np.zeros(1000))})
    assert small.stat().st_size < 1000
    assert "are read" in refusal(small)


@SHARED_FOLDER
@given(st.data())
def test_a_damaged_archive_raises_nothing_but_a_claim_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    path = tmp_path / "grads.npz"
    np.savez_compressed(path, w=np.arange(35.0).reshape(5, 7), b=np.arange(7, dtype="f4"))
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw[: data.draw(st.integers(len(raw) // 2, len(raw)))])
    try:
        arrays = read_arrays(path)
    except ClaimError as error:
        assert str(path) in str(error)  # noqa: PT017  (both ends are right)
    else:
        assert all(array.dtype.kind in "iuf" for array in arrays.values())
