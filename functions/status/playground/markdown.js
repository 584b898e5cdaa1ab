// What the model wrote, as elements. It is hostile until it has been cleaned: HTML in it is shown as text, what Markdown
// makes goes through DOMPurify with a short list of tags, and links lead only to http and https.
import "./purify.js";
import { Marked } from "./marked.js";
import { formula } from "./mathematics.js";

const MOST_FORMULAS = 1500;
const LONGEST = 400_000;
const OPEN = "\uE000";
const CLOSE = "\uE001";
const MARKS = /[\uE000\uE001]/gu;

const CLEAN = {
  ALLOWED_TAGS: [
    "p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "a", "h4",
    "table", "thead", "tbody", "tr", "th", "td",
  ],
  ALLOWED_ATTR: ["href", "start"],
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

const escaped = (text) => text.replace(/[&<>"]/gu, (sign) => `&#${sign.codePointAt(0)};`);

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escaped(text),
    image: ({ text }) => escaped(text),
    heading({ tokens }) {
      return `<h4>${this.parser.parseInline(tokens)}</h4>`;
    },
  },
});

// Code first, so that a dollar in it stays one.
const REGIONS =
  /(```[\s\S]*?(?:```|$)|`[^`\n]*`)|\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$(?=\S)((?:\\.|[^$\\\n])+?)(?<=\S)\$(?!\d)|\\begin\{((?:align|equation|gather|cases|aligned|array|pmatrix|bmatrix)\*?)\}([\s\S]+?)\\end\{\6\}/gu;

/** The elements of *text*, a fragment. */
export function rendered(text) {
  const formulas = [];
  const source = text
    .slice(0, LONGEST)
    .replace(MARKS, "")
    .replace(REGIONS, (all, code, dollars, bracket, paren, dollar, environment, inside) => {
      if (code !== undefined || formulas.length >= MOST_FORMULAS) return all;
      const display = dollars ?? bracket;
      const tex = environment ? all : (display ?? paren ?? dollar);
      formulas.push({ tex, display: display !== undefined || environment !== undefined });
      return `${OPEN}${formulas.length - 1}${CLOSE}`;
    });
  const fragment = globalThis.DOMPurify.sanitize(marked.parse(source), CLEAN);
  for (const link of fragment.querySelectorAll("a")) {
    if (link.hasAttribute("href")) Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
  }
  for (const table of [...fragment.querySelectorAll("table")]) {
    const frame = Object.assign(document.createElement("div"), { className: "wide", tabIndex: 0 });
    table.replaceWith(frame);
    frame.append(table);
  }
  place(fragment, formulas);
  return fragment;
}

/** *text* as it is, but for its marked formulas: what a model thinks is no Markdown. */
export function withFormulas(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(REGIONS)) {
    const [all, code, dollars, bracket, paren, dollar] = match;
    const tex = dollars ?? bracket ?? paren ?? dollar;
    if (code !== undefined || tex === undefined || found.length > 2 * MOST_FORMULAS) continue;
    found.push(text.slice(end, match.index), formula(tex.trim(), false));
    end = match.index + all.length;
  }
  return joined([...found, text.slice(end)]);
}

/** One line, such as a step's title: the elements without a paragraph around them. */
export function renderedLine(text) {
  const fragment = rendered(text);
  const only = fragment.childElementCount === 1 && fragment.firstElementChild.tagName === "P" ? fragment.firstElementChild : null;
  if (!only) return fragment;
  const line = document.createDocumentFragment();
  line.append(...only.childNodes);
  return line;
}

/** A final answer is TeX, unless it is plainly words. */
export function answerShown(value) {
  const words = /[\u4E00-\u9FFF]|[A-Za-z]{3,}\s+[A-Za-z]{2,}/u.test(value) && !value.includes("\\");
  return words || /\$/.test(value) ? renderedLine(value) : formula(value, false);
}

function place(fragment, formulas) {
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.includes(OPEN)) texts.push(walker.currentNode);
  for (const node of texts) {
    const parts = node.data.split(/\uE000(\d+)\uE001/u);
    node.replaceWith(...joined(parts.map((part, index) => (index % 2 ? shown(formulas[Number(part)]) : part))));
  }
}

function shown(found) {
  return found ? formula(found.tex.trim(), found.display) : "";
}

/** *pieces* of text and formulas, with the sign that ends a formula kept on its line. */
export function joined(pieces) {
  const found = [];
  for (const piece of pieces) {
    const before = found.at(-1);
    const sign = typeof piece === "string" ? /^[.,;:!?)\]。，；：！？）]+/u.exec(piece)?.[0] : undefined;
    const last = sign && before instanceof Element ? before.querySelector(":scope > .katex > .katex-html > .katex-base:last-child") : null;
    if (last) {
      last.append(Object.assign(document.createElement("span"), { className: "sign-after", textContent: sign }));
      found.push(piece.slice(sign.length));
    } else {
      found.push(piece);
    }
  }
  return found;
}

/** Text that grows: only what is new is rendered, and the less often the longer that takes. */
export class Growing {
  constructor(element) {
    this.element = element;
    this.text = "";
    this.blocks = [];
    this.timer = null;
    this.pause = 60;
  }

  append(text) {
    this.text += text;
    this.timer ??= setTimeout(() => this.show(), this.pause);
  }

  show() {
    clearTimeout(this.timer);
    this.timer = null;
    const begun = performance.now();
    const blocks = blocksOf(this.text.slice(0, LONGEST));
    blocks.forEach((source, index) => {
      const block = this.blocks[index];
      if (block?.source === source) return;
      const element = block?.element ?? this.element.appendChild(document.createElement("div"));
      element.replaceChildren(rendered(source));
      this.blocks[index] = { source, element };
    });
    this.pause = Math.max(60, 5 * (performance.now() - begun));
  }

  clear() {
    clearTimeout(this.timer);
    Object.assign(this, { text: "", blocks: [], timer: null, pause: 60 });
    this.element.replaceChildren();
  }
}

/** Parts of a text that can be rendered one by one: paragraphs, but no list, code or formula is cut. */
function blocksOf(text) {
  const blocks = [];
  let open = false;
  for (const part of text.split(/\n{2,}/u)) {
    const joins = open || (/^(?:\s{2,}|\d+[.)]\s|[-*]\s)/u.test(part) && /^(?:\d+[.)]|[-*])\s/u.test(blocks.at(-1) ?? ""));
    if (joins && blocks.length) blocks.push(`${blocks.pop()}\n\n${part}`);
    else blocks.push(part);
    const whole = blocks.at(-1);
    open = count(whole, "```") % 2 === 1 || count(whole, "$$") % 2 === 1 || count(whole, "\\[") > count(whole, "\\]");
  }
  return blocks;
}

const count = (text, what) => text.split(what).length - 1;
