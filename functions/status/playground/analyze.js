// Analyse: an argument, what it is made of, and whether it holds.
import { effortChoice, examples, languageChoice, optionFields, sendsOnShortcut, textField } from "./composer.js";
import { h, newId } from "./dom.js";
import { ARGUMENTS } from "./examples.js";
import { graph } from "./graph.js";
import { rendered, renderedLine } from "./markdown.js";
import { Thinking, imprint, languageOf, notes } from "./panel.js";
import { showRequest } from "./request.js";
import { QuestionView, emptyPanel } from "./view.js";

/** Build the view in *section*. */
export function analyzeView(section) {
  const { area, element } = textField("analyze.field", "analyze.hint", { rows: 6, most: 100_000 });
  const questionId = newId("question");
  const question = h("input", { id: questionId, type: "text", maxlength: 2000, hint: "analyze.question.hint", autocomplete: "off" });
  const language = languageChoice();
  const effort = effortChoice("analyze");
  const body = () => ({
    text: area.value.trim(),
    ...(question.value.trim() ? { question: question.value.trim() } : {}),
    include_reasoning: true,
    ...optionFields(language, effort),
  });
  const send = () => view.ask(body());
  sendsOnShortcut(area, send);
  const panel = h("div", { class: "panel", role: "region", label: "analysis", tabindex: "-1" });
  const view = new QuestionView({
    kind: "analyze",
    panel,
    show: analysis,
    empty: () => emptyPanel("analyze"),
    title: (request) => request.text,
    fill(request) {
      area.value = request.text;
      question.value = request.question ?? "";
      language.set(request.language);
    },
  });
  section.append(
    h("div", { class: "composer" },
      h("h1", { id: "title-analyze", t: "analyze.title" }), h("p", { class: "lead", t: "analyze.lead" }),
      h("form", { onsubmit: (event) => (event.preventDefault(), send()) },
        element,
        h("div", { class: "field" }, h("label", { for: questionId, t: "analyze.question" }), question),
        h("div", { class: "options" }, language.element, effort.element),
        h("div", { class: "actions" },
          h("button", { type: "submit" }, h("span", { t: "analyze.run" }), h("kbd", { "aria-hidden": "true", t: "shortcut" })),
          h("button", { type: "button", class: "plain", t: "show-request", onclick: () => showRequest("analyze", body()) }))),
      examples(ARGUMENTS, (text) => {
        area.value = text;
        question.value = "";
        send();
      })),
    panel);
  return view;
}

function analysis(body, cache) {
  const thinking = new Thinking();
  thinking.settle(body);
  const structured = body.premises.length > 0;
  return [
    h("article", { class: "answer", lang: languageOf(body.analysis) },
      h("h2", { class: "quiet", t: "analysis" }),
      verdicts(body.validity),
      thinking.element,
      structured ? parts(body) : h("section", { class: "prose" }, rendered(body.analysis)),
      notes(body),
      imprint(body, cache)),
  ];
}

function parts(body) {
  return [
    h("section", {}, h("h3", { t: "premises" }),
      h("ul", { class: "premises" }, [...body.premises, ...(body.conclusion ? [{ id: "C", ...body.conclusion }] : [])].map(premise))),
    body.validity.countermodel ? countermodel(body.validity.countermodel) : null,
    h("section", {}, h("h3", { t: "relations" }),
      body.relations.length ? graph(body.premises, body.conclusion, body.relations) : h("p", { class: "faint", t: "relations.none" })),
    body.reasoning_chain.length
      ? h("section", {}, h("h3", { t: "reasoning" }), h("ol", { class: "steps" }, body.reasoning_chain.map((line) => h("li", {}, h("div", { class: "prose" }, rendered(line))))))
      : null,
    body.fallacies.length
      ? h("section", {}, h("h3", { t: "fallacies" }), h("ul", { class: "plain-list" }, body.fallacies.map(({ name, explanation }) =>
        h("li", {}, h("strong", {}, renderedLine(name)), explanation ? h("div", { class: "prose" }, rendered(explanation)) : null))))
      : null,
    body.missing_premises.length
      ? h("section", {}, h("h3", { t: "missing" }), h("ul", { class: "plain-list" }, body.missing_premises.map((each) => h("li", {}, renderedLine(each)))))
      : null,
    body.proof_idea ? h("section", { class: "prose" }, h("h3", { t: "proof" }), rendered(body.proof_idea)) : null,
  ];
}

function premise({ id, text, formula }) {
  return h("li", { class: id === "C" ? "conclusion" : null },
    h("span", { class: "id" }, id),
    h("div", {}, h("p", {}, id === "C" ? h("span", { class: "quiet", t: "conclusion" }) : null, renderedLine(text)), formula ? h("code", { class: "formula" }, formula) : null));
}

const TONES = { valid: "good", invalid: "bad", unknown: "plain" };
const SIGNS = { valid: "✓", invalid: "✗", unknown: "?" };

function verdicts({ model, solver }) {
  const differ = model !== solver && solver !== "unknown" && model !== "unknown";
  const card = (who, value) => h("div", { class: `verdict ${TONES[value] ?? "plain"}` },
    h("p", { class: "caption", t: `verdict.${who}` }),
    h("p", { class: "value" }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[value] ?? "?"), h("span", { t: value })));
  return h("section", {}, h("h3", { class: "quiet", t: "verdicts" }),
    h("div", { class: "verdicts" }, card("model", model), card("solver", solver)),
    differ ? h("p", { class: "note warn", t: "verdicts.differ" }) : null);
}

function countermodel(model) {
  const rows = [];
  if (model.domain?.length) rows.push([h("th", { scope: "row", t: "countermodel.things" }), model.domain.join(", ")]);
  for (const [name, value] of Object.entries(model.propositions ?? {})) rows.push([h("th", { scope: "row" }, h("code", {}, name)), h("span", { class: `truth ${value}`, t: String(value) })]);
  for (const [name, held] of Object.entries(model.predicates ?? {})) {
    const things = held.map((each) => (Array.isArray(each) ? `(${each.join(", ")})` : each)).join(", ");
    const value = things ? [h("span", { class: "faint", t: "countermodel.holds" }), ` ${things}`] : h("span", { class: "truth false", t: "nothing" });
    rows.push([h("th", { scope: "row" }, h("code", {}, name)), value]);
  }
  for (const [name, thing] of Object.entries(model.constants ?? {})) if (name !== thing) rows.push([h("th", { scope: "row" }, h("code", {}, name)), thing]);
  for (const [name, table] of Object.entries(model.functions ?? {})) {
    for (const [given, value] of Object.entries(table)) rows.push([h("th", { scope: "row" }, h("code", {}, `${name}(${given})`)), value]);
  }
  return h("section", {}, h("h3", { t: "countermodel" }), h("p", { class: "faint", t: "countermodel.text" }),
    h("div", { class: "wide", tabindex: "0", role: "group", label: "countermodel" },
      h("table", { class: "world" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col", t: "countermodel.name" }), h("th", { scope: "col", t: "countermodel.value" }))),
        h("tbody", {}, rows.map(([head, value]) => h("tr", {}, head, h("td", {}, value)))))));
}
