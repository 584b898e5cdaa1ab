// Chat: a conversation that this tab keeps.
import { Problem } from "./api.js";
import { effortChoice, examples, optionFields, textField } from "./composer.js";
import { announce, h } from "./dom.js";
import { MESSAGES } from "./examples.js";
import { openKeyDialog } from "./key.js";
import { rendered } from "./markdown.js";
import { Progress, Thinking, failure, imprint, languageOf, notes } from "./panel.js";
import { showRequest } from "./request.js";
import { Run } from "./run.js";
import { getKey, ofTab } from "./storage.js";

const MOST_TURNS = 99;

/** Build the view in *section*. */
export function chatView(section) {
  const { area, element } = textField("chat.field", "chat.hint", { rows: 2, most: 20_000 });
  const effort = effortChoice("chat");
  const log = h("div", { class: "log", role: "log", label: "chat.log", tabindex: "0" });
  let turns = ofTab.get("chat", []);
  let run = null;

  const requestOf = (messages) => ({ messages: messages.slice(-MOST_TURNS).map(({ role, content }) => ({ role, content })), stream: true, include_reasoning: true, ...optionFields(null, effort) });
  const keep = () => ofTab.set("chat", turns);

  function show() {
    if (!turns.length) return log.replaceChildren(h("div", { class: "empty" }, h("p", { class: "lead", t: "chat.empty" }), h("p", { t: "chat.empty.text" })));
    log.replaceChildren(...turns.map(turnShown));
    log.scrollTop = log.scrollHeight;
  }

  function send(text) {
    if (!text.trim() || run) return;
    area.value = "";
    turns.push({ role: "user", content: text.trim() });
    keep();
    show();
    answer();
  }

  function answer() {
    if (!getKey()) return failed(new Problem({ code: "no_key" }));
    const progress = new Progress({ onCancel: () => run.cancel() });
    const place = h("div", { class: "turn assistant" }, h("p", { class: "who", t: "chat.model" }), progress.element);
    log.append(place);
    let written = "";
    const end = () => {
      run = null;
      place.remove();
    };
    const view = {
      waiting: () => progress.waiting(),
      thinking: (text) => progress.thought(text),
      writing(text) {
        written += text;
        progress.written(text);
        log.scrollTop = log.scrollHeight;
      },
      job: () => {},
      unanswered: () => progress.unanswered(),
      lost: () => progress.lost(),
      done(body, cache) {
        end();
        turns.push({ role: "assistant", content: written, body: { ...body, response: undefined }, cache });
        keep();
        show();
        announce("state.done");
      },
      failed(problem) {
        end();
        failed(problem);
      },
      cancelled() {
        end();
        if (written) turns.push({ role: "assistant", content: written, stopped: true });
        else turns.pop();
        keep();
        show();
        announce("chat.stopped");
      },
    };
    run = new Run("chat", requestOf(turns), turns.at(-1).content, view);
    run.start();
  }

  function failed(problem) {
    const again = () => {
      log.lastElementChild.remove();
      answer();
    };
    log.append(failure(problem, { onRetry: again, onKey: () => openKeyDialog(again) }));
    log.scrollTop = log.scrollHeight;
  }

  /** What would be sent now; without a text, what was sent last. */
  function nextTurns() {
    if (area.value.trim()) return [...turns, { role: "user", content: area.value.trim() }];
    const last = turns.findLastIndex(({ role }) => role === "user");
    return last < 0 ? [{ role: "user", content: MESSAGES[0].text }] : turns.slice(0, last + 1);
  }

  const sending = () => send(area.value);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      sending();
    }
  });
  section.append(
    h("div", { class: "composer" },
      h("h1", { id: "title-chat", t: "chat.title" }), h("p", { class: "lead", t: "chat.lead" }),
      examples(MESSAGES, send),
      h("div", { class: "options" }, effort.element),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "plain", t: "show-request", onclick: () => showRequest("chat", requestOf(nextTurns())) }),
        h("button", {
          type: "button", class: "plain", t: "chat.clear", onclick() {
            run?.leave();
            run = null;
            turns = [];
            keep();
            show();
            area.focus();
          },
        }))),
    h("div", { class: "panel talk" }, log,
      h("form", { class: "say", onsubmit: (event) => (event.preventDefault(), sending()) }, element, h("button", { type: "submit", t: "chat.run" }))));
  return {
    restore() {
      show();
      // A reload came before the answer: ask again.
      if (turns.at(-1)?.role === "user") answer();
    },
  };
}

function turnShown({ role, content, body, cache, stopped }) {
  if (role === "user") return h("div", { class: "turn user", lang: languageOf(content) }, h("p", { class: "who", t: "chat.you" }), h("div", { class: "said" }, content));
  const thinking = new Thinking();
  if (body) thinking.settle(body);
  return h("div", { class: "turn assistant", lang: languageOf(content) },
    h("p", { class: "who", t: "chat.model" }),
    body ? thinking.element : null,
    h("div", { class: "prose" }, rendered(content)),
    stopped ? h("p", { class: "note", t: "chat.stopped" }) : null,
    body ? [...notes(body), imprint(body, cache)] : null);
}
