// Small comforts; every page works without them.
"use strict";

// With script, the proposal follows the figures by itself and its button is not needed.
document.documentElement.classList.add("js");

// What was typed is not left behind by mistake. A form that came back with errors holds such text from the start.
// Forms that save themselves are fill.js's.
const SAVED_BY_HAND = "form.fill:not([data-autosave])";
let unsaved = document.querySelector(`${SAVED_BY_HAND}[data-unsaved]`) !== null;
document.addEventListener("input", (event) => {
  if (event.target.closest(SAVED_BY_HAND)) unsaved = true;
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

// A form that is being sent is not sent twice; back from the next page it may be sent again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  delete sessionStorage.sent;
  if (form.matches("[data-sign-out]")) sessionStorage.clear();
  if (!form.matches(SAVED_BY_HAND)) return;
  unsaved = false;
  keep(form);
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What is sent is kept in this tab until it is known to be stored: a session that has ended answers with the
// sign-in page. It is kept with the version it was typed on, so that a save by somebody else is still noticed.
const user = document.body.dataset.user;
const slot = (form) => `fill ${user} ${new URL(form.action).pathname}`;
const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");

function keep(form) {
  sessionStorage.sent = slot(form);
  sessionStorage[slot(form)] = JSON.stringify(fieldsOf(form));
}

function forgetWhatIsStoredOrNotTheirs() {
  if (!user) return;
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("fill ") && !key.startsWith(`fill ${user} `)) delete sessionStorage[key];
  }
  if (document.querySelector("[data-saved]")) delete sessionStorage[sessionStorage.sent];
  delete sessionStorage.sent;
}

function putBack(form) {
  if (!(slot(form) in sessionStorage)) return;
  const kept = JSON.parse(sessionStorage[slot(form)]);
  const typed = (fields) => JSON.stringify(fields.filter(([name]) => !["version", "key"].includes(name)));
  const shownByServer = "unsaved" in form.dataset;
  if (shownByServer || typed(kept) === typed(fieldsOf(form))) {
    delete sessionStorage[slot(form)];
    return;
  }
  if (kept.some(([name]) => !form.elements.namedItem(name))) {
    putBackWithItsLines(form, kept);
    return;
  }
  const values = new Map(kept);
  for (const field of form.elements) {
    if (!field.name || field.type === "submit" || field.name === "csrfmiddlewaretoken") continue;
    const value = values.get(field.name) ?? "";
    if (field.type === "checkbox") field.checked = values.has(field.name);
    else if (field.value !== value) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  unsaved = true;
  form.before(document.getElementById("restored").content.cloneNode(true));
}

// A form to which lines had been added comes back from the server with them, not stored.
async function putBackWithItsLines(form, kept) {
  const { value } = form.elements.namedItem("csrfmiddlewaretoken");
  const values = { ...Object.fromEntries(kept), do: "put-back", csrfmiddlewaretoken: value };
  const restored = document.getElementById("restored").content.cloneNode(true);
  form.before(restored);
  await htmx.ajax("POST", form.action, { values, target: form, swap: "outerHTML" });
}

// A long tree shows where one is.
function showWhereOneIs() {
  for (const tree of document.querySelectorAll(".tree")) {
    const here = tree.querySelector("[aria-current]");
    if (!here) continue;
    const below = here.getBoundingClientRect().top - tree.getBoundingClientRect().top;
    if (below < 0 || below > tree.clientHeight * 0.9) tree.scrollTop += below - tree.clientHeight / 2;
  }
}

// What a step in a form brought is not saved yet.
document.addEventListener("htmx:afterSwap", () => {
  showWhereOneIs();
  if (document.querySelector(`${SAVED_BY_HAND}[data-unsaved]`)) unsaved = true;
});

// Once htmx listens, so that the proposal follows the figures.
document.addEventListener("DOMContentLoaded", () => {
  showWhereOneIs();
  forgetWhatIsStoredOrNotTheirs();
  const form = document.querySelector(SAVED_BY_HAND);
  if (form) putBack(form);
});

// A page that the browser had put by is not shown to the next person at this machine.
window.addEventListener("pageshow", async (event) => {
  const [visit] = performance.getEntriesByType("navigation");
  if (!user || !(event.persisted || visit?.type === "back_forward")) return;
  const { style } = document.documentElement;
  style.visibility = "hidden";
  try {
    const answer = await fetch(document.body.dataset.whoIsSignedIn, { redirect: "manual", cache: "no-store" });
    if ((await answer.text()) !== user) {
      unsaved = false;
      location.reload();
      return;
    }
  } catch {
    // No connection: nobody can have signed in or out since.
  }
  style.visibility = "";
});

// A session that has ended answers with the sign-in page: say so instead of showing it in place of the points.
document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = new URL(event.detail.pathInfo.requestPath, location);
  if (new URL(event.detail.xhr.responseURL).pathname === asked.pathname) return;
  event.detail.shouldSwap = false;
  const { signedOut } = event.detail.target.dataset;
  if (!signedOut) {
    location.reload();
    return;
  }
  const words = document.createElement("p");
  words.textContent = signedOut;
  event.detail.target.replaceChildren(words);
});

// A file that takes a second to make says so.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-busy]");
  if (!link || link.dataset.label) return;
  link.dataset.label = link.textContent;
  link.textContent = link.dataset.busy;
  setTimeout(() => {
    link.textContent = link.dataset.label;
    delete link.dataset.label;
  }, 4000);
});

// A form whose answer takes a moment says so on the button that sent it.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.dataset.busy) return;
  button.dataset.label = button.textContent;
  button.textContent = button.dataset.busy;
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-label]")) {
    button.textContent = button.dataset.label;
    delete button.dataset.label;
  }
});
