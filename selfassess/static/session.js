// A session that ends while somebody types: the password is asked for in place, and the page goes on.
"use strict";

const session = (() => {
  const { user } = document.body.dataset;
  const dialog = document.getElementById("sign-in-again");
  const form = dialog.querySelector("form");
  const password = dialog.querySelector("[type=password]");
  const error = dialog.querySelector(".field-error");
  let token = "";
  let asking = null;
  let gaveWay = false;

  async function ask(options = {}) {
    const headers = { Accept: "application/json", "X-CSRFToken": token };
    const answer = await fetch(dialog.dataset.address, { cache: "no-store", headers, ...options });
    return [answer.status, await answer.json()];
  }

  function useToken(csrf) {
    token = csrf;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = csrf;
    for (const element of document.querySelectorAll("[data-csrf]")) element.dataset.csrf = csrf;
  }

  // After an answer that says that nobody, or somebody else, is signed in. Fulfilled with "same" when the same
  // person is in again, "later" when the dialog was closed, "other" when the page has been given up; rejected
  // where there is no connection.
  async function recover() {
    const [, { user: now, csrf }] = await ask();
    if (now !== null && String(now) !== user) {
      // The page never gets the other's token: nothing of it can be stored under their name.
      giveWay();
      return "other";
    }
    token = csrf;
    if (now === null) return askForPassword();
    useToken(csrf);
    return "same";
  }

  function askForPassword() {
    asking ??= new Promise((resolve) => {
      password.value = error.textContent = "";
      dialog.returnValue = "";
      dialog.showModal();
      password.focus();
      dialog.addEventListener("close", () => resolve(dialog.returnValue || "later"), { once: true });
    }).finally(() => {
      asking = null;
    });
    return asking;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.submitter?.value === "later") {
      dialog.close("later");
      return;
    }
    try {
      const body = new URLSearchParams({ user, password: password.value });
      const [status, answer] = await ask({ method: "POST", body });
      if (status === 200) {
        useToken(answer.csrf);
        dialog.close("same");
        return;
      }
      error.textContent = answer.error;
      if (status === 409) {
        const [, { user: now }] = await ask();
        if (now !== null && String(now) !== user) {
          dialog.close("other");
          giveWay();
          return;
        }
      }
    } catch {
      error.textContent = document.getElementById("saving-words").dataset.offline;
    }
    password.select();
  });

  // Somebody else is signed in at this machine: nothing of this page stays readable.
  function giveWay() {
    if (gaveWay) return;
    gaveWay = true;
    unsaved = false;
    sessionStorage.clear();
    const notice = document.getElementById("somebody-else").content.cloneNode(true);
    document.title = notice.querySelector("h1").textContent;
    document.body.replaceChildren(notice);
  }

  return { recover, givenUp: () => gaveWay };
})();
