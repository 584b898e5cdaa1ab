// What every answer has on its way: a state, the thinking folded away, the text as it grows, and errors as sentences.
import { announce, h, say } from "./dom.js";
import { Growing, withFormulas } from "./markdown.js";
import { language, span, word } from "./words.js";

const RETRYABLE = new Set([
  "queue_full", "rate_limited", "model_unavailable", "model_error", "model_timeout", "internal_error", "no_connection",
  "unreadable", "broken_stream", "page_error",
]);
const NEEDS_KEY = new Set(["no_key", "missing_api_key", "invalid_api_key"]);
const LONGEST_THINKING = 200_000;

/** The live part of a panel; as the view of a Run it is told what happens. */
export class Progress {
  constructor({ onCancel }) {
    this.state = h("p", { class: "state" });
    this.more = h("p", { class: "more" });
    this.cancel = h("button", { type: "button", class: "plain small", t: "cancel", onclick: onCancel });
    this.line = h("div", { class: "progress" }, h("span", { class: "pulse", "aria-hidden": "true" }), h("div", { class: "states" }, this.state, this.more), this.cancel);
    this.thinking = new Thinking();
    this.text = h("div", { class: "prose live" });
    this.growing = new Growing(this.text);
    this.element = h("div", { class: "underway", "aria-busy": "true" }, this.line, this.thinking.element, this.text);
    this.current = "";
  }

  show(key, args = {}, more = null, moreArgs = {}) {
    say(this.state, key, args);
    if (key !== this.current) announce(key, args);
    this.current = key;
    this.more.hidden = more === null;
    if (more) say(this.more, more, moreArgs);
  }

  waiting() {
    this.show("state.waiting");
  }

  thought(text) {
    this.thinking.append(text);
    this.show("state.thinking");
  }

  written(text) {
    this.thinking.end();
    this.growing.append(text);
    this.show("state.writing");
  }

  job(job) {
    const ahead = job.queue_position;
    const tokens = job.progress?.completion_tokens ?? 0;
    if (job.status === "queued" && ahead !== null && ahead !== undefined) {
      this.show(ahead ? "state.queued" : "state.queued.next", { ahead }, "state.safe");
    } else if (tokens) {
      this.show("state.job", {}, "state.tokens", { tokens: tokens.toLocaleString() });
    } else {
      this.show("state.job", {}, "state.safe");
    }
  }

  unanswered() {
    this.show("state.unanswered", {}, "state.unanswered.do");
  }

  lost() {
    this.show("state.lost");
  }
}

/** The model's thinking: folded away, with its length and speed on the lid. */
export class Thinking {
  constructor() {
    this.length = h("span", { class: "measure" });
    this.rate = h("span", { class: "measure" });
    this.body = h("div", { class: "thoughts", tabindex: "0", role: "group", label: "thinking" });
    this.element = h("details", { class: "thinking", hidden: true }, h("summary", {}, h("span", { t: "thinking" }), this.length, this.rate), this.body);
    this.element.addEventListener("toggle", () => this.setFormulas());
    this.characters = 0;
    this.settled = false;
    this.node = document.createTextNode("");
    this.body.append(this.node);
  }

  append(text) {
    if (this.characters < LONGEST_THINKING) this.node.appendData(text);
    this.characters += text.length;
    this.element.hidden = false;
    say(this.length, "thinking.characters", { characters: this.characters.toLocaleString() });
  }

  end() {
    this.element.classList.add("ended");
  }

  /** What is known at the end: tokens by the API's own count, or the length where it tells none. */
  settle(body) {
    const text = body.reasoning ?? "";
    if (text) {
      this.node.data = text.slice(0, LONGEST_THINKING);
      this.characters = text.length;
    }
    const tokens = body.thinking?.tokens ?? body.usage?.thinking_tokens ?? null;
    this.element.hidden = !this.characters && !tokens;
    if (tokens !== null) say(this.length, "thinking.tokens", { tokens: tokens.toLocaleString() });
    else say(this.length, "thinking.characters", { characters: this.characters.toLocaleString() });
    const rate = rateOf(body.usage);
    if (rate) say(this.rate, "thinking.rate", { rate });
    if (body.thinking?.ended_by) this.element.firstElementChild.append(h("span", { class: "measure", t: `thinking.${body.thinking.ended_by}` }));
    this.settled = true;
    this.end();
  }

  /** Formulas are set when somebody looks at a thinking that has ended. */
  setFormulas() {
    if (!this.settled || !this.node.isConnected) return;
    this.body.replaceChildren(...withFormulas(this.node.data));
  }
}

function rateOf(usage) {
  if (!usage || usage.duration_ms < 1) return null;
  return Math.round(usage.completion_tokens / (usage.duration_ms / 1000)).toLocaleString();
}

/** The line under an answer: model, tokens, seconds, and whether it was in the cache. */
export function imprint(body, cache) {
  const { completion_tokens: tokens, duration_ms: ms } = body.usage;
  const rate = rateOf(body.usage);
  const args = { tokens: tokens.toLocaleString(), seconds: (ms / 1000).toFixed(1), rate };
  return h("p", { class: "imprint" },
    h("span", { class: "model" }, body.model),
    h("span", { t: rate ? "usage.rate" : "usage", args }),
    body.cached || cache?.hit ? cachedChip(cache) : null);
}

function cachedChip(cache) {
  if (cache?.age !== null && cache?.age !== undefined) return h("span", { class: "chip cached", t: "cached.age", args: { age: span(cache.age) } });
  if (cache?.ttl) return h("span", { class: "chip cached", t: "cached.ttl", args: { ttl: span(cache.ttl) } });
  return h("span", { class: "chip cached", t: "cached" });
}

/** Notes about an answer: that it was cut, that its context was condensed. */
export function notes(body) {
  return [
    body.finish_reason === "length" ? h("p", { class: "note warn", t: "cut" }) : null,
    body.condensed ? h("p", { class: "note", t: "condensed", args: body.condensed }) : null,
  ];
}

/** An error as a sentence and what to do about it. */
export function failure(problem, { onRetry, onKey }) {
  const { document, code } = problem;
  const known = word(`error.${code}`) !== `error.${code}`;
  const name = known ? code : "other";
  // The API's own sentence says more where the text or a field is at fault; it is in English.
  const own = ["input_rejected", "invalid_request", "payload_too_large"].includes(code) || !known ? document.detail : "";
  const points = (document.errors ?? []).map((each) => h("li", {}, h("code", {}, each.pointer || "/"), ` ${each.message}`));
  const card = h("div", { class: "failure", role: "alert" },
    h("h3", { t: `error.${name}` }),
    h("p", { t: `error.${name}.do` }),
    own && !points.length ? h("p", { class: "detail", lang: "en" }, own) : null,
    points.length ? h("ul", { lang: "en" }, points) : null,
    h("div", { class: "actions" },
      NEEDS_KEY.has(code) ? h("button", { type: "button", t: "key.missing", onclick: onKey }) : null,
      RETRYABLE.has(code) && onRetry ? retryButton(problem.retryAfter, onRetry) : null),
    document.instance ? h("p", { class: "instance" }, h("span", { t: "error.instance", args: { instance: document.instance } })) : null);
  return card;
}

function retryButton(seconds, onRetry) {
  const button = h("button", { type: "button", t: "again", onclick: onRetry });
  let left = Math.min(seconds ?? 0, 600);
  const tick = () => {
    if (left > 0) {
      button.disabled = true;
      say(button, "again.in", { seconds: left });
      left -= 1;
      setTimeout(tick, 1000);
    } else {
      button.disabled = false;
      say(button, "again");
    }
  };
  tick();
  return button;
}

/** `lang` of a text, so that a screen reader speaks it right. */
export const languageOf = (text) => (/[\u4E00-\u9FFF]/u.test(text ?? "") ? "zh" : language() === "zh" && !/[a-z]{3}/i.test(text ?? "") ? "zh" : "en");
