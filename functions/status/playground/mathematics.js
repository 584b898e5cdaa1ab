// Formulas: KaTeX draws them and writes MathML beside the drawing; what it cannot read is shown as it was written.
import "./katex.js";

const LONGEST = 4000;
const OPTIONS = { throwOnError: true, trust: false, strict: "ignore", maxSize: 30, maxExpand: 300, output: "htmlAndMathml" };

/** An element that shows *tex*. */
export function formula(tex, display = false) {
  const element = document.createElement(display ? "div" : "span");
  element.className = display ? "math block" : "math";
  if (tex.length <= LONGEST) {
    try {
      globalThis.katex.render(tex, element, { ...OPTIONS, displayMode: display });
      if (display) Object.assign(element, { tabIndex: 0 }).setAttribute("role", "group");
      return element;
    } catch {
      // Shown as it was written, below.
    }
  }
  const source = document.createElement("code");
  source.className = "unread";
  source.textContent = tex;
  element.replaceChildren(source);
  return element;
}

// The live preview: formulas that people type without any marks, such as x² + 2x - 3 = 0.

const FUNCTIONS = "sin|cos|tan|cot|sec|csc|log|ln|exp|lim|max|min|gcd|arcsin|arccos|arctan";
const NAMED = { sqrt: "√", pi: "\\pi ", infinity: "\\infty ", theta: "\\theta ", alpha: "\\alpha ", beta: "\\beta " };
const SIGNS = {
  "²": "^{2}", "³": "^{3}", "⁴": "^{4}", "¹": "^{1}", "⁰": "^{0}", "ⁿ": "^{n}",
  "×": "\\times ", "÷": "\\div ", "·": "\\cdot ", "≤": "\\le ", "≥": "\\ge ", "≠": "\\ne ", "±": "\\pm ", "π": "\\pi ",
  "√": "√", "∞": "\\infty ", "−": "-", "*": "\\cdot ", "%": "\\%", "θ": "\\theta ", "→": "\\to ", "∫": "\\int ",
};
const TOKEN = new RegExp(
  String.raw`<=|>=|!=|->|\b(?:${FUNCTIONS}|${Object.keys(NAMED).join("|")})\b|\d+(?:\.\d+)?|(?<![A-Za-z])[A-Za-z](?![A-Za-z])|(?<![A-Za-z])[a-z]{2}(?=\s*[=+^]|\s*\))|[-+*/=^_()\[\]{}|!<>,%²³⁴¹⁰ⁿ×÷·≤≥≠±π√∞−θ→∫]|\s+`,
  "gu",
);
const OPERATOR = /[=+*/^<>²³⁴ⁿ×÷·≤≥≠±√∞−∫→]|\bsqrt\b|[\w)]\s*-\s*[\w(]|[a-z]\(/u;

/** *text* in pieces of words and formulas: `{tex, display}` or `{text}`. */
export function pieces(text) {
  const found = [];
  const marked = /\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\]|\\\(([\s\S]+?)\\\)|\$([^$\n]+?)\$/gu;
  let end = 0;
  for (const match of text.matchAll(marked)) {
    found.push(...unmarked(text.slice(end, match.index)));
    const display = match[1] ?? match[2];
    found.push({ tex: display ?? match[3] ?? match[4], display: display !== undefined });
    end = match.index + match[0].length;
  }
  found.push(...unmarked(text.slice(end)));
  return found;
}

function unmarked(text) {
  const found = [];
  let plain = "";
  let run = [];
  let at = 0;
  const close = () => {
    // Signs and white space at the ends belong to the sentence: a comma, a question's end, a lonely bracket.
    const before = [];
    const after = [];
    while (run.length && /^[\s,!]*$/.test(run[0])) before.push(run.shift());
    while (run.length && /^[\s,!(]*$/.test(run.at(-1)) && !(run.at(-1) === "!" && /^[\w)]+$/.test(run.at(-2) ?? ""))) after.unshift(run.pop());
    const written = run.join("");
    if (written && OPERATOR.test(written) && /[A-Za-z0-9π]/.test(written) && balanced(written)) {
      if (plain + before.join("")) found.push({ text: plain + before.join("") });
      plain = after.join("");
      found.push({ tex: texOf(run), display: false });
    } else {
      plain += before.join("") + written + after.join("");
    }
    run = [];
  };
  for (const match of text.matchAll(TOKEN)) {
    if (match.index !== at) {
      close();
      plain += text.slice(at, match.index);
    }
    // An article is no variable.
    const word = match[0] === "a" || match[0] === "A" || match[0] === "I";
    const next = text.slice(match.index + 1).trimStart()[0] ?? "";
    if (word && /[A-Za-z]/.test(next)) {
      close();
      plain += match[0];
    } else {
      run.push(match[0]);
    }
    at = match.index + match[0].length;
  }
  close();
  plain += text.slice(at);
  if (plain) found.push({ text: plain });
  return found;
}

function balanced(text) {
  let open = 0;
  for (const sign of text) {
    if (sign === "(") open += 1;
    if (sign === ")") open -= 1;
    if (open < 0) return false;
  }
  return open === 0;
}

function texOf(tokens) {
  let tex = "";
  for (const token of tokens) {
    if (token === "<=") tex += "\\le ";
    else if (token === ">=") tex += "\\ge ";
    else if (token === "!=") tex += "\\ne ";
    else if (token === "->") tex += "\\to ";
    else if (token === "{" || token === "}") tex += `\\${token}`;
    else if (token in NAMED) tex += NAMED[token];
    else if (token in SIGNS) tex += SIGNS[token];
    else if (new RegExp(`^(?:${FUNCTIONS})$`).test(token)) tex += `\\${token} `;
    else if (/^\s+$/.test(token)) tex += " ";
    else tex += token;
  }
  return grouped(tex);
}

/** `^(x+1)` and `√(x)` with the braces that TeX wants; `^12` and `^-1` too. */
function grouped(tex) {
  return tex
    .replace(/√\s*\(([^()]*)\)/gu, "\\sqrt{$1}")
    .replace(/√\s*(\d+(?:\.\d+)?|[A-Za-z])/gu, "\\sqrt{$1}")
    .replace(/\^\s*\(([^()]*)\)/gu, "^{$1}")
    .replace(/\^\s*(-?\d+(?:\.\d+)?)/gu, "^{$1}")
    .replace(/√/gu, "\\sqrt{}");
}
