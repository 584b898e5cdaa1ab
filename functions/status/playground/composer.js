// The left side of a view: a text to write, examples, options, and a button; and the request as programs would send it.
import { knows } from "./api.js";
import { h, newId } from "./dom.js";

/** A labelled text field that grows with its text. */
export function textField(label, hint, { rows = 4, most = 2000 } = {}) {
  const id = newId("field");
  const area = h("textarea", { id, rows, maxlength: most, hint, spellcheck: "false", autocomplete: "off" });
  return { area, element: h("div", { class: "field" }, h("label", { for: id, t: label }), area) };
}

/** Buttons that fill *area*. */
export function examples(entries, choose) {
  const id = newId("examples");
  return h("div", { class: "examples" },
    h("p", { id, t: "examples" }),
    h("ul", { "aria-labelledby": id }, entries.map(({ lang, text }) =>
      h("li", {}, h("button", { type: "button", class: "chip", lang, onclick: () => choose(text) }, text)))));
}

/** The language of the answer. */
export function languageChoice() {
  return choice("language", ["auto", "en", "zh"], "auto");
}

/** The effort; shown only where the deployment's requests of *kind* know it. */
export function effortChoice(kind) {
  const found = choice("effort", ["low", "medium", "high"], "medium");
  found.element.hidden = true;
  found.element.title = "";
  knows(kind, "effort").then((known) => (found.element.hidden = !known));
  return { ...found, value: () => (found.element.hidden ? null : found.value()) };
}

function choice(name, values, first) {
  const id = newId(name);
  const select = h("select", { id }, values.map((value) => h("option", { value, t: `${name}.${value}`, selected: value === first })));
  return { element: h("div", { class: "choice" }, h("label", { for: id, t: name }), select), value: () => select.value, set: (value) => (select.value = value ?? first) };
}

/** Ctrl + Enter (or Cmd) sends. */
export function sendsOnShortcut(area, send) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  });
}

/** The language and effort that were chosen, as fields of a request; what is the default is left out. */
export function optionFields(language, effort) {
  const fields = {};
  if (language && language.value() !== "auto") fields.language = language.value();
  const value = effort?.value();
  if (value && value !== "medium") fields.effort = value;
  return fields;
}
