/* Marks at the door: written down on the phone first, brought to the server when there is a line, each one once. */
const page = document.body;
const list = document.querySelector("[data-list]");
const pending = document.querySelector("[data-pending]");
const find = document.querySelector("[data-find]");
const field = find.querySelector("input");
const KEPT = `door:${location.pathname}`;
const LATER = 4000;
const REFRESH = 20_000;
const AT_ONCE = 100;
let asked = 0;
let busy = false;
let closed = false;

const queue = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]");
const keep = (marks) => (marks.length ? localStorage.setItem(KEPT, JSON.stringify(marks)) : localStorage.removeItem(KEPT));
const same = (text) => text.trim().toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ");

function drawn() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
}

function write(mark) {
  keep([...queue(), { key: drawn(), at: new Date().toISOString(), ...mark }]);
  draw();
  bring();
}

function row(text, said) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  const button = document.createElement("button");
  name.textContent = text;
  button.type = "button";
  button.className = "button small";
  button.textContent = said;
  line.append(name, button);
  return line;
}

/* What waits for a line is shown at once as it will be. A tap on it takes it back. */
function draw() {
  const waiting = queue();
  const numbers = new Set(waiting.map((one) => one.registration));
  for (const line of list.children) {
    const waits = numbers.has(Number(line.dataset.registration));
    const button = line.querySelector("button");
    const here = "in" in line.dataset;
    line.toggleAttribute("data-waiting", waits && !here);
    button.disabled = here;
    button.textContent = here ? page.dataset.here : waits ? page.dataset.waits : page.dataset.mark;
  }
  pending.replaceChildren(
    ...waiting.filter((one) => !one.registration).map((one) => {
      const line = row(`${one.name} (${page.dataset.guest})`, page.dataset.waits);
      line.dataset.waiting = "";
      line.dataset.key = one.key;
      return line;
    }),
  );
  narrow();
}

function narrow() {
  const words = same(field.value).split(" ");
  for (const line of list.children) {
    const name = same(line.querySelector("span").textContent);
    line.hidden = !words.every((word) => name.includes(word));
  }
}

function told(selector, text) {
  const place = document.querySelector(selector);
  place.hidden = !text;
  if (text && text !== true) place.textContent = text;
}

function renew(answer) {
  const known = new Map(Array.from(list.children, (line) => [Number(line.dataset.registration), line]));
  list.replaceChildren(
    ...answer.list.map(([number, name, here]) => {
      const line = known.get(number) ?? row(name, page.dataset.mark);
      line.dataset.registration = number;
      line.toggleAttribute("data-in", here);
      return line;
    }),
  );
  document.querySelector("[data-count]").textContent = answer.here;
}

/* The link was withdrawn or its day is over: no name of the list stays on this phone. */
async function shut(why) {
  closed = true;
  list.replaceChildren();
  told("[data-why]", why);
  for (const name of await caches.keys()) if (name.startsWith("door")) await caches.delete(name);
}

async function bring() {
  if (busy || closed) return;
  const marks = queue().slice(0, AT_ONCE);
  if (!marks.length && Date.now() - asked < REFRESH) return;
  busy = true;
  try {
    const session = await (await fetch(page.dataset.session, { signal: AbortSignal.timeout(10_000) })).json();
    const answer = await fetch(page.dataset.marks, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": session.csrf },
      body: JSON.stringify({ marks }),
      redirect: "error",
      signal: AbortSignal.timeout(20_000),
    });
    if (answer.status === 410) {
      await shut((await answer.json()).why);
    } else if (answer.status === 409) {
      told("[data-why]", (await answer.json()).why);
    } else if (answer.ok) {
      const said = await answer.json();
      const refused = Object.entries(said.refused);
      const names = new Map(Array.from(list.children, (line) => [Number(line.dataset.registration), line.querySelector("span").textContent]));
      const done = new Set([...said.taken, ...refused.map(([key]) => key)]);
      if (marks.length) told("[data-why]", refused.map(([key, why]) => {
        const mark = marks.find((one) => one.key === key);
        return `${names.get(mark.registration) ?? mark.name}: ${why}`;
      }).join(" "));
      keep(queue().filter((one) => !done.has(one.key)));
      renew(said);
      asked = Date.now();
    } else {
      throw new Error(String(answer.status));
    }
    told("[data-offline]", false);
    document.querySelector("[data-line]").hidden = false;
  } catch {
    told("[data-offline]", true);
    document.querySelector("[data-line]").hidden = true;
  }
  busy = false;
  if (!closed) draw();
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.disabled) return;
  const number = Number(button.closest("li").dataset.registration);
  const waiting = queue();
  if (waiting.some((one) => one.registration === number)) {
    keep(waiting.filter((one) => one.registration !== number));
    draw();
  } else {
    write({ registration: number });
  }
});
pending.addEventListener("click", (event) => {
  const line = event.target.closest("li");
  if (!line || !event.target.closest("button")) return;
  keep(queue().filter((one) => one.key !== line.dataset.key));
  draw();
});
find.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = field.value.trim();
  if (!name) return;
  field.value = "";
  if (!queue().some((one) => one.name && same(one.name) === same(name))) write({ name });
  narrow();
});
field.addEventListener("input", narrow);
addEventListener("online", bring);
addEventListener("storage", draw);
setInterval(bring, LATER);
draw();
bring();
/* The first look is taken before the worker listens, so the page puts itself and what it is made of by. */
async function putBy() {
  await navigator.serviceWorker.register(page.dataset.worker, { scope: "/door/" });
  await navigator.serviceWorker.ready;
  const parts = Array.from(document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]"), (one) => one.href || one.src);
  await (await caches.open(page.dataset.cache)).addAll([location.href, ...parts]);
  page.dataset.kept = "";
}
if ("serviceWorker" in navigator) putBy().catch(() => {});
