// "Show request": the same call as programs make it.
import { PATHS, address } from "./api.js";
import { h, say } from "./dom.js";

const BASE = () => address(".").replace(/\/$/, "");

/** Open the drawer with *body* of *kind*. */
export function showRequest(kind, body) {
  const dialog = document.getElementById("request-dialog");
  const sources = { curl: curl(kind, body), "Python · httpx": httpx(kind, body), "Python · openai": openai(kind, body), JavaScript: javascript(kind, body) };
  const code = h("code", {});
  const panel = h("pre", { class: "source", role: "tabpanel", id: "request-source", tabindex: "0" }, code);
  const tabs = Object.keys(sources).map((name, index) =>
    h("button", { type: "button", role: "tab", id: `request-tab-${index}`, "aria-controls": "request-source", onclick: () => choose(index) }, name));
  const copy = h("button", { type: "button", class: "plain small", t: "copy", onclick: () => copied(copy, code.textContent) });
  function choose(index) {
    tabs.forEach((tab, place) => {
      tab.setAttribute("aria-selected", String(place === index));
      tab.tabIndex = place === index ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", tabs[index].id);
    code.textContent = Object.values(sources)[index];
    say(copy, "copy");
  }
  const list = h("div", { class: "tabs", role: "tablist", label: "request.tabs", onkeydown: (event) => step(event, tabs) }, tabs);
  dialog.replaceChildren(
    h("div", { class: "head" }, h("h2", { id: "request-title", t: "request.title" }),
      h("button", { type: "button", class: "plain small", t: "close", onclick: () => dialog.close() })),
    h("p", { t: "request.text" }), list, panel, h("div", { class: "actions" }, copy));
  choose(0);
  dialog.showModal();
  tabs[0].focus();
}

function step(event, tabs) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const next = tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
  next.click();
  next.focus();
}

async function copied(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    say(button, "copied");
  } catch {
    const range = document.createRange();
    range.selectNodeContents(document.querySelector("#request-source code"));
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
  }
}

const pretty = (value) => JSON.stringify(value, null, 2);

function curl(kind, body) {
  const streams = kind === "chat" ? "" : ` \\\n  -H 'Accept: text/event-stream'`;
  return `curl -N ${address(PATHS[kind])} \\
  -H "x-api-key: $STEPWISE_KEY" -H 'Content-Type: application/json'${streams} \\
  -d '${pretty(body).replaceAll("'", "'\\''")}'`;
}

/** JSON as Python writes it. */
function python(value, indent = "") {
  if (value === true) return "True";
  if (value === false) return "False";
  if (value === null) return "None";
  const inner = `${indent}    `;
  if (Array.isArray(value)) return `[\n${value.map((each) => `${inner}${python(each, inner)},\n`).join("")}${indent}]`;
  if (typeof value === "object") {
    return `{\n${Object.entries(value).map(([name, each]) => `${inner}${JSON.stringify(name)}: ${python(each, inner)},\n`).join("")}${indent}}`;
  }
  return JSON.stringify(value);
}

function httpx(kind, body) {
  const { stream: _, ...plain } = body;
  return `import os
import time

import httpx

headers = {"x-api-key": os.environ["STEPWISE_KEY"]}
with httpx.Client(base_url="${BASE()}", headers=headers, timeout=60) as client:
    response = client.post("/${PATHS[kind]}", json=${python(plain, "    ")})
    while response.status_code == 202:  # it takes longer: a job has it now
        job = f"/v1/jobs/{response.json()['id']}"
        while (status := client.get(job, headers={"Prefer": "wait=20"}).json())["status"] in ("queued", "running"):
            time.sleep(1)
        print(status["result"] or status["error"])
        break
    else:
        print(response.json())`;
}

function openai(kind, body) {
  const messages = kind === "chat" ? body.messages : [{ role: "user", content: [body.problem ?? body.text, body.question].filter(Boolean).join("\n\n") }];
  const effort = body.effort ? `\n    reasoning_effort=${JSON.stringify(body.effort)},` : "";
  return `import os

from openai import OpenAI

client = OpenAI(base_url="${BASE()}/v1", api_key=os.environ["STEPWISE_KEY"])
model = client.models.list().data[0].id
stream = client.chat.completions.create(
    model=model,
    messages=${python(messages, "    ")},${effort}
    stream=True,
)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="", flush=True)`;
}

function javascript(kind, body) {
  const { stream: _, ...plain } = body;
  return `const headers = { "x-api-key": process.env.STEPWISE_KEY, "Content-Type": "application/json" };
let response = await fetch("${address(PATHS[kind])}", {
  method: "POST",
  headers,
  body: JSON.stringify(${pretty(plain).replaceAll("\n", "\n  ")}),
});
let answer = await response.json();
if (response.status === 202) { // it takes longer: a job has it now
  const job = \`${BASE()}/v1/jobs/\${answer.id}\`;
  do {
    response = await fetch(job, { headers: { ...headers, Prefer: "wait=20" } });
    answer = await response.json();
  } while (["queued", "running"].includes(answer.status));
}
console.log(answer);`;
}
