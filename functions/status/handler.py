"""GET /, /health, /health/ready, /openapi.json, /docs and /playground."""

import json
from pathlib import Path

import assets
import aws_lambda_powertools
from stepwise import __version__, wiring
from stepwise.api.app import Api, Call
from stepwise.api.readiness import StatusDependencies, readiness
from stepwise.api.reply import Page, Reply
from stepwise.errors import NotFound
from stepwise.observability import observed

api = Api(wiring.status_dependencies)

_HERE = Path(__file__).parent
_POWERTOOLS = Path(aws_lambda_powertools.__file__).parent
_SWAGGER_UI = _POWERTOOLS / "event_handler/openapi/swagger_ui"  # Powertools contains a copy
_ASSETS = {
    "swagger-ui.js": (_SWAGGER_UI / "swagger-ui-bundle.min.js", "text/javascript; charset=utf-8"),
    "swagger-ui.css": (_SWAGGER_UI / "swagger-ui.min.css", "text/css; charset=utf-8"),
    "start.js": (_HERE / "start.js", "text/javascript; charset=utf-8"),
}
_LIMITED = [
    ("ChatRequest", "max_tokens"),
    ("CompletionRequest", "max_tokens"),
    ("CompletionRequest", "max_completion_tokens"),
]
_PAGE_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)
_PLAYGROUND = assets.playground(_HERE / "playground")
_PLAYGROUND_VERSION = assets.version_of(_PLAYGROUND)
_PLAYGROUND_PAGE = assets.playground_page(_PLAYGROUND, _PLAYGROUND_VERSION)


@api.get("/")
def root(call: Call, deps: StatusDependencies) -> Reply | Page:
    if call.wants_html:
        return Reply(303, {}, {"Location": _beside_root(call, "playground"), "Vary": "Accept"})
    document = json.loads((_HERE / "openapi.json").read_text(encoding="utf-8"))
    body = {
        "message": "Stepwise solves mathematics and analyses logic step by step.",
        "version": __version__,
        "model": deps.settings.model_name,
        "endpoints": [path for path in document["paths"] if path != "/"],
    }
    return Reply(200, body, {"Vary": "Accept"})


@api.get("/health")
def health(call: Call, deps: StatusDependencies) -> Reply | Page:
    return Reply(200, {"status": "ok"})


@api.get("/health/ready")
def ready(call: Call, deps: StatusDependencies) -> Reply | Page:
    return readiness(deps.settings, deps.model, deps.table)


@api.get("/openapi.json")
def openapi(call: Call, deps: StatusDependencies) -> Reply | Page:
    """The committed document, with the limits and the model of this deployment."""
    document = json.loads((_HERE / "openapi.json").read_text(encoding="utf-8"))
    settings = deps.settings
    limit = settings.num_predict
    completion = document["paths"]["/v1/chat/completions"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    completion["examples"]["plain"]["value"]["model"] = settings.model_name
    for name, field in _LIMITED:
        document["components"]["schemas"][name]["properties"][field]["anyOf"][0]["maximum"] = limit
    return Reply(200, document, {"Cache-Control": "no-cache"})


@api.get("/docs")
def docs(call: Call, deps: StatusDependencies) -> Reply | Page:
    if call.path.endswith("/"):  # links in the page are relative to /docs
        return Reply(308, {}, {"Location": "../docs"})
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _PAGE_POLICY}
    return _file(_HERE / "docs.html", "text/html; charset=utf-8", headers)


@api.get("/docs/<asset>")
def docs_asset(call: Call, _deps: StatusDependencies, asset: str) -> Page:
    if asset not in _ASSETS:
        raise NotFound
    path, kind = _ASSETS[asset]
    return _file(path, kind, {"Cache-Control": "public, max-age=86400"})


@api.get("/playground")
def playground(call: Call, deps: StatusDependencies) -> Reply | Page:
    if call.path.endswith("/"):  # links in the page are relative to /playground
        return Reply(308, {}, {"Location": "../playground"})
    return _asset(call, _PLAYGROUND_PAGE, {"Cache-Control": "no-cache", **assets.PAGE_HEADERS})


@api.get("/playground/<version>/<name>")
def playground_asset(call: Call, _deps: StatusDependencies, version: str, name: str) -> Page:
    """A file of the playground. A page of another version gets the current file, but must not cache it."""
    if name not in _PLAYGROUND:
        raise NotFound
    kept = "public, max-age=31536000, immutable" if version == _PLAYGROUND_VERSION else "no-cache"
    return _asset(call, _PLAYGROUND[name], {"Cache-Control": kept})


def _beside_root(call: Call, name: str) -> str:
    """The address of *name* next to ``/``; under the gateway's own host name the path begins with the stage."""
    if ".execute-api." in call.domain:
        return f"/{call.stage}/{name}"
    return f"./{name}"


def _asset(call: Call, asset: assets.Asset, headers: dict[str, str]) -> Page:
    """*asset*, or 304 if the client has it already."""
    known = asset.matches(call.headers.get("if-none-match", ""))
    return Page(
        304 if known else 200, asset.kind, "" if known else asset.text, {"ETag": asset.etag, **headers}
    )


def _file(path: Path, kind: str, headers: dict[str, str]) -> Page:
    return Page(200, kind, path.read_text(encoding="utf-8"), headers)


wiring.prepare(wiring.status_dependencies)
handler = observed(api.resolve, function="status")
