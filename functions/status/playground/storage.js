// What the browser keeps: the key and the work of this tab in sessionStorage, jobs and looks in localStorage.
// A browser may forbid either; then nothing is kept, and the page works.

function read(store, name, otherwise) {
  try {
    const text = store().getItem(`stepwise.${name}`);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

function write(store, name, value) {
  try {
    if (value === null) store().removeItem(`stepwise.${name}`);
    else store().setItem(`stepwise.${name}`, JSON.stringify(value));
  } catch {
    // Full or forbidden.
  }
}

const tab = () => window.sessionStorage;
const browser = () => window.localStorage;

export const ofTab = { get: (name, otherwise = null) => read(tab, name, otherwise), set: (name, value) => write(tab, name, value) };
export const ofBrowser = {
  get: (name, otherwise = null) => read(browser, name, otherwise),
  set: (name, value) => write(browser, name, value),
};

export const getKey = () => ofTab.get("key", "");
export const setKey = (key) => ofTab.set("key", key || null);

const MOST_JOBS = 50;

/** The jobs that this browser began, the newest first: `{id, kind, title, body, at, status}`. */
export const jobs = () => ofBrowser.get("jobs", []);

export function rememberJob(job) {
  ofBrowser.set("jobs", [job, ...jobs().filter((each) => each.id !== job.id)].slice(0, MOST_JOBS));
  window.dispatchEvent(new Event("stepwise:jobs"));
}

export function changeJob(id, changes) {
  ofBrowser.set("jobs", jobs().map((job) => (job.id === id ? { ...job, ...changes } : job)));
  window.dispatchEvent(new Event("stepwise:jobs"));
}

export function forgetJob(id) {
  ofBrowser.set("jobs", jobs().filter((job) => job.id !== id));
  window.dispatchEvent(new Event("stepwise:jobs"));
}

export const UNFINISHED = new Set(["queued", "running"]);
