// Messages as nodes. A message's HTML comes escaped from the server, everything else is set as text.

import { clock, day, size, t } from "/api.js";

export function el(tag, name = "", text = "") {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text) node.textContent = text;
  return node;
}

export function avatar(node, name, id) {
  const words = name.split(/\s+/).filter(Boolean);
  node.textContent = words.slice(0, 2).map((word) => [...word][0]).join("");
  if (id !== undefined) node.classList.add(`tone${id % 7}`);
}

export function summary(message) {
  if (!message) return "";
  const line = message.text || t(`kind_${message.kind}`);
  return message.from === "bot" ? line : t("you", { text: line });
}

export function drawAll(list, chat) {
  list.replaceChildren();
  for (const message of chat.messages.values()) if (!message.deleted) list.append(...withDay(list, message, chat));
  for (const quote of list.querySelectorAll("blockquote.expandable")) measure(quote);
}

// Puts a new, changed or deleted message in its place; true when it is a new one.
export function drawOne(list, message, chat) {
  const old = list.querySelector(`[data-id="${message.id}"]`);
  if (message.deleted) {
    old?.remove();
    return false;
  }
  const node = draw(message, chat);
  if (old) {
    node.classList.toggle("joined", old.classList.contains("joined"));
    node.style.animation = "none";
    const focused = old.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    old.replaceWith(node);
    if (focused) node.querySelector(`[data-place="${focused}"]`)?.focus();
  } else {
    list.append(...withDay(list, message, chat, node));
  }
  for (const quote of node.querySelectorAll("blockquote.expandable")) measure(quote);
  return !old;
}

function withDay(list, message, chat, node = draw(message, chat)) {
  const label = day(message.date);
  const nodes = [node];
  const last = list.lastElementChild;
  if (list.dataset.day !== label || !last) {
    list.dataset.day = label;
    const line = el("li", "day");
    line.append(el("span", "", label));
    nodes.unshift(line);
  } else if (last.dataset.from === message.from) {
    node.classList.add("joined");
  }
  return nodes;
}

function draw(message, chat) {
  const item = el("li", "message");
  item.dataset.id = message.id;
  item.dataset.from = message.from;
  item.classList.toggle("own", message.from === "person");
  item.classList.toggle("edited", message.edited);
  const bubble = el("div", "bubble");
  if (message.forwarded) bubble.append(el("span", "forwarded", t("forwarded")));
  if (message.reply_to) bubble.append(el("span", "quote", message.reply_to.text || "…"));
  bubble.append(...content(message));
  if (message.text) {
    const text = el("div", "text");
    // A line break after a block would show as an empty line.
    text.innerHTML = message.html.replace(/<\/(blockquote|pre)>\n/g, "</$1>");
    bubble.append(text);
  } else {
    bubble.classList.add("no-text");
  }
  bubble.classList.toggle("has-photo", message.kind === "photo");
  const stamp = el("time", "stamp", (message.edited ? `${t("edited")} ` : "") + clock(message.date));
  stamp.dateTime = new Date(message.date * 1000).toISOString();
  bubble.append(stamp);
  if (message.reactions.length) {
    const row = el("div", "reactions");
    row.append(...message.reactions.map((emoji) => el("span", "", emoji)));
    bubble.append(row);
  }
  item.append(bubble);
  if (message.keyboard.length) {
    item.classList.add("with-keys");
    item.append(keyboard(message, chat.waiting.get(message.id)));
  }
  return item;
}

function content(message) {
  if (message.kind === "photo") {
    const button = el("button", "photo");
    button.type = "button";
    button.dataset.picture = message.photo.url;
    button.setAttribute("aria-label", t("open_picture"));
    const image = el("img");
    image.src = message.photo.url;
    image.width = message.photo.width;
    image.height = message.photo.height;
    image.alt = message.text || t("kind_photo");
    button.append(image);
    return [button];
  }
  if (message.kind === "document") {
    const link = el("a", "file");
    link.href = message.document.url;
    link.download = message.document.name;
    const parts = message.document.name.split(".");
    const sign = el("span", "sign", parts.length > 1 ? parts.at(-1).slice(0, 4) : "?");
    sign.setAttribute("aria-hidden", "true");
    const about = el("span");
    about.append(el("b", "", message.document.name));
    about.append(el("small", "", `${size(message.document.size)} · ${t("download")}`));
    link.append(sign, about);
    return [link];
  }
  if (message.kind === "text") return [];
  const detail = message.contact?.phone_number ?? message[message.kind]?.emoji ?? "";
  return [el("span", "odd", `${t(`kind_${message.kind}`)} ${detail}`.trim())];
}

function keyboard(message, waiting) {
  const box = el("div", "inline-keys");
  message.keyboard.forEach((row, line) => {
    const keys = el("div", "row");
    row.forEach((button, column) => {
      const key = el("button", `key ${button.style ?? ""}`, button.text);
      key.type = "button";
      key.dataset.place = `${line}.${column}`;
      if (button.url) key.dataset.sign = "\u2197";
      if (button.copy_text) key.classList.add("copy");
      if (waiting && button.callback_data) {
        key.setAttribute("aria-disabled", "true");
        key.classList.toggle("waiting", waiting === key.dataset.place);
      }
      keys.append(key);
    });
    box.append(keys);
  });
  return box;
}

function measure(quote) {
  if (quote.scrollHeight <= quote.clientHeight + 4) return;
  quote.classList.add("can-open");
  quote.tabIndex = 0;
  quote.setAttribute("role", "button");
  quote.setAttribute("aria-expanded", "false");
}

export function people(list, chats, current, pick) {
  const nodes = [...chats.values()].map((chat) => {
    const item = el("li");
    const button = el("button", "person");
    button.type = "button";
    if (chat.person.id === current) button.setAttribute("aria-current", "true");
    const face = el("span", "avatar");
    face.setAttribute("aria-hidden", "true");
    avatar(face, chat.person.name, chat.person.id);
    const lines = el("span", "lines");
    const top = el("span", "top");
    top.append(el("b", "", chat.person.name));
    const last = [...chat.messages.values()].reverse().find((message) => !message.deleted) ?? chat.last;
    if (last) top.append(el("time", "", clock(last.date)));
    const bottom = el("span", "bottom");
    if (last) bottom.append(el("span", "said", summary(last)));
    if (chat.unread) {
      const badge = el("span", "badge", String(chat.unread));
      badge.setAttribute("aria-label", t("unread", { n: chat.unread }));
      bottom.append(badge);
    }
    lines.append(top, el("span", "about", chat.person.about), bottom);
    button.append(face, lines);
    button.addEventListener("click", () => pick(chat.person.id));
    item.append(button);
    return item;
  });
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...nodes);
  if (focused) list.querySelector('[aria-current="true"]')?.focus();
}
