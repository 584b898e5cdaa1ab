"""Look an answer up in the cache, and read by the same call what is needed to begin it where it is not there."""

from __future__ import annotations

from dataclasses import dataclass

from stepwise.answering.caller import Caller
from stepwise.answering.dependencies import Dependencies
from stepwise.coordination.first_read import Seen
from stepwise.coordination.single_flight import flight_key
from stepwise.observability import note
from stepwise.plan import Plan
from stepwise.storage.answer_cache import CachedAnswer

__all__ = ["Looked", "look_up"]


@dataclass(frozen=True)
class Looked:
    found: CachedAnswer | None
    seen: Seen | None
    """What was read of the fleet; None where the table was not asked, or gave no answer in time."""


def look_up(deps: Dependencies, plan: Plan, caller: Caller, *, slot: bool) -> Looked:
    """The cached answer to *plan*, unless the client wants another, and what the fleet looks like.

    *slot*: an answer that is not there would be begun in a slot.
    """
    preferences, shared, flight = caller.preferences, deps.shared, flight_key(plan)
    keys = [] if shared is None else shared.first_read.keys(flight, plan.model, slot=slot)
    if not plan.key or preferences.no_cache or preferences.no_store:
        note(cache="bypass")
        found, items = None, deps.cache.read(keys) if keys else None
    else:
        found, items = deps.cache.get_with(plan.key, keys)
        note(cache="miss" if found is None else "hit")
    if shared is None or items is None:
        return Looked(found, None)
    return Looked(found, shared.first_read.seen(keys, items, flight, plan.model))
