r"""Find shell commands in a text: after a shell's separator, or as the whole text.

Many commands are also words of prose ("; find the cat"), so only names that prose does not contain count alone. The
others need evidence: an option, a path, an address or a redirection after them, or a separator on both sides.
"""

from __future__ import annotations

import re

__all__ = ["command_line"]

# Names that prose does not contain: they count alone after a separator.
_PLAIN = frozenset(
    [
        "whoami",
        "uname",
        "ifconfig",
        "ipconfig",
        "netstat",
        "systeminfo",
        "nslookup",
        "wget",
        "curl",
        "tracert",
        "traceroute",
        "tasklist",
        "netsh",
        "wmic",
        "lsof",
        "printenv",
        "chmod",
        "chown",
        "sudo",
        "powershell",
        "phpinfo",
        "nmap",
        "crontab",
        "useradd",
    ]
)
# Names that do not begin a clause of prose: an option after them is enough.
_SHORT = frozenset(
    [
        "id",
        "ls",
        "ps",
        "pwd",
        "dir",
        "rm",
        "cp",
        "mv",
        "nc",
        "ncat",
        "sh",
        "bash",
        "zsh",
        "ksh",
        "cmd",
        "perl",
        "python",
        "python2",
        "python3",
        "php",
        "ruby",
        "telnet",
        "ssh",
        "ftp",
        "tftp",
        "ping",
        "echo",
        "grep",
        "awk",
        "sed",
        "env",
        "df",
        "du",
        "arp",
        "mkdir",
        "xargs",
        "base64",
        "passwd",
        "vol",
    ]
)
# English words: they count only with a path, an address or the like after them.
_ENGLISH = frozenset(
    [
        "cat",
        "sleep",
        "type",
        "head",
        "tail",
        "more",
        "less",
        "find",
        "touch",
        "kill",
        "net",
        "reg",
        "route",
        "set",
        "who",
        "which",
        "host",
        "date",
    ]
)
_COMMANDS = _PLAIN | _SHORT | _ENGLISH

_JOINED = re.compile(
    r"(?P<separator>[;&`\n]|\|{1,2}|\$\(|\\[nr])[ \t]*+(?:/(?:\w{1,20}/){1,3})?(?P<word>[a-z][a-z0-9]{1,10})(?:\.exe)?(?!\w)"
)
_STRONG = re.compile(
    r"[ \t]{1,3}(?:[-\w*]{0,20}[ \t]){0,3}?(?:/[a-z]{2,}|[~.]{1,2}/|\$[a-z_{(]|%[a-z]+%|[a-z]:\\|https?:|\d{1,3}(?:\.\d{1,3}){3})"
    r"|[ \t]{0,3}>{1,2}[ \t]?[/.\w]"
)
_OPTION = re.compile(r"[ \t]{1,3}(?:-{1,2}[a-z]|/[a-z]\b|\*)")
_COUNT = re.compile(r"[ \t]{1,3}\d{1,6}[ \t]{0,3}(?:$|[;&|`'\"])")
_SUBCOMMAND = re.compile(r"[ \t](?:user|localgroup|view|accounts|add|query|delete)(?!\w)")
_WINDOWS = frozenset({"net", "reg"})
_COUNTING = frozenset({"sleep", "ping", "kill"})
_END = re.compile(r"[ \t]{0,3}(?:[;&`'\"]|\\[nr]|\)?$)")
_BAR = re.compile(r"[ \t]{0,3}\|")
_BARS_OF_A_PIPE = 2
_SHELL_FUNCTION = re.compile(r"\(\)[ \t]?\{[ \t]?:")

_WRAPPING = " \t\r\n;&|`'\"()<>$\x00"
_LITERAL_BREAKS = re.compile(r"^(?:\\[nr])+|(?:\\[nr])+$")
_WORD = re.compile(r"(?:/(?:\w{1,20}/){1,3})?(?P<word>[a-z][a-z0-9]{1,10})(?:\.exe)?(?![\w'])")
# A text, as compiling it takes 1 ms, and few texts contain a command: ``re`` keeps what it compiled.
_SENTENCE = r"[?？。，：]|[㐀-鿿]|[.!,]\s|[.!]$|(?<![-\w])(?:is|are|the|of|and|an|in|that|what|how|to)(?!\w)"
_LONGEST_COMMAND = 300


def command_line(prose: str) -> int | None:
    """Offset of a shell command in *prose* (lower case, mathematics masked), or None."""
    is_table = prose.count("|") > _BARS_OF_A_PIPE
    for match in _JOINED.finditer(prose):
        if match["word"] in _COMMANDS and _is_joined_command(prose, match, is_table=is_table):
            return match.start()
    if (function := _SHELL_FUNCTION.search(prose)) is not None:
        return function.start()
    return _whole(prose) if len(prose) <= _LONGEST_COMMAND else None


def _is_joined_command(prose: str, match: re.Match[str], *, is_table: bool) -> bool:
    word, end = match["word"], match.end()
    if word in _PLAIN or _has_evidence(prose, word, end):
        return True
    if word in _ENGLISH or match["separator"] == "\n":
        return False
    # ``;id``, ``|id;``: between separators. The cells of a table have bars on both sides too.
    if _END.match(prose, end) is not None:
        return True
    return not is_table and _BAR.match(prose, end) is not None


def _has_evidence(prose: str, word: str, end: int) -> bool:
    """Whether the text after a command's name is an argument of a command."""
    if _STRONG.match(prose, end, end + 200) is not None:
        return True
    if word in _COUNTING and _COUNT.match(prose, end) is not None:
        return True
    if word in _WINDOWS and _SUBCOMMAND.match(prose, end) is not None:
        return True
    return word in _SHORT and _OPTION.match(prose, end) is not None


def _whole(prose: str) -> int | None:
    """Offset of the first character, if the whole of *prose* is one command."""
    inner = _LITERAL_BREAKS.sub("", prose.strip(_WRAPPING)).strip(_WRAPPING)
    match = _WORD.match(inner)
    if match is None or match["word"] not in _COMMANDS or re.search(_SENTENCE, inner) is not None:
        return None
    word, end = match["word"], match.end()
    wrapped = inner != prose.strip()
    if (
        _has_evidence(inner, word, end)
        or (word in _PLAIN and end == len(inner))
        or (word in _PLAIN and _OPTION.match(inner, end))
        or (word in _SHORT and wrapped and end == len(inner))
    ):
        return prose.find(inner)
    return None
