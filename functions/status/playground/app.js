// The page: its views, its language, its look.
import { address } from "./api.js";
import { analyzeView } from "./analyze.js";
import { chatView } from "./chat.js";
import { say, translate } from "./dom.js";
import { jobsView } from "./jobs.js";
import { openKeyDialog, showKeyState, takeKeyFromAddress } from "./key.js";
import { solveView } from "./solve.js";
import { UNFINISHED, jobs, ofBrowser } from "./storage.js";
import { language, setLanguage, word } from "./words.js";

const VIEWS = ["solve", "analyze", "chat", "jobs"];
const LOOKS = { system: "◐", light: "☀", dark: "☾" };
const section = (name) => document.getElementById(`view-${name}`);

takeKeyFromAddress();
const views = {
  solve: solveView(section("solve")),
  analyze: analyzeView(section("analyze")),
  chat: chatView(section("chat")),
  jobs: jobsView(section("jobs"), openJob),
};

function openJob(job) {
  const view = views[job.kind];
  if (!view?.ask) return;
  view.fill(job.body);
  window.location.hash = job.kind;
  view.ask(job.body, job.id);
}

function showView() {
  const wanted = window.location.hash.slice(1);
  const name = VIEWS.includes(wanted) ? wanted : "solve";
  for (const each of VIEWS) section(each).hidden = each !== name;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  views.jobs[name === "jobs" ? "shown" : "hidden"]();
}

function wordPage() {
  document.documentElement.lang = language();
  document.title = word("title");
  const button = document.getElementById("language");
  button.textContent = language() === "zh" ? "English" : "中文";
  button.lang = language() === "zh" ? "en" : "zh";
  translate(document);
}

function wear(look) {
  if (look === "system") delete document.documentElement.dataset.look;
  else document.documentElement.dataset.look = look;
  document.getElementById("theme").textContent = LOOKS[look];
}

function countJobs() {
  const count = jobs().filter((job) => UNFINISHED.has(job.status)).length;
  const element = document.getElementById("job-count");
  element.hidden = count === 0;
  element.textContent = String(count);
}

document.getElementById("language").addEventListener("click", () => {
  setLanguage(language() === "zh" ? "en" : "zh");
  wordPage();
});
document.getElementById("theme").addEventListener("click", () => {
  const looks = Object.keys(LOOKS);
  const look = looks[(looks.indexOf(ofBrowser.get("look", "system")) + 1) % looks.length];
  ofBrowser.set("look", look);
  wear(look);
});
document.getElementById("key-button").addEventListener("click", () => openKeyDialog());
window.addEventListener("hashchange", showView);
window.addEventListener("stepwise:jobs", countJobs);

wear(ofBrowser.get("look", "system"));
wordPage();
showKeyState();
countJobs();
showView();
for (const name of ["solve", "analyze", "chat"]) views[name].restore();

// What most formulas do not need, and what the page can do without for a moment.
const more = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("katex-more.css", import.meta.url).href });
document.head.append(more);
fetch(address("."), { headers: { Accept: "application/json" } })
  .then((response) => response.json())
  .then(({ model }) => say(document.getElementById("served-by"), "foot.served", { model }))
  .catch(() => {}); // the footer says less then
document.documentElement.dataset.ready = "";
