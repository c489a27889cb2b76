// Lists of people with ticks: one tick for all, which follows what is ticked.
"use strict";

for (const all of document.querySelectorAll("[data-tick-all]")) {
  const ticks = [...all.form.querySelectorAll("input[type=checkbox][name=person]")];
  const follow = () => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    all.checked = ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
  };
  all.form.addEventListener("change", (event) => {
    if (event.target === all) for (const tick of ticks) tick.checked = all.checked;
    follow();
  });
  follow();
}
