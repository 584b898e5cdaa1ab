// The HTTP API as the page uses it: everything relative to where the page is, so a stage's path or a domain is no matter.
import { getKey } from "./storage.js";

const READY_MS = 5000;

export const PATHS = { solve: "v1/math/solve", analyze: "v1/logic/analyze", chat: "v1/general/chat" };

/** An answer that is no success: a problem document (RFC 9457), or what stands for one when there is no network. */
export class Problem extends Error {
  constructor(document, retryAfter = null) {
    super(document.detail || document.code);
    this.document = document;
    this.code = document.code;
    this.retryAfter = retryAfter;
  }
}

export const address = (path) => new URL(path, document.baseURI).href;

/** Fetch with the tab's key; throws a Problem for everything that is not 2xx. (fetch's `no-store` would send
 * `Cache-Control: no-cache`, which the API takes for a wish not to be given a cached answer.) */
export async function call(path, { method = "GET", body, headers = {}, signal } = {}) {
  const key = getKey();
  const options = { method, signal, headers: { ...headers }, credentials: "omit" };
  if (key) options.headers["x-api-key"] = key;
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(address(path), options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "no_connection", detail: "" });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const retryAfter = Number.isFinite(seconds) ? seconds : null;
  try {
    const document = await response.json();
    if (document && typeof document.code === "string") return new Problem(document, retryAfter);
  } catch {
    // Not ours: something stands between the page and the API.
  }
  return new Problem({ code: "unreadable", detail: "", status: response.status }, retryAfter);
}

/** The events of a text/event-stream response: `{name, data}` (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function eventOf(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}

/** What `Cache-Status` (RFC 9211) and `Age` say: `{hit, ttl, age}`, seconds or null. */
export function cacheOf(response) {
  const status = response.headers.get("Cache-Status") ?? "";
  const ttl = /;\s*ttl=(-?\d+)/.exec(status);
  const age = Number.parseInt(response.headers.get("Age") ?? "", 10);
  return { hit: /;\s*hit\b/.test(status), ttl: ttl ? Number(ttl[1]) : null, age: Number.isFinite(age) ? age : null };
}

let asked = { at: -Infinity, found: null };

/** Whether the model host answers, by the service's own check, asked every few seconds at most; true where that cannot be said. */
export function modelAnswers() {
  if (performance.now() > asked.at + READY_MS) asked = { at: performance.now(), found: askReady() };
  return asked.found;
}

async function askReady() {
  try {
    const response = await fetch(address("health/ready"), { headers: { "x-api-key": getKey() }, credentials: "omit" });
    return (await response.json()).checks.model.status === "ok";
  } catch {
    return true;
  }
}

let described = null;

/** The deployment's OpenAPI document, fetched once. */
export function openapi() {
  described ??= fetch(address("openapi.json")).then((response) => response.json());
  return described;
}

/** Whether requests of *kind* know the field *name*; false where the document cannot be had. */
export async function knows(kind, name) {
  const schema = { solve: "SolveRequest", analyze: "AnalyzeRequest", chat: "ChatRequest" }[kind];
  try {
    return name in (await openapi()).components.schemas[schema].properties;
  } catch {
    return false;
  }
}
