"""The model host's systemd units, checked by systemd itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from support.infra import host_files

ANALYZE = shutil.which("systemd-analyze")
FOLDER = "/etc/systemd/system/"

pytestmark = pytest.mark.skipif(
    ANALYZE is None, reason="systemd-analyze is not installed (Debian's package systemd)"
)

UNITS = {path.removeprefix(FOLDER): text for path, text in host_files().items() if path.startswith(FOLDER)}


def _analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run([ANALYZE, *arguments], capture_output=True, text=True, timeout=60, check=False)


def _written(folder: Path) -> dict[str, Path]:
    """The units in a folder; programs that only the host has become one that every machine has."""
    paths = {}
    for name, text in UNITS.items():
        for program in (
            "/opt/ollama/bin/ollama",
            "/usr/sbin/nginx",
            "/opt/stepwise/host.sh",
            "/usr/bin/nvidia-modprobe",
        ):
            text = text.replace(f"ExecStart={program}", "ExecStart=/bin/true")
        paths[name] = folder / name
        paths[name].write_text(text, encoding="utf-8")
    return paths


def test_there_are_the_four_units() -> None:
    assert {name.removesuffix(".service") for name in UNITS} == {
        "ollama",
        "stepwise-gpu",
        "stepwise-proxy",
        "stepwise-watch",
    }


def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    done = _analyze("verify", "--man=no", "--generators=no", *map(str, _written(tmp_path).values()))

    ours = [line for line in done.stderr.splitlines() if any(name in line for name in UNITS)]
    assert ours == []
    assert done.returncode == 0


def test_systemd_would_find_a_misspelt_setting(tmp_path: Path) -> None:
    path = _written(tmp_path)["ollama.service"]
    path.write_text(path.read_text().replace("NoNewPrivileges=yes", "NoNewPrivilege=yes"), encoding="utf-8")

    done = _analyze("verify", "--man=no", "--generators=no", str(path))

    assert "NoNewPrivilege" in done.stderr


@pytest.mark.parametrize(("name", "exposure"), [("ollama.service", 25), ("stepwise-proxy.service", 25)])
def test_what_faces_the_network_is_confined(tmp_path: Path, name: str, exposure: int) -> None:
    path = _written(tmp_path)[name]

    # Exposure in tenths, 0 (none) to 100; systemd's own "OK" ends at 50, a unit without any setting has 96.
    done = _analyze("security", "--offline=true", f"--threshold={exposure}", str(path))

    assert done.returncode == 0, done.stdout[-300:]
