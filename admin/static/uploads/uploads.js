// Sends each chosen file on its own: the limit is of a file, and what has come stays when the connection breaks.
"use strict";

function note(text) {
  const line = document.createElement("p");
  line.className = "note bad";
  line.setAttribute("role", "alert");
  line.setAttribute("data-refused", "");
  line.textContent = text;
  return line;
}

async function send(form, file) {
  if (file.size > Number(form.dataset.most)) return { said: [note(form.dataset.large.replace("{name}", file.name))] };
  const data = new FormData();
  data.append("csrf_token", form.elements.csrf_token.value);
  data.append("scan", file, file.name);
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (main.querySelector("[data-over]")) return { main, over: true, said: [] };
    const said = [...main.querySelectorAll("[data-taken], [data-refused]")];
    if (said.length) {
      for (const one of said) one.remove();
      return { main, said };
    }
  } catch {
    // said below: the file did not come
  }
  return { said: [note(form.dataset.lost.replace("{name}", file.name))] };
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-upload]");
  if (!form) return;
  event.preventDefault();
  const files = [...form.elements.scan.files];
  const button = form.querySelector("button");
  const label = button.textContent;
  const said = [];
  let shown = null;
  button.disabled = true;
  for (const [place, file] of files.entries()) {
    button.textContent = `${label} ${place + 1}/${files.length}`;
    const heard = await send(form, file);
    said.push(...heard.said);
    shown = heard.main ?? shown;
    if (heard.over) break;
  }
  button.disabled = false;
  button.textContent = label;
  const main = document.querySelector("main");
  if (shown) main.replaceChildren(...shown.childNodes);
  main.querySelector("h1").after(...said);
  window.scrollTo(0, 0);
});
