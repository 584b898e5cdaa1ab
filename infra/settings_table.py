"""Generate README.md's table of settings from `stepwise.config.Settings`; --check only compares it.

PYTHONPATH=layers/stepwise python infra/settings_table.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from stepwise.config import Settings, accepted, default_of, variable_of

README = Path(__file__).resolve().parents[1] / "README.md"
_BEGIN, _END = "<!-- settings: made by `make settings` -->\n", "<!-- /settings -->\n"


def table() -> str:
    """A row for each setting: variable, default, what is accepted, what it is for."""
    rows = ["| variable | default | accepted | |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = default_of(name)
        rows.append(f"| `{variable_of(name)}` | {_shown(default)} | {accepted(name)} | {field.description} |")
    return "\n".join(rows) + "\n"


def _shown(default: object) -> str:
    if default == "":
        return "empty"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def with_table(text: str) -> str:
    """*text* with the current table between its marks."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table()}\n{_END}{after}"


def main(arguments: list[str]) -> int:
    text = README.read_text("utf-8")
    made = with_table(text)
    if "--check" in arguments:
        if made != text:
            sys.stderr.write(
                "README.md: the table of settings is not that of config.py: run `make settings`\n"
            )
            return 1
        return 0
    README.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
