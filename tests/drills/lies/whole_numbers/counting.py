"""Whole numbers with properties, dice, coins, draws and arrangements. Every case is listed and counted."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

from drills.lies.drilled import Family, Posed
from drills.lies.notation import Pen
from drills.lies.oracle import Doubtful, divisors, is_prime, is_square
from drills.lies.truths import Truth, number

__all__ = ["FAMILIES"]

_Event = Callable[[tuple[int, ...]], bool]
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _decoys(**values: int | Fraction) -> tuple[tuple[str, Truth], ...]:
    return tuple((kind.replace("_", " "), number(value)) for kind, value in values.items())


def _said(pen: Pen, value: int) -> str:
    return pen.math(value) if value > 10 or pen.chance.random() < 0.5 else _WORDS[value]


def _whole(pen: Pen) -> Posed:
    """Numbers under one limit with one property or two, joined in several ways."""
    chance = pen.chance
    a, b, top = chance.choice((2, 3, 4, 5, 6, 9)), chance.choice((4, 6, 7, 10)), chance.randint(25, 320)
    if a == b:
        raise Doubtful
    p, q = pen.math(a), pen.math(b)
    properties: list[tuple[str, Callable[[int], bool]]] = [
        (f"divisible by {p} or {q}", lambda n: n % a == 0 or n % b == 0),
        (f"divisible by {p} or {q} but not both", lambda n: (n % a == 0) != (n % b == 0)),
        (f"divisible by {p} and {q}", lambda n: n % a == 0 and n % b == 0),
        (f"divisible by {p} but not {q}", lambda n: n % a == 0 and n % b != 0),
        (f"not divisible by {p}", lambda n: n % a != 0),
        (f"not divisible by {p} or {q}", lambda n: n % a != 0 and n % b != 0),
        (f"relatively prime to {q}", lambda n: math.gcd(n, b) == 1),
        ("odd and prime", lambda n: n % 2 == 1 and is_prime(n)),
        ("perfect squares and even", lambda n: is_square(n) and n % 2 == 0),
        (f"multiples of {p} and are odd", lambda n: n % a == 0 and n % 2 == 1),
    ]
    said, test = chance.choice(properties)
    every = range(1, top)
    hits = [n for n in every if test(n)]
    other = [n for n in every if n % a == 0]
    if not hits:
        raise Doubtful
    limit = pen.math(top)
    if chance.random() < 0.25:
        text = f"If a positive integer less than {limit} is chosen at random, what is the probability that it is {said.replace('multiples', 'a multiple').replace('perfect squares', 'a perfect square').replace(' are ', ' is ')}?"
        chance_of = Fraction(len(hits), len(every))
        return Posed(
            text, number(chance_of), _decoys(limit_counted=Fraction(len(hits), top), complement=1 - chance_of)
        )
    text = pen.pick(
        f"How many positive integers less than {limit} are {said}?",
        f"Find the number of positive integers less than {limit} that are {said}.",
    )
    return Posed(
        text,
        number(len(hits)),
        _decoys(one_condition=len(other), limit_counted=len(hits) + 1, sum_instead=sum(hits)),
    )


def _digits(pen: Pen) -> Posed:
    """Numbers told by their digits, and the least one with remainders or divisors."""
    chance = pen.chance
    length = chance.choice((2, 3))
    low, high = 10 ** (length - 1), 10**length
    size, k, digit = f"{_WORDS[length]}-digit", chance.randint(3, 12), chance.randint(1, 9)
    shown, last = pen.math(k), pen.math(digit)
    properties: list[tuple[str, Callable[[int], bool]]] = [
        (f"whose digits add up to {shown}", lambda n: sum(map(int, str(n))) == k),
        ("whose digits are all different", lambda n: len(set(str(n))) == length),
        ("with only odd digits", lambda n: all(int(d) % 2 for d in str(n))),
        (f"with a units digit of {last}", lambda n: n % 10 == digit),
        (f"that contain the digit {last}", lambda n: str(digit) in str(n)),
        (f"that leave a remainder of {pen.math(1)} when divided by {shown}", lambda n: n % k == 1),
    ]
    said, test = chance.choice(properties)
    hits = [n for n in range(low, high) if test(n)]
    if chance.random() < 0.15:
        least = next(n for n in range(1, 10**6) if len(divisors(n)) == k)
        text = f"What is the smallest positive integer that has exactly {shown} positive divisors?"
        return Posed(text, number(least), _decoys(power_of_two=2 ** (k - 1), next_one=least + 1))
    text = pen.pick(
        f"How many {size} numbers {said} are there?", f"How many {size} positive integers are there {said}?"
    )
    zero = [n for n in range(high) if test(n)]
    return Posed(
        text,
        number(len(hits)),
        _decoys(shorter_ones_too=len(zero), one_too_many=len(hits) + 1, all_of_them=high - low),
    )


def _of_dice(
    pen: Pen, count: int, faces: int, often: str, holds: Callable[[int], bool], times: int
) -> tuple[tuple[str, _Event, _Event], ...]:
    """What dice may show, in words, with a mistaken event beside each."""
    chance = pen.chance
    face, sum_of = chance.randint(1, faces), chance.randint(count + 1, count * faces - 1)
    return (
        (
            f"{often} of them show a {pen.math(face)}",
            lambda o: holds(o.count(face)),
            lambda o: o.count(face) == times,
        ),
        (
            f"the sum of the numbers rolled is {pen.math(sum_of)}",
            lambda o: sum(o) == sum_of,
            lambda o: sum(sorted(o)) <= sum_of,
        ),
        (
            "the product of the numbers rolled is even",
            lambda o: math.prod(o) % 2 == 0,
            lambda o: all(n % 2 == 0 for n in o),
        ),
        (
            "all the dice show the same number",
            lambda o: len(set(o)) == 1,
            lambda o: o == (1,) * count,
        ),
        (
            "at least two of the dice show the same number",
            lambda o: len(set(o)) < count,
            lambda o: len(set(o)) == 1,
        ),
        (
            f"the sum of the numbers rolled is greater than {pen.math(sum_of)}",
            lambda o: sum(o) > sum_of,
            lambda o: sum(o) >= sum_of,
        ),
    )


def _thrown(pen: Pen) -> Posed:
    """Dice and coins: how often, which sum, all the same."""
    chance = pen.chance
    coins = chance.random() < 0.4
    count, faces = chance.randint(2, 4 if not coins else 7), 2 if coins else chance.choice((6, 6, 8))
    outcomes = list(itertools.product(range(1, faces + 1), repeat=count))
    times = chance.randint(0 if chance.random() < 0.1 else 1, count)
    many, often = _said(pen, count), _said(pen, times)
    relation, holds = chance.choice(
        (
            ("exactly", lambda k: k == times),
            ("at least", lambda k: k >= times),
            ("at most", lambda k: k <= times),
        )
    )
    if coins:
        text = pen.pick(
            f"A fair coin is flipped {many} times. What is the probability that {relation} {often} of the flips are heads?",
            f"If {many} fair coins are tossed, what is the probability of getting {relation} {often} heads?",
        )
        events: tuple[_Event, _Event] = (
            lambda o: holds(o.count(1)),
            lambda o: o.count(1) == times,
        )
    else:
        dice = f"{many} fair {'six' if faces == 6 else 'eight'}-sided dice"
        said, event, wrong = chance.choice(_of_dice(pen, count, faces, f"{relation} {often}", holds, times))
        text = f"If {dice} are rolled, what is the probability that {said}?"
        events = (event, wrong)
    right, other = (Fraction(sum(map(event, outcomes)), len(outcomes)) for event in events)
    return Posed(
        text,
        number(right),
        _decoys(another_event=other, complement=1 - right, number_of_cases=right * len(outcomes)),
    )


def _drawn(pen: Pen) -> Posed:
    """Draws from a bag, with and without replacement."""
    chance = pen.chance
    colours = chance.sample(("red", "blue", "green", "white"), chance.choice((2, 3)))
    counts = [chance.randint(2, 6) for _ in colours]
    things = [c for c, n in zip(colours, counts, strict=True) for _ in range(n)]
    drawn, back = chance.choice((1, 2, 2, 3)), chance.random() < 0.4
    held = [f"{pen.math(n)} {c} marbles" for c, n in zip(colours, counts, strict=True)]
    listed = ", ".join(held[:-1]) + (", and " if len(held) > 2 else " and ") + held[-1]
    put = " with replacement" if back else " without replacement"
    one = colours[0]
    if drawn == 1:
        text = (
            f"A bag contains {listed}. A marble is drawn at random. What is the probability that it is {one}?"
        )
        right = Fraction(counts[0], len(things))
        return Posed(
            text,
            number(right),
            _decoys(odds=Fraction(counts[0], len(things) - counts[0]), complement=1 - right),
        )
    ways = list(itertools.product(things, repeat=drawn) if back else itertools.permutations(things, drawn))
    other_ways = list(
        itertools.permutations(things, drawn) if back else itertools.product(things, repeat=drawn)
    )
    said, event = chance.choice(
        (
            (f"{'both' if drawn == 2 else 'all three'} marbles are {one}", lambda o: set(o) == {one}),
            (f"exactly one of the marbles is {one}", lambda o: o.count(one) == 1),
            (f"at least one of the marbles is {one}", lambda o: one in o),
            ("they are all the same color", lambda o: len(set(o)) == 1),
        )
    )
    text = f"A bag contains {listed}. {_WORDS[drawn].capitalize()} marbles are drawn at random{put}. What is the probability that {said}?"
    right, other = (Fraction(sum(map(event, some)), len(some)) for some in (ways, other_ways))
    return Posed(text, number(right), _decoys(other_replacement=other, complement=1 - right))


def _ways(pen: Pen) -> Posed:
    """Committees, offices, letters, rows, circles and boxes; some without what decides how to count."""
    chance = pen.chance
    n, k = chance.randint(4, 9), chance.randint(2, 4)
    if k > n:
        raise Doubtful
    whole, taken = pen.math(n), _said(pen, k)
    ordered, chosen = math.perm(n, k), math.comb(n, k)
    choice = chance.randrange(6)
    if choice == 0:
        text = pen.pick(
            f"How many different {_WORDS[k]}-person committees can be formed from a group of {whole} people?",
            f"How many ways are there to choose {taken} books from {whole} books?",
            f"In how many ways can a coach choose {taken} players from a team of {whole} players?",
        )
        return Posed(text, number(chosen), _decoys(order_counted=ordered, powers=n**k))
    if choice == 1:
        offices = ("a president", "a vice-president", "a secretary", "a treasurer")[:k]
        listed = ", ".join(offices[:-1]) + f" and {offices[-1]}"
        said = chance.choice((" if no member can hold more than one office", ""))
        text = f"Our club has {whole} members. In how many ways can it choose {listed}{said}?"
        return Posed(
            text, number(ordered) if said else None, _decoys(without_order=chosen, several_offices=n**k)
        )
    if choice == 2:
        letters = "".join(chance.choice("ABEST") for _ in range(chance.randint(3, 6)))
        words = len(set(itertools.permutations(letters)))
        every = math.factorial(len(letters))
        text = f"How many ways are there to arrange the letters of the word {letters}?"
        return Posed(text, number(words), _decoys(letters_apart=every, one_more=words + 1))
    seats = [order for order in itertools.permutations(range(n)) if n <= 7]
    if choice == 3:
        said = chance.choice(
            (" (Two seatings are considered the same if one is a rotation of the other.)", "")
        )
        text = f"In how many ways can {whole} people sit around a round table?{said}"
        return Posed(
            text,
            number(math.factorial(n - 1)) if said else None,
            _decoys(a_row=math.factorial(n), flipped=math.factorial(n - 1) // 2),
        )
    if choice == 4 and seats:
        together = sum(1 for order in seats if abs(order.index(0) - order.index(1)) == 1)
        text = f"In how many ways can {whole} people be seated in a row if {pen.math(2)} of them must sit together?"
        return Posed(
            text,
            number(together),
            _decoys(apart=len(seats) - together, as_one=math.factorial(n - 1), everybody=len(seats)),
        )
    apart, boxes_apart = chance.random() < 0.5, chance.random() < 0.5
    n, k = chance.randint(2, 6), chance.randint(2, 4)
    labels = ["indistinguishable", "distinguishable"]
    told = chance.random() < 0.8
    text = f"How many ways are there to put {pen.math(n)} {labels[apart]} balls in {pen.math(k)} {labels[boxes_apart] + ' ' if told else ''}boxes?"
    found = {_pattern(spread, k, apart, boxes_apart) for spread in itertools.product(range(k), repeat=n)}
    return Posed(
        text, number(len(found)) if told else None, _decoys(all_apart=k**n, shares=math.comb(n + k - 1, n))
    )


def _pairs(pen: Pen) -> Posed:
    """Games of everybody with everybody, two sorts of people, and pairs that solve an equation."""
    chance = pen.chance
    choice, n = chance.randrange(4), chance.randint(4, 14)
    games = len(list(itertools.combinations(range(n), 2)))
    if choice == 0:
        often, times = chance.choice((("exactly once", 1), ("twice", 2), ("three times", 3), ("", 0)))
        text = f"There are {pen.math(n)} teams in a league. Each team plays every other team{' ' + often if often else ''}. How many games are played?"
        truth = number(games * times) if often else None
        return Posed(
            text,
            truth,
            _decoys(each_counted_twice=2 * games * max(times, 1), itself_too=games + n, games=games),
        )
    if choice == 1:
        boys, girls = chance.randint(3, 8), chance.randint(3, 8)
        a, b = chance.randint(1, 3), chance.randint(1, 3)
        text = f"A class has {pen.math(boys)} boys and {pen.math(girls)} girls. In how many ways can the teacher choose {_said(pen, a)} boys and {_said(pen, b)} girls?"
        right = math.comb(boys, a) * math.comb(girls, b)
        return Posed(
            text,
            number(right),
            _decoys(added=math.comb(boys, a) + math.comb(girls, b), together=math.comb(boys + girls, a + b)),
        )
    if choice == 2:
        p, q, r = chance.randint(1, 5), chance.randint(1, 5), chance.randint(10, 90)
        pair = pen.framed("(x, y)")
        equation = pen.framed(f"{p if p > 1 else ''}x + {q if q > 1 else ''}y = {r}")
        found = [(x, y) for x in range(r + 1) for y in range(r + 1) if p * x + q * y == r]
        positive = [pair for pair in found if min(pair) > 0]
        text = f"How many ordered pairs of positive integers {pair} satisfy {equation}?"
        return Posed(text, number(len(positive)), _decoys(zero_too=len(found), solutions=r // q))
    above, below, place = chance.randint(1, 40), chance.randint(2, 41), chance.randint(2, 90)
    fraction = pen.either(f"\\frac{{{above}}}{{{below}}}", f"{above}/{below}")
    digits = str(above * 10**place // below % 10**place).rjust(place, "0")
    text = f"What is the {place}th digit after the decimal point in the decimal representation of {fraction}?"
    if place % 10 in (1, 2, 3):
        raise Doubtful
    return Posed(
        text, number(int(digits[-1])), _decoys(one_before=int(digits[-2]), sum_of_all=sum(map(int, digits)))
    )


def _pattern(spread: tuple[int, ...], boxes: int, apart: bool, boxes_apart: bool) -> object:
    """What is seen of a distribution, with what can be told apart."""
    contents = [tuple(ball for ball, box in enumerate(spread) if box == k) for k in range(boxes)]
    seen: list[object] = [content if apart else len(content) for content in contents]
    return tuple(seen) if boxes_apart else tuple(sorted(seen, key=str))


def _unclear(pen: Pen) -> Posed:
    """Words that people read in two ways, or a condition that nobody knows: nothing may be verified."""
    chance = pen.chance
    a, b = chance.choice(((3, 5), (4, 6), (2, 7)))
    p, q, top = pen.math(a), pen.math(b), chance.randint(5, 12) * 10
    both = sum(1 for n in range(1, top) if n % a == 0 and n % b == 0)
    either = sum(1 for n in range(1, top) if n % a == 0 or n % b == 0)
    low, high = 10 * a, 10 * b
    inside = sum(1 for n in range(low, high + 1) if n % 10 == 0)
    limit = pen.math(top)
    odd = sum(1 for n in range(100, 1000) if len(set(str(n))) == 3 and all(int(d) % 2 for d in str(n)))
    odd_number = sum(1 for n in range(100, 1000) if len(set(str(n))) == 3 and n % 2)
    cases: tuple[tuple[str, tuple[int | Fraction, ...]], ...] = (
        (f"How many positive integers less than {limit} are multiples of {p} and {q}?", (both, either)),
        (f"How many positive integers less than {limit} are not divisible by {p} and {q}?", (top - 1 - both, top - 1 - either)),
        (f"How many multiples of {pen.math(10)} are between {pen.math(low)} and {pen.math(high)}?", (inside, inside - 2)),
        ("How many three-digit numbers are there whose digits are all different and odd?", (odd, odd_number)),
        (f"How many positive integers less than {limit} are divisible by {p} and lucky?", (both, (top - 1) // a)),
        ("Two loaded six-sided dice are rolled. What is the probability that the sum of the numbers rolled is 7?", (Fraction(1, 6),)),
        ("Two fair six-sided dice are rolled. The first shows a 3. What is the probability that the sum of the numbers rolled is 7?", (Fraction(1, 6),)),
        (f"A bag contains {p} red marbles and {q} blue marbles. Two marbles are taken. What is the probability that both marbles are red?", (Fraction(a * (a - 1), (a + b) * (a + b - 1)), Fraction(a * a, (a + b) ** 2))),
        (f"In how many ways can {q} people be seated in a row if Ann must sit at one end?", (math.factorial(b), 2 * math.factorial(b - 1))),
        (f"How many different three-person committees can be formed from a group of {pen.math(9)} people if at least one of them is a teacher?", (84, 504)),
    )  # fmt: skip
    text, answers = chance.choice(cases)
    return Posed(
        text, None, tuple((f"reading {place}", number(value)) for place, value in enumerate(answers))
    )


FAMILIES: dict[str, Family] = {
    "whole numbers": _whole,
    "digits of numbers": _digits,
    "throws": _thrown,
    "draws": _drawn,
    "ways": _ways,
    "pairs": _pairs,
    "unclear counts": _unclear,
}
