"""An argument analysed: the parts that the analyze prompt asks for."""

from __future__ import annotations

from collections.abc import Sequence

from embedded_model.logic import fallacies
from embedded_model.logic.argument import Argument, Statement, read
from embedded_model.logic.chaining import Inference, chain
from embedded_model.logic.deciding import Outcome, TooLarge, World, decide
from embedded_model.logic.formulas import Atom, Formula, Quantified, atoms, negation, show
from embedded_model.values.solution import Say

__all__ = ["analyse"]


_RULES = {
    "modus ponens": "肯定前件式",
    "modus tollens": "否定后件式",
    "disjunctive syllogism": "选言三段论",
    "exclusive disjunction": "不相容选言推理",
}


def analyse(text: str, question: str, say: Say) -> str | None:
    """The analysis of *text*; ``None`` where there is no conclusion that is understood, or nothing can be said of it."""
    argument = read(text, question, say.language)
    if argument is None or argument.conclusion is None or argument.conclusion.formula is None:
        return None
    formulas = [premise.formula for premise in argument.premises]
    known = [formula for formula in formulas if formula is not None]
    if not known:
        return None
    try:
        outcome, counter = decide(known, argument.conclusion.formula)
    except TooLarge:
        return None
    if _mixed([*known, argument.conclusion.formula]):
        return None
    spoken_of = {atom.name for formula in known for atom in atoms(formula)}
    strange = [atom.name for atom in atoms(argument.conclusion.formula) if atom.name not in spoken_of]
    certain = outcome in {"entailed", "contradicted"} or (
        outcome == "neither" and argument.understood and not strange
    )
    if not certain and (not argument.understood or argument.asked):
        return None
    return _Report(argument, outcome, counter, strange, say).text()


def _mixed(formulas: Sequence[Formula]) -> bool:
    """Clauses taken whole beside "all" and "some": they may speak of the same things, which nobody would see."""
    whole = any(atom.term is None for formula in formulas for atom in atoms(formula))
    return whole and any(isinstance(formula, Quantified) for formula in formulas)


class _Report:
    def __init__(
        self, argument: Argument, outcome: Outcome, counter: World, strange: Sequence[str], say: Say
    ) -> None:
        conclusion = argument.conclusion
        if conclusion is None or conclusion.formula is None:
            raise ValueError("an argument without a conclusion")
        self._argument, self._outcome, self._counter, self._strange, self._say = (
            argument,
            outcome,
            counter,
            strange,
            say,
        )
        # Asked whether something holds, the answer to a refuted statement is its opposite.
        self._refuted = argument.asked and outcome == "contradicted"
        self._goal: Formula = negation(conclusion.formula) if self._refuted else conclusion.formula
        self._statement = conclusion.text.rstrip(".。!！?？")
        self._formulas = [premise.formula for premise in argument.premises]
        self._chain = chain(self._formulas, self._goal) if outcome in {"entailed", "contradicted"} else None

    def text(self) -> str:
        say = self._say
        parts = [
            (say("Premises", "前提"), self._premises()),
            (say("Conclusion", "结论"), self._conclusion()),
            (say("Relations", "关系"), self._relations()),
            (say("Reasoning", "推理链"), self._reasoning()),
            (say("Proof idea", "证明思路"), self._idea()),
            (say("Missing premises", "缺失的前提"), self._missing()),
            (say("Fallacies", "谬误"), self._fallacies()),
            (say("Verdict", "判断"), self._verdict()),
        ]
        return "\n\n".join(f"## {title}\n{body}" for title, body in parts)

    def _premises(self) -> str:
        lines = [
            f"P{number}: {_line(premise)}" for number, premise in enumerate(self._argument.premises, start=1)
        ]
        return "\n".join(lines)

    def _conclusion(self) -> str:
        say = self._say
        lead = ""
        if self._argument.asked:
            lead = {
                "entailed": say("True: ", "正确："),
                "contradicted": say("False. It is not so that: ", "错误，并非："),
            }.get(self._outcome, say("Uncertain: ", "不能确定："))
        elif self._refuted:
            lead = say("It is not so that: ", "并非：")
        return f"C: {lead}{self._statement}{say('.', '。')} `{show(self._goal)}`"

    def _used(self) -> list[int]:
        if self._chain is not None:
            return sorted({step.premise for step in self._chain[0]})
        return [number for number, formula in enumerate(self._formulas) if formula is not None]

    def _relations(self) -> str:
        say = self._say
        sources = ", ".join(f"P{number + 1}" for number in self._used())
        if self._outcome in {"inconsistent", "neither"}:
            return say("none", "无")
        if self._outcome == "contradicted" and not self._refuted:
            return f"{sources} -> C: contradicts"
        rules = list(dict.fromkeys(step.rule for step in self._chain[0] if step.rule)) if self._chain else []
        named = [say(rule, _RULES[rule]) for rule in rules]
        rule = say(f" ({', '.join(named)})", f"（{'、'.join(named)}）") if named else ""
        return f"{sources} -> C: entails{rule}"

    def _reasoning(self) -> str:
        say = self._say
        if self._chain is not None:
            lines = [self._step(step) for step in self._chain[0]]
            if self._chain[1] is not None:
                lines.insert(0, say(f"Assume `{show(self._chain[1])}`.", f"假设 `{show(self._chain[1])}`。"))
            lines.append(say(f"Hence `{show(self._goal)}`.", f"于是得到 `{show(self._goal)}`。"))
        elif self._outcome == "neither":
            lines = [
                say(
                    f"Look for a case in which all premises hold and the conclusion does not: {self._world()}.",
                    f"寻找前提全部成立而结论不成立的情形：{self._world()}。",
                ),
                say(
                    "Such a case exists, so the conclusion does not follow.",
                    "这样的情形存在，所以结论不能由前提推出。",
                ),
            ]
        else:
            lines = [
                say(
                    "Assume that the premises hold and the answer does not.", "假设前提成立而所得结论不成立。"
                ),
                say(
                    "Every way to make all of them hold leads to a contradiction.",
                    "逐一检查所有可能，都会得出矛盾。",
                ),
            ]
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))

    def _step(self, step: Inference) -> str:
        say, result = self._say, show(step.result)
        if not step.sources:
            return say(f"P{step.premise + 1} says `{result}`.", f"由 P{step.premise + 1} 知 `{result}`。")
        source = show(step.sources[0])
        rule = say(step.rule, _RULES.get(step.rule, step.rule))
        return say(
            f"From `{source}` and P{step.premise + 1} follows `{result}` ({rule}).",
            f"由 `{source}` 和 P{step.premise + 1} 得 `{result}`（{rule}）。",
        )

    def _idea(self) -> str:
        say = self._say
        if self._outcome == "neither":
            return say(
                "A counterexample refutes it: a case in which the premises are true and the conclusion is false.",
                "用反例否定：给出前提为真而结论为假的情形。",
            )
        if self._outcome == "inconsistent":
            return say(
                "The premises contradict one another, so nothing can be shown from them in earnest.",
                "前提互相矛盾，由此得出任何结论都没有意义。",
            )
        return say(
            "Go from what is given, one premise at a time, to the conclusion; or assume its opposite and reach a contradiction.",
            "从已知出发，每次用一个前提，逐步推到结论；或假设其否定，导出矛盾。",
        )

    def _missing(self) -> str:
        say = self._say
        if self._strange:
            names = ", ".join(f"`{name}`" for name in self._strange)
            return "- " + say(
                f"something that connects {names} with the premises", f"把 {names} 与前提联系起来的前提"
            )
        return say("none", "无")

    def _fallacies(self) -> str:
        say = self._say
        conclusion = self._argument.conclusion
        found = (
            fallacies.find(self._formulas, conclusion.formula, say)
            if self._outcome == "neither" and conclusion is not None and conclusion.formula is not None
            else []
        )
        return "\n".join(f"- {name}: {why}" for name, why in dict(found).items()) or say("none", "无")

    def _verdict(self) -> str:
        say = self._say
        if self._outcome == "inconsistent":
            return say("unknown: the premises contradict one another", "unknown（不能确定）：前提互相矛盾")
        if self._outcome == "neither" and self._strange:
            return say(
                "unknown: the conclusion speaks of what the premises do not",
                "unknown（不能确定）：结论涉及前提没有谈到的内容",
            )
        if self._outcome == "entailed" or self._refuted:
            return say("valid", "valid（有效）")
        if self._outcome == "contradicted":
            return say("invalid: the premises refute it", "invalid（无效）：前提否定了结论")
        return say("invalid: neither it nor its opposite follows", "invalid（无效）：它和它的否定都不能推出")

    def _world(self) -> str:
        facts = sorted((show(atom), value) for atom, value in self._counter.items() if isinstance(atom, Atom))
        shown = [
            f"`{name}` " + self._say("true" if value else "false", "为真" if value else "为假")
            for name, value in facts
        ]
        return self._say(", ", "，").join(shown[:12])


def _line(statement: Statement) -> str:
    return (
        f"{statement.text} `{show(statement.formula)}`" if statement.formula is not None else statement.text
    )
