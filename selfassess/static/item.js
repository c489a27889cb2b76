// The item page: plain text from Word, texts that grow, rows of points, contributions taken over.
"use strict";

const isPlain = (field) => field.matches?.("textarea[data-plain]");
const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

// What Word or a web page put on the clipboard, as paragraphs: list numbers stay, a table's row is a line.
const MARKER = /^\s*((?:[（(]?[\d一二三四五六七八九十]{1,3}[.．、)）])|[•·●◆■])\s*\t\s*/;
function plainLine(line) {
  const cells = line.replace(/\u00a0/g, " ").replace(MARKER, "$1").split("\t");
  return cells.map((cell) => cell.trim()).filter(Boolean).join("、");
}

// Browsers leave the numbers of a list out of its plain text.
function numbered(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const list of page.querySelectorAll("ol")) {
    let number = list.start;
    for (const entry of list.children) if (entry.matches("li")) entry.prepend(`${number++}. `);
  }
  for (const hidden of page.querySelectorAll("style, script, head")) hidden.remove();
  for (const cell of page.querySelectorAll("td, th")) cell.append("\t");
  for (const block of page.querySelectorAll("p, li, tr, h1, h2, h3, h4, div, br")) {
    if (!block.closest("td, th")) block.after("\n");
  }
  return page.body.textContent;
}

document.addEventListener("paste", (event) => {
  const field = event.target;
  if (!isPlain(field) || !event.clipboardData) return;
  const html = event.clipboardData.getData("text/html");
  const text = html.includes("<ol") ? numbered(html) : event.clipboardData.getData("text/plain");
  const lines = text.split(/\r\n?|\n|\u2028|\u2029/).map(plainLine);
  if (lines.length === 1 && lines[0] === text) return;
  event.preventDefault();
  const clean = lines.filter(Boolean).join("\n");
  // Keeps the browser's own undo; where it is gone, the text is put in all the same.
  if (!document.execCommand("insertText", false, clean)) {
    field.setRangeText(clean, field.selectionStart, field.selectionEnd, "end");
    changed(field);
  }
});

// Browsers before 123 do not let a text grow with its content.
function grow(field) {
  if (CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function count(field) {
  const place = document.querySelector(`[data-count-of="${field.id}"]`);
  if (place) place.textContent = place.textContent.replace(/\d+/, [...field.value].length);
}

function showText(field) {
  grow(field);
  count(field);
}

document.addEventListener("input", (event) => {
  if (isPlain(event.target)) showText(event.target);
});
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("textarea[data-plain]").forEach(showText));

// The empty field of the points says which it stands for.
document.addEventListener("htmx:afterSwap", (event) => {
  const score = document.getElementById("id_score");
  if (event.target.id === "proposal" && score) score.placeholder = document.getElementById("taken")?.value ?? "";
});

// A row that was added waits to be written; one that was taken away counts no more.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "rows") return;
  const added = event.detail.requestConfig.parameters.get?.("add_row");
  if (added) [...event.target.querySelectorAll(".loss")].at(-1).querySelector("input").focus();
  changed(event.target);
});

// Enter in a row writes on in the next field, as in a table; it never sends the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("#rows input")) return;
  event.preventDefault();
  const fields = [...document.querySelectorAll("#rows .loss > input")];
  fields[fields.indexOf(event.target) + 1]?.focus();
});

// Where there is a document number, the material is there.
document.addEventListener("input", (event) => {
  const tick = event.target.closest?.(".tick");
  if (tick && event.target.type === "text" && event.target.value.trim()) tick.querySelector("[type=checkbox]").checked = true;
});

// A contribution goes to the end of the text, to be worked into it; what stands there already is left out.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-merge]");
  const field = document.querySelector("#fill [name=narrative]");
  if (!button || !field) return;
  event.preventDefault();
  const lines = field.value.split("\n").filter((line) => line.trim());
  const fresh = button.dataset.merge.split("\n").filter((line) => !lines.includes(line));
  field.value = [...lines, ...fresh].join("\n");
  changed(field);
  field.focus();
  field.setSelectionRange(field.value.length - fresh.join("\n").length, field.value.length);
  button.hidden = true;
  button.nextElementSibling.hidden = false;
});
