// Last year's text goes into the text box, from where it is saved like anything typed; without script the same
// buttons save it themselves.
"use strict";

(() => {
  const form = document.querySelector("form.copy-in");
  const box = document.getElementById("id_narrative");
  if (!form || !box) return;
  const text = document.getElementById("last-year-source").content.textContent;
  const [plain, choose, done] = ["[data-copy='']", "[data-choose]", "[data-done]"].map((name) =>
    form.querySelector(name),
  );
  let before = null;

  function put(value) {
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What may be done follows what is in the box, not what was stored when the page was made.
  function offer() {
    const typed = box.value.trim() !== "";
    plain.hidden = typed;
    choose.hidden = !typed;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const how = event.submitter.dataset.copy;
    if (how === "" && box.value.trim() !== "") {
      offer();
      return;
    }
    before = box.value;
    put(how === "append" ? `${before.trimEnd()}\n${text}` : text);
    done.hidden = false;
    box.focus();
  });

  form.querySelector("[data-undo]").addEventListener("click", () => {
    put(before);
    done.hidden = true;
    box.focus();
  });

  box.addEventListener("input", (event) => {
    offer();
    // Once typed on, undoing would take that along.
    if (event.isTrusted) done.hidden = true;
  });
  offer();
})();
