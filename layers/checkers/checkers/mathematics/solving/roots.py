"""All solutions of an equation in one unknown, real or complex.

Where they are not all known, `NotUnderstood` is raised.
"""

from __future__ import annotations

import contextlib
from typing import Any

import sympy as sp

from checkers.mathematics.formulas.nodes import NotUnderstood
from checkers.mathematics.solving.polynomials import merged, polynomial_roots
from checkers.mathematics.solving.trigonometry import angles_in

__all__ = ["candidates", "transcendental_roots"]

MOST_BARS = 4


def candidates(difference: Any, unknown: Any, domain: Any = sp.S.Reals) -> list[Any]:
    """Real numbers among which all real zeros of `difference` are.

    Those that are none must be tried and dropped.

    Zeros outside of `domain` may be missing.

    Raises `NotUnderstood` when the list could be incomplete.
    """
    bars = sorted(difference.atoms(sp.Abs), key=lambda bar: (-sp.count_ops(bar), str(bar)))
    bars = [bar for bar in bars if bar.has(unknown)]
    if len(bars) > MOST_BARS:
        raise NotUnderstood("too many absolute values")
    if bars:
        inside = bars[-1].args[0]
        return merged(
            candidates(difference.xreplace({bars[-1]: inside}), unknown, domain)
            + candidates(difference.xreplace({bars[-1]: -inside}), unknown, domain)
        )
    if difference.has(sp.floor, sp.ceiling, sp.Max, sp.Min, sp.sign, sp.re, sp.im, sp.arg):
        raise NotUnderstood("steps")
    roots = _radicals(difference, unknown)
    if roots is not None:
        return _without_radicals(difference, unknown, roots)
    through = _through_kernel(sp.expand_power_exp(difference), unknown)
    if through is not None:
        return through
    if isinstance(domain, sp.Interval) and domain.start.is_finite and domain.end.is_finite:
        with contextlib.suppress(NotUnderstood):  # then by the way below
            return angles_in(difference, unknown, domain)
    return transcendental_roots(difference, unknown, domain)


def _through_kernel(difference: Any, unknown: Any) -> list[Any] | None:
    """Where the unknown is only inside one logarithm or one exponent.

    First that as a whole, then what is in it.
    """
    kernels: set[Any] = set()
    waiting = [difference]
    while waiting:
        part = waiting.pop()
        if isinstance(part, sp.log | sp.exp) or (part.is_Pow and part.exp.has(unknown)):
            if part.has(unknown):
                kernels.add(part)
        else:
            waiting.extend(part.args)
    if len(kernels) > 1 and all(isinstance(kernel, sp.log) for kernel in kernels):
        return _through_logarithms(difference, unknown)
    if len(kernels) != 1:
        return None
    kernel = kernels.pop()
    whole = sp.Dummy("whole", real=True)
    outer = difference.xreplace({kernel: whole})
    if outer.has(unknown):
        return None
    found: list[Any] = []
    for value in candidates(outer, whole):
        if isinstance(kernel, sp.log):
            found += candidates(kernel.args[0] - sp.exp(value), unknown)
        elif bool(value.evalf(30) > 0):
            base, exponent = kernel.as_base_exp()
            found += candidates(exponent - sp.log(value) / sp.log(base), unknown)
    return merged(found)


def _through_logarithms(difference: Any, unknown: Any) -> list[Any] | None:
    """Take logarithms of powers of the unknown apart.

    Once for positive values, once for negative ones by their opposites.
    """
    found: list[Any] = []
    for sign in (1, -1):
        positive = sp.Symbol("positive", positive=True)
        apart = sp.expand_log(difference.subs(unknown, sign * positive), force=True)
        logarithms = {part for part in apart.atoms(sp.log) if part.has(positive)}
        if logarithms != {sp.log(positive)}:
            return None
        whole = sp.Dummy("whole", real=True)
        outer = apart.xreplace({sp.log(positive): whole})
        if outer.has(positive):
            return None
        found += [sign * sp.exp(value) for value in candidates(outer, whole)]
    return merged(found)


def transcendental_roots(difference: Any, unknown: Any, domain: Any) -> list[Any]:
    """All zeros in `domain` by SymPy's complete solver.

    A look for changes of sign must find no other.
    """
    found = sp.solveset(difference, unknown, domain)
    if found == sp.S.EmptySet:
        zeros: list[Any] = []
    elif isinstance(found, sp.FiniteSet):
        zeros = list(found.args)
    else:
        raise NotUnderstood("solutions that are not all known")
    _look_for_others(difference, unknown, domain, zeros)
    return zeros


def _radicals(difference: Any, unknown: Any) -> list[Any] | None:
    """The roots with the unknown under them, innermost first.

    None where other functions hold the unknown.
    """
    found = []
    for part in sp.postorder_traversal(difference):
        if not part.has(unknown) or part.is_Add or part.is_Mul or part.is_Symbol:
            continue
        if part.is_Pow and part.exp.is_Integer:
            continue
        if part.is_Pow and part.exp.is_Rational:
            found.append(part)
            continue
        return None
    return found


def _without_radicals(difference: Any, unknown: Any, radicals: list[Any]) -> list[Any]:
    """Eliminate each root as a new unknown; what remains is a polynomial."""
    if not radicals:
        return polynomial_roots(difference, unknown, real=True)
    if len(radicals) > 4:
        raise NotUnderstood("too many roots")
    names: dict[Any, Any] = {}
    conditions = []
    expression = difference
    for place, radical in enumerate(dict.fromkeys(radicals)):
        name = sp.Dummy(f"t{place}")
        base, exponent = radical.base.xreplace(names), radical.exp
        root = name**exponent.p if exponent.p > 0 else 1 / name ** (-exponent.p)
        names[radical] = root
        conditions.append((name, sp.fraction(sp.together(name**exponent.q - base))[0]))
    expression = sp.fraction(sp.together(expression.xreplace(names)))[0]
    for name, condition in reversed(conditions):
        expression = sp.resultant(sp.expand(expression), sp.expand(condition), name)
    if expression == 0:
        raise NotUnderstood("an elimination that says nothing")
    return polynomial_roots(expression, unknown, real=True)


def _look_for_others(difference: Any, unknown: Any, domain: Any, zeros: list[Any]) -> None:
    """Refuse where the sign changes far from every zero that is known."""
    low, high = (-12.0, 12.0)
    if isinstance(domain, sp.Interval):
        low = max(low, float(domain.start)) if domain.start != -sp.oo else low
        high = min(high, float(domain.end)) if domain.end != sp.oo else high
    known = [float(zero.evalf(20)) for zero in zeros]
    steps = 160
    previous: float | None = None
    for step in range(steps + 1):
        place = low + (high - low) * (step + 0.37) / (steps + 1)
        value = difference.subs(unknown, sp.Float(place, 20)).evalf(20)
        number = float(value) if value.is_Float and value.is_real else None
        near = any(abs(place - zero) < 1.5 * (high - low) / steps for zero in known)
        changed = number is not None and previous is not None and number * previous < 0
        if changed and not near and max(abs(number or 0), abs(previous or 0)) < 50:
            raise NotUnderstood("a change of sign where no solution is known")
        previous = number
