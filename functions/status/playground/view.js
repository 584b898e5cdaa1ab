// What Solve and Analyse do alike: a question, one answer at a time, kept so that a reload brings it back.
import { Problem } from "./api.js";
import { announce, h } from "./dom.js";
import { openKeyDialog } from "./key.js";
import { Progress, failure } from "./panel.js";
import { Run } from "./run.js";
import { getKey, ofTab } from "./storage.js";

/**
 * A view with a panel. `show(body, cache)` gives the elements of an answer; `empty()` those of none yet;
 * `fill(body)` puts a request back into the form.
 */
export class QuestionView {
  constructor({ kind, panel, show, empty, fill, title, button }) {
    Object.assign(this, { kind, panel, show, empty, fill, title, button });
    this.run = null;
  }

  /** Ask *body*; the answer that is under way is left (a job goes on). */
  ask(body, jobId = null) {
    this.run?.leave();
    if (!this.title(body).trim()) return this.failed(new Problem({ code: "empty" }), body);
    if (!getKey()) return this.failed(new Problem({ code: "no_key" }), body);
    ofTab.set(this.kind, { body, jobId, at: Date.now() });
    const progress = new Progress({ onCancel: () => this.run.cancel() });
    this.panel.replaceChildren(progress.element);
    this.#revealPanel();
    const view = {
      waiting: () => progress.waiting(),
      thinking: (text) => progress.thought(text),
      writing: (text) => progress.written(text),
      job: (job) => progress.job(job),
      unanswered: () => progress.unanswered(),
      lost: () => progress.lost(),
      done: (answer, cache) => this.done(body, answer, cache),
      failed: (problem) => this.failed(problem, body),
      cancelled: () => this.cancelled(),
    };
    if (jobId) progress.job({ status: "running", queue_position: null });
    const onJob = (id) => ofTab.set(this.kind, { body, jobId: id, at: Date.now() });
    this.run = new Run(this.kind, body, this.title(body), view, { jobId, onJob });
    return this.run.start();
  }

  done(body, answer, cache) {
    ofTab.set(this.kind, { body, answer, cache });
    this.panel.replaceChildren(...this.show(answer, cache));
    announce("state.done");
  }

  failed(problem, body) {
    if (problem.code !== "no_key" && problem.code !== "empty") ofTab.set(this.kind, null);
    const actions = { onRetry: () => this.ask(body), onKey: () => openKeyDialog(() => this.ask(body)) };
    this.panel.replaceChildren(failure(problem, actions));
    this.#revealPanel();
  }

  cancelled() {
    ofTab.set(this.kind, null);
    this.panel.replaceChildren(h("div", { class: "empty" }, h("p", { class: "lead", t: "state.cancelled" })));
    announce("state.cancelled");
  }

  /** What was here before a reload: an answer, or a question that was under way. */
  restore() {
    const kept = ofTab.get(this.kind);
    if (!kept) return this.panel.replaceChildren(this.empty());
    this.fill(kept.body);
    if (kept.answer) return this.panel.replaceChildren(...this.show(kept.answer, kept.cache));
    this.ask(kept.body, kept.jobId);
  }

  /** On a narrow screen the panel stands below the form. */
  #revealPanel() {
    const box = this.panel.getBoundingClientRect();
    if (box.top > window.innerHeight - 120) this.panel.scrollIntoView({ block: "start" });
  }
}

/** An empty panel: what will be there. */
export function emptyPanel(name) {
  return h("div", { class: "empty" },
    h("p", { class: "lead", t: `${name}.empty` }),
    h("ol", { class: "promises" }, [1, 2, 3].map((number) => h("li", { t: `${name}.empty.${number}` }))));
}
