// Solve: a problem, and its solution step by step.
import { badge } from "./badge.js";
import { effortChoice, examples, languageChoice, optionFields, sendsOnShortcut, textField } from "./composer.js";
import { h } from "./dom.js";
import { PROBLEMS } from "./examples.js";
import { answerShown, joined, rendered, renderedLine } from "./markdown.js";
import { formula, pieces } from "./mathematics.js";
import { Thinking, imprint, languageOf, notes } from "./panel.js";
import { showRequest } from "./request.js";
import { QuestionView, emptyPanel } from "./view.js";

/** Build the view in *section*. */
export function solveView(section) {
  const { area, element } = textField("solve.field", "solve.hint", { rows: 4, most: 2000 });
  const shown = h("div", { class: "preview-text" });
  const preview = h("div", { class: "preview", role: "group", label: "solve.preview" }, h("p", { class: "caption", "aria-hidden": "true", t: "solve.preview" }), shown);
  const language = languageChoice();
  const effort = effortChoice("solve");
  const body = () => ({ problem: area.value.trim(), include_reasoning: true, ...optionFields(language, effort) });
  const send = () => view.ask(body());
  const showPreview = () => shown.replaceChildren(...previewed(area.value));
  const put = (text) => {
    area.value = text;
    showPreview();
  };
  area.addEventListener("input", showPreview);
  sendsOnShortcut(area, send);
  const panel = h("div", { class: "panel", role: "region", label: "solution", tabindex: "-1" });
  const view = new QuestionView({
    kind: "solve",
    panel,
    show: solution,
    empty: () => emptyPanel("solve"),
    title: (request) => request.problem,
    fill(request) {
      put(request.problem);
      language.set(request.language);
    },
  });
  section.append(
    h("div", { class: "composer" },
      h("h1", { id: "title-solve", t: "solve.title" }), h("p", { class: "lead", t: "solve.lead" }),
      h("form", { onsubmit: (event) => (event.preventDefault(), send()) },
        element, preview,
        h("div", { class: "options" }, language.element, effort.element),
        h("div", { class: "actions" },
          h("button", { type: "submit" }, h("span", { t: "solve.run" }), h("kbd", { "aria-hidden": "true", t: "shortcut" })),
          h("button", { type: "button", class: "plain", t: "show-request", onclick: () => showRequest("solve", body()) }))),
      examples(PROBLEMS, (text) => {
        put(text);
        send();
      })),
    panel);
  showPreview();
  return view;
}

function previewed(text) {
  if (!text.trim()) return [h("span", { class: "faint", t: "solve.preview.empty" })];
  return joined(pieces(text).map((piece) => (piece.tex === undefined ? piece.text : formula(piece.tex, piece.display))));
}

function solution(body, cache) {
  const thinking = new Thinking();
  thinking.settle(body);
  const lang = languageOf(body.solution);
  const structured = body.steps.length > 0;
  return [
    h("article", { class: "answer", lang },
      h("h2", { class: "quiet", t: "solution" }),
      finalAnswer(body),
      thinking.element,
      structured && body.analysis ? h("section", { class: "prose" }, h("h3", { t: "analysis" }), rendered(body.analysis)) : null,
      structured ? h("section", {}, h("h3", { t: "steps" }), stepList(body.steps)) : h("section", { class: "prose" }, h("h3", { t: "solution" }), rendered(body.solution)),
      notes(body),
      imprint(body, cache)),
  ];
}

function finalAnswer(body) {
  const value = body.final_answer;
  return h("div", { class: "final" },
    h("p", { class: "caption", t: "answer" }),
    value ? h("div", { class: "value" }, answerShown(value)) : h("p", { class: "faint", t: "no-answer" }),
    badge(body.verification, body.confidence));
}

function stepList(steps) {
  return h("ol", { class: "steps" }, steps.map(({ title, text }) =>
    h("li", {}, title ? h("p", { class: "step-title" }, renderedLine(title)) : null, h("div", { class: "prose" }, rendered(text)))));
}
