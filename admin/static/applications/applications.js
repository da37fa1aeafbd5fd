"use strict";
/* Helps on the pages of applications; every one of them works without it. */

/* The queue: one box ticks all. */
for (const all of document.querySelectorAll("[data-all]")) {
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });
}

/* Scores are saved as they are given; a second click takes one away. */
const scores = document.querySelector("[data-scores]");
async function save(group, name, value) {
  const said = group.querySelector(".score-said");
  said.textContent = "";
  const data = new FormData();
  data.set("csrf_token", scores.elements.csrf_token.value);
  data.set(name, value);
  data.set("quiet", "1");
  const answer = await fetch(scores.action, { method: "POST", body: data, redirect: "manual" }).catch(() => null);
  const saved = answer?.status === 204;
  group.classList.toggle("failed", !saved);
  said.textContent = saved ? said.dataset.saved : said.dataset.failed;
  if (saved) sum();
  if (!saved && answer?.status === 409) announce(await answer.text());
  return saved;
}
function sum() {
  const given = [...document.querySelectorAll(".score input:checked")].map((one) => Number(one.value) * Number(one.closest(".score").dataset.weight));
  document.querySelector("[data-sum]").textContent = given.reduce((total, one) => total + one, 0);
}
if (scores) {
  for (const group of document.querySelectorAll(".score")) {
    let given = group.querySelector("input:checked")?.value ?? "";
    group.addEventListener("click", (event) => {
      if (!event.target.matches("input")) return;
      const before = given;
      if (event.target.value === given) event.target.checked = false;
      given = event.target.checked ? event.target.value : "";
      const wanted = given;
      save(group, event.target.name, wanted).then(async (saved) => {
        if (!saved && (await session())?.account !== who) saved = (await signedIn()) && (await save(group, event.target.name, wanted));
        if (saved || given !== wanted) return;
        given = before; // what is shown is what is saved
        for (const one of group.querySelectorAll("input")) one.checked = one.value === given;
      });
    });
  }
}

/* Documents in place: mark the one that is shown. Where the frame is not beside but far below, open it apart. */
const beside = window.matchMedia("(min-width: 1081px)");
for (const link of document.querySelectorAll("[data-view]")) {
  link.addEventListener("click", () => {
    link.target = beside.matches ? "viewer" : "_blank";
    if (!beside.matches) return;
    document.querySelector(".documents .viewed")?.classList.remove("viewed");
    link.classList.add("viewed");
    told();
    const apart = document.querySelector("[data-viewer-open]");
    if (apart) apart.href = link.href;
  });
}

/* The frame says whose evidence it shows; a criterion's name shows its first document there. */
function told() {
  const said = document.querySelector("[data-viewer-of]");
  const shown = document.querySelector(".documents .viewed");
  const criterion = shown?.closest(".criterion");
  for (const other of document.querySelectorAll(".criterion.shown")) other.classList.remove("shown");
  if (!said || !criterion) return;
  criterion.classList.add("shown");
  const link = document.createElement("a");
  link.href = `#${criterion.id}`;
  link.textContent = `${criterion.querySelector(".criterion-number").textContent}. ${criterion.querySelector("[data-evidence]").textContent}`;
  said.replaceChildren(link, ` \u00b7 ${shown.textContent.trim()}`);
}
for (const name of document.querySelectorAll("[data-evidence]")) {
  const first = name.closest(".criterion").querySelector("[data-view]");
  if (!first || !beside.matches) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "evidence";
  button.title = name.dataset.evidence;
  button.append(...name.childNodes);
  name.append(button);
  button.addEventListener("click", () => first.click());
}
told();

/* What the teacher will read, as it is typed. Returns what asks for it at once. */
function previewing(form) {
  const bubble = form.querySelector("[data-bubble]");
  const hint = bubble.textContent;
  let asked = 0;
  let timer = 0;
  async function preview() {
    asked += 1;
    const turn = asked;
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) }).catch(() => null);
    if (turn !== asked) return;
    if (answer?.ok) bubble.innerHTML = await answer.text(); // the panel's own text, escaped where people wrote it
    else bubble.textContent = hint;
  }
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(preview, 200);
  });
  return preview;
}
for (const form of document.querySelectorAll("form.together")) previewing(form);

/* The dialog of refusal and return. */
const dialog = document.getElementById("decline");
if (dialog) {
  const form = dialog.querySelector("form");
  const preview = previewing(form);
  const send = dialog.querySelector("[data-send]");
  const verdict = () => form.elements.verdict.value;
  const open = () => {
    if (dialog.open) dialog.close();
    dialog.showModal();
    const toasts = document.querySelector(".toasts");
    if (toasts) dialog.append(toasts); // a modal dialog would dim what was just said
    send.focus();
    preview();
  };
  document.querySelector("[data-decline]").addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  dialog.querySelector("[data-decline-close]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    const toasts = dialog.querySelector(".toasts");
    if (toasts && !dialog.open) document.body.append(toasts); // it may have been closed to be shown anew as modal
  });

  dialog.addEventListener("keydown", (event) => {
    if (event.repeat && !event.target.matches("textarea")) {
      event.preventDefault();
      return;
    }
    if (event.target.matches("textarea") || event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) form.requestSubmit(send);
      return;
    }
    if (event.code === "KeyR" || event.code === "KeyT") {
      event.preventDefault();
      const wanted = form.querySelector(`input[name="verdict"][value="${event.code === "KeyR" ? "reject" : "return"}"]`);
      if (wanted) wanted.checked = true;
      preview();
      return;
    }
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    const box = digit && form.querySelector(`fieldset[data-for="${verdict()}"] [data-digit="${digit}"]`);
    if (!box) return;
    event.preventDefault();
    box.checked = event.shiftKey ? true : !box.checked;
    if (event.shiftKey) form.requestSubmit(send);
    else preview();
  });
  if (dialog.dataset.open !== undefined) open();
}
