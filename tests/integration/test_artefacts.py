"""What ``sam build`` would deploy: the layers' platform, bytecode, contents and sizes.

Sources: "Lambda quotas" in AWS's Lambda developer guide (250 MB unzipped, layers included); Amazon Linux 2023 has
glibc 2.34; PEP 552 for the header of bytecode files.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest
import yaml
from support.built import ARM, ROOT, missing_tool, sam_build

pytestmark = pytest.mark.skipif(bool(missing_tool()), reason=missing_tool() or "-")

LAYERS = ("StepwiseLayer", "CheckersLayer")
LAMBDA_LIMIT = 250 * 2**20
OUR_LIMIT = 150 * 2**20
NEWEST_GLIBC = (2, 34)
ELF_AARCH64 = 183
UNCHECKED_HASH = 0b01


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a build for Lambda."""
    folder = tmp_path_factory.mktemp("build") / "lambda"
    sam_build(folder, ARM)
    return folder


def files(folder: Path, pattern: str = "*") -> Iterator[Path]:
    return (path for path in folder.rglob(pattern) if path.is_file())


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in files(folder))


def libraries(folder: Path) -> list[Path]:
    return [path for path in files(folder) if head(path, 4) == b"\x7fELF"]


def head(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def machine(library: Path) -> int:
    """ELF's e_machine."""
    number: int = struct.unpack_from("<H", head(library, 20), 18)[0]
    return number


def glibc(library: Path) -> set[tuple[int, int]]:
    """Versions of glibc's symbols that a library asks for."""
    found = re.findall(rb"GLIBC_(\d+)\.(\d+)", library.read_bytes())
    return {(int(major), int(minor)) for major, minor in found}


@pytest.mark.parametrize("layer", LAYERS)
def test_every_library_runs_on_lambdas_processor(built: Path, layer: str) -> None:
    found = libraries(built / layer)

    assert found
    assert {path.name: machine(path) for path in found if machine(path) != ELF_AARCH64} == {}


@pytest.mark.parametrize("layer", LAYERS)
def test_no_library_asks_for_a_newer_glibc_than_lambda_has(built: Path, layer: str) -> None:
    wanted = {path.name: glibc(path) for path in libraries(built / layer)}

    assert any(wanted.values())
    assert {name: max(versions) for name, versions in wanted.items() if max(versions) > NEWEST_GLIBC} == {}


def test_the_platform_check_can_tell_another_one() -> None:
    assert machine(Path("/proc/self/exe").resolve()) != ELF_AARCH64 or os.uname().machine == "aarch64"


@pytest.mark.parametrize("layer", LAYERS)
def test_every_module_has_bytecode_of_just_its_source_that_is_never_checked(built: Path, layer: str) -> None:
    wrong = []
    sources = list(files(built / layer, "*.py"))
    for source in sources:
        compiled = Path(importlib.util.cache_from_source(str(source)))
        if not compiled.exists():
            wrong.append((str(source), "none"))
            continue
        magic, flags, digest = struct.unpack_from("<4sI8s", compiled.read_bytes())
        if magic != importlib.util.MAGIC_NUMBER or flags != UNCHECKED_HASH:
            wrong.append((str(source), f"flags {flags}"))
        elif digest != importlib.util.source_hash(source.read_bytes()):
            wrong.append((str(source), "of another source"))

    assert len(sources) > 50
    assert wrong == []


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_lies_in_a_layer_that_no_function_uses(built: Path, layer: str) -> None:
    waste = ("bin", "tests", "share", "include")
    found = [
        str(path.relative_to(built))
        for path in (built / layer).rglob("*")
        if path.is_dir() and (path.name in waste or path.suffix == ".dist-info")
    ]

    assert found == []


def test_the_layer_has_the_prompts_and_a_wrapper_that_can_be_run(built: Path) -> None:
    opt = built / "StepwiseLayer" / "python"
    prompts = {path.name for path in (ROOT / "layers/stepwise/stepwise/prompts").glob("*.md")}

    assert prompts
    assert prompts == {path.name for path in (opt / "stepwise" / "prompts").glob("*.md")}
    assert os.access(opt / "stepwise-bootstrap", os.X_OK)


def test_every_wrapper_that_a_function_names_is_in_its_layers(built: Path) -> None:
    resources = yaml.safe_load((built / "template.yaml").read_text("utf-8"))["Resources"]
    named = {
        name: resource["Properties"]["Environment"]["Variables"]["AWS_LAMBDA_EXEC_WRAPPER"]
        for name, resource in resources.items()
        if "AWS_LAMBDA_EXEC_WRAPPER"
        in resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
    }

    assert named
    assert {name for name, path in named.items() if not _in_opt(built, path).is_file()} == set()


def _in_opt(built: Path, path: str) -> Path:
    return built / "StepwiseLayer" / Path(path).relative_to("/opt")


def test_all_of_a_function_is_far_from_lambdas_limit(
    built: Path, record_property: Callable[[str, object], None]
) -> None:
    layers = {name: size(built / name) for name in LAYERS}
    functions = {path.name: size(path) for path in built.glob("*Function")}
    for name, bytes_ in {**layers, **functions}.items():
        record_property(name, bytes_)
        print(f"{name:28} {bytes_ / 2**20:7.2f} MiB of {LAMBDA_LIMIT // 2**20}")

    assert len(functions) == 8
    assert sum(layers.values()) + max(functions.values()) < OUR_LIMIT < LAMBDA_LIMIT
    assert max(functions.values()) < 2**20


@pytest.mark.parametrize("service", ["dynamodb", "sqs"])
def test_the_layer_knows_all_of_table_and_queue_but_texts_about_them(built: Path, service: str) -> None:
    whole = next(Path(botocore.__file__).parent.glob(f"data/{service}/*/service-2.json.gz"))
    shrunk = next((built / "StepwiseLayer").rglob(f"botocore/data/{service}/*/service-2.json"))

    def untold(entries: dict[str, Any]) -> dict[str, Any]:
        return {
            name: entry for name, entry in entries.items() if (name, type(entry)) != ("documentation", str)
        }

    assert json.loads(shrunk.read_bytes()) == json.loads(
        gzip.decompress(whole.read_bytes()), object_hook=untold
    )
    assert shrunk.stat().st_size < 150_000
