"""Whether an answer has the form that the problem asks for.

Computed to the end, factored, expanded, simpler.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from checkers.mathematics.formulas.build import Context, build
from checkers.mathematics.formulas.nodes import Node, NotUnderstood, size

__all__ = [
    "has_form",
    "is_evaluated",
    "is_polar",
    "is_primitive",
    "is_product_of_primes",
    "is_written_as",
]

_LITERAL = frozenset(["num", "mixed", "repeating", "const", "name", "based"])


def is_evaluated(tree: Node, *, simplified: bool) -> bool:
    """Whether nothing in a number is left to compute.

    `simplified` also wants fractions in lowest terms.
    """
    if tree.kind in _LITERAL:
        return True
    if tree.kind in ("neg", "pct", "deg", "pos"):
        return is_evaluated(tree.parts[0], simplified=simplified)
    if tree.kind in ("div", "ratio") and all(_is_integer(part) for part in tree.parts):
        above, below = (_integer(part) for part in tree.parts)
        return bool(not simplified or (sp.igcd(above, below) == 1 and below != 1))
    if simplified and tree.kind == "call" and tree.text == "root" and _is_integer(tree.parts[0]):
        return _is_simple_radical(tree)
    value = _built(tree)
    if value is None or isinstance(value, sp.Rational):
        # A power such as 2^100 is an answer, a power such as 2^3 still has to be computed.
        return bool(
            tree.kind == "pow" and value is not None and abs(value) > 10**9 and _is_integer(tree.parts[0])
        )
    return all(is_evaluated(part, simplified=simplified) for part in tree.parts)


def is_polar(tree: Node) -> bool:
    """Whether it is a length times a power of e, and nothing else."""
    if tree.kind == "mul":
        return sum(is_polar(part) for part in tree.parts) == 1 and tree.parts[0].kind in (
            "num",
            "call",
            "div",
            "mul",
        )
    return tree.kind == "pow" and tree.parts[0] == Node("const", text="e")


def is_primitive(tree: Node | None) -> bool:
    """Whether it is `A x + B y + … = 0` with integers that have no common factor, the first one positive."""
    if tree is None or tree.kind != "rel" or tree.text != "=" or tree.parts[1] != Node("num", text="0"):
        return False
    value = _built(tree.parts[0])
    if value is None or not value.is_polynomial(*value.free_symbols):
        return False
    names = sorted(value.free_symbols, key=str)
    if not names:
        return False
    polynomial = sp.Poly(value, *names)
    coefficients = polynomial.coeffs()
    if polynomial.total_degree() != 1 or not all(c.is_Integer for c in coefficients):
        return False
    first = next(c for name in names if (c := polynomial.coeff_monomial(name)))
    return bool(sp.igcd(*(int(c) for c in coefficients)) == 1 and first > 0 and _is_plain_sum(tree.parts[0]))


def _is_plain_sum(tree: Node) -> bool:
    """Whether no bracket is left to multiply out: a sum of numbers times names."""
    if tree.kind in ("add", "sub", "neg", "pos"):
        return all(_is_plain_sum(part) for part in tree.parts)
    if tree.kind == "mul":
        return tree.parts[0].kind == "num" and tree.parts[1].kind == "name"
    return tree.kind in ("num", "name")


def is_product_of_primes(tree: Node) -> bool:
    """Whether it is written as a product of powers of different primes, or of primes."""
    if tree.kind == "mul":
        return all(is_product_of_primes(part) for part in tree.parts)
    if tree.kind == "pow":
        return (
            _is_integer(tree.parts[1]) and is_product_of_primes(tree.parts[0]) and tree.parts[0].kind == "num"
        )
    return (
        tree.kind == "num"
        and "." not in tree.text
        and len(tree.text) < 14
        and bool(sp.isprime(int(tree.text)))
    )


def is_written_as(tree: Node, form: str) -> bool:
    """Whether a number is a decimal, a fraction in lowest terms, or mixed."""
    while tree.kind in ("neg", "pos"):
        tree = tree.parts[0]
    if form == "decimal":
        return tree.kind in ("num", "repeating")
    if form == "radical":
        return _is_simple_radical(tree)
    if form == "scientific":
        return _is_scientific(tree)
    if form == "mixed":
        return tree.kind == "mixed" and is_written_as(Node("div", tree.parts[1:]), "fraction")
    return (
        tree.kind == "div"
        and is_evaluated(tree, simplified=True)
        and all(_is_integer(part) for part in tree.parts)
    )


def _is_scientific(tree: Node) -> bool:
    """Whether it is a number from 1 to below 10 times a power of ten."""
    if tree.kind != "mul" or len(tree.parts) != 2 or tree.parts[1].kind != "pow":
        return False
    digits, (base, exponent) = tree.parts[0], tree.parts[1].parts
    return bool(
        digits.kind == "num"
        and base == Node("num", text="10")
        and _is_integer(exponent)
        and 1 <= float(digits.text) < 10
    )


def _is_simple_radical(tree: Node) -> bool:
    """Whether no root holds a power that could be drawn out, and no denominator holds a root."""
    if tree.kind == "call" and tree.text == "root":
        order = _integer(tree.parts[1]) if len(tree.parts) > 1 and _is_integer(tree.parts[1]) else 2
        if not _is_integer(tree.parts[0]) or _integer(tree.parts[0]) < 2:
            return False
        return all(power < order for power in sp.factorint(_integer(tree.parts[0])).values())
    if tree.kind == "pow" and _holds_root(tree):
        return False
    if tree.kind == "div" and _holds_root(tree.parts[1]):
        return False
    return is_evaluated(tree, simplified=True) and all(_is_simple_radical(part) for part in tree.parts)


def _holds_root(tree: Node) -> bool:
    return (tree.kind == "call" and tree.text == "root") or any(_holds_root(part) for part in tree.parts)


def has_form(tree: Node, form: str, question: Node | None, value: Any) -> bool:
    """Whether an expression with letters has that form."""
    if form == "factored":
        return _is_factored(tree, value)
    if form == "expanded":
        return _is_expanded(tree, value)
    if form == "simplified" and question is not None:
        return _is_simpler(tree, question, value)
    return True


def _is_simpler(tree: Node, question: Node, value: Any) -> bool:
    """Whether it is shorter, or what is asked for is done: brackets multiplied out, roots drawn, a fraction reduced."""
    if _repeats_a_factor(tree):
        return False
    if size(tree) < size(question):
        return True
    if _is_product_of_sums(question) and value.is_polynomial() and _is_expanded(tree, value):
        return True
    if _holds_root(question) and _has_plain_roots(tree):
        return True
    return size(tree) == size(question) and _is_reduced(tree)


def _repeats_a_factor(tree: Node) -> bool:
    """Whether a letter stands twice in one product, as in `6xx`."""
    if tree.kind == "mul":
        names = [name for part in tree.parts for name in _factor_names(part)]
        if len(names) != len(set(names)):
            return True
    return any(_repeats_a_factor(part) for part in tree.parts)


def _factor_names(tree: Node) -> list[str]:
    if tree.kind == "mul":
        return [name for part in tree.parts for name in _factor_names(part)]
    if tree.kind == "pow":
        return _factor_names(tree.parts[0])
    return [tree.text] if tree.kind == "name" else []


def _is_product_of_sums(tree: Node) -> bool:
    """Whether brackets that hold letters are to be multiplied out."""
    if tree.kind in ("add", "sub", "neg", "pos"):
        return any(_is_product_of_sums(part) for part in tree.parts)
    return tree.kind in ("mul", "pow") and _holds_sum(tree)


def _has_plain_roots(tree: Node) -> bool:
    """Whether all under each root is a product of primes and letters in powers below the root's degree."""
    if tree.kind == "div" and _holds_root(tree.parts[1]):
        return False
    if tree.kind == "pow" and _holds_root(tree.parts[0]):
        return False
    if tree.kind == "call" and tree.text == "root":
        inside, order = _built(tree.parts[0]), _built(tree.parts[1]) if len(tree.parts) > 1 else sp.Integer(2)
        if inside is None or not isinstance(order, sp.Integer) or not inside.is_polynomial():
            return False
        factors = inside.as_powers_dict()
        whole = [(base, power) for base, power in factors.items() if not base.is_Integer]
        number = inside.as_coeff_Mul()[0]
        return bool(
            number.is_Integer
            and number > 0
            and all(power < order for power in sp.factorint(number).values())
            and all(base.is_Symbol and power.is_Integer and power < order for base, power in whole)
        )
    if tree.kind in ("num", "name"):
        return True
    if tree.kind == "mul" and sum(_is_integer(part) for part in tree.parts) > 1:
        return False
    return tree.kind in ("mul", "neg", "pow", "call") and all(_has_plain_roots(part) for part in tree.parts)


def _is_reduced(tree: Node) -> bool:
    """Whether it is a fraction of polynomials that nothing divides both of, no number either."""
    while tree.kind in ("neg", "pos"):
        tree = tree.parts[0]
    if tree.kind != "div":
        return False
    above, below = (_built(part) for part in tree.parts)
    if above is None or below is None or not above.is_polynomial() or not below.is_polynomial():
        return False
    symbols = sorted(above.free_symbols | below.free_symbols, key=str)
    if not symbols:
        return False
    one, other = sp.Poly(above, *symbols), sp.Poly(below, *symbols)
    if not all(c.is_Integer for p in (one, other) for c in p.coeffs()):
        return False
    return bool(sp.gcd(one, other).is_one)


def _is_factored(tree: Node, value: Any) -> bool:
    factors = _factors(tree)
    if factors is None:
        return False
    count = 0
    for factor, times in factors:
        if factor.is_number:
            continue
        polynomial = sp.Poly(factor, *sorted(factor.free_symbols, key=str))
        if not polynomial.is_irreducible or polynomial.content() not in (1, -1):
            return False
        count += times
    whole = sp.factor_list(value)
    return bool(count == sum(times for _, times in whole[1]))


def _factors(tree: Node) -> list[tuple[Any, int]] | None:
    if tree.kind == "mul":
        parts = [_factors(part) for part in tree.parts]
        return None if None in parts else [factor for part in parts if part is not None for factor in part]
    if tree.kind in ("neg", "pos"):
        return _factors(tree.parts[0])
    if tree.kind == "pow":
        exponent = _built(tree.parts[1])
        inner = _factors(tree.parts[0])
        if inner is None or not isinstance(exponent, sp.Integer) or exponent < 1:
            return None
        return [(factor, times * int(exponent)) for factor, times in inner]
    value = _built(tree)
    return None if value is None else [(value, 1)]


def _is_expanded(tree: Node, value: Any) -> bool:
    terms = _terms(tree)
    if any(_holds_sum(term) for term in terms):
        return False
    symbols = sorted(value.free_symbols, key=str)
    try:
        return bool(len(terms) == len(sp.Poly(value, *symbols).terms()))
    except sp.PolynomialError:
        return False


def _terms(tree: Node) -> list[Node]:
    if tree.kind in ("add", "sub"):
        return [term for part in tree.parts for term in _terms(part)]
    if tree.kind in ("neg", "pos"):
        return _terms(tree.parts[0])
    return [tree]


def _holds_sum(tree: Node) -> bool:
    if tree.kind in ("add", "sub"):
        return _built(tree) is None or bool(_built(tree).free_symbols)
    return any(_holds_sum(part) for part in tree.parts)


def _is_integer(tree: Node) -> bool:
    return (tree.kind == "num" and "." not in tree.text) or (
        tree.kind == "neg" and _is_integer(tree.parts[0])
    )


def _integer(tree: Node) -> int:
    return int(tree.text) if tree.kind == "num" else -_integer(tree.parts[0])


def _built(tree: Node) -> Any:
    try:
        return build(tree, Context())
    except NotUnderstood:
        return None
