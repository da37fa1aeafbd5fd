// Talking to the stand-in, and the interface's texts.

let texts = {};
export let language = "ru";

export async function loadTexts() {
  const answer = await (await fetch("/texts.json")).json();
  texts = answer.texts;
  language = answer.language;
  document.documentElement.lang = language;
  const panel = document.getElementById("to-panel");
  panel.hidden = !answer.panel;
  panel.href = answer.panel;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) {
    const label = t(node.dataset.label);
    node.setAttribute("aria-label", label);
    if (node.tagName === "BUTTON") node.title = label;
  }
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = t(node.dataset.hint);
}

export function t(key, params = {}) {
  const text = texts[key.startsWith("sandbox.") ? key : `sandbox.${key}`] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => params[name] ?? whole);
}

export async function get(path) {
  return read(await fetch(`/sandbox/${path}`));
}

export async function post(path, body) {
  const form = body instanceof FormData;
  return read(await fetch(`/sandbox/${path}`, {
    method: "POST",
    headers: form ? {} : { "Content-Type": "application/json" },
    body: form ? body : JSON.stringify(body),
  }));
}

async function read(response) {
  const value = await response.json();
  if (!response.ok) throw new Error(value.error);
  return value;
}

export function size(bytes) {
  const round = (number) => number.toLocaleString(language, { maximumFractionDigits: number < 10 ? 1 : 0 });
  if (bytes < 1024) return t("bytes", { n: bytes });
  if (bytes < 1024 * 1024) return t("kilobytes", { n: round(bytes / 1024) });
  return t("megabytes", { n: round(bytes / 1024 / 1024) });
}

export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function day(seconds) {
  const date = new Date(seconds * 1000);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(language, { day: "numeric", month: "long", year });
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
