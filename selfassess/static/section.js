// The section page: Enter goes on to the same column of the next row, as in a table of figures, with Shift back;
// from the last row it saves.
document.getElementById("rows")?.addEventListener("keydown", (event) => {
  const { target, key, shiftKey, isComposing } = event;
  const cell = target.closest("td");
  if (key !== "Enter" || isComposing || !cell || target.tagName !== "INPUT") return;
  const rows = [...target.closest("tbody").rows];
  const column = rows.flatMap((row) => [...row.cells[cell.cellIndex].querySelectorAll("input, select")]);
  const next = column[column.indexOf(target) + (shiftKey ? -1 : 1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select?.();
});
