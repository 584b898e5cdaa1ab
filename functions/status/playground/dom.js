// Elements without a framework: h() makes one, t() words it in the page's language.
import { word } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

/** An element. `t` and `args` word it (and again when the language changes); `on…` are listeners; null children are left out. */
export function h(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

/** The same for SVG. */
export function s(name, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "t") element.dataset.t = value;
    else if (name === "args") element.dataset.args = JSON.stringify(value);
    else if (name === "label") element.dataset.tLabel = value;
    else if (name === "hint") element.dataset.tHint = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  if (properties.t || properties.label || properties.hint) wordElement(element);
  return element;
}

/** Word an element and everything in it that has a wording. */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-t], [data-t-label], [data-t-hint]")) wordElement(element);
}

/** Give an element another wording. */
export function say(element, key, args = {}) {
  element.dataset.t = key;
  element.dataset.args = JSON.stringify(args);
  wordElement(element);
}

function wordElement(element) {
  const args = element.dataset.args ? JSON.parse(element.dataset.args) : {};
  if (element.dataset.t) element.textContent = word(element.dataset.t, args);
  if (element.dataset.tLabel) element.setAttribute("aria-label", word(element.dataset.tLabel, args));
  if (element.dataset.tHint) element.setAttribute("placeholder", word(element.dataset.tHint, args));
}

/** Tell people who listen to the page; the same words again are not repeated. */
export function announce(key, args = {}) {
  const live = document.getElementById("live");
  const text = word(key, args);
  if (live.textContent !== text) live.textContent = text;
}

let numbers = 0;

/** An id that no other element has. */
export function newId(prefix) {
  numbers += 1;
  return `${prefix}-${numbers}`;
}
