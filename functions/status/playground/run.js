// One question on its way: a stream as long as it flows, and a job beside it, so that nothing is lost when it ends.
//
// A stream shows what is written, but ends with the page. So a question that is not answered at once is also made a job:
// the same question in flight is computed once, and the job keeps it alive. When the stream ends without an answer, or
// stays silent because the model is busy, the job is followed instead; one that ended before there was a job gets one then.
import { Problem, PATHS, cacheOf, call, events, modelAnswers } from "./api.js";
import { UNFINISHED, changeJob, rememberJob } from "./storage.js";

const JOB_AFTER_MS = 1500;
const DOUBT_MS = 4000;
const SILENCE_MS = 10_000;
const POLL_SECONDS = 2;
const MOST_LOST_POLLS = 30;
/** Errors of a stream after which a job still brings the answer: a worker tries again for minutes. */
const WORTH_A_JOB = new Set(["model_unavailable", "broken_stream"]);

/**
 * `view` is told: `waiting()`, `thinking(text)`, `writing(text)`, `job(document)`, `unanswered()` (the model host does not
 * answer), `lost()`, `done(body, cache)`, `failed(problem)`, `cancelled()`. Each text is what is new.
 */
export class Run {
  constructor(kind, body, title, view, { jobId = null, onJob = () => {} } = {}) {
    Object.assign(this, { kind, body, title, view, jobId, onJob });
    this.stopped = false;
    this.silent = true;
    this.abort = new AbortController();
    this.stream = new AbortController();
  }

  /** Ask; with a job from before, follow that. Never throws. */
  async start() {
    try {
      if (this.jobId) return await this.#follow();
      this.view.waiting();
      return await this.#streamed();
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(this.jobTimer);
      clearTimeout(this.doubtTimer);
      clearTimeout(this.silenceTimer);
    }
  }

  /** The person does not want the answer any more. */
  async cancel() {
    if (this.stopped) return;
    this.stopped = true;
    this.abort.abort();
    this.stream.abort();
    this.view.cancelled();
    await this.registering;
    if (!this.jobId) return;
    changeJob(this.jobId, { status: "cancelled" });
    await call(`v1/jobs/${this.jobId}`, { method: "DELETE" }).catch(() => {});
  }

  /** Stop looking; the job, if there is one, goes on. */
  leave() {
    this.stopped = true;
    this.abort.abort();
    this.stream.abort();
  }

  async #streamed() {
    this.doubtTimer = setTimeout(() => this.#doubt(), DOUBT_MS);
    if (this.kind !== "chat") {
      this.jobTimer = setTimeout(() => (this.registering = this.#register()), JOB_AFTER_MS);
      this.silenceTimer = setTimeout(() => this.#becauseSilent(), SILENCE_MS);
    }
    try {
      const done = await this.#read();
      if (done) return;
      throw new Problem({ code: "broken_stream", detail: "" });
    } catch (error) {
      clearTimeout(this.jobTimer);
      if (this.stopped) return;
      await this.registering;
      if (!this.jobId && this.kind !== "chat" && WORTH_A_JOB.has(error.code)) await this.#register();
      if (!this.jobId || this.stopped) throw error;
    }
    await this.#follow();
  }

  /** Read the stream; true when it came to its end. */
  async #read() {
    const headers = this.kind === "chat" ? {} : { Accept: "text/event-stream" };
    const response = await call(PATHS[this.kind], { method: "POST", body: this.body, headers, signal: this.stream.signal });
    const cache = cacheOf(response);
    for await (const { name, data } of events(response)) {
      if (this.stopped) return true;
      if (name === "reasoning" || name === "delta") {
        this.silent = false;
        this.view[name === "delta" ? "writing" : "thinking"](data.delta);
      } else if (name === "done") {
        this.#done(data, cache);
        return true;
      } else if (name === "error") {
        throw new Problem(data);
      }
    }
    return false;
  }

  /** Make it a job too. Where that is refused, the stream still flows, and says what is wrong. */
  async #register() {
    const headers = { Prefer: "respond-async" };
    const options = { method: "POST", body: this.body, headers, signal: this.abort.signal };
    let job;
    try {
      const response = await call(PATHS[this.kind], options);
      if (response.status !== 202) return; // it was ready in the meantime, and the stream will say so
      job = await response.json();
    } catch {
      return;
    }
    this.jobId = job.id;
    if (this.stopped) return;
    rememberJob({ id: job.id, kind: this.kind, title: this.title, body: this.body, at: Date.now(), status: job.status });
    this.onJob(job.id);
    if (this.silent) this.view.job(job);
  }

  /** Nothing has come for a while: is it the model? */
  async #doubt() {
    if (this.silent && !(await modelAnswers()) && this.silent && !this.stopped) this.view.unanswered();
  }

  async #becauseSilent() {
    await this.registering;
    if (this.silent && this.jobId && !this.stopped) this.stream.abort();
  }

  async #follow() {
    let lost = 0;
    let tokens = 0;
    while (!this.stopped) {
      let job;
      try {
        const headers = { Prefer: `wait=${POLL_SECONDS}` };
        const response = await call(`v1/jobs/${this.jobId}`, { headers, signal: this.abort.signal });
        job = await response.json();
        lost = 0;
      } catch (error) {
        const transient = ["no_connection", "unreadable", "internal_error", "rate_limited"].includes(error.code);
        lost += 1;
        if (!transient || lost > MOST_LOST_POLLS) throw error;
        this.view.lost();
        await pause(1000 * Math.min(lost, 5));
        continue;
      }
      if (this.stopped) return;
      changeJob(this.jobId, { status: job.status });
      if (job.status === "succeeded") return this.#done(job.result, { hit: false, ttl: null, age: null });
      if (job.status === "failed") throw new Problem(job.error ?? { code: "internal_error", detail: "" });
      if (job.status === "cancelled") return this.view.cancelled();
      const written = job.progress?.completion_tokens ?? 0;
      if (written > tokens || (await modelAnswers())) this.view.job(job);
      else this.view.unanswered();
      tokens = written;
    }
  }

  #done(body, cache) {
    this.stopped = true;
    this.abort.abort();
    if (this.jobId) changeJob(this.jobId, { status: "succeeded" });
    this.view.done(body, cache);
  }

  #fail(error) {
    if (this.stopped) return;
    this.stopped = true;
    const problem = error instanceof Problem ? error : new Problem({ code: "page_error", detail: String(error.message) });
    if (this.jobId && !UNFINISHED.has(problem.code)) changeJob(this.jobId, { status: problem.code === "not_found" ? "gone" : "failed" });
    this.view.failed(problem);
  }
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
