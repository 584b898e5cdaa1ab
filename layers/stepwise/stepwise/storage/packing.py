"""Records in the table: compressed JSON with the version of its format.

A deployment replaces functions gradually, so records are read by earlier and later releases than the one that wrote
them. The version is appended to the compressed data, where the first release, which had no versions, ignores it;
records of that release are read as version 0. Readers leave out unknown fields and use defaults for missing ones
(:func:`stepwise.plan.known_fields`), so raise ``VERSION`` only for a change that an older reader would misread.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from stepwise.storage.attribute_values import InvalidCall, TableError

__all__ = ["VERSION", "NewerRecord", "UnreadableRecord", "pack", "refuse_newer", "unpack"]

VERSION = 1

_LEVEL = 6
"""Level of zlib. On 424 outputs of the model: 1/4.5 of the size in 33 µs; level 1: 1/4.2 in 24 µs; level 9: as 6."""
_MAX_PLAIN = 8 * 1024 * 1024
"""Most bytes of JSON; unless it is repetitive, that much does not fit into an item even when compressed."""


class UnreadableRecord(TableError):
    """A record that this release cannot read; its message is delivered again."""


class NewerRecord(UnreadableRecord):
    """A record of a later release's format."""


def pack(value: object) -> bytes:
    """Compress *value*, which consists of JSON values; :func:`unpack` reads it.

    Raises:
        InvalidCall: it is not representable in JSON, or over 8 MiB.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise InvalidCall("a record is no JSON") from None
    plain = text.encode("utf-8", "surrogatepass")
    if len(plain) > _MAX_PLAIN:
        raise InvalidCall(f"a record has {len(plain)} bytes, {_MAX_PLAIN} are the most")
    return zlib.compress(plain, _LEVEL) + bytes([VERSION])


def unpack(data: bytes) -> Any:
    """The value of a record.

    Raises:
        UnreadableRecord: it is damaged, or over 8 MiB of JSON.
        NewerRecord: a later release wrote it.
    """
    decompressor = zlib.decompressobj()
    try:
        plain = decompressor.decompress(data, _MAX_PLAIN)
        if not decompressor.eof:
            raise UnreadableRecord("a record is cut off or too large")
        _refuse(decompressor.unused_data[0] if decompressor.unused_data else 0)
        return json.loads(plain.decode("utf-8", "surrogatepass"))
    except (zlib.error, ValueError):
        raise UnreadableRecord("a record is damaged") from None


def refuse_newer(item: Mapping[str, Any]) -> None:
    """Refuse an item whose ``version`` a later release wrote.

    Raises:
        NewerRecord
    """
    _refuse(int(item.get("version", 0)))


def _refuse(version: int) -> None:
    if version > VERSION:
        raise NewerRecord(f"a record has version {version}, this release reads up to {VERSION}")
