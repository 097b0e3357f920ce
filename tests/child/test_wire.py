"""The framing: whatever goes in comes out, and what is no frame is refused."""

import io
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradcheck.array import Array
from gradcheck.child import wire
from gradcheck.child.wire import Message, WireError

DTYPES = [np.dtype(code) for code in "?bBhHiIqQefdFD"] + [np.dtype(">f8"), np.dtype(">i2")]
ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0, max_side=5))
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=7,
)
MESSAGES = st.tuples(
    st.dictionaries(st.text(), JSON, max_size=3), st.dictionaries(st.text(), ARRAYS, max_size=3)
)


def written(message: Message) -> bytes:
    return b"".join(wire.pack(*message))


def received(raw: bytes, limit: int = wire.LIMIT) -> Message:
    return wire.read(wire.fill_from(io.BytesIO(raw)), limit)  # type: ignore[arg-type]


def framed(tree: object, payload: bytes = b"") -> bytes:
    text = json.dumps(tree).encode()
    return struct.pack("<4sI", b"gck1", len(text)) + text + payload


def announcing(dtype: object, shape: object, name: object = "w") -> bytes:
    entry = {"name": name, "dtype": dtype, "shape": shape}
    return framed({"header": {}, "arrays": [entry]}, b"\x01" * 64)


@given(MESSAGES)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    header, arrays = received(written(message))
    assert header == message[0]
    assert list(arrays) == list(message[1])
    for name, sent in message[1].items():
        got = arrays[name]
        assert got.dtype == sent.dtype.newbyteorder("<")
        assert got.shape == sent.shape
        assert got.tobytes() == sent.astype(got.dtype).tobytes()


def test_two_frames_on_one_stream_are_told_apart() -> None:
    raw = written(({"n": 1}, {"w": np.arange(3.0)})) + written(({"n": 2}, {"v": np.arange(5)}))
    fill = wire.fill_from(io.BytesIO(raw))  # type: ignore[arg-type]
    first, second = wire.read(fill), wire.read(fill)
    assert (first[0], second[0]) == ({"n": 1}, {"n": 2})
    assert second[1]["v"].tolist() == [0, 1, 2, 3, 4]


def test_transposed_and_strided_arrays_keep_their_values() -> None:
    array = np.arange(30.0).reshape(5, 6)[::2, ::-1].T
    _, arrays = received(written(({}, {"w": array})))
    assert np.array_equal(arrays["w"], array)


def test_received_arrays_can_be_written_to() -> None:
    _, arrays = received(written(({}, {"w": np.zeros(3)})))
    arrays["w"] += 1
    assert arrays["w"].tolist() == [1, 1, 1]


@given(MESSAGES, st.data())
def test_a_truncated_frame_is_refused(message: Message, data: st.DataObject) -> None:
    raw = written(message)
    cut = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(WireError, match="the stream ends"):
        received(raw[:cut])


@given(st.binary(min_size=8).filter(lambda raw: not raw.startswith(b"gck1")))
def test_bytes_without_the_mark_are_refused(raw: bytes) -> None:
    with pytest.raises(WireError, match="a frame starts with b'gck1', but"):
        received(raw)


@given(MESSAGES, st.data())
def test_a_damaged_frame_never_raises_anything_but_a_wire_error(
    message: Message, data: st.DataObject
) -> None:
    raw = bytearray(written(message))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, min(len(raw), 200) - 1))] = data.draw(st.integers(0, 255))
    try:
        header, arrays = received(bytes(raw), limit=1 << 20)
    except WireError:
        return
    assert isinstance(header, dict)
    assert all(isinstance(array, np.ndarray) for array in arrays.values())


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (struct.pack("<4sI", b"gck1", (16 << 20) + 1), "header is said to take 16777217 bytes"),
        (struct.pack("<4sI", b"gck1", 3) + b"{,}", "not JSON"),
        (struct.pack("<4sI", b"gck1", 2) + b"\xff\xfe", "not JSON"),
        (struct.pack("<4sI", b"gck1", 3) + b"NaN", "NaN is no JSON number"),
        (struct.pack("<4sI", b"gck1", 100_000) + b"[" * 100_000, "not JSON"),
        (framed([]), "an object with 'header' and 'arrays'"),
        (framed({"header": {}}), "an object with 'header' and 'arrays'"),
        (framed({"header": [], "arrays": []}), "an object with 'header' and 'arrays'"),
        (framed({"header": {}, "arrays": [], "more": 1}), "an object with 'header' and 'arrays'"),
        (framed({"header": {}, "arrays": [7]}), "needs a name, a numeric dtype and a shape"),
        (announcing("|O", [1]), "needs a name, a numeric dtype and a shape"),
        (announcing("<U8", [1]), "needs a name, a numeric dtype and a shape"),
        (announcing(">f8", [1]), "needs a name, a numeric dtype and a shape"),
        (announcing("<f8", [-1]), "needs a name, a numeric dtype and a shape"),
        (announcing("<f8", [True]), "needs a name, a numeric dtype and a shape"),
        (announcing("<f8", [2.0]), "needs a name, a numeric dtype and a shape"),
        (announcing("<f8", 3), "needs a name, a numeric dtype and a shape"),
        (announcing("<f8", [1] * 33), "needs a name, a numeric dtype and a shape"),
        (announcing("<f8", [1], name=None), "needs a name, a numeric dtype and a shape"),
        (announcing("<f8", [10**9, 10**9]), "arrays of 8000000000000000000 bytes are announced"),
        (announcing("<f8", [0, 10**30]), "bytes are announced, more than"),
    ],
)
def test_a_frame_that_promises_what_it_may_not_is_refused(raw: bytes, message: str) -> None:
    with pytest.raises(WireError, match=message):
        received(raw)


def test_two_arrays_of_one_name_are_refused() -> None:
    entry = {"name": "w", "dtype": "<f8", "shape": [1]}
    with pytest.raises(WireError, match="two arrays of one name"):
        received(framed({"header": {}, "arrays": [entry, entry]}, b"\x01" * 16))


def test_the_sum_of_all_arrays_is_held_to_the_limit_on_both_sides() -> None:
    arrays = {"w": np.ones(7), "v": np.ones(5)}
    assert received(written(({}, arrays)), limit=96)[1]["v"].tolist() == [1] * 5
    with pytest.raises(WireError, match="arrays of 96 bytes are announced, more than 95"):
        received(written(({}, arrays)), limit=95)
    with pytest.raises(WireError, match="take 96 bytes, more than the 95 that may cross"):
        wire.pack({}, arrays, limit=95)


@pytest.mark.parametrize("array", [np.array([None]), np.array(["a"]), np.array(["2020"], "M8[Y]")])
def test_arrays_that_are_not_numbers_are_not_sent(array: Array) -> None:
    with pytest.raises(WireError, match="only plain numeric arrays cross, but 'w' is of"):
        wire.pack({}, {"w": array})


def test_an_endless_header_is_not_sent() -> None:
    with pytest.raises(WireError, match="the header takes 167772"):
        wire.pack({"text": "x" * (16 << 20)}, {})
