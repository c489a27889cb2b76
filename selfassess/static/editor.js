// The keys of the framework's tree; its buttons do the same without them.
"use strict";

const DIRECTIONS = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" };

// In the tree alone, so that Alt and the arrows still leaf through pages elsewhere.
document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("#tree [data-move]");
  const direction = DIRECTIONS[event.key];
  if (!link || !direction || !event.altKey || event.ctrlKey || event.shiftKey || event.metaKey) return;
  event.preventDefault();
  const values = { direction, csrfmiddlewaretoken: document.getElementById("tree").dataset.csrf };
  htmx.ajax("POST", link.dataset.move, { values, target: "#tree", swap: "outerHTML" });
});
