"""The sentences that explain a decision, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from checkers.logic.errors import FormulaError
from checkers.logic.reading import Note, Unread

__all__ = ["NOTES", "PROBLEMS", "SENTENCES", "Language", "note", "say", "unread"]

type Language = Literal["zh", "en"]

SENTENCES: dict[str, tuple[str, str]] = {
    "entailed": ("The conclusion follows from {used}.", "结论由{used}推出。"),
    "tautology": ("The conclusion is true whatever the premises say.", "无论前提如何，结论恒真。"),
    "contradicted": (
        "The conclusion contradicts {used}: it is false in every case in which they are true.",
        "结论与{used}矛盾：只要前提为真，结论就为假。",
    ),
    "neither": (
        (
            "The conclusion does not follow, nor does its opposite: in the countermodel the premises are true and it is false, "
            "and there are cases in which all are true."
        ),
        "结论不能推出，其否定也不能推出：在反例中前提全真而结论为假，也存在前提与结论同真的情形。",
    ),
    "not_entailed": (
        (
            "The conclusion does not follow: in the countermodel the premises are true and it is false. "
            "Whether the premises exclude it was not settled within the limits."
        ),
        "结论不能推出：在反例中前提全真而结论为假。前提是否排除该结论，在限制内未能判定。",
    ),
    "inconsistent": (
        "The premises contradict one another ({used}): anything follows from them, so nothing is shown.",
        "前提互相矛盾（{used}）：从矛盾的前提可以推出任何结论，因此不能说明什么。",
    ),
    "maybe_inconsistent": (
        "Whether the premises contradict one another was not settled within the limits.",
        "前提之间是否矛盾，在限制内未能判定。",
    ),
    "unsettled": (
        "The question was not settled within the limits of time and size.",
        "在时间和规模限制内未能判定。",
    ),
    "no_world": (
        "No small countermodel that could be checked was found, so nothing is claimed.",
        "没有找到可核验的小反例，因此不作断言。",
    ),
    "two_readings": (
        "The formulas can be read in two ways, and the verdict depends on it, so nothing is claimed.",
        "这些公式有两种读法，结论因读法而异，因此不作断言。",
    ),
    "no_conclusion": ("There is no conclusion to decide.", "没有给出结论，无法判定。"),
    "suffices": (
        "With the missing premise number {number} added, the conclusion follows.",
        "补上第{number}条缺失的前提后，结论成立。",
    ),
    "suffices_alone": (
        "The missing premise number {number} makes it follow, but it says the conclusion already.",
        "补上第{number}条缺失的前提后结论成立，但该前提本身已经说出了结论。",
    ),
    "refused": ("The request is not an argument.", "请求不是一个论证。"),
    "premises": ("the premises", "前提"),
}

PROBLEMS: dict[str, tuple[str, str]] = {
    "no_formula": ("there is no formula", "没有公式"),
    "too_many": ("there are too many premises", "前提太多"),
    "too_long": ("the formula is too long", "公式太长"),
    "too_deep": ("the formula is nested too deeply", "公式嵌套太深"),
    "too_many_quantifiers": ("the formula has too many quantifiers", "量词太多"),
    "unknown_sign": ("the sign {what} is not known", "不认识符号 {what}"),
    "unexpected": ("{what} does not belong here", "此处不应出现 {what}"),
    "ends_early": ("the formula ends where more is expected", "公式不完整"),
    "bracket_not_opened": ("a closing bracket has no opening one", "右括号没有对应的左括号"),
    "bracket_not_closed": ("a bracket is not closed", "括号没有闭合"),
    "then_missing": ("an 'if' has no 'then'", "“如果”没有对应的“则”"),
    "wrong_number_of_parts": (
        "the connective {what} has the wrong number of parts",
        "联结词 {what} 的成分数目不对",
    ),
    "variable_missing": ("a quantifier has no variable", "量词没有变元"),
    "variable_is_no_statement": ("the variable {what} is no statement", "变元 {what} 不是命题"),
    "variable_is_no_function": ("the variable {what} cannot have arguments", "变元 {what} 不能带参数"),
    "number_is_no_statement": ("the number {what} is no statement", "数 {what} 不是命题"),
    "set_name_missing": ("a membership sign has no name of a set behind it", "属于号之后没有集合名"),
    "name_missing": ("a name is missing before {what}", "{what} 之前缺少名称"),
    "sign_among_arguments": ("the sign {what} stands among arguments", "参数中出现了符号 {what}"),
    "ambiguous": (
        "{what} can be read in two ways here; brackets are needed",
        "{what} 在此处有两种读法，需要括号",
    ),
    "chain": ("a chain of {what} needs brackets", "连续的 {what} 需要括号"),
    "two_roles": (
        "{what} is a statement in one place and a thing in another",
        "{what} 时而是命题或谓词，时而是个体或函数",
    ),
    "negated_name": ("{what} looks like the negation of another name", "{what} 像是另一个名称的否定"),
    "sentence": ("{what} is a sentence, and no name", "{what} 是句子，不是名称"),
    "unbound": ("the variable {what} is used outside its quantifier", "变元 {what} 超出了量词的辖域"),
}

NOTES: dict[str, tuple[str, str]] = {
    "free": (
        "{0} is bound by no quantifier and was read as 'every {0}'.",
        "{0} 没有被量词约束，按“任意 {0}”理解。",
    ),
    "order": (
        "< was read as the order of numbers: of two things one is less, or they are equal.",
        "< 按数的大小理解：任意两者或有大小之分，或相等。",
    ),
    "caret": ("^ was read both as exclusive or and as 'and'.", "^ 分别按异或和“且”理解。"),
    "chain": (
        "A → B → C was read both as A → (B → C) and as A → B and B → C.",
        "A → B → C 按两种结合方式理解。",
    ),
    "wide": (
        "∀x P(x) → R was read both as (∀x P(x)) → R and as ∀x (P(x) → R).",
        "∀x P(x) → R 中量词的辖域按两种读法理解。",
    ),
    "partial": ("< was read both as a linear order and as any relation.", "< 分别按线序和任意关系理解。"),
    "apart": (
        "The conclusion's formula speaks of nothing that the premises' formulas speak of, so nothing is claimed.",
        "结论的公式与前提的公式没有共同的谓词，因此不作断言。",
    ),
    "one_name": (
        "If {0} and {1} mean the same, the conclusion follows: the translation decides, so nothing is claimed.",
        "如果 {0} 与 {1} 是同一个意思，结论就成立：结果取决于翻译，因此不作断言。",
    ),
    "alike": ("{0} and {1} are different names.", "{0} 与 {1} 是不同的名称。"),
    "arity": (
        "{0} is used with different numbers of arguments, as different predicates.",
        "{0} 的参数个数不一致，按不同谓词处理。",
    ),
}


def say(key: str, language: Language, **fields: object) -> str:
    return _pick(SENTENCES[key], language).format(**fields)


def note(which: Note, language: Language) -> str:
    return _pick(NOTES[which.code], language).format(*which.names)


def unread(problems: Sequence[Unread], language: Language) -> str:
    """Which formulas could not be read, where and why."""
    said = [_problem(each.label, each.error, language) for each in problems[:8]]
    return ("；" if language == "zh" else "; ").join(said) + ("。" if language == "zh" else ".")


def _problem(label: str, error: FormulaError, language: Language) -> str:
    why = _pick(PROBLEMS[error.code], language).format(what=error.what)
    if error.code in ("no_formula", "too_many", "too_long"):
        place = ""
    else:
        place = f"（第 {error.at + 1} 个字符）" if language == "zh" else f" (character {error.at + 1})"
    return f"{label}{'：' if language == 'zh' else ': '}{why}{place}" if label else f"{why}{place}"


def _pick(pair: tuple[str, str], language: Language) -> str:
    return pair[1] if language == "zh" else pair[0]
