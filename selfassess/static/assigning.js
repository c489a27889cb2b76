// The page of assignments: counts that follow, ticks of a whole section, chosen names, nothing left by mistake.
const form = document.getElementById("assign");
const rows = [...form.querySelectorAll("[data-row]")];

const wasLead = (select) => [...select.options].find((option) => option.defaultSelected)?.value ?? "";
const isChanged = (row) =>
  [...row.querySelectorAll("select, input:not([name=tick])")].some((field) => {
    if (field.type === "checkbox") return field.checked !== field.defaultChecked;
    return field.tagName === "SELECT" ? field.value !== wasLead(field) : field.value !== field.defaultValue;
  });

// Each row comes with the departments that it has; all others stand in the bar below, once for all rows.
const everyLead = [...form.querySelectorAll("[name=bulk-lead] option")].filter(({ value }) => Number(value));
const everySupport = [...form.querySelectorAll("[name=bulk-add]")].map((box) => box.parentElement);
const offered = new WeakSet();

function offerLeads(select) {
  if (offered.has(select)) return;
  offered.add(select);
  const chosen = select.value;
  const own = new Map([...select.options].map((option) => [option.value, option]));
  select.append(...everyLead.map((option) => own.get(option.value) ?? option.cloneNode(true)));
  select.value = chosen;
}

function offerSupport(list, name) {
  if (offered.has(list)) return;
  offered.add(list);
  const own = new Map([...list.children].map((label) => [label.firstElementChild.value, label]));
  const labels = everySupport.map((label) => {
    const found = own.get(label.firstElementChild.value);
    if (found) return found;
    const offer = label.cloneNode(true);
    offer.firstElementChild.name = name;
    offer.firstElementChild.checked = false;
    return offer;
  });
  list.replaceChildren(...labels);
}

// A row as it looks: a department that leads an item does not support it too.
function settle(row) {
  const lead = row.querySelector(".lead").value;
  for (const box of row.querySelectorAll(".pick-list input")) {
    box.disabled = box.value === lead;
    if (box.disabled) box.checked = false;
  }
  showPicked(row.querySelector(".pick"));
  const due = row.querySelector(".due");
  due.classList.toggle("is-empty", !due.value);
  row.classList.toggle("is-unassigned", !lead);
}

function showPicked(pick) {
  const picked = pick.querySelector("[data-picked]");
  const names = [...pick.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent.trim());
  picked.textContent = names.join("、") || picked.dataset.none;
  picked.classList.toggle("is-none", !names.length);
}

function showCounts() {
  const moved = new Map();
  const add = (key, by) => moved.set(key, (moved.get(key) ?? 0) + by);
  for (const row of rows) {
    const lead = row.querySelector(".lead");
    add(`led ${wasLead(lead)}`, -1);
    add(`led ${lead.value}`, 1);
    for (const box of row.querySelectorAll(".pick-list input")) {
      add(`supported ${box.value}`, box.checked - box.defaultChecked);
    }
  }
  const loads = [...document.querySelectorAll("[data-department]")].map((entry) => {
    const { department, led, supported } = entry.dataset;
    const count = (kind, stored) => Number(stored) + (moved.get(`${kind} ${department}`) ?? 0);
    return { entry, led: count("led", led), supported: count("supported", supported) };
  });
  const widest = Math.max(1, ...loads.map(({ led, supported }) => led + supported));
  for (const { entry, led, supported } of loads) {
    entry.querySelector("[data-led-count]").textContent = led;
    entry.querySelector("[data-supported-count]").textContent = supported;
    entry.querySelector("svg").setAttribute("viewBox", `0 0 ${widest} 1`);
    entry.querySelector("rect.led").setAttribute("width", led);
    entry.querySelector("rect.supported").setAttribute("x", led);
    entry.querySelector("rect.supported").setAttribute("width", supported);
  }
  const changed = rows.filter(isChanged).length;
  form.querySelector("[data-changed]").textContent = changed ? `(${changed})` : "";
  if (changed) form.dataset.unsaved = "";
  else if (!form.dataset.refused) delete form.dataset.unsaved;
}

function showTicks() {
  const ticked = rows.filter((row) => row.querySelector("[name=tick]").checked).length;
  form.querySelector("[data-ticked]").textContent = ticked || "";
  form.classList.toggle("has-ticks", ticked > 0);
}

form.addEventListener("change", (event) => {
  const { target } = event;
  if ("section" in target.dataset) {
    for (const tick of target.closest("section").querySelectorAll("[name=tick]")) tick.checked = target.checked;
  } else if (target.name === "tick" && !target.checked) {
    target.closest("section").querySelector("[data-section]").checked = false;
  }
  const row = target.closest("[data-row]");
  if (row) settle(row);
  else if (target.name === "bulk-add") showPicked(target.closest(".pick"));
  showTicks();
  showCounts();
});

// Before a list opens, by mouse or by keyboard, it is filled.
const fill = ({ target }) => {
  if (target.matches("select.lead")) offerLeads(target);
  const row = target.closest("details.pick > summary")?.closest("[data-row]");
  if (!row) return;
  offerSupport(row.querySelector(".pick-list"), row.querySelector(".lead").name.replace("lead", "support"));
  settle(row);
};
for (const name of ["pointerdown", "focusin", "click"]) form.addEventListener(name, fill);

// A list of departments closes when one goes on, or by Escape.
const close = (except) => {
  for (const list of form.querySelectorAll("details.pick[open]")) if (list !== except) list.open = false;
};
document.addEventListener("click", (event) => close(event.target.closest("details.pick")));
form.addEventListener("focusin", (event) => close(event.target.closest("details.pick")));
form.addEventListener("keydown", (event) => {
  const list = event.target.closest("details.pick[open]");
  if (event.key !== "Escape" || !list) return;
  list.open = false;
  list.querySelector("summary").focus();
});

let sending = false;
document.addEventListener("submit", () => (sending = true));
window.addEventListener("beforeunload", (event) => {
  if (!sending && "unsaved" in form.dataset) event.preventDefault();
});

if ("unsaved" in form.dataset) form.dataset.refused = "1";
for (const row of rows) settle(row);
for (const pick of form.querySelectorAll(".bulk .pick")) showPicked(pick);
showTicks();
showCounts();
