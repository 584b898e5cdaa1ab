"""A proved candidate ends the thinking, beside the stream, a bounded number of times, and never in its way."""

from __future__ import annotations

import threading
from concurrent.futures import wait

from stepwise.answering.drafting.proof_search import MOST_CHECKS, ProofSearch


def settled(search: ProofSearch) -> bool:
    """Whether a proof is found by the time that all checks have ended."""
    wait(search._pending, timeout=5)
    return search.proved


def test_a_candidate_that_the_checker_verifies_is_a_proof() -> None:
    with ProofSearch(lambda answer: answer == "x = 5") as search:
        search.feed("2x = 10 must hold.\nSo x = 5.")
        assert search.checks == 0  # the second line is not at its end yet
        search.feed("\n")
        assert settled(search)
        assert search.checks == 1


def test_candidates_that_are_not_verified_prove_nothing() -> None:
    with ProofSearch(lambda answer: False) as search:
        search.feed("So x = 5.\nSo x = 6.\n")

        assert not settled(search)


def test_a_checker_that_fails_proves_nothing_and_stops_nothing() -> None:
    def broken(answer: str) -> bool:
        raise RuntimeError("killed")

    with ProofSearch(broken) as search:
        search.feed("So x = 5.\n")

        assert not settled(search)


def test_no_more_than_eight_candidates_are_checked() -> None:
    asked: list[str] = []
    with ProofSearch(lambda answer: asked.append(answer) is not None) as search:
        for number in range(20):
            search.feed(f"So x = {number}.\n")
        settled(search)

    assert len(asked) == MOST_CHECKS == search.checks


def test_checks_made_before_a_hand_over_count() -> None:
    asked: list[str] = []
    with ProofSearch(lambda answer: asked.append(answer) is not None, checks=MOST_CHECKS) as search:
        search.feed("So x = 5.\n")

    assert asked == []


def test_a_check_whose_result_nobody_waited_for_is_made_again_after_a_hand_over() -> None:
    asked: list[str] = []
    with ProofSearch(
        lambda answer: asked.append(answer) is None, checks=2, text="So x = 4.\n\nSo x = 5.\n\nTh"
    ) as search:
        search.feed("en")

        assert settled(search)
        assert (asked, search.checks) == (["x = 5"], 3)


def test_a_candidate_is_checked_once_however_often_it_is_said() -> None:
    asked: list[str] = []
    with ProofSearch(lambda answer: asked.append(answer) is not None) as search:
        search.feed("So x = 5.\nSo x = 5.\nSo x = 5.\n")
        settled(search)

    assert asked == ["x = 5"]


def test_a_slow_check_does_not_hold_the_stream_up() -> None:
    go_on = threading.Event()

    def slow(answer: str) -> bool:
        return go_on.wait(5)

    with ProofSearch(slow) as search:
        search.feed("So x = 5.\n")
        before = search.proved
        go_on.set()

        assert before is False
        assert settled(search)


def test_a_paragraph_that_a_hand_over_cut_is_read_whole() -> None:
    with ProofSearch(lambda answer: answer == "x = 5", text="Some thinking.\nSo x") as search:
        search.feed(" = 5.\n")

        assert settled(search)
