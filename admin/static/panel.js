"use strict";
/* Small helps; every page works without them. Hooks are data- attributes described in templates/macros.html. */

document.documentElement.classList.add("scripted");

const typing = (target) => target.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button])") !== null;

/* The left menu on a phone. */
const opener = document.querySelector("[data-toggle-menu]");
function showMenu(open) {
  document.body.classList.toggle("menu-open", open);
  opener.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#side a").focus();
}
opener?.addEventListener("click", () => showMenu(!document.body.classList.contains("menu-open")));
document.addEventListener("click", (event) => {
  if (document.body.classList.contains("menu-open") && !event.target.closest(".side, [data-toggle-menu]")) showMenu(false);
  for (const box of document.querySelectorAll("details.who[open]")) if (!box.contains(event.target)) box.open = false;
});

/* The menu is longer than most screens: the line of this page is brought into sight. */
const here = document.querySelector("#side a.active");
if (here) {
  const { top, bottom } = here.getBoundingClientRect();
  if (bottom > window.innerHeight) here.closest("#side").scrollTop += (top + bottom - window.innerHeight) / 2;
}

/* One act, one object: what acts by one click or key keeps still until the page was looked at, and a held key acts once. */
const seen = performance.now() + Number(document.body.dataset.dwell || 0);
const still = [...document.querySelectorAll("[data-act]")].filter((one) => !one.disabled);
for (const one of still) one.disabled = true;
setTimeout(() => {
  for (const one of still) one.disabled = false;
}, seen - performance.now());
document.addEventListener("keydown", (event) => {
  if (event.repeat && (event.key === "Enter" || event.key === " ") && !typing(event.target)) event.preventDefault();
}, true);

/* Forms: ask before, and take a double click for one. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    ask(form, event.submitter);
    return;
  }
  if (form.elements.seal && performance.now() < seen) {
    event.preventDefault();
    setTimeout(() => form.requestSubmit(event.submitter), seen - performance.now());
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post" && form.target !== "_blank" && form.dataset.again === undefined) form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

function ask(form, submitter) {
  const dialog = document.createElement("dialog");
  const text = document.createElement("p");
  text.textContent = form.dataset.confirm;
  const row = document.createElement("div");
  row.className = "actions";
  const yes = document.createElement("button");
  yes.type = "button";
  yes.className = "button main";
  yes.textContent = form.dataset.confirmYes;
  const no = document.createElement("button");
  no.type = "button";
  no.className = "button";
  no.textContent = document.body.dataset.no;
  row.append(yes, no);
  dialog.append(text, row);
  document.body.append(dialog);
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "1";
    dialog.close();
    form.requestSubmit(submitter);
  });
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/* Long lists of boxes narrow down as one types. */
for (const input of document.querySelectorAll("[data-narrow]")) {
  const plain = (text) => text.toLowerCase().replaceAll("\u0451", "\u0435");
  input.addEventListener("input", () => {
    const wanted = plain(input.value.trim());
    for (const label of input.parentElement.querySelectorAll(".check")) label.hidden = !plain(label.textContent).includes(wanted);
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

/* Long filters fold away on a phone until they are wanted or in use. */
for (const form of document.querySelectorAll("form.filters")) {
  const more = form.querySelector(".filters-more");
  const [first, ...rest] = [...form.children].filter((item) => !item.matches("input[type=hidden], .filters-do"));
  const used = rest.some((item) => [...item.querySelectorAll("input, select")].some((field) => (field.type === "checkbox" ? field.checked : field.value)));
  if (!more || rest.length === 0 || used) continue;
  first.classList.add("filters-first");
  form.classList.add("folded");
  more.addEventListener("click", () => {
    form.classList.remove("folded");
    rest[0].querySelector("input, select")?.focus();
  });
}

/* Filters saved by name, in this browser, per account and list. */
for (const row of document.querySelectorAll("[data-filters]")) {
  const place = `filters:${document.body.dataset.account}:${location.pathname}`;
  const chosen = new URLSearchParams(location.search);
  chosen.delete("page");
  for (const [name, value] of [...chosen]) if (!value) chosen.delete(name);
  const kept = () => JSON.parse(localStorage.getItem(place) ?? "[]");
  const keep = (list) => {
    localStorage.setItem(place, JSON.stringify(list));
    show();
  };
  const button = (text, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button link";
    made.textContent = text;
    if (label) made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };
  const show = () => {
    row.replaceChildren();
    for (const one of kept()) {
      const link = document.createElement("a");
      link.href = `${location.pathname}?${one.query}`;
      link.textContent = one.name;
      row.append(link, button("\u00d7", `${row.dataset.forget} ${one.name}`, () => keep(kept().filter((other) => other.name !== one.name))));
    }
    const query = chosen.toString();
    if (query && !kept().some((one) => one.query === query)) {
      row.append(button(row.dataset.keep, "", () => {
        const name = prompt(row.dataset.name)?.trim().slice(0, 60);
        if (name) keep([...kept().filter((one) => one.name !== name), { name, query }]);
      }));
    }
    row.hidden = !row.childElementCount;
  };
  show();
}

/* Toasts: close, and count down while the deed can be undone. */
for (const toast of document.querySelectorAll(".toast")) {
  toast.querySelector("[data-close]").addEventListener("click", () => toast.remove());
  let left = Number(toast.dataset.seconds || 0);
  if (!left) {
    if (toast.classList.contains("good")) setTimeout(() => toast.remove(), 8000);
    continue;
  }
  const shown = toast.querySelector("[data-countdown]");
  const timer = setInterval(() => {
    left -= 1;
    shown.textContent = left;
    if (left <= 0) {
      clearInterval(timer);
      toast.remove();
    }
  }, 1000);
}

/* Copy a link, print the page. */
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    button.textContent = button.dataset.done;
  });
}
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
for (const field of document.querySelectorAll("select[data-submit], .chips select, .chips .check input")) field.addEventListener("change", () => field.form.requestSubmit());

/* Keys: the physical key counts, so that the Russian layout works too. «?» lists them; there they can be switched off. */
const keysName = `keys-off:${document.body.dataset.account}`;
const keysOff = () => localStorage.getItem(keysName) !== null;
function listKeys() {
  const dialog = document.getElementById("keys").content.firstElementChild.cloneNode(true);
  const list = dialog.querySelector("dl");
  for (const one of document.querySelectorAll("[data-key]")) {
    const term = document.createElement("dt");
    const key = document.createElement("kbd");
    key.textContent = one.dataset.key.toUpperCase();
    term.append(key);
    const said = document.createElement("dd");
    const name = one.cloneNode(true);
    for (const inner of name.querySelectorAll("kbd, [data-countdown]")) inner.remove();
    said.textContent = one.labels?.[0]?.textContent ?? name.textContent.trim();
    list.append(term, said);
  }
  const box = dialog.querySelector("input");
  box.checked = !keysOff();
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(keysName);
    else localStorage.setItem(keysName, "1");
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
document.querySelector("[data-keys]")?.addEventListener("click", listKeys);
const physical = {};
for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZ") physical[`Key${letter}`] = letter.toLowerCase();
physical.Slash = "/";
function pressed(event) {
  if (event.key === "Escape") {
    if (document.body.classList.contains("menu-open")) {
      showMenu(false);
      opener.focus();
    }
    for (const box of document.querySelectorAll("details.who[open]")) box.open = false;
    if (typing(event.target)) event.target.blur();
  }
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
    const search = [...document.querySelectorAll("[data-search]")].find((one) => one.offsetParent);
    event.preventDefault();
    if (search) search.focus();
    else document.querySelector(".top-find")?.click();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (document.getElementById("keys") && (event.key === "?" || (event.code === "Slash" && event.shiftKey))) {
    event.preventDefault();
    if (!event.repeat) listKeys();
    return;
  }
  if (keysOff() && !event.target.matches("[data-key]")) return;
  const key = physical[event.code];
  const target = key && document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  event.preventDefault();
  if (event.repeat) return;
  if (target.matches("input, textarea, select")) target.focus();
  else target.click();
}
document.addEventListener("keydown", pressed);
/* A document in its frame takes the keys; they still mean the page, also before its pictures are there. */
const heard = (frame) => frame?.contentDocument?.addEventListener("keydown", pressed);
for (const frame of document.querySelectorAll("iframe")) frame.addEventListener("load", () => heard(frame));
window.addEventListener("blur", () => setTimeout(() => heard(document.activeElement)));
