"""``Idempotency-Key``: a repeated POST gets the first reply again, for 24 hours and for each API key separately.

Follows the IETF draft "The Idempotency-Key HTTP Header Field": 409 while the first request is being processed, 422 if
the key comes with a different request. Only successful replies are stored (200 and 202), so a request can be repeated
after an error. If the function of the first request is killed, its key is free after the longest time of a request.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.api.reply import Reply
from stepwise.errors import IdempotencyInProgress, IdempotencyMismatch
from stepwise.observability import count, logger, tolerated
from stepwise.storage.packing import VERSION, NewerRecord, pack, refuse_newer, unpack
from stepwise.storage.table import (
    ConditionFailed,
    Item,
    Table,
    TableError,
    absent,
    all_of,
    any_of,
    equals,
    less,
)

__all__ = ["Held", "Idempotency"]

_KEPT_SECONDS = 86_400
_SK = "request"


@dataclass(frozen=True)
class Held:
    """A key whose first request is being processed; in the end its reply is stored or the key is freed."""

    keep: Callable[[Reply], None]
    free: Callable[[], None]


class Idempotency:
    """Replies by key. *clock* gives epoch seconds; *patience* is the longest time of a request in seconds."""

    def __init__(self, table: Table, *, clock: Callable[[], float], patience: float) -> None:
        self._table = table
        self._clock = clock
        self._patience = patience

    def once(self, partner: str, key: str, request: bytes, compute: Callable[[], Reply]) -> Reply:
        """The stored reply to *request* under *key*; if there is none, that of *compute*.

        Raises:
            IdempotencyInProgress: the first request is still being processed.
            IdempotencyMismatch: the key came with another request.
        """
        held = self.hold(partner, key, request, patience=self._patience)
        if isinstance(held, Reply):
            return held
        try:
            reply = compute()
        except BaseException:
            held.free()
            raise
        if reply.status in (200, 202):
            held.keep(reply)
        else:
            held.free()
        return reply

    def hold(self, partner: str, key: str, request: bytes, *, patience: float) -> Reply | Held:
        """The stored reply to *request* under *key*; if there is none, hold the key.

        The key of a holder that dies is free after *patience* seconds.

        Raises:
            IdempotencyInProgress: the first request is still being processed.
            IdempotencyMismatch: the key came with another request.
        """
        pk = "idempotency#" + hashlib.sha256(json.dumps([partner, key]).encode()).hexdigest()
        digest = hashlib.sha256(request).hexdigest()
        owner = secrets.token_hex(8)
        try:
            kept = self._begin(pk, digest, owner, patience)
        except TableError as error:
            tolerated(error, "table_unavailable", "an idempotency key was not held: answered without it")
            return Held(keep=lambda _: None, free=lambda: None)
        return kept or Held(
            keep=lambda reply: self._keep(pk, owner, reply), free=lambda: self._forget(pk, owner)
        )

    def _begin(self, pk: str, digest: str, owner: str, patience: float) -> Reply | None:
        now = self._now()
        free = any_of(
            absent("pk"), less("expires_at", now // 1000), all_of(absent("reply"), less("until", now))
        )
        try:
            self._table.put(
                {
                    "pk": pk,
                    "sk": _SK,
                    "version": VERSION,
                    "digest": digest,
                    "owner": owner,
                    "until": now + round(patience * 1000),
                    "expires_at": now // 1000 + _KEPT_SECONDS,
                },
                condition=free,
            )
        except ConditionFailed as error:
            item = error.item or self._table.get(pk, _SK, consistent=True)
            # A retried write finds its own first attempt.
            return None if item is None or item["owner"] == owner else _kept(item, digest)
        return None

    def _keep(self, pk: str, owner: str, reply: Reply) -> None:
        """Store *reply*; if that fails, free the key, as repetitions would get 409 otherwise."""
        try:
            self._table.update(
                pk,
                _SK,
                set={
                    "reply": pack([reply.status, reply.body, reply.headers]),
                    "expires_at": self._now() // 1000 + _KEPT_SECONDS,
                },
                condition=equals("owner", owner),
            )
        except ConditionFailed:
            return  # a later request has the key; its reply counts
        except TableError as error:
            count("IdempotencyNotKept")
            logger.warning("a reply was not kept for its key", extra={"reason": type(error).__name__})
            self._forget(pk, owner)

    def _forget(self, pk: str, owner: str) -> None:
        try:
            self._table.delete(pk, _SK, condition=equals("owner", owner))
        except ConditionFailed:
            return  # the key has gone to a later request
        except TableError as error:
            tolerated(error, "table_unavailable", "an idempotency key was not given free")

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _kept(item: Item, digest: str) -> Reply:
    try:
        refuse_newer(item)
    except NewerRecord:
        raise IdempotencyInProgress(retry_after=1) from None  # a function of that release can read it
    if item["digest"] != digest:
        raise IdempotencyMismatch
    if "reply" not in item:
        raise IdempotencyInProgress(retry_after=1)
    status, body, headers = unpack(item["reply"])[:3]
    return Reply(status, body, headers)
