// Small comforts; every page works without them.
"use strict";

// With script, the proposal follows the figures by itself and its button is not needed.
document.documentElement.classList.add("js");

// What was typed is not left behind by mistake. A form that came back with errors holds such text from the start.
let unsaved = document.querySelector("form[data-unsaved]") !== null;
document.addEventListener("input", (event) => {
  if (event.target.closest("form.fill")) unsaved = true;
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
  if (form.matches("form.fill")) unsaved = false;
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A session that has ended answers with the sign-in page: say so instead of showing it in place of the points.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL).pathname === event.detail.pathInfo.requestPath) return;
  event.detail.shouldSwap = false;
  const words = document.createElement("p");
  words.textContent = event.detail.target.dataset.signedOut;
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
