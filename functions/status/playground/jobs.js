// Jobs: what this browser asked that took longer.
import { call } from "./api.js";
import { h } from "./dom.js";
import { UNFINISHED, changeJob, forgetJob, jobs } from "./storage.js";
import { language } from "./words.js";

const POLL_MS = 3000;

/** Build the view in *section*; *open* shows a job in the view of its kind. */
export function jobsView(section, open) {
  const list = h("div", { class: "job-list" });
  const progress = new Map();
  let timer = null;
  section.append(h("div", { class: "one" }, h("h1", { id: "title-jobs", t: "jobs.title" }), h("p", { class: "lead", t: "jobs.lead" }), list));

  function show() {
    const all = jobs();
    if (!all.length) return list.replaceChildren(h("div", { class: "empty" }, h("p", { class: "lead", t: "jobs.empty" }), h("p", { t: "jobs.empty.text" })));
    const focused = document.activeElement?.dataset?.focus;
    list.replaceChildren(h("ul", { class: "jobs" }, all.map((job) => row(job, progress.get(job.id), open))));
    if (focused) list.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  async function look() {
    await Promise.all(jobs().filter((job) => UNFINISHED.has(job.status)).map(async (job) => {
      try {
        const document = await (await call(`v1/jobs/${job.id}`)).json();
        progress.set(job.id, document);
        if (document.status !== job.status) changeJob(job.id, { status: document.status });
      } catch (error) {
        if (error.code === "not_found") changeJob(job.id, { status: "gone" });
      }
    }));
    show();
  }

  window.addEventListener("stepwise:jobs", show);
  window.addEventListener("storage", show);
  return {
    shown() {
      show();
      look();
      timer ??= setInterval(look, POLL_MS);
    },
    hidden() {
      clearInterval(timer);
      timer = null;
    },
  };
}

function row(job, document, open) {
  const unfinished = UNFINISHED.has(job.status);
  const at = new Date(job.at).toLocaleString(language() === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  const tokens = document?.progress?.completion_tokens;
  const ahead = document?.queue_position;
  return h("li", { class: "job" },
    h("span", { class: `chip status ${job.status}`, t: `job.${job.status}` }),
    h("div", { class: "what" },
      h("p", { class: "job-title" }, job.title.length > 140 ? `${job.title.slice(0, 140)}…` : job.title),
      h("p", { class: "faint" }, h("span", { t: `nav.${job.kind}` }), ` · ${at}`,
        unfinished && tokens ? [" · ", h("span", { t: "state.tokens", args: { tokens: tokens.toLocaleString() } })] : null,
        job.status === "queued" && ahead ? [" · ", h("span", { t: "state.queued", args: { ahead } })] : null,
        job.status === "gone" ? [" · ", h("span", { t: "jobs.other-key" })] : null)),
    h("div", { class: "actions" },
      unfinished || job.status === "succeeded" ? h("button", { type: "button", class: "small", "data-focus": `open-${job.id}`, t: "jobs.open", onclick: () => open(job) }) : null,
      unfinished
        ? h("button", { type: "button", class: "plain small", "data-focus": `cancel-${job.id}`, t: "cancel", onclick: () => cancel(job) })
        : h("button", { type: "button", class: "plain small", "data-focus": `remove-${job.id}`, t: "jobs.remove", onclick: () => forgetJob(job.id) })));
}

async function cancel(job) {
  try {
    const document = await (await call(`v1/jobs/${job.id}`, { method: "DELETE" })).json();
    changeJob(job.id, { status: document.status });
  } catch (error) {
    changeJob(job.id, { status: error.code === "not_found" ? "gone" : job.status });
  }
}
