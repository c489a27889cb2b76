// Files on their way to the server, and the item's dialog: what is done there is also a page of its own.
const AT_ONCE = 3;
const PAUSES = [2_000, 8_000, 20_000]; // before a cut upload goes on by itself; then it waits for the network or a click
const zone = document.querySelector("form[data-uploads]");
const panel = document.getElementById("evidence");

// One file. It keeps its name (`operation`) however often it is sent, so that it is stored once.
class Upload {
  constructor(file, material) {
    this.file = file;
    this.material = material;
    this.operation = newOperation();
    this.tries = 0;
    this.state = "waiting"; // sending, cut, settled
    this.row = zone.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    this.row.querySelector(".upload-name").textContent = material ? `${file.name} → ${material}` : file.name;
    this.bar = this.row.querySelector("progress");
    this.bar.setAttribute("aria-label", file.name);
    this.say(words.waiting);
    this.row.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
    this.row.querySelector("[data-again]").addEventListener("click", () => this.again());
    zone.querySelector(".uploads").append(this.row);
  }

  say(sentence) {
    this.row.querySelector(".upload-state").textContent = sentence;
  }

  refuseHere(sentence) {
    this.state = "settled";
    this.row.dataset.settled = "refused";
    this.row.querySelector("[data-cancel]").hidden = false;
    this.row.classList.add("is-refused");
    this.bar.hidden = true;
    this.say(sentence);
  }

  send() {
    this.state = "sending";
    this.row.querySelector("[data-again]").hidden = true;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", zone.elements.namedItem("csrfmiddlewaretoken").value);
    body.append("operation", this.operation);
    body.append("material", this.material);
    if (zone.elements.namedItem("location").checked) body.append("location", "on");
    const owner = zone.elements.namedItem("owner");
    if (owner) body.append("owner", owner.value);
    body.append("files", this.file);
    const request = (this.request = new XMLHttpRequest());
    request.open("POST", zone.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => this.show(event.loaded, event.total));
    request.addEventListener("load", () => this.answered());
    request.addEventListener("error", () => this.cut());
    request.addEventListener("timeout", () => this.cut());
    request.send(body);
  }

  show(sent, total) {
    const share = total ? Math.floor((100 * sent) / total) : 0;
    this.bar.value = share;
    this.say(sent < total ? `${words.sending} ${share}%` : words.checking);
    // What has arrived is stored, whatever becomes of the answer: it is taken back in its line.
    this.row.querySelector("[data-cancel]").hidden = sent === total;
  }

  async answered() {
    const { status, responseURL, responseText } = this.request;
    const isOurs = new URL(responseURL).pathname === new URL(zone.action).pathname;
    if (isOurs && [200, 409, 422].includes(status)) return this.settle(responseText);
    if (status >= 500 || status === 429) return this.cut();
    if (!isOurs || status === 403) return this.signInAgain(status);
    this.refuseHere(status === 413 ? words.large : words.locked);
    next();
  }

  async signInAgain(status) {
    const outcome = await session.recover().catch(() => "cut");
    if (outcome === "other") return;
    if (outcome === "cut") return this.cut();
    // The same person is in and was refused all the same: the item was locked meanwhile.
    if (status === 403 && this.asked) this.refuseHere(words.locked);
    else if (outcome === "later") this.rest(words.ended);
    else {
      this.asked = true;
      this.state = "waiting";
    }
    next();
  }

  settle(html) {
    this.state = "settled";
    const made = fragment(html);
    this.row.replaceWith(made);
    this.row = made;
    htmx.process(made);
    tell(`${this.file.name}: ${made.dataset.settled === "stored" ? words.done : words.refused}`);
    if (made.dataset.settled === "stored") refresh();
    openFirst();
    next();
  }

  rest(sentence) {
    this.state = "cut";
    this.bar.value = 0;
    this.say(sentence);
    this.row.querySelector("[data-again]").hidden = this.row.querySelector("[data-cancel]").hidden = false;
  }

  cut() {
    const pause = PAUSES[this.tries++];
    this.rest(pause || !navigator.onLine ? words.cut : words.failed);
    if (pause) this.timer = setTimeout(() => this.again(), pause);
    next();
  }

  again() {
    clearTimeout(this.timer);
    if (this.state !== "cut") return;
    this.state = "waiting";
    this.say(words.waiting);
    next();
  }

  cancel() {
    clearTimeout(this.timer);
    this.state = "settled";
    this.request?.abort();
    this.row.remove();
    next();
  }
}

const uploads = [];
const words = zone?.querySelector("[data-words]").dataset;
const count = (state) => uploads.filter((upload) => upload.state === state).length;

function next() {
  for (const upload of uploads) {
    if (count("sending") >= AT_ONCE) return;
    if (upload.state === "waiting") upload.send();
  }
}

function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

function tell(sentence) {
  zone.querySelector("[data-told]").textContent = sentence;
}

function take(files, material = "") {
  for (const { file, isFolder } of files) {
    const upload = new Upload(file, material);
    uploads.push(upload);
    if (isFolder) upload.refuseHere(words.folder);
    else if (file.size > Number(zone.dataset.most) * 1_000_000) upload.refuseHere(words.large);
  }
  next();
}

// What came is put right one by one: the first is open, the next once that is saved or put away.
function openFirst() {
  const said = [...zone.querySelectorAll(".upload-said")];
  if (said.length && !said.some((each) => each.open)) said[0].open = true;
}

// The lines of the panel, once for files that come together.
let refreshing = null;
function refresh() {
  if (!panel) return;
  clearTimeout(refreshing);
  refreshing = setTimeout(() => {
    htmx.ajax("GET", panel.dataset.list, { target: "#evidence-list", swap: "outerHTML" });
  }, 150);
}

const filesOf = (list) => [...list].map((file) => ({ file, isFolder: false }));

// What is dropped, wherever on the page, is meant for the zone, or for the material that it falls on: a browser
// would leave the page to show it.
function dropped(transfer) {
  return [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ file: item.getAsFile(), isFolder: Boolean(item.webkitGetAsEntry?.()?.isDirectory) }))
    .filter(({ file }) => file);
}

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const materialAt = (event) => (panel ? event.target.closest?.("#evidence .wanted li[data-material]") : null);

function light(place) {
  for (const lit of document.querySelectorAll(".over")) if (lit !== place) lit.classList.remove("over");
  place?.classList.add("over");
}

if (zone) {
  let material = ""; // for which the chooser of files was opened

  zone.elements.namedItem("files").addEventListener("change", (event) => {
    take(filesOf(event.target.files), material);
    event.target.value = material = "";
  });
  zone.elements.namedItem("files").addEventListener("cancel", () => {
    material = "";
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-upload-as]");
    if (!button) return;
    material = button.dataset.uploadAs;
    zone.elements.namedItem("files").click();
  });
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    light(materialAt(event) ?? zone);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) light(null);
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    light(null);
    take(dropped(event.dataTransfer), materialAt(event)?.dataset.material);
  });
  // A row that has come to rest can be put away; one that is saved goes by itself.
  zone.addEventListener("click", (event) => {
    const row = event.target.closest("[data-cancel]")?.closest("[data-settled]");
    if (!row) return;
    row.remove();
    openFirst();
  });
  window.addEventListener("online", () => uploads.forEach((upload) => upload.again()));
  window.addEventListener("beforeunload", (event) => {
    if (["waiting", "sending", "cut"].some(count)) event.preventDefault();
  });
}

// Answers that refuse come with a status of their own and are shown like others.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (![409, 422].includes(xhr.status) || !target.closest(".zone, .step-dialog, #evidence-list")) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
// Signed out, locked meanwhile or gone: the page, read again, says how things stand.
document.addEventListener("htmx:responseError", (event) => {
  const { elt, xhr } = event.detail;
  if ([403, 404].includes(xhr.status) && elt.matches(".evidence form, .step-dialog form")) location.reload();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const row = event.target;
  if (row.dataset?.settled === "saved") {
    tell(row.textContent.trim());
    setTimeout(() => row.remove(), 2_500);
    refresh();
    openFirst();
  }
  // What the next step says of the required materials follows the lines.
  const list = document.getElementById("evidence-list");
  const remark = document.getElementById("missing-materials");
  if (!list || !remark) return;
  remark.textContent = list.dataset.missing ?? "";
  remark.hidden = !remark.textContent;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (event.detail.successful && form.matches?.("[data-settles]")) form.closest("[data-settled]").remove();
});

// The dialog: a step, or pages of a file, in place.
const dialog = document.getElementById("step-dialog");

async function openStep(address, isOfPages) {
  dialog.classList.toggle("of-pages", isOfPages);
  await htmx.ajax("GET", address, { target: "#step", swap: "innerHTML" }).catch(() => {});
  // Signed out, locked meanwhile, gone: the page of its own says so.
  if (!document.getElementById("step").hasChildNodes()) return location.assign(address);
  if (!dialog.open) dialog.showModal();
  const first = isOfPages ? "#step [rel=next], #step [rel=prev]" : "[aria-invalid], #step input:not([type=hidden])";
  dialog.querySelector(first)?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!dialog || !link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const isOfPages = link.matches("[data-leaf-link], #step [data-leaf] nav a, #step [data-leaf] .alert a");
  if (!isOfPages && !link.matches("[data-step], [data-in-step]")) return;
  event.preventDefault();
  openStep(link.href, isOfPages);
});
// Pages are turned with the arrows, in the dialog and on the page of its own.
document.addEventListener("keydown", (event) => {
  if (!["ArrowLeft", "ArrowRight"].includes(event.key) || event.target.matches("input, textarea, select")) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  document.querySelector(`[data-leaf] [rel=${event.key === "ArrowLeft" ? "prev" : "next"}]`)?.click();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("#step .leaf-to")) return;
  event.preventDefault();
  const page = Number(event.target.elements.namedItem("to").value);
  openStep(event.target.action.replace(/\d+\/$/, `${page}/`), true);
});
document.body.addEventListener("evidence-done", () => dialog?.close());
dialog?.addEventListener("close", () => document.getElementById("step").replaceChildren());
