"use strict";
/* What was typed stays in this browser, per account, until it is saved; and where the session has ended one signs in in place. */
const who = document.body.dataset.account;
const words = document.getElementById("again")?.dataset ?? {};
const mine = `draft:${who}:`;
const KEPT_DAYS = 3;

const drafted = new Map();
const fields = (form) =>
  [...form.elements].filter((one) => one.name && one.matches("textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit])"));
const values = (form) => JSON.stringify(fields(form).map((one) => [one.name, one.matches("[type=checkbox], [type=radio]") ? one.checked : one.value]));
function put(form, kept) {
  const given = JSON.parse(kept);
  fields(form).forEach((one, place) => {
    if (given[place]?.[0] !== one.name) return;
    if (one.matches("[type=checkbox], [type=radio]")) one.checked = given[place][1];
    else one.value = given[place][1];
  });
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
function drop(test) {
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:") && test(key)) localStorage.removeItem(key);
}

/* A form that was sent and led on to another page was saved; one that came back refused, or to a sign-in, was not. */
const sent = sessionStorage.getItem("sent");
sessionStorage.removeItem("sent");
const led = performance.getEntriesByType("navigation")[0]?.type === "navigate";
if (sent && who && led && !document.querySelector(".toast.bad, main .error, main .note.bad")) localStorage.removeItem(sent);
drop((key) => JSON.parse(localStorage.getItem(key)).at < Date.now() - KEPT_DAYS * 86400000);

if (who) {
  for (const form of document.querySelectorAll("form[method=post]:not([data-nodraft])")) {
    if (!form.querySelector("textarea, input[type=text], input[type=url], input[type=email]")) continue;
    const key = `${mine}${new URL(form.action).pathname}`;
    const base = values(form);
    drafted.set(form, key);
    form.addEventListener("input", () => {
      const typed = values(form);
      if (typed === base) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), base, typed }));
    });
    const kept = JSON.parse(localStorage.getItem(key));
    if (!kept || kept.typed === base) continue;
    const note = document.createElement("p");
    note.className = "note info draft-note";
    note.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    note.append(`${words.draft} `, button);
    const offer = () => {
      button.textContent = words.bring;
      button.onclick = bring;
    };
    const bring = () => {
      put(form, kept.typed);
      button.textContent = words.drop;
      button.onclick = () => {
        form.reset();
        localStorage.removeItem(key);
        note.remove();
      };
    };
    if (kept.base === base) bring();
    else offer(); // somebody has saved something else meanwhile
    form.prepend(note);
  }
}

/* Before typed text is sent: is the session still there? Where it is not, one signs in over the page. */
async function session() {
  const answer = await fetch("/session", { cache: "no-store" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}
function renew(csrf) {
  for (const token of document.querySelectorAll("input[name=csrf_token]")) token.value = csrf;
}
async function signedIn() {
  const now = await session();
  if (now === null) {
    announce(words.offline);
    return false;
  }
  renew(now.csrf);
  return now.account === who || signIn();
}
function signIn() {
  document.body.append(document.getElementById("again").content.cloneNode(true));
  const dialog = document.querySelector("dialog.again");
  const form = dialog.querySelector("form");
  const wrong = dialog.querySelector(".error");
  wrong.hidden = true;
  dialog.showModal();
  form.elements.password.focus();
  return new Promise((resolve) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      event.stopPropagation();
      await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).catch(() => null);
      form.elements.password.value = "";
      const now = await session();
      if (now !== null) renew(now.csrf);
      wrong.hidden = now?.account === who;
      if (now?.account === who) dialog.close("in");
    };
    dialog.onclose = () => {
      dialog.remove();
      resolve(dialog.returnValue === "in");
    };
  });
}
function announce(text) {
  const toast = document.createElement("div");
  toast.className = "toast bad";
  const said = document.createElement("span");
  said.textContent = text;
  toast.append(said);
  document.querySelector(".toasts").append(toast);
  setTimeout(() => toast.remove(), 8000);
}
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.action.endsWith("/logout")) drop((key) => key.startsWith(mine));
  if (!drafted.has(form) || (form.dataset.confirm && !form.dataset.confirmed) || event.submitter?.name === "preview") return;
  if (form.dataset.here) {
    delete form.dataset.here;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.asking) return;
  form.dataset.asking = "1";
  const here = await signedIn();
  delete form.dataset.asking;
  if (!here) return;
  form.dataset.here = "1";
  sessionStorage.setItem("sent", drafted.get(form));
  form.requestSubmit(event.submitter);
}, true);
