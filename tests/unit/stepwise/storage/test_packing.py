"""What is packed comes back, whichever release wrote it, and what cannot be read is said to be so."""

from __future__ import annotations

import json
import random
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepwise.storage.attribute_values import InvalidCall
from stepwise.storage.packing import VERSION, NewerRecord, UnreadableRecord, pack, refuse_newer, unpack

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_is_packed_comes_back(value: Any) -> None:
    assert unpack(pack(value)) == value


@given(VALUES)
def test_releases_that_knew_no_version_read_it_and_are_read(value: Any) -> None:
    plain = json.dumps(value, ensure_ascii=True).encode()

    assert unpack(zlib.compress(plain, 6)) == value
    assert json.loads(zlib.decompress(pack(value))) == value


def test_a_lone_surrogate_comes_back() -> None:
    assert unpack(pack({"text": "\ud800"})) == {"text": "\ud800"}


def test_a_later_releases_record_is_not_misread() -> None:
    later = pack({"a": 1})[:-1] + bytes([VERSION + 1])

    with pytest.raises(NewerRecord):
        unpack(later)
    with pytest.raises(NewerRecord):
        refuse_newer({"version": VERSION + 1})
    refuse_newer({"version": VERSION})
    refuse_newer({})


@given(st.binary(max_size=200))
def test_damage_is_one_error_and_no_other(data: bytes) -> None:
    with pytest.raises(UnreadableRecord):
        unpack(data)


def test_a_record_that_was_cut_off_is_unreadable() -> None:
    whole = pack({"text": random.Random(1).randbytes(200).hex()})

    for end in range(len(whole) - 1):
        with pytest.raises(UnreadableRecord):
            unpack(whole[:end])


@pytest.mark.parametrize("value", [{"n": float("nan")}, {"n": object()}, {"text": "x" * (8 * 2**20)}])
def test_what_could_not_be_read_back_is_not_packed(value: Any) -> None:
    with pytest.raises(InvalidCall):
        pack(value)


def test_a_small_record_cannot_grow_without_bounds() -> None:
    bomb = zlib.compress(b'"' + b"x" * (9 * 2**20) + b'"')

    assert len(bomb) < 20_000
    with pytest.raises(UnreadableRecord):
        unpack(bomb)
