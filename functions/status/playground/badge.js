// How far an answer can be relied on: a badge, and its evidence on a click.
import { h } from "./dom.js";
import { answerShown, rendered } from "./markdown.js";
import { hasWord } from "./words.js";

const TONES = {
  verified: "good", proved: "good", corroborated: "fair", single: "plain", unverifiable: "plain", not_run: "plain",
  disputed: "warn", refuted: "bad",
};
const METHODLESS = new Set([null, "none", "not_run"]);
const SIGNS = { good: "✓", fair: "≈", plain: "?", warn: "!", bad: "✗" };

/** The badge of a solve's *verification* and *confidence*; null where neither is there. */
export function badge(verification, confidence) {
  if (!verification && !confidence) return null;
  const status = verification?.method === "not_run" ? "not_run" : verification?.status;
  const level = confidence?.level ?? null;
  // The verdict first where there is one; else how well the answer is supported.
  const name = status === "verified" || status === "refuted" || !level ? status : level;
  const tone = TONES[name] ?? "plain";
  return h("details", { class: `badge ${tone}` },
    h("summary", {}, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[tone]), named(name)),
    h("div", { class: "evidence" },
      h("p", { t: `why.${name}` }),
      verification ? verdict(verification, recomputed(confidence)) : null,
      confidence?.evidence?.length ? evidence(confidence.evidence) : null,
      confidence?.measured ? measured(confidence.measured) : null));
}

/** Whether the check's own words stand among the evidence already. */
const recomputed = (confidence) => (confidence?.evidence ?? []).some(({ kind }) => kind === "recomputation");

const named = (name) => (hasWord(name) ? h("span", { t: name }) : h("span", {}, name));

function verdict(verification, saidBelow) {
  return h("dl", {},
    METHODLESS.has(verification.method) ? [] : [h("dt", { t: "method" }), h("dd", {}, verification.method)],
    verification.detail && !saidBelow ? [h("dt", { t: "evidence" }), h("dd", {}, rendered(verification.detail))] : []);
}

function evidence(entries) {
  return h("ul", { class: "witnesses" }, entries.map((entry) => {
    const key = entry.agrees === true ? "agrees" : entry.agrees === false ? "differs" : "says-nothing";
    return h("li", {},
      h("p", {}, h("strong", hasWord(`kind.${entry.kind}`) ? { t: `kind.${entry.kind}` } : {}, hasWord(`kind.${entry.kind}`) ? null : entry.kind),
        " ", h("span", { class: `agreement ${key}`, t: key })),
      entry.answer ? h("p", {}, answerShown(entry.answer)) : null,
      entry.detail ? grounds(entry) : null);
  }));
}

/** What a witness rests on: equations stand one a line, as they were written; a dollar in them is money. */
function grounds({ kind, detail }) {
  if (kind !== "formalisation") return h("div", {}, rendered(detail));
  return h("pre", { class: "statements" }, detail.split("; ").join("\n"));
}

function measured({ precision, low, high, n, on }) {
  const percent = (share) => `${Math.round(share * 1000) / 10}%`;
  return h("p", { class: "measured", t: "measured", args: { precision: percent(precision), low: percent(low), high: percent(high), n, on } });
}
