"""Starts Amazon's DynamoDB Local, where there is a Java 17 for it.

The jar and what it needs come from Maven Central by ``mvn`` once, into ``.local/`` of the repository, about
50 MB. The server holds its data in memory and ends with the test session. Its own program listens on every interface,
so a program of one class (``LoopbackDynamoDB.java``) starts it on a free port of the loopback interface.
"""

from __future__ import annotations

import contextlib
import fcntl
import re
import select
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

__all__ = ["DynamoDBLocalMissing", "dynamodb_local"]

_VERSION = "3.3.1"
_START_SECONDS = 60.0
_PROGRAM = Path(__file__).with_name("LoopbackDynamoDB.java")
_FOLDER = Path(__file__).resolve().parents[2] / ".local" / f"dynamodb-local-{_VERSION}"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>stepwise</groupId><artifactId>dynamodb-local</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>{_VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""


class DynamoDBLocalMissing(Exception):
    """DynamoDB Local cannot run here; the text is the reason."""


@contextlib.contextmanager
def dynamodb_local() -> Iterator[str]:
    """The endpoint of a DynamoDB Local that lives as long as the block.

    Raises:
        DynamoDBLocalMissing: no Java 17, no way to fetch the jar, or no start within a minute.
    """
    java = _java()
    library = _library()
    command = [java, f"-Djava.library.path={library}", "-Xmx256m", "-XX:TieredStopAtLevel=1"]
    command += ["-Dlog4j2.level=OFF", "-cp", f"{library}/*", str(_PROGRAM), "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield f"http://127.0.0.1:{_port(process)}"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _java() -> str:
    java = shutil.which("java")
    if java is None:
        raise DynamoDBLocalMissing("no Java: DynamoDB Local needs Java 17")
    shown = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    found = re.search(r'version "(\d+)', shown)
    if found is None or int(found[1]) < 17:
        raise DynamoDBLocalMissing("DynamoDB Local needs Java 17, this one is older")
    return java


def _library() -> Path:
    """The folder with the jars, fetched if it is not there yet; a second process waits for the first one's."""
    library = _FOLDER / "lib"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / "fetching").open("w") as fetching:
        fcntl.flock(fetching, fcntl.LOCK_EX)
        if not (library / f"DynamoDBLocal-{_VERSION}.jar").exists():
            _fetch(library)
    return library


def _fetch(library: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise DynamoDBLocalMissing("no mvn to fetch DynamoDB Local with")
    (_FOLDER / "pom.xml").write_text(_POM)
    fetched = _FOLDER / "fetched"
    command = [maven, "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime"]
    try:
        done = subprocess.run(
            [*command, f"-DoutputDirectory={fetched}"],
            cwd=_FOLDER,
            capture_output=True,
            timeout=180,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DynamoDBLocalMissing("DynamoDB Local could not be fetched in 180 s") from None
    if done.returncode:
        raise DynamoDBLocalMissing("DynamoDB Local could not be fetched from Maven Central")
    fetched.rename(library)


def _port(process: subprocess.Popen[str]) -> int:
    """The port that the server says it listens on, once it does."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
    line = process.stdout.readline() if ready else ""
    if not line.strip().isdigit():
        raise DynamoDBLocalMissing(f"DynamoDB Local did not start in {_START_SECONDS:g} s")
    return int(line)
