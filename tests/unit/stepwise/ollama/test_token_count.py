"""Chunks are counted as the tokens that they are likely to be, and the host's count teaches what is likely."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from stepwise.ollama.token_count import ChunkCounter, MultiByteTokens


def counted(expected: MultiByteTokens, chunks: list[str]) -> ChunkCounter:
    counter = ChunkCounter(expected)
    for chunk in chunks:
        counter.tokens_of(chunk)
    return counter


@given(st.lists(st.text(alphabet="abc é12", min_size=1), max_size=50))
def test_a_chunk_of_short_characters_is_one_token(chunks: list[str]) -> None:
    expected = MultiByteTokens()
    expected.learn(100, 300)

    assert counted(expected, chunks).total == len(chunks)


def test_what_the_host_counted_is_expected_of_the_next_call() -> None:
    expected = MultiByteTokens()
    assert counted(expected, ["猫"] * 40).total == 40

    first = counted(expected, [*("猫" for _ in range(40)), *("a" for _ in range(10))])
    first.finish(60)  # 10 plain ones, and 50 for 40 chunks

    assert expected.average == 1.25
    assert counted(expected, ["狗"] * 40).total == 50


def test_a_few_chunks_teach_nothing() -> None:
    expected = MultiByteTokens()

    counted(expected, ["猫"] * 5).finish(20)

    assert expected.average == 1.0


@given(st.integers(min_value=16, max_value=10_000), st.integers(min_value=0, max_value=1_000_000))
def test_whatever_a_host_says_the_expectation_stays_between_one_and_four(chunks: int, tokens: int) -> None:
    expected = MultiByteTokens()

    expected.learn(chunks, tokens)

    assert 1.0 <= expected.average <= 4.0
