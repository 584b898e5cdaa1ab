"""``python shrink_botocore.py FOLDER``: leave out of botocore's data what no function reads.

Of 400 services the functions use two. Each start reads the descriptions of these whole, and the table of all endpoints:
texts for its documentation are nine tenths of the first, other services nearly all of the second. Operations and shapes
stay as they are. A file may be a hard link into uv's cache, so it is made anew.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

SERVICES = ("dynamodb", "sqs")


def shrink(data: Path) -> None:
    """Shrink the data in the folder *data*."""
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in SERVICES:
            shutil.rmtree(folder)
    for service in SERVICES:
        for packed in data.glob(f"{service}/*/service-2.json.gz"):
            model = without_documentation(json.loads(gzip.decompress(packed.read_bytes())))
            packed.unlink()
            packed.with_suffix("").write_text(json.dumps(model, separators=(",", ":")), encoding="utf-8")
    table = json.loads((data / "endpoints.json").read_text(encoding="utf-8"))
    for partition in table["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in SERVICES if name in services}
    (data / "endpoints.json").unlink()
    (data / "endpoints.json").write_text(json.dumps(table), encoding="utf-8")


def without_documentation(value: Any) -> Any:
    """*value* without its texts of documentation; a shape or member of that name is no text."""
    if isinstance(value, dict):
        return {
            name: without_documentation(entry)
            for name, entry in value.items()
            if name != "documentation" or not isinstance(entry, str)
        }
    return [without_documentation(entry) for entry in value] if isinstance(value, list) else value


if __name__ == "__main__":
    shrink(Path(sys.argv[1]))
