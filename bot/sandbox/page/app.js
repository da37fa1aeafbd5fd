// The chat page: which person is shown, what arrives, what is done.

import { get, loadTexts, post, t } from "/api.js";
import { startComposer } from "/composer.js";
import { avatar, drawAll, drawOne, el, people } from "/view.js";

const $ = (id) => document.getElementById(id);
const chats = new Map();
let bot = { name: "", username: "", id: 0, descriptions: {} };
let current = 0;
let arrived = 0;
let composer;

const page = {
  chat: () => chats.get(current),
  perform,
  say: (text) => perform(() => post(`people/${current}/send`, { text })),
  notice,
  pressKey: (text) => perform(() => post(`people/${current}/tap`, { text })),
};

async function perform(deed) {
  try {
    return await deed();
  } catch (error) {
    notice(t("failed", { reason: error.message }));
    return null;
  }
}

function notice(text) {
  const node = el("div", "toast", text);
  $("toasts").append(node);
  setTimeout(() => node.remove(), 3500 + text.length * 30);
}

function adopt(view) {
  const known = chats.get(view.person.id) ?? { messages: new Map(), waiting: new Map(), unread: 0, loaded: false };
  const messages = view.messages ? new Map(view.messages.map((message) => [message.id, message])) : known.messages;
  chats.set(view.person.id, { ...known, ...view, messages, last: view.last ?? known.last });
  return chats.get(view.person.id);
}

async function reload() {
  bot = await get("bot");
  for (const view of await get("people")) {
    const old = chats.get(view.person.id);
    const fresh = adopt(view);
    const missed = old && view.last && view.last.from === "bot" && view.last.id !== old.last?.id;
    if (missed && view.person.id !== current) fresh.unread += 1;
    fresh.loaded = false;
  }
  const remembered = Number(location.hash.slice(1) || sessionStorage.getItem("person"));
  await open(chats.has(current) ? current : chats.has(remembered) ? remembered : [...chats.keys()][0], !current);
}

async function open(id, quietly = false) {
  if (id === undefined) return;
  current = id;
  sessionStorage.setItem("person", id);
  if (!quietly) document.body.classList.add("in-chat");
  let view, before;
  do { // what arrives while the chat is fetched may be missing from the answer
    before = arrived;
    view = await get(`people/${id}/chat`);
  } while (before !== arrived);
  if (current !== id) return;
  const chat = adopt(view);
  chat.loaded = true;
  chat.unread = 0;
  $("bot-name").textContent = $("empty-title").textContent = bot.name;
  for (const place of ["bot-avatar", "empty-avatar"]) avatar($(place), bot.name);
  $("empty-text").textContent = bot.descriptions[chat.person.language_code] || bot.descriptions["-"] || t("empty_text");
  document.title = `${chat.person.name} · ${bot.name}`;
  delete $("messages").dataset.day;
  drawAll($("messages"), chat);
  drawPeople();
  drawState();
  toBottom();
  if (!quietly && matchMedia("(min-width: 761px)").matches) $("text").focus();
}

function drawPeople() {
  people($("people"), chats, current, (id) => open(id));
}

function drawState() {
  const chat = page.chat();
  const status = $("status");
  const acting = chat.action && { typing: 1, upload_photo: 1, upload_document: 1 }[chat.action] ? chat.action : "other";
  status.classList.toggle("acting", Boolean(chat.action));
  status.textContent = chat.action ? t(`action_${acting}`)
    : chat.blocked ? t("blocked") : bot.id ? t("as", { name: chat.person.name }) : t("no_bot");
  $("block").textContent = t(chat.blocked ? "unblock" : "block");
  const empty = ![...chat.messages.values()].some((message) => !message.deleted);
  $("empty").hidden = !empty;
  composer.draw(empty);
}

function nearBottom() {
  const box = $("scroll");
  return box.scrollHeight - box.scrollTop - box.clientHeight < 120;
}

function toBottom() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

const events = {
  reload,
  people: reload,
  commands: async () => {
    bot = await get("bot");
    if (page.chat()) await open(current, true);
  },
  chat: ({ chat }) => {
    adopt(chat);
    if (chat.person.id === current) drawState();
  },
  message: ({ chat: view, message }) => {
    arrived += 1;
    const chat = adopt(view);
    const fresh = !chat.messages.has(message.id);
    chat.messages.set(message.id, message);
    chat.last = message;
    if (view.person.id !== current) {
      if (fresh && message.from === "bot") chat.unread += 1;
    } else {
      const follow = nearBottom() || message.from === "person";
      drawOne($("messages"), message, chat);
      if (!bot.id) get("bot").then((answer) => { bot = answer; drawState(); });
      drawState();
      if (follow) toBottom();
    }
    drawPeople();
  },
  action: ({ chat: view, action }) => {
    const chat = adopt(view);
    clearTimeout(chat.timer);
    chat.timer = setTimeout(() => {
      if (chats.get(view.person.id).action !== action) return;
      chats.get(view.person.id).action = "";
      if (view.person.id === current) drawState();
    }, 5000);
    if (view.person.id === current) drawState();
  },
  toast: ({ person, toast }) => {
    const chat = chats.get(person);
    released(chat, toast.message_id);
    if (person !== current) return;
    if (toast.url) follow(toast.url);
    if (!toast.text) return;
    if (!toast.alert) return notice(toast.text);
    $("alert-text").textContent = toast.text;
    $("alert").showModal();
  },
};

function released(chat, messageId) {
  if (!chat?.waiting.delete(messageId)) return;
  const message = chat.messages.get(messageId);
  if (message && chat.person.id === current) drawOne($("messages"), message, chat);
}

function listen() {
  const source = new EventSource("/sandbox/events");
  source.addEventListener("hello", async () => {
    $("offline").hidden = true;
    await reload();
    delete document.body.dataset.loading;
  });
  source.addEventListener("error", () => { $("offline").hidden = false; });
  for (const [name, handler] of Object.entries(events)) {
    source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
  }
}

async function press(node) {
  const chat = page.chat();
  const message = chat.messages.get(Number(node.closest(".message").dataset.id));
  const [line, column] = node.dataset.place.split(".").map(Number);
  const button = message.keyboard[line][column];
  if (button.url) return follow(button.url);
  if (button.copy_text) {
    await navigator.clipboard?.writeText(button.copy_text.text);
    return notice(t("copied"));
  }
  if (chat.waiting.has(message.id)) return;
  chat.waiting.set(message.id, node.dataset.place);
  drawOne($("messages"), message, chat);
  // A bot that never answers must not keep the button waiting for ever; real apps give up too.
  setTimeout(() => released(chats.get(chat.person.id), message.id), 15_000);
  const done = await perform(() => post(`people/${current}/tap`, { data: button.callback_data, message_id: message.id }));
  if (!done) released(chat, message.id);
}

function follow(url) {
  const link = /^(?:https?:\/\/)?t\.me\/([A-Za-z0-9_]+)\/?(?:\?(.*))?$/.exec(url);
  const own = link && (link[1].toLowerCase() === bot.username.toLowerCase() || link[2]?.startsWith("start="));
  if (!own) return window.open(url, "_blank", "noopener");
  page.say(`/start ${new URLSearchParams(link[2] ?? "").get("start") ?? ""}`.trim());
}

function toggleQuote(node) {
  if (node.classList.contains("spoiler")) return node.classList.add("open");
  node.setAttribute("aria-expanded", String(node.classList.toggle("open")));
}

function wire() {
  const list = $("messages");
  list.addEventListener("click", (event) => {
    const key = event.target.closest(".key");
    if (key) return press(key);
    const picture = event.target.closest("[data-picture]");
    if (picture) {
      $("picture-image").src = picture.dataset.picture;
      return $("picture").showModal();
    }
    const link = event.target.closest("a");
    if (link?.dataset.command) {
      event.preventDefault();
      return page.say(link.dataset.command);
    }
    if (link && /^https?:\/\/t\.me\//.test(link.href)) {
      event.preventDefault();
      return follow(link.href);
    }
    const hidden = event.target.closest(".spoiler:not(.open), blockquote.can-open");
    if (hidden && !link) toggleQuote(hidden);
  });
  list.addEventListener("keydown", (event) => {
    if (!["Enter", " "].includes(event.key) || !event.target.matches(".spoiler, blockquote.can-open")) return;
    event.preventDefault();
    toggleQuote(event.target);
  });
  $("scroll").addEventListener("scroll", () => { $("down").hidden = nearBottom(); });
  $("down").addEventListener("click", toBottom);
  // Pictures grow the list after it was scrolled to its end.
  list.addEventListener("load", (event) => {
    if (event.target.tagName === "IMG" && $("down").hidden) toBottom();
  }, true);
  $("back").addEventListener("click", () => document.body.classList.remove("in-chat"));
  $("alert-ok").addEventListener("click", () => $("alert").close());
  $("picture").addEventListener("click", () => $("picture").close());
  $("block").addEventListener("click", () => {
    perform(() => post(`people/${current}/block`, { blocked: !page.chat().blocked }));
    composer.closePanels();
  });
  $("deep-link").addEventListener("submit", (event) => {
    event.preventDefault();
    const payload = $("payload").value.trim().replace(/^.*[?&]start=/, "");
    if (payload) page.say(`/start ${payload}`);
    $("payload").value = "";
    composer.closePanels();
  });
}

await loadTexts();
composer = startComposer(page);
wire();
listen();
