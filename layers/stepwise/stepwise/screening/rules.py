r"""The screening's rules for text outside of mathematics: active markup, templates, calls of evaluators.

A rule matches active code (a tag with a handler, a template expression, a call) and not words, which problems use
too: "a system of equations", "select", "a prompt answer". Rules get the prose in lower case; each first searches for
a literal, which is fast, and then matches a pattern around it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from stepwise.screening.shell_commands import command_line

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True)
class Rule:
    """A stable name, a function that finds the first offset of a match (or None), and a sentence."""

    name: str
    offset: Callable[[str], int | None]
    sentence: str


def _first(*patterns: re.Pattern[str]) -> Callable[[str], int | None]:
    """The earliest match of any of *patterns*."""

    def offset(prose: str) -> int | None:
        return min((match.start() for pattern in patterns if (match := pattern.search(prose))), default=None)

    return offset


# --- markup -----------------------------------------------------------------------------------------------------------

_SCRIPT_TAG = re.compile(r"<\s?/?\s?script\b")
# Tags that load or run something. Tags of mere markup (<sub>, <b>, <table>, <img>) are allowed without a handler;
# "the height <base and" is a comparison.
_ACTIVE_TAG = re.compile(
    r"</?(?=[a-z])(?:iframe|frame|frameset|object|embed|applet|svg|style|link|meta|base|form|input|button|textarea|select"
    r"|keygen|isindex|bgsound|marquee|video|audio|body|html|head|title|template|xml|xss|layer|ilayer|portal|dialog)"
    r"(?=\s{0,3}/?>|/|\s{1,3}[a-z-]{2,20}\s?=)"
)
_TAG = re.compile(r"<[a-z/!?][^<>]{0,1000}")
_HANDLER = re.compile(r"""[\s"'/\x00`](?:on[a-z]{3,30}|srcdoc|formaction)\s?=""")
_RUNS = re.compile(
    r"(?:javascript|vbscript|livescript|mocha):|data:(?:text/html|image/svg|[,&])|expression\(|@import|url\(|behaviou?r:"
    r"|-moz-binding"
)
_HIDES = re.compile(r"[\s\x00\\]|/\*.{0,40}?\*/")
_SCHEME = re.compile(r"""(?:java|vb|live)script:(?=[\w/'"`*(\[])""")
# Handlers without a tag, as they are injected into attributes of a page.
_LOOSE_HANDLER = re.compile(
    r"on(?<!\won)(?:load|error|click|dblclick|focus|blur|toggle|submit|change|input|copy|cut|paste|scroll|wheel|resize"
    r"|begin|end|drop|(?:mouse|key|drag|pointer|page|animation|transition|before)[a-z]{2,12})\s?=\s?[\"'`]?[a-z_.]{1,40}[(`]"
)
_INCLUDE = re.compile(r"<(?:!--\s?#\s?[a-z]|!(?:doctype|entity|\[cdata\[)|\?(?:xml|php|=))")


def _active_tag(prose: str) -> int | None:
    """A tag with an event handler or with an address that runs code, however its characters are escaped."""
    if "<" not in prose or ("=" not in prose and "@" not in prose):
        return None
    for match in _TAG.finditer(prose):
        tag = match[0]
        if "=" not in tag and "@" not in tag:
            continue
        if _HANDLER.search(tag) is not None or _RUNS.search(_HIDES.sub("", html.unescape(tag))) is not None:
            return match.start()
    return None


# --- templates --------------------------------------------------------------------------------------------------------

_ELEMENT = r"(?:[\w∅+.-]{1,12}|\.{3}|…)"
_SET = re.compile(rf"\s?{_ELEMENT}?(?:\s?[,，、;]\s?{_ELEMENT}){{1,200}}\s?|\s?∅\s?")
_SET_BUILDER = re.compile(r"\s?[\w,() ]{1,20}\s?[|:∣∈]")
# Only if it is not an operator: ``2*{3+4}`` is arithmetic, so there must be no factor before it.
_MARKED_BRACE = re.compile(r"[$#*@~%]\{(?P<inside>[^{}]{0,500})")
_OPERAND_BEFORE = re.compile(r"[\w)\]}）]\s?$")
_MARKS = re.compile(
    r"<%|<@[a-z]|\{(?:%[-+~]?\s?[a-z]|!!|\$[a-z_]|php\})|[\[<]#(?:assign|if|list|include|import|macro|ftl)\b"
    r"|#(?:set|foreach|include|parse|evaluate)\s?\("
)
# Razor's ``@(1+2)``; in a longer text ``@`` may be an operation that the problem defines.
_WHOLE = re.compile(r"\s*@\([^()]{1,200}\)\s*")


def _double_braces(prose: str) -> int | None:
    """``{{…}}`` with both pairs adjacent; not two groups, ``{{x}^{2}}``, and not sets of sets, ``{{1,2}}``."""
    if "{{" not in prose or "}}" not in prose:
        return None
    stack: list[int] = []
    opened, closed = -1, -1
    for match in re.finditer(r"[{}]", prose):
        at = match.start()
        if match[0] == "{":
            stack.append(at)
        elif stack:
            outer = stack.pop()
            if closed == at - 1 and opened == outer + 1 and not _SET.fullmatch(prose, outer + 2, at - 1):
                return outer
            opened, closed = outer, at
    return None


def _marks(prose: str) -> int | None:
    """The other delimiters of template engines; not ``#{1, 2}`` and ``#{x : x > 3}``, which are sizes of sets."""
    if "{" in prose:
        for match in _MARKED_BRACE.finditer(prose):
            at, mark, inside = match.start(), match[0][0], match["inside"]
            if mark != "$" and _OPERAND_BEFORE.search(prose, max(0, at - 2), at):
                continue
            if mark == "$" or not (_SET.fullmatch(inside) or (mark == "#" and _SET_BUILDER.match(inside))):
                return at
    found = _MARKS.search(prose) or _WHOLE.fullmatch(prose)
    return found.start() if found else None


# --- code -------------------------------------------------------------------------------------------------------------

_CALLS = [
    "exec",
    "eval",
    "execfile",
    "execsync",
    "shell_exec",
    "passthru",
    "proc_open",
    "popen",
    "phpinfo",
    "fsockopen",
    "settimeout",
    "setinterval",
    "alert",
    "file_get_contents",
    "get_user_file",
    "var_dump",
    "base64_decode",
    "getruntime",
    "getclass",
    "forname",
    "geturl",
    "fromcharcode",
]
# Words that prose uses too: they count only with a string as argument.
_CALLS_OF_STRINGS = ["system", "prompt", "confirm", "require", "open", "assert", "include"]
_LITERALS = [
    "__import__",
    "__class__",
    "__mro__",
    "__globals__",
    "__builtins__",
    "__subclasses__",
    "__init__",
    "__base__",
    "__bases__",
    "__dict__",
    "__proto__",
    "java.lang.",
    "java.util.",
    "java.io.",
    "java.net.",
    "javax.",
    "processbuilder",
    "document.cookie",
    "document.location",
    "document.write",
    "document.domain",
    "window.location",
    "window.open",
    "child_process",
    "os.system",
    "os.popen",
    "os.environ",
    "subprocess.",
    "pty.spawn",
    "/etc/passwd",
    "/etc/shadow",
    "/etc/hosts",
    "/etc/group",
    "/bin/sh",
    "/bin/bash",
    "/bin/cat",
    "/bin/ls",
    "/bin/id",
    "cmd.exe",
    "../../",
    "..\\..\\",
]
_CALL_PATTERNS = {name: re.compile(rf"{name}(?<!\w{name})\s?\(") for name in _CALLS} | {
    name: re.compile(rf"{name}(?<!\w{name})\s?\(\s?[\"'`$/]") for name in _CALLS_OF_STRINGS
}
_SLEEP = re.compile(r"sleep(?<!\wsleep)\s?\(\s?\d{1,6}\s?\)")


def _code(prose: str) -> int | None:
    """The earliest call of an evaluator, access to internals of an interpreter, or path of the file system."""
    found = [at for literal in _LITERALS if (at := prose.find(literal)) >= 0]
    patterns = [pattern for name, pattern in _CALL_PATTERNS.items() if name in prose]
    found += [match.start() for pattern in (*patterns, _SLEEP) if (match := pattern.search(prose))]
    return min(found, default=None)


RULES = (
    Rule("script_tag", _first(_SCRIPT_TAG), "it holds a script tag outside mathematics"),
    Rule("active_markup", _active_tag, "it holds a tag that would run something in a browser"),
    Rule("active_markup", _first(_ACTIVE_TAG), "it holds a tag that would load something in a browser"),
    Rule(
        "active_markup", _first(_SCHEME, _LOOSE_HANDLER, _INCLUDE), "it holds markup that would run something"
    ),
    Rule("template_expression", _double_braces, "it holds a template expression outside mathematics"),
    Rule("template_expression", _marks, "it holds a template expression outside mathematics"),
    Rule("code_call", _code, "it holds a call into a program outside mathematics"),
    Rule("shell_command", command_line, "it holds a command line outside mathematics"),
)
