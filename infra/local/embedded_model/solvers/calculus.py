"""Derivatives, integrals and limits."""

from __future__ import annotations

import re

import sympy as sp

from embedded_model.algebra import objects
from embedded_model.algebra.formula import Binary, Call, Name, Node, Relation
from embedded_model.algebra.reading import Reading
from embedded_model.values.phrases import Phrases
from embedded_model.values.solution import Say, Solution, Step

__all__ = ["solve"]

_FUNCTION = r"functions?|with respect to|respect|curve"
_DERIVE = Phrases(
    rf"differentiate|derivatives?|first|{_FUNCTION}", r"求导数|求导|导函数|导数|函数|对|关于|一阶"
)
_INTEGRATE = Phrases(
    rf"integrate|integrals?|antiderivatives?|indefinite|definite|evaluate|compute|calculate|from|to|between|{_FUNCTION}",
    r"求不定积分|求定积分|不定积分|定积分|积分|原函数|计算|函数|对|关于|从|到|上",
)
_LIMIT = Phrases(
    r"limits?|evaluate|compute|calculate|as|approaches|tends to|goes to|to|infinity",
    r"求极限|极限|计算|当|时|趋于|趋近于|趋向于|函数",
)
_FROM_TO = re.compile(r"(?:from|从) ?\{(\d)\} ?(?:to|到) ?\{(\d)\}")
_WHEN = re.compile(r"当 ?\{0\} ?(?:趋于|趋近于|趋向于) ?\{1\} ?时.*\{2\}.*")
_APPROACHES = re.compile(r"as \{(\d)\} (?:approaches|tends to|goes to) (?:\{(\d)\}|(infinity))")


def solve(reading: Reading, say: Say) -> Solution | None:
    """The derivative, integral or limit that *reading* asks for."""
    words = reading.words
    if _WHEN.fullmatch(reading.skeleton) and _LIMIT.command(words) and len(reading.formulas) == 3:
        over, target, body = (formula.sides[0] for formula in reading.formulas)
        return _limit(Call("limit", (body, over, target)), say)
    nodes = [_body(formula) for formula in reading.formulas]
    first = nodes[0]
    if first is None:
        return None
    if isinstance(first, Call) and first.name == "derivative" and len(nodes) == 1:
        known = _DERIVE.understand(words) or _LIMIT.understand(words)
        return _derivative(first.arguments[0], first.arguments[1], say) if known else None
    if isinstance(first, Call) and first.name == "integral" and len(nodes) == 1:
        return _integral(first, say) if _INTEGRATE.understand(words) else None
    if isinstance(first, Call) and first.name == "limit" and len(nodes) == 1:
        return _limit(first, say) if _LIMIT.understand(words) else None
    if _DERIVE.command(words) and re.search(r"differen|deriv|导", words):
        variable = _variable(first, nodes[1:])
        return _derivative(first, variable, say) if variable else None
    if _INTEGRATE.command(words) and re.search(r"integra|antideriv|积分|原函数", words):
        return _spoken_integral(reading, first, nodes, say)
    if _LIMIT.command(words) and re.search(r"limit|极限", words):
        return _spoken_limit(reading, first, say)
    return None


def _body(formula: Relation) -> Node | None:
    """The expression of ``f(x) = …``, ``y = …`` or a bare one."""
    if not formula.signs:
        return formula.sides[0]
    left = formula.sides[0]
    named = isinstance(left, Name) and left.text in {"y", "f", "g", "s"}
    called = (
        isinstance(left, Binary)
        and left.implicit
        and isinstance(left.left, Name)
        and isinstance(left.right, Name)
    )
    if formula.signs == ("=",) and (named or called):
        return formula.sides[1]
    return None


def _variable(body: Node, others: list[Node | None]) -> Name | None:
    names = [name.name for name in objects.symbols(objects.expression(body))]
    if len(others) == 1 and isinstance(others[0], Name):
        return others[0]
    return Name(names[0]) if not others and len(names) == 1 else None


def _derivative(body: Node, variable: Node, say: Say) -> Solution | None:
    if not isinstance(variable, Name):
        return None
    over, expr = objects.symbol(variable.text), objects.expression(body)
    result = sp.diff(expr, over)
    plain = (
        sp.factor(result)
        if result.is_polynomial(over) and len(sp.Add.make_args(result)) == 1
        else sp.simplify(result)
    )
    plain = result if len(str(result)) <= len(str(plain)) else plain
    terms = sp.Add.make_args(sp.expand(expr) if expr.is_polynomial(over) else expr)
    name = sp.latex(over)
    lines = say("; ", "；").join(
        rf"$\frac{{d}}{{d{name}}}\left({_tex(term)}\right) = {_tex(sp.diff(term, over))}$" for term in terms
    )
    point = sp.Rational(7, 10)
    if not _slope_agrees(expr, plain, over, point):
        return None
    return Solution(
        kind=say("This asks for a derivative.", "这是一道求导题。"),
        information=say(
            f"The function is ${objects.tex(body)}$, and the variable is ${name}$.",
            f"函数为 ${objects.tex(body)}$，自变量为 ${name}$。",
        ),
        steps=(
            Step(
                say("Differentiate term by term", "逐项求导"),
                say("By the power, product and chain rules: ", "由幂函数、乘积与链式求导法则：")
                + lines
                + say(".", "。"),
            ),
            Step(
                say("Put together", "合并"),
                say("The sum of these is ", "各项相加得 ") + f"${_tex(plain)}$" + say(".", "。"),
            ),
        ),
        answer=_tex(plain),
        check=say(
            f"At ${name} = 0.7$ the slope of a very short chord of the function agrees with this formula.",
            f"在 ${name} = 0.7$ 处，用极短割线的斜率数值验证，与所得公式一致。",
        ),
    )


def _slope_agrees(expr: sp.Expr, slope: sp.Expr, over: sp.Symbol, point: sp.Expr) -> bool:
    values = {name: sp.Rational(3 + at, 2) for at, name in enumerate(objects.symbols(expr)) if name != over}
    half = sp.Rational(1, 10**8)
    shifted = [sp.N(expr.subs(values).subs(over, point + sign * half), 40) for sign in (1, -1)]
    measured = complex((shifted[0] - shifted[1]) / (2 * half))
    wanted = complex(sp.N(slope.subs(values).subs(over, point), 40))
    return abs(measured - wanted) <= 1e-6 * max(1.0, abs(wanted))


def _integral(call: Call, say: Say) -> Solution | None:
    body, variable, *bounds = call.arguments
    if not isinstance(variable, Name):
        return None
    over, expr = objects.symbol(variable.text), objects.expression(body)
    inner = sp.integrate(expr, over)
    if (
        inner.has(sp.Integral, sp.Piecewise, sp.erf, sp.Ei, sp.Si, sp.Ci, sp.li)
        or sp.simplify(sp.diff(inner, over) - expr) != 0
    ):
        return None
    if not bounds:
        # ln|x| where the logarithm came from a quotient: the function may be wanted on both sides of its pole.
        inner = inner.replace(
            lambda part: isinstance(part, sp.log) and not expr.has(part),
            lambda part: sp.log(sp.Abs(part.args[0])),
        )
    name, shown = sp.latex(over), objects.tex(call)
    found = Step(
        say("An antiderivative", "求原函数"),
        say(
            f"A function whose derivative is ${_tex(expr)}$ is $F({name}) = {_tex(inner)}$.",
            f"导数为 ${_tex(expr)}$ 的一个函数是 $F({name}) = {_tex(inner)}$。",
        ),
    )
    kind = say("This asks for an integral", "这是一道积分题")
    if not bounds:
        return Solution(
            kind=kind + say(" without bounds.", "（不定积分）。"),
            information=say(f"Find ${shown}$.", f"求 ${shown}$。"),
            steps=(
                found,
                Step(
                    say("The constant", "积分常数"),
                    say("All antiderivatives differ by a constant $C$.", "原函数之间相差任意常数 $C$。"),
                ),
            ),
            answer=f"{_tex(inner)} + C",
            check=say(
                f"Differentiating $F({name})$ gives ${_tex(expr)}$ again.",
                f"对 $F({name})$ 求导，仍得 ${_tex(expr)}$。",
            ),
        )
    low, high = (objects.expression(bound) for bound in bounds)
    return _definite(expr, (over, low, high), found, (shown, kind), say)


def _definite(
    expr: sp.Expr,
    limits: tuple[sp.Symbol, sp.Expr, sp.Expr],
    found: Step,
    told: tuple[str, str],
    say: Say,
) -> Solution | None:
    """An integral between bounds; *told* is how it was written, and its kind."""
    _, low, high = limits
    shown, kind = told
    value = sp.simplify(sp.integrate(expr, limits))
    if value.has(sp.Integral, sp.Piecewise, sp.nan, sp.zoo, sp.oo, -sp.oo) or value.free_symbols:
        return None
    near = sp.Integral(expr, limits).evalf(10)
    if abs(complex(near) - complex(value)) > 1e-6 * max(1.0, abs(complex(value))):
        return None
    return Solution(
        kind=kind + say(" between bounds.", "（定积分）。"),
        information=say(f"Find ${shown}$.", f"求 ${shown}$。"),
        steps=(
            found,
            Step(
                say("Insert the bounds", "代入上下限"),
                say("By the Newton–Leibniz formula the integral is ", "由牛顿—莱布尼茨公式，积分等于 ")
                + f"$F({_tex(high)}) - F({_tex(low)}) = {_tex(value)}$"
                + say(".", "。"),
            ),
        ),
        answer=_tex(value),
        check=say("A numerical integration gives ", "数值积分得 ")
        + rf"${shown} \approx {sp.latex(sp.N(near, 6))}$"
        + say(", which agrees.", "，与结果一致。"),
    )


def _spoken_integral(reading: Reading, body: Node, nodes: list[Node | None], say: Say) -> Solution | None:
    bounds = _FROM_TO.search(reading.skeleton)
    if bounds is None:
        variable = _variable(body, nodes[1:])
        return _integral(Call("integral", (body, variable)), say) if variable else None
    low, high = (nodes[int(at)] for at in bounds.groups())
    variable = _variable(body, [])
    if low is None or high is None or variable is None or len(nodes) != 3:
        return None
    return _integral(Call("integral", (body, variable, low, high)), say)


def _limit(call: Call, say: Say) -> Solution | None:
    body, variable, target = call.arguments
    if not isinstance(variable, Name):
        return None
    over, expr, point = objects.symbol(variable.text), objects.expression(body), objects.expression(target)
    sides = (
        [sp.limit(expr, over, point, side) for side in ("-", "+")]
        if point.is_finite
        else [sp.limit(expr, over, point)]
    )
    value = sp.simplify(sides[0])
    if any(sp.simplify(side) != value for side in sides) or value.has(
        sp.Limit, sp.AccumBounds, sp.nan, sp.zoo
    ):
        return None
    if not _approaches(expr, over, point, value):
        return None
    shown = objects.tex(call)
    direct = expr.subs(over, point) if point.is_finite else sp.nan
    continuous = direct == value and value.is_finite
    name = sp.latex(over)
    return Solution(
        kind=say("This asks for a limit.", "这是一道求极限题。"),
        information=say(f"Find ${shown}$.", f"求 ${shown}$。"),
        steps=(
            Step(
                say("Substitute", "直接代入"),
                say(
                    f"The function is continuous at ${name} = {_tex(point)}$, and its value there is the limit."
                    if continuous
                    else f"Putting ${name} \\to {_tex(point)}$ in directly gives no value, so look at the leading terms of the expansion.",
                    f"函数在 ${name} = {_tex(point)}$ 处连续，函数值就是极限。"
                    if continuous
                    else f"不能直接代入 ${name} \\to {_tex(point)}$，比较展开式的主要项。",
                ),
            ),
            Step(say("Result", "结果"), f"${shown} = {_tex(value)}$"),
        ),
        answer=_tex(value),
        check=say(
            "Values of the function ever closer to this point approach the result.",
            "取越来越接近该点的数值计算，函数值趋于此结果。",
        ),
    )


def _approaches(expr: sp.Expr, over: sp.Symbol, point: sp.Expr, value: sp.Expr) -> bool:
    """Whether numbers near the point come near to *value*; a slow approach counts as none."""
    if not value.is_finite or value.free_symbols or len(expr.free_symbols) != 1:
        return value in {sp.oo, -sp.oo} and len(expr.free_symbols) == 1
    if point.is_finite:
        near = [sp.N(point + sp.Rational(sign, 10**6), 40) for sign in (1, -1)]
    else:
        # As a decimal: an exact power of a million digits would take minutes.
        near = [sp.Float(10**6 if point == sp.oo else -(10**6), 40)]
    values = [complex(sp.N(expr.subs(over, x), 30)) for x in near]
    return all(abs(v - complex(value)) <= 1e-3 * max(1.0, abs(complex(value))) for v in values)


def _spoken_limit(reading: Reading, body: Node, say: Say) -> Solution | None:
    found = _APPROACHES.search(reading.skeleton)
    if found is None or len(reading.formulas) != (2 if found[3] else 3):
        return None
    variable = reading.formulas[int(found[1])].sides[0]
    target = Name("oo") if found[3] else reading.formulas[int(found[2])].sides[0]
    return _limit(Call("limit", (body, variable, target)), say)


def _tex(value: sp.Expr) -> str:
    return str(sp.latex(value, ln_notation=True))
