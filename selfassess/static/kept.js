// What was typed and is not stored yet, kept in this browser: it survives a crashed tab and a restart.
//
// It is sealed with a key that the server gives to its writer alone, so that the next person at this machine
// cannot read it. Over plain http browsers seal nothing; there it lives as long as its tab, and is forgotten
// as soon as somebody else is signed in.
"use strict";

const kept = (() => {
  const { user, draftKey } = document.body.dataset;
  const LONGEST = 30 * 24 * 60 * 60 * 1000;
  const sealed = window.isSecureContext && Boolean(crypto.subtle);
  const shelf = sealed ? localStorage : sessionStorage;
  const key = sealed && crypto.subtle.importKey("raw", bytesOf(draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  const turns = new Map();

  // Each page that is open keeps its own: of two tabs on one form none overwrites or forgets the other's.
  const page = crypto.getRandomValues(new Uint32Array(2)).join("");
  const allOf = (slot) => `draft ${user} ${slot} `;
  const nameOf = (slot) => allOf(slot) + page;
  const namesOf = (slot) => Object.keys(shelf).filter((name) => name.startsWith(allOf(slot)));
  const cipher = (name, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) });

  function bytesOf(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  }

  function textOf(bytes) {
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }

  async function seal(name, record) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(record));
    const secret = await crypto.subtle.encrypt(cipher(name, iv), await key, text);
    return { iv: textOf(iv), secret: textOf(new Uint8Array(secret)) };
  }

  async function unseal(name, { iv, secret }) {
    const text = await crypto.subtle.decrypt(cipher(name, bytesOf(iv)), await key, bytesOf(secret));
    return JSON.parse(new TextDecoder().decode(text));
  }

  // Sealing takes a moment: of two that overlap the later one stays.
  function nextTurn(name) {
    turns.set(name, (turns.get(name) ?? 0) + 1);
    return turns.get(name);
  }

  // A full or forbidden shelf keeps nobody from typing.
  async function put(slot, record) {
    const name = nameOf(slot);
    const turn = nextTurn(name);
    const content = sealed ? await seal(name, record) : { open: record };
    if (turn !== turns.get(name)) return;
    try {
      shelf.setItem(name, JSON.stringify({ at: Date.now(), ...content }));
    } catch (problem) {
      console.info("not kept", problem.name);
    }
  }

  // The latest that any page has kept, with the name under which it can be dropped.
  async function take(slot) {
    const age = (name) => ageOf(shelf.getItem(name));
    for (const name of namesOf(slot).sort((one, other) => age(other) - age(one))) {
      try {
        const content = JSON.parse(shelf.getItem(name));
        return { ...(content.open ?? (await unseal(name, content))), name };
      } catch {
        // Damaged, or sealed before the server's secret was changed: nobody can read it any more.
        shelf.removeItem(name);
      }
    }
    return null;
  }

  function drop(slot, name = nameOf(slot)) {
    nextTurn(name);
    shelf.removeItem(name);
  }

  // What is too old, and what others left open in this tab.
  function sweep() {
    for (const each of [localStorage, sessionStorage]) {
      for (const name of Object.keys(each).filter((one) => one.startsWith("draft "))) {
        const foreign = each === sessionStorage && !name.startsWith(`draft ${user} `);
        if (foreign || !(Date.now() - ageOf(each.getItem(name)) < LONGEST)) each.removeItem(name);
      }
    }
  }

  function ageOf(stored) {
    try {
      return JSON.parse(stored).at;
    } catch {
      return 0;
    }
  }

  return { put, take, drop, has: (slot) => namesOf(slot).length > 0, sweep, sealed };
})();

kept.sweep();
