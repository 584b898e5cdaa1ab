"""Steps of a run that change more than its own items: each is one transaction.

So a process that dies between two steps leaves no half of one, and a step is one call. Some writes of a step are
*wanted* only: where their condition does not hold they are left out, as that of a slot which another owner has already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stepwise.coordination.admission import Admission
from stepwise.coordination.places import NOWHERE, TAKEN, Entry, QueuePlace
from stepwise.coordination.runs import Run, RunLost, Runs
from stepwise.coordination.single_flight import Flight, SingleFlight
from stepwise.coordination.slots import Slot, Slots
from stepwise.storage.table import Put, Table, TransactionFailed, Write

__all__ = ["FlightTaken", "Held", "PlaceTaken", "SlotTaken", "Transitions", "with_a_slot"]


class SlotTaken(Exception):
    """Another owner has the slot."""


def with_a_slot[T](slots: Iterable[Slot], step: Callable[[Slot], T]) -> T | None:
    """What *step* returns for the first of *slots* that no other answer was quicker to take; None without one."""
    for slot in slots:
        try:
            return step(slot)
        except SlotTaken:
            continue  # another answer was quicker; the next slot may be free
    return None


class PlaceTaken(Exception):
    """Another answer has the place in the queue."""


class FlightTaken(Exception):
    """Another run answers the question already."""

    def __init__(self, flight: Flight | None) -> None:
        self.flight = flight
        super().__init__("another run was quicker")


@dataclass(frozen=True)
class Held:
    """What an owner holds besides its run. ``flight`` is the key of its question, empty if the answer is not shared."""

    place: QueuePlace
    flight: str = ""
    slot: Slot | None = None
    reading_until: float = 0.0
    """In epoch seconds: until then the host reads a prompt in the slot, though its call is closed."""


class Transitions:
    """The steps, made of the parts' writes."""

    def __init__(
        self, table: Table, *, runs: Runs, single_flight: SingleFlight, slots: Slots, admission: Admission
    ) -> None:
        self._table = table
        self._runs = runs
        self._single_flight = single_flight
        self._slots = slots
        self._admission = admission

    def begin(
        self,
        created: tuple[Sequence[Write], Run],
        *,
        flight: str,
        instead_of: str | None,
        slot: Slot | None = None,
        number: int = NOWHERE,
        wanted: Sequence[Write] = (),
    ) -> Run:
        """Begin a run with its *slot* or, without one, with place *number* in the queue.

        Raises:
            FlightTaken, SlotTaken, PlaceTaken: nothing was begun.
        """
        writes, run = created
        needed = list(writes)
        if slot is not None:
            needed.append(self._slots.taking(slot))
        else:
            place = QueuePlace(number, run.id, run.since, run.fence)
            needed.append(self._admission.placing(place, run.group, owned=True))
        if flight:
            needed.append(self._single_flight.pointing(flight, run.id, instead_of=instead_of))
        try:
            self._together(needed, wanted)
        except TransactionFailed as failed:
            if failed.items.get(0) is not None:
                return run  # an earlier attempt took effect: nobody else knows the run's id
            if len(writes) + 1 in failed.items:
                raise FlightTaken(self._single_flight.read(failed.items[len(writes) + 1])) from None
            raise (PlaceTaken if slot is None else SlotTaken) from None
        return run

    def take(self, run: Run, slot: Slot) -> Run:
        """Become the owner of *run* with *slot*; its place in the queue is free then, and a note is left.

        Raises:
            RunLost: it is not as it was read any more.
            SlotTaken
        """
        write, taken = self._runs.taking(run, TAKEN)
        place = _place_of(run)
        note = self._admission.placing(_place_of(taken), run.group, owned=False)
        left = self._admission.leaving(place) if place.number != TAKEN else []
        self._owned(run, [write, self._slots.taking(slot), note], left)
        return taken

    def take_slot(self, slot: Slot, place: QueuePlace) -> None:
        """Take *slot* for an answer that waits in *place*, which is free then.

        Raises:
            SlotTaken
        """
        try:
            self._together([self._slots.taking(slot)], self._admission.leaving(place))
        except TransactionFailed:
            raise SlotTaken from None

    def save(self, run: Run, progress: Mapping[str, Any], held: Held, *, tokens: int, advanced: bool) -> None:
        """Save the progress and renew all leases.

        Raises:
            RunLost
            SlotTaken: nothing was saved.
        """
        number = held.place.number
        write = self._runs.saving(run, progress, tokens=tokens, advanced=advanced, place=number)
        if held.slot is not None:
            self._owned(run, [write, self._slots.taking(held.slot, until=held.reading_until)])
        else:
            place = [self._admission.placing(held.place, run.group, owned=True)] if held.place.waits else []
            self._owned(run, [write], place)

    def hand_over(
        self, run: Run, progress: Mapping[str, Any], held: Held, *, tokens: int, advanced: bool
    ) -> None:
        """Queue the run with its progress, free its slot, and let it wait in a place.

        Raises:
            RunLost
        """
        again = replace(held.place, number=self._admission.again_number())
        for place in (held.place, again):  # one whose lease had expired may be another answer's by now
            if place.waits and self._handed_over(run, progress, held, place, tokens, advanced):
                return
        raise RunLost(run.id)

    def _handed_over(
        self,
        run: Run,
        progress: Mapping[str, Any],
        held: Held,
        place: QueuePlace,
        tokens: int,
        advanced: bool,
    ) -> bool:
        """Queue the run in *place*; False if it is another answer's."""
        write = self._runs.handing_over(run, progress, tokens=tokens, advanced=advanced, place=place.number)
        placing = self._admission.placing(place, run.group, owned=False)
        left = self._admission.leaving(held.place) if held.place != place else []
        try:
            self._together([write, placing], [*self._freeing(held), *left])
        except TransactionFailed as failed:
            if 0 in failed.items:
                raise RunLost(run.id) from None
            return False
        return True

    def succeed(
        self,
        run: Run,
        result: Mapping[str, Any],
        held: Held,
        *,
        tokens: int,
        answer: Put | None,
        more: Sequence[Write],
    ) -> bool:
        """End the run with *result*, store *answer*, do the *more* writes, and free what the owner holds.

        Returns whether the answer was stored: a better one is not replaced.

        Raises:
            RunLost
        """
        stored = [] if answer is None else [answer]
        flight = [self._single_flight.ending(held.flight, run.id)] if held.flight else []
        wanted = [*stored, *flight, *more, *self._freeing(held), *self._admission.leaving(held.place)]
        done = self._owned(run, [self._runs.succeeding(run, result, tokens=tokens)], wanted)
        return bool(stored) and done[0]

    def fail(self, run: Run, error: Mapping[str, Any], held: Held) -> None:
        """End the run without an answer, and free all that the owner holds.

        Raises:
            RunLost
        """
        self._owned(run, [self._runs.failing(run, error)], self._letting_go(run, held))

    def let_go(self, run: Run, held: Held) -> None:
        """Free all that the owner of an ended run holds, or held."""
        self._together([], self._letting_go(run, held))

    def free_slot(self, slot: Slot, *, until: float = 0.0) -> None:
        """Free *slot*, at *until* (epoch seconds) where that is to come."""
        self._together([], [self._slots.freeing(slot, until=until)])

    def leave(self, entry: Entry) -> None:
        """Free the place in *entry*."""
        self._together([], self._admission.leaving(entry.place, entry.key))

    def _letting_go(self, run: Run, held: Held) -> list[Write]:
        flight = [self._single_flight.removing(held.flight, run.id)] if held.flight else []
        return [*flight, *self._freeing(held), *self._admission.leaving(held.place)]

    def _freeing(self, held: Held) -> list[Write]:
        return [] if held.slot is None else [self._slots.freeing(held.slot, until=held.reading_until)]

    def _owned(self, run: Run, needed: Sequence[Write], wanted: Sequence[Write] = ()) -> list[bool]:
        """Do the writes of an owner: its run's is the first that is needed, its slot's the second."""
        try:
            return self._together(needed, wanted)
        except TransactionFailed as failed:
            raise (RunLost(run.id) if 0 in failed.items else SlotTaken()) from None

    def _together(self, needed: Sequence[Write], wanted: Sequence[Write]) -> list[bool]:
        """Do all *needed* writes and those *wanted* ones whose conditions hold; returns which of these.

        Raises:
            TransactionFailed: the condition of a needed one did not hold, so nothing was written.
        """
        left = list(range(len(wanted)))
        while needed or left:
            try:
                self._table.transact([*needed, *(wanted[number] for number in left)])
                break
            except TransactionFailed as failed:
                if any(number < len(needed) for number in failed.items):
                    raise
                left = [number for at, number in enumerate(left, len(needed)) if at not in failed.items]
        return [number in left for number in range(len(wanted))]


def _place_of(run: Run) -> QueuePlace:
    return QueuePlace(run.place, run.id, run.since, run.fence)
