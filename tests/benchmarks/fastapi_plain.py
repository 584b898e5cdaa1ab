"""The solve endpoint as a plain service on FastAPI, Mangum, boto3 and httpx, for comparison; no part of Stepwise is in it.

It looks an answer up in the table, else asks the model and keeps what it says: no check, job, slot or stream. Only
``tests/benchmarks/cold_start.py`` runs it.
"""

import hashlib
import json
import logging
import os
import time
from typing import Any, Literal

import boto3
import httpx
from fastapi import FastAPI, HTTPException
from mangum import Mangum
from pydantic import BaseModel, Field

logging.getLogger().setLevel(logging.INFO)
app = FastAPI()
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
model = httpx.Client(base_url=os.environ["OLLAMA_HOST"], timeout=120, trust_env=False)


class SolveRequest(BaseModel):
    problem: str = Field(min_length=1, max_length=2_000)
    steps: bool = True
    language: Literal["auto", "zh", "en"] = "auto"
    verify: bool = True


class SolveResponse(BaseModel):
    success: bool
    problem: str
    steps: list[str]
    final_answer: str
    model: str
    cached: bool


@app.post("/v1/math/solve")
def solve(request: SolveRequest) -> SolveResponse:
    key = {"pk": "plain#" + hashlib.sha256(request.problem.encode()).hexdigest(), "sk": "answer"}
    kept: Any = table.get_item(Key=key).get("Item")
    if kept and kept["expires_at"] > time.time():
        return SolveResponse(**json.loads(kept["body"]), cached=True)
    reply = model.post(
        "/api/chat",
        json={
            "model": os.environ["MODEL_NAME"],
            "messages": [{"role": "user", "content": request.problem}],
            "stream": True,
        },
    )
    if reply.status_code != 200:
        raise HTTPException(502, "The model does not answer.")
    text = "".join(json.loads(line)["message"]["content"] for line in reply.iter_lines())
    steps = [line for line in text.rpartition("</think>")[2].splitlines() if line.strip()]
    body = {
        "success": True,
        "problem": request.problem,
        "steps": steps,
        "final_answer": steps[-1] if steps else "",
        "model": os.environ["MODEL_NAME"],
    }
    table.put_item(Item={**key, "body": json.dumps(body), "expires_at": int(time.time()) + 604_800})
    return SolveResponse(**body, cached=False)


handler = Mangum(app, lifespan="off")
