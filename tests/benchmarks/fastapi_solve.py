"""The solve handler on FastAPI with Mangum, for comparison: the same layer and the same work behind another front.

Only ``tests/benchmarks/cold_start.py`` runs it, in an environment that has both.
"""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from mangum import Mangum
from stepwise import wiring
from stepwise.answering.caller import Caller
from stepwise.api.endpoint import respond
from stepwise.api.planning import solve_plan
from stepwise.api.preferences import read_preferences
from stepwise.api.schemas import SolveRequest

app = FastAPI()


@app.post("/v1/math/solve")
def solve(body: SolveRequest, request: Request) -> JSONResponse:
    body.screen()
    deps = wiring.dependencies()
    caller = Caller(
        partner="partner",
        preferences=read_preferences({name.lower(): value for name, value in request.headers.items()}),
        started=deps.monotonic(),
        remaining=lambda: 60.0,
    )
    reply = respond(deps, solve_plan(body, deps.settings), body.presentation(), caller)
    content: Any = reply.body
    return JSONResponse(content, reply.status, dict(reply.headers))


wiring.prepare(wiring.dependencies, wiring.idempotency)
handler = Mangum(app, lifespan="off")
