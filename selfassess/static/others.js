// The other people on an item: who is there, what they have just saved, and whose text is taken.
"use strict";

const BEAT = 15_000;
const STILL_THERE = 5 * 60 * 1000;

// A sign of life, while somebody is at the page: a machine left alone lets its session end.
function showOthers(place) {
  let version = Number(place.dataset.version);
  let active = Date.now();
  let beaten = 0;
  const form = document.getElementById("fill");

  async function beat(more = {}) {
    if (session.givenUp() || Date.now() - active > STILL_THERE) return;
    beaten = Date.now();
    const typedAt = fills.get(form)?.typedAt;
    const typed = typedAt ? Math.round((Date.now() - typedAt) / 1000) : "";
    const options = { method: "POST", redirect: "manual", keepalive: "leaving" in more };
    const headers = { Accept: "application/json", "X-CSRFToken": place.dataset.csrf };
    try {
      const body = new URLSearchParams({ typed, ...more });
      const answer = await fetch(place.dataset.presence, { ...options, headers, body });
      if (answer.ok) show(await answer.json());
      // Refused: perhaps somebody else has signed in at this machine.
      else if (answer.status === 403) await session.recover();
    } catch {
      place.hidden = true;
    }
  }

  function show({ version: now, saved, others = [] }) {
    const news = now > version && !fills.get(form)?.flushing ? saved : "";
    place.replaceChildren(...[news, ...others].filter(Boolean).map((sentence) => line(sentence)));
    if (news && !fills.get(form)?.isUnsaved()) place.firstChild.append(" ", reload());
    place.hidden = !place.firstChild;
  }

  function line(sentence) {
    const element = document.createElement("span");
    element.textContent = sentence;
    return element;
  }

  function reload() {
    const link = document.createElement("a");
    Object.assign(link, { href: location.href, textContent: place.dataset.reload });
    return link;
  }

  for (const kind of ["input", "pointerdown", "keydown"]) {
    document.addEventListener(kind, () => (active = Date.now()), { passive: true });
  }
  document.addEventListener("stored", ({ target, detail }) => {
    if (target !== form) return;
    version = detail.version;
    if (Date.now() - beaten > BEAT / 3) beat();
  });
  window.addEventListener("focus", () => beat());
  window.addEventListener("pagehide", () => beat({ leaving: "1" }));
  setInterval(beat, BEAT);
  beat();
}

// The panel of a save that came too late: what is chosen there stands in the form at once. Without script the
// choices are sent along with the form.
function mergeHere(fill) {
  const base = new Map(fill.stored ? JSON.parse(fill.stored) : []);
  for (const row of fill.panel.querySelectorAll(".merge-row")) {
    const field = fill.form.elements.namedItem(row.dataset.field);
    const choices = row.querySelectorAll("input[type=radio]");
    for (const choice of choices) choice.removeAttribute("form");
    if (!field) continue;
    const isBox = field.type === "checkbox";
    const mine = isBox ? (field.checked ? field.value : "") : field.value;
    const theirs = row.dataset.stored;
    const values = { mine, theirs, both: bothTexts(theirs, mine) };
    row.addEventListener("change", ({ target }) => {
      const value = values[target.value];
      if (isBox) field.checked = Boolean(value);
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      if (target.value === "both") field.focus();
    });
    // What only the other one changed is theirs, unless it is chosen otherwise.
    if (fill.stored && (base.get(row.dataset.field) ?? "") === mine) choices[0].click();
  }
  fill.panel.scrollIntoView({ block: "nearest" });
  fill.panel.focus({ preventScroll: true });
}

function bothTexts(theirs, mine) {
  const lines = theirs.split(/\r?\n/);
  return [...lines, ...mine.split(/\r?\n/).filter((line) => !lines.includes(line))].join("\n").trim();
}

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-presence]");
  if (place) showOthers(place);
});
