// Forms that save themselves: <form data-autosave="address of its drafts"> with a hidden field `version`.
//
// What is typed is kept in the browser at once (kept.js) and sent after a pause, one request at a time. Each
// save has a name of its own: one whose answer was lost is sent again under it, and is stored but once.
"use strict";

const PAUSE = 800;
const LONGEST_WAIT = 10_000;
const PATIENCE = 20_000;
const LONGEST_FAREWELL = 60_000; // bytes; browsers send no more of a page that is being left
const words = document.getElementById("saving-words").dataset;
const fills = new Map();
let passing = null; // the form that is on its way to the server

// crypto.randomUUID is missing over plain http.
function newOperation() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

class Fill {
  constructor(form) {
    this.form = form;
    this.slot = form.dataset.autosave;
    this.version = form.elements.namedItem("version");
    this.status = form.querySelector("[data-save-status]") ?? form.appendChild(document.createElement("p"));
    this.status.classList.add("note", "saving");
    // What the server has, as far as is known here; a form that came back with errors holds more.
    this.stored = "unsaved" in form.dataset ? "" : this.content();
    this.pending = null; // the save that is under way, or whose answer was lost
    this.problems = {}; // what the server could not store, by field
    this.stopped = ""; // why nothing more is sent: conflict, ended, gone, refused, other
    this.byHand = "byHand" in form.dataset; // kept in the browser, sent by its button alone
    this.failures = 0;
    this.typedAt = 0;
    this.waitingSince = 0;
  }

  fields() {
    const own = ["csrfmiddlewaretoken", "version", "operation"];
    return [...new FormData(this.form)].filter(([name, value]) => !own.includes(name) && typeof value === "string");
  }

  content() {
    return JSON.stringify(this.fields());
  }

  isUnsaved() {
    return Boolean(this.pending) || this.content() !== this.stored || this.isPartly();
  }

  isPartly() {
    return Object.keys(this.problems).length > 0;
  }

  // Whether what is unsaved will not be sent by itself in a moment, even if the page is left.
  isInTrouble() {
    if (!this.isUnsaved()) return false;
    const isLong = new URLSearchParams(this.fields()).toString().length > LONGEST_FAREWELL;
    return this.byHand || Boolean(this.stopped) || this.failures > 0 || this.isPartly() || isLong;
  }

  nextSave() {
    return { operation: newOperation(), version: this.version.value, fields: this.fields() };
  }

  typed() {
    this.typedAt = Date.now();
    if (["ended", "refused"].includes(this.stopped)) this.stopped = "";
    this.keep();
    if (this.byHand) return void this.say(words.byHand);
    if (!this.stopped && !this.failures && !this.isPartly()) this.say(words.changed);
    this.sendSoon();
  }

  keep() {
    if (session.givenUp()) return;
    if (this.isUnsaved()) {
      kept.put(this.slot, { version: this.version.value, fields: this.fields(), pending: this.pending });
    } else kept.drop(this.slot);
  }

  sendSoon() {
    this.waitingSince ||= Date.now();
    const left = this.waitingSince + LONGEST_WAIT - Date.now();
    this.wait(Math.max(0, Math.min(PAUSE, left)));
  }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  // Sends until nothing is left; fulfilled with "saved", "partly", or why not.
  flush() {
    this.flushing ??= this.sendAll().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  async sendAll() {
    clearTimeout(this.timer);
    if (session.givenUp()) return "other";
    if (this.byHand) return "by hand";
    while (!this.stopped) {
      if (!this.pending && this.content() === this.stored) return this.isPartly() ? "partly" : "saved";
      const outcome = await this.sendOnce();
      if (outcome !== "go on") return outcome;
    }
    return this.stopped;
  }

  async sendOnce() {
    this.waitingSince = 0;
    this.pending ??= this.nextSave();
    this.keep();
    let answer;
    try {
      answer = await this.post(this.pending);
    } catch {
      return this.tryAgain();
    }
    if (answer.status >= 500 || answer.status === 429) return this.tryAgain();
    this.failures = 0;
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.type === "opaqueredirect" || (answer.status === 403 && !isJson)) return this.signInAgain();
    if (answer.status === 409) return this.showConflict(await answer.text());
    if (answer.ok) return this.accept(await answer.json());
    const { error } = isJson ? await answer.json() : {};
    this.pending = null;
    return this.stop(answer.status === 422 ? "refused" : "gone", error ? words.refused + error : words.gone);
  }

  async post({ operation, version, fields }, options = {}) {
    const token = this.form.elements.namedItem("csrfmiddlewaretoken").value;
    const giveUp = new AbortController();
    const slow = setTimeout(() => this.say(words.saving), PAUSE / 2);
    const patience = setTimeout(() => giveUp.abort(), PATIENCE);
    try {
      return await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams([...fields, ["version", version], ["operation", operation]]),
        headers: { Accept: "application/json", "X-CSRFToken": token },
        redirect: "manual",
        signal: giveUp.signal,
        ...options,
      });
    } finally {
      clearTimeout(slow);
      clearTimeout(patience);
    }
  }

  accept(answer) {
    const before = this.pending.version;
    this.stored = JSON.stringify(this.pending.fields);
    this.pending = null;
    this.version.value = answer.version;
    for (const field of document.querySelectorAll(`form[data-follows="${this.form.id}"] [name=version]`)) {
      if (field.value === before) field.value = answer.version;
    }
    this.showProblems(answer.problems ?? {});
    this.keep();
    if (!this.isUnsaved()) this.say(`${words.savedAt} ${answer.saved_at}`);
    const detail = { ...answer, before };
    this.form.dispatchEvent(new CustomEvent("stored", { bubbles: true, detail }));
    return "go on";
  }

  tryAgain() {
    this.failures += 1;
    this.say(kept.sealed ? words.offline : words.unkept, "trouble");
    this.wait(Math.min(30_000, 1000 * 2 ** this.failures));
    return "offline";
  }

  async signInAgain() {
    let outcome;
    try {
      outcome = await session.recover();
    } catch {
      return this.tryAgain();
    }
    if (outcome === "same") return "go on";
    if (outcome === "other") return (this.stopped = "other");
    this.stop("ended", words.ended);
    this.status.append(" ", this.button(words.again, () => this.goOn()));
    return "ended";
  }

  goOn() {
    this.stopped = "";
    return this.flush();
  }

  button(label, pressed) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn btn-sm btn-outline-danger", textContent: label });
    button.addEventListener("click", pressed);
    return button;
  }

  // What is compared is what is typed now; what was asked about may be older.
  showConflict(html) {
    const asked = JSON.stringify(this.pending.fields);
    this.pending = null;
    if (asked !== this.content()) return "go on";
    this.panel?.remove();
    this.panel = new DOMParser().parseFromString(html, "text/html").querySelector(".merge");
    this.form.before(this.panel);
    mergeHere(this);
    return this.stop("conflict", words.conflict);
  }

  // What was chosen stands in the form; it is saved on top of what the panel showed.
  settleConflict() {
    this.version.value = this.panel.dataset.version;
    this.panel.remove();
    this.panel = null;
    this.stopped = this.stored = "";
  }

  stop(why, sentence) {
    this.stopped = why;
    this.say(sentence, "trouble");
    this.keep();
    return why;
  }

  say(sentence, kind = "") {
    this.status.classList.toggle("trouble", kind === "trouble");
    this.status.setAttribute("aria-live", kind === "trouble" ? "polite" : "off");
    if (this.status.textContent !== sentence) this.status.textContent = sentence;
  }

  // Where only empty fields are left to be filled in, nobody has made a mistake yet; unless a step is tried.
  showProblems(problems, insisting = false) {
    for (const shown of this.form.querySelectorAll(".field-error")) shown.remove();
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const field of this.form.querySelectorAll("[data-described-by]")) describe(field, "");
    this.problems = problems;
    const found = Object.entries(problems);
    if (!found.length) return;
    const isWaiting = !insisting && found.every(([name]) => this.field(name)?.value === "");
    const places = found.map(([name, sentences]) => this.showProblem(name, sentences.join(" "), isWaiting));
    this.say((isWaiting ? words.waiting : words.partly) + places.join("；"), isWaiting ? "" : "trouble");
  }

  field(name) {
    const found = this.form.elements.namedItem(name);
    return found instanceof RadioNodeList ? found[0] : found;
  }

  // At its field where it has one; returned for the status line.
  showProblem(name, sentence, isWaiting) {
    const field = this.field(name);
    if (!field) return sentence;
    const error = document.createElement("div");
    const className = isWaiting ? "field-error is-waiting" : "field-error";
    Object.assign(error, { className, id: `${field.id}_error`, textContent: sentence });
    if (!isWaiting) field.setAttribute("aria-invalid", "true");
    describe(field, error.id);
    (field.closest(".input-group, .form-check") ?? field).after(error);
    return field.labels?.[0]?.textContent.trim() ?? field.ariaLabel ?? sentence;
  }

  // What was kept and the server does not have. It goes on from the version it was typed on, so that a save
  // by somebody else in between is noticed.
  async putBack(record) {
    const { version, fields, pending, name } = record;
    const before = this.fields();
    if (same(before, fields) || (await this.wasStored(record))) {
      kept.drop(this.slot, name);
      return;
    }
    if ("unsaved" in this.form.dataset) return void this.keep();
    if (fields.some(([name]) => !this.form.elements.namedItem(name))) await addLines(this.form, fields);
    this.fillIn(fields);
    this.version.value = version;
    this.pending = pending;
    const notice = document.getElementById("put-back").content.cloneNode(true).firstElementChild;
    notice.querySelector("[data-discard]").addEventListener("click", () => {
      notice.remove();
      this.fillIn(before);
      this.typed();
    });
    this.form.before(notice);
    this.keep();
    kept.drop(this.slot, name);
    if (!this.stopped) this.flush();
  }

  // A save of which only the answer was lost: what the page shows is that, or newer.
  async wasStored({ version, fields, pending }) {
    if (!pending || !same(pending.fields, fields) || Number(version) >= Number(this.version.value)) return false;
    const answer = await this.post(pending).catch(() => null);
    if (!answer?.ok) return false;
    const { problems } = await answer.json();
    return Object.keys(problems ?? {}).length === 0;
  }

  fillIn(fields) {
    const values = new Map(fields);
    for (const field of this.form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "submit") continue;
      const value = values.get(field.name);
      const [part, now] = ["checkbox", "radio"].includes(field.type)
        ? ["checked", value === field.value]
        : ["value", value ?? ""];
      if (field[part] === now) continue;
      field[part] = now;
      // For what follows the field, such as the proposal.
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  leave() {
    if (!session.givenUp() && !this.stopped && !this.byHand && (this.pending || this.content() !== this.stored)) {
      this.pending ??= this.nextSave();
      this.keep();
      this.post(this.pending, { keepalive: true, signal: undefined }).catch(() => {});
    }
  }
}

// By the words that belong to it, and one more.
function describe(field, id) {
  field.dataset.describedBy ??= field.getAttribute("aria-describedby") ?? "";
  field.setAttribute("aria-describedby", `${field.dataset.describedBy} ${id}`.trim());
}

// Line ends and white space are the server's to clean.
function same(one, other) {
  const plain = (fields) => JSON.stringify(fields.map(([name, value]) => [name, value.split(/\s+/).join(" ").trim()]));
  return plain(one) === plain(other);
}

async function start(form) {
  const fill = new Fill(form);
  fills.set(form, fill);
  fill.panel = document.querySelector(`.merge button[form="${form.id}"]`)?.closest(".merge");
  if (fill.panel) {
    fill.stopped = "conflict";
    mergeHere(fill);
  }
  // Nothing can be typed into what is about to be put back.
  form.inert = kept.has(fill.slot);
  try {
    const record = await kept.take(fill.slot);
    if (record) await fill.putBack(record);
  } finally {
    form.inert = false;
  }
}

// Lines that had been added to the form are not in it when the page is read again: the server makes them.
async function addLines(form, fields) {
  const headers = { "X-CSRFToken": form.elements.namedItem("csrfmiddlewaretoken").value };
  const body = new URLSearchParams([...fields, ["version", form.elements.namedItem("version").value], ["preview", "1"]]);
  const answer = await fetch(form.action, { method: "POST", headers, body, redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [old, fresh] = [form, page].map((place) => place.querySelector("[data-lines]"));
  if (!old || !fresh) return;
  old.replaceWith(fresh);
  htmx.process(fresh);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    passing = null;
    fills.get(event.target.form ?? event.target.closest?.("form"))?.typed();
  });
}

// The steps of an item, leaving, signing out: what is typed goes first. Ahead of all others that listen.
window.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const own = fills.get(form);
    const unsavedOnes = [...fills.values()].filter((fill) => fill.isUnsaved());
    if (form === passing || form.method === "dialog" || !unsavedOnes.length) return;
    if (own?.byHand) {
      passing = form;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (own?.panel) own.settleConflict();
    for (const fill of unsavedOnes) if (["ended", "refused"].includes(fill.stopped)) fill.stopped = "";
    const outcomes = await Promise.all(unsavedOnes.map((fill) => fill.flush()));
    // A form is not sent anew while its submit event is still being told to its listeners.
    await new Promise((resolve) => setTimeout(resolve));
    if (!maySubmit(form, own, outcomes)) return;
    passing = form;
    form.requestSubmit(event.submitter?.isConnected ? event.submitter : null);
  },
  { capture: true },
);

// A form's own save answers with what it does not take; nobody is signed out unasked, and no step is taken
// on other than what stands on the page.
function maySubmit(form, own, outcomes) {
  if (session.givenUp()) return false;
  const all = (...fine) => outcomes.every((outcome) => fine.includes(outcome));
  if (form.matches("[data-sign-out]")) {
    return all("saved") || window.confirm(kept.sealed ? words.signOutKept : words.signOutLost);
  }
  if (own) return all("saved", "partly");
  if (!form.matches("[data-follows]") || all("saved")) return true;
  for (const fill of fills.values()) fill.showProblems(fill.problems, true);
  document.querySelector("[data-autosave] [aria-invalid], .merge")?.focus();
  return false;
}

window.addEventListener("beforeunload", (event) => {
  if (!passing && [...fills.values()].some((fill) => fill.isInTrouble())) event.preventDefault();
});
window.addEventListener("pagehide", () => fills.forEach((fill) => fill.leave()));
window.addEventListener("online", () => fills.forEach((fill) => fill.failures && fill.flush()));
window.addEventListener("pageshow", ({ persisted }) => {
  passing = null;
  if (persisted) fills.forEach((fill) => fill.isUnsaved() && fill.flush());
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) fills.forEach((fill) => fill.isUnsaved() && fill.flush());
});

// What else of the page a save has changed is read again once that is known: the next step, the points. As htmx
// would ask, so that what the next page is to say ("saved") is left for that.
let known = "";
document.addEventListener("stored", async ({ detail: { missing, score } }) => {
  const now = JSON.stringify([missing, score]);
  if (!missing || now === known) return;
  known = now;
  const answer = await fetch(location.pathname, { headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-after-save]")) {
    const fresh = page.getElementById(old.id);
    if (fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }
});

// Once htmx listens, so that the proposal follows the figures.
document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
});
