"""A POST with an Idempotency-Key that is sent again gets its first reply again."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from stepwise.api.idempotency import Idempotency
from stepwise.api.reply import Reply
from stepwise.errors import IdempotencyInProgress, IdempotencyMismatch, ModelError
from support.clock import Clock
from support.tables import Crash, MemoryTable

DAY = 86_400
PATIENCE = 60.0


class Endpoint:
    """An endpoint that counts how often it computes."""

    def __init__(self) -> None:
        self.table, self.clock = MemoryTable(), Clock()
        self.idempotency = Idempotency(self.table, clock=self.clock, patience=PATIENCE)
        self.computed = 0

    def post(
        self,
        key: str = "k",
        body: bytes = b"body",
        partner: str = "p",
        *,
        status: int = 200,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Reply:
        def compute() -> Reply:
            self.computed += 1
            number = self.computed
            meanwhile()
            return Reply(status, {"number": number, "text": "π"}, {"Location": "/v1/jobs/1"})

        return self.idempotency.once(partner, key, body, compute)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.mark.parametrize("status", [200, 202])
def test_the_first_reply_comes_again(endpoint: Endpoint, status: int) -> None:
    first = endpoint.post(status=status)

    assert endpoint.post(status=status) == first
    assert endpoint.computed == 1


def test_another_body_under_the_same_key_is_refused(endpoint: Endpoint) -> None:
    endpoint.post()

    with pytest.raises(IdempotencyMismatch) as refused:
        endpoint.post(body=b"another")
    assert refused.value.status == 422


def test_while_the_first_is_worked_on_the_second_is_told_so(endpoint: Endpoint) -> None:
    def again() -> None:
        with pytest.raises(IdempotencyInProgress) as refused:
            endpoint.post()
        assert refused.value.status == 409

    endpoint.post(meanwhile=again)

    assert endpoint.computed == 1


def test_another_body_is_refused_also_while_the_first_is_worked_on(endpoint: Endpoint) -> None:
    def other() -> None:
        with pytest.raises(IdempotencyMismatch):
            endpoint.post(body=b"another")

    endpoint.post(meanwhile=other)

    assert endpoint.computed == 1


def test_keys_of_different_partners_have_nothing_to_do_with_each_other(endpoint: Endpoint) -> None:
    endpoint.post(partner="one", body=b"a")
    endpoint.post(partner="two", body=b"b")

    assert endpoint.computed == 2


def test_partner_and_key_cannot_be_confused(endpoint: Endpoint) -> None:
    endpoint.post(partner="ab", key="c")
    endpoint.post(partner="a", key="bc")

    assert endpoint.computed == 2


def test_a_reply_is_kept_for_24_hours(endpoint: Endpoint) -> None:
    endpoint.post()

    endpoint.clock.advance(DAY - 1)
    endpoint.post()
    assert endpoint.computed == 1
    endpoint.clock.advance(3)
    endpoint.post()
    assert endpoint.computed == 2


def test_an_error_may_be_tried_again(endpoint: Endpoint) -> None:
    def fail() -> None:
        raise ModelError

    with pytest.raises(ModelError):
        endpoint.post(meanwhile=fail)

    assert endpoint.post().body["number"] == 2


def test_the_key_of_a_killed_function_is_free_after_the_longest_time_of_a_request(endpoint: Endpoint) -> None:
    def die() -> None:
        endpoint.table.down = True
        raise Crash

    with pytest.raises(Crash):
        endpoint.post(meanwhile=die)
    endpoint.table.down = False

    with pytest.raises(IdempotencyInProgress):
        endpoint.post()
    endpoint.clock.advance(PATIENCE + 1)
    assert endpoint.post().body["number"] == 2


def test_a_first_request_that_comes_back_too_late_does_not_touch_what_the_second_keeps(
    endpoint: Endpoint,
) -> None:
    second: list[Reply] = []

    def stall() -> None:
        endpoint.clock.advance(PATIENCE + 1)
        second.append(endpoint.post())
        raise ModelError

    with pytest.raises(ModelError):
        endpoint.post(meanwhile=stall)

    assert endpoint.post() == second[0]
    assert endpoint.computed == 2


def test_a_late_first_reply_does_not_replace_the_second(endpoint: Endpoint) -> None:
    second: list[Reply] = []

    def stall() -> None:
        if endpoint.computed == 1:
            endpoint.clock.advance(PATIENCE + 1)
            second.append(endpoint.post())

    endpoint.post(meanwhile=stall)

    assert endpoint.post() == second[0]


def test_a_reply_that_is_too_large_to_be_kept_gives_its_key_free() -> None:
    table, clock = MemoryTable(), Clock()
    idempotency = Idempotency(table, clock=clock, patience=PATIENCE)
    large = {"solution": random.Random(1).randbytes(450_000).hex()}
    replies = [Reply(200, large), Reply(200, {"solution": "small"})]

    given = [idempotency.once("p", "k", b"x", lambda: replies.pop(0)).body for _ in range(3)]

    assert given == [large, {"solution": "small"}, {"solution": "small"}]


def test_a_table_that_fails_only_when_the_reply_is_kept_gives_the_key_free(endpoint: Endpoint) -> None:
    endpoint.post(meanwhile=lambda: endpoint.table.fail_next(1))

    assert endpoint.post().body["number"] == 2


def test_a_reply_that_a_later_release_kept_is_left_to_it(endpoint: Endpoint) -> None:
    endpoint.post()
    (record,) = endpoint.table.items()
    endpoint.table.put({**record, "version": record["version"] + 1})

    with pytest.raises(IdempotencyInProgress):
        endpoint.post()


def test_without_the_table_the_answer_is_given_all_the_same(endpoint: Endpoint) -> None:
    endpoint.table.down = True

    assert endpoint.post().status == 200


def test_a_table_that_fails_at_the_end_does_not_cost_the_answer(endpoint: Endpoint) -> None:
    def fall() -> None:
        endpoint.table.down = True

    assert endpoint.post(meanwhile=fall).status == 200


def test_a_write_that_the_client_of_the_table_repeats_meets_itself(endpoint: Endpoint) -> None:
    """The first attempt took effect and its answer was lost: the second one's condition fails on our own record."""
    real_put = endpoint.table.put

    def twice(item: object, **options: object) -> None:
        real_put(item, **options)  # type: ignore[arg-type]
        real_put(item, **options)  # type: ignore[arg-type]

    endpoint.table.put = twice  # type: ignore[method-assign,assignment]

    assert endpoint.post().status == 200


def test_of_many_at_once_one_computes(endpoint: Endpoint) -> None:
    def post(_: int) -> object:
        try:
            return endpoint.post().body["number"]
        except IdempotencyInProgress:
            return "in progress"

    with ThreadPoolExecutor(16) as pool:
        seen = set(pool.map(post, range(32)))

    assert endpoint.computed == 1
    assert seen <= {1, "in progress"}
