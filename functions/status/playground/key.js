// The API key: asked for in a dialog, kept in the tab.
import { h, newId, say } from "./dom.js";
import { getKey, setKey } from "./storage.js";

const LOCAL = new Set(["127.0.0.1", "localhost", "[::1]"]);
const DEMO_KEY = "demo-key";

/** Take a key out of the address (`#key=…`, as the start banner of a local stack gives it), so that it is not kept there. */
export function takeKeyFromAddress() {
  const found = /^#key=([^&]+)/.exec(window.location.hash);
  if (!found) return;
  setKey(decodeURIComponent(found[1]));
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}

export function showKeyState() {
  const button = document.getElementById("key-button");
  const there = Boolean(getKey());
  button.classList.toggle("set", there);
  say(button.lastElementChild, there ? "key.there" : "key.missing");
}

/** Ask for the key; *then* is called when there is one. */
export function openKeyDialog(then = () => {}) {
  const dialog = document.getElementById("key-dialog");
  const id = newId("key");
  const input = h("input", { id, type: "password", autocomplete: "off", spellcheck: "false", value: getKey() });
  const save = (value) => {
    setKey(value.trim());
    showKeyState();
    dialog.close();
    if (value.trim()) then();
  };
  const form = h("form", { method: "dialog", onsubmit: (event) => (event.preventDefault(), save(input.value)) },
    h("h2", { id: "key-title", t: "key.title" }),
    h("p", { t: "key.text" }),
    h("div", { class: "field" }, h("label", { for: id, t: "key" }), input),
    LOCAL.has(window.location.hostname)
      ? h("p", { class: "note" }, h("span", { t: "key.local" }), " ", h("button", { type: "button", class: "link", t: "key.use-demo", onclick: () => save(DEMO_KEY) }))
      : null,
    h("div", { class: "actions" },
      h("button", { type: "submit", t: "key.save" }),
      getKey() ? h("button", { type: "button", class: "plain", t: "key.forget", onclick: () => save("") }) : null,
      h("button", { type: "button", class: "plain", t: "close", onclick: () => dialog.close() })));
  dialog.replaceChildren(form);
  dialog.showModal();
  input.focus();
}
