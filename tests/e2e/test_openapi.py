"""The document and the functions agree: Schemathesis asks the local stack whatever the document allows, and forbids."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = ["1", "--phases", "examples,fuzzing"]
REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("seed", [1])
def test_schemathesis_finds_nothing(embedded: Any, tmp_path: Path, seed: int) -> None:
    command = [
        str(Path(sysconfig.get_path("scripts")) / "schemathesis"),
        "run",
        f"{embedded.stack.base_url}/openapi.json",
        *("--header", "x-api-key: demo-key", "--header", "Authorization: Bearer demo-key"),
        *("--checks", "all", "--seed", str(seed), "--max-examples", *EXAMPLES),
    ]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)

    assert done.returncode == 0, done.stdout[-4_000:]


def test_the_served_document_is_the_committed_one_with_this_deployments_limits(embedded: Any) -> None:
    committed = json.loads((REPOSITORY / "functions/status/openapi.json").read_text("utf-8"))

    served = embedded.http.get("/openapi.json").json()

    assert served["paths"].keys() == committed["paths"].keys()
    limit = served["components"]["schemas"]["ChatRequest"]["properties"]["max_tokens"]["anyOf"][0]
    assert limit["maximum"] == 8_192


def test_each_address_of_the_document_is_one_of_the_gateway(embedded: Any) -> None:
    served = embedded.http.get("/openapi.json").json()
    headers = {"authorization": "Bearer demo-key"}

    for path, operations in served["paths"].items():
        reply = embedded.http.request("TRACE", path.replace("{", "").replace("}", ""), headers=headers)

        assert reply.status_code == 405, path
        assert {method.upper() for method in operations} == set(reply.headers["allow"].split(", ")), path
