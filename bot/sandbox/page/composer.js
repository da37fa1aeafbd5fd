// What one writes with: the field, files, the menus and the bot's reply keyboard.

import { post, size, t } from "/api.js";
import { el } from "/view.js";

const $ = (id) => document.getElementById(id);
const LARGEST = 50 * 1024 * 1024;
const PANELS = { menu: "menu-panel", attach: "attach-panel", more: "more-panel" };

export function startComposer(page) {
  let files = [];
  let asPhoto = false;

  function grow() {
    const field = $("text");
    field.style.height = "auto";
    // Nothing can be measured while the people's list covers the chat on a phone.
    if (field.scrollHeight) field.style.height = `${field.scrollHeight}px`;
    $("send").disabled = !field.value.trim() && !files.length;
  }

  function drawFiles() {
    $("attached").hidden = !files.length;
    $("attached").replaceChildren(...files.map((file) => {
      const item = el("li");
      const remove = el("button", "icon", "\u00d7");
      remove.type = "button";
      remove.setAttribute("aria-label", t("remove"));
      remove.addEventListener("click", () => { files = files.filter((other) => other !== file); drawFiles(); });
      item.append(el("span", "", file.name), el("small", "", size(file.size)), remove);
      return item;
    }));
    grow();
  }

  function add(chosen, pictures) {
    for (const file of chosen) {
      if (file.size > LARGEST) page.notice(t("too_big", { name: file.name }));
      else files.push(file);
    }
    asPhoto = pictures;
    drawFiles();
    $("text").focus();
  }

  async function submit() {
    const text = $("text").value.trim();
    if (!files.length && !text) return;
    if (!files.length) {
      $("text").value = "";
      grow();
      if (!await page.say(text) && !$("text").value) $("text").value = text;
      return grow();
    }
    const form = new FormData();
    form.append("caption", text);
    form.append("as", asPhoto ? "photo" : "document");
    files.forEach((file, number) => form.append(`file${number}`, file, file.name));
    const done = await page.perform(() => post(`people/${page.chat().person.id}/files`, form));
    if (!done) return;
    files = [];
    $("text").value = "";
    drawFiles();
  }

  function toggle(name) {
    const shown = $(PANELS[name]).hidden;
    closePanels();
    if (!shown) return;
    if (name === "menu") drawMenu();
    $(PANELS[name]).hidden = false;
    $(name).setAttribute("aria-expanded", "true");
    $(PANELS[name]).querySelector("input, button")?.focus();
  }

  function closePanels() {
    for (const [button, panel] of Object.entries(PANELS)) {
      if ($(panel).contains(document.activeElement)) $(button).focus();
      $(panel).hidden = true;
      $(button).setAttribute("aria-expanded", "false");
    }
  }

  function drawMenu() {
    const commands = page.chat().commands ?? [];
    if (!commands.length) return $("menu-panel").replaceChildren(el("p", "none", t("menu_none")));
    $("menu-panel").replaceChildren(...commands.map(({ command, description }) => {
      const line = el("button", "line command-line");
      line.type = "button";
      line.append(el("code", "", `/${command}`), el("span", "", description));
      line.addEventListener("click", () => { closePanels(); page.say(`/${command}`); $("text").focus(); });
      return line;
    }));
  }

  function drawKeys(keyboard) {
    $("keys").hidden = !keyboard;
    const rows = (keyboard?.keyboard ?? []).map((row) => {
      const line = el("div", "row");
      line.append(...row.map((button) => {
        const key = el("button", `key ${button.style ?? ""}`, button.text);
        key.type = "button";
        key.addEventListener("click", () => page.pressKey(button.text));
        return key;
      }));
      return line;
    });
    $("keys").replaceChildren(...rows);
    $("text").placeholder = keyboard?.input_field_placeholder || t("write");
  }

  for (const name of Object.keys(PANELS)) $(name).addEventListener("click", () => toggle(name));
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".panel, #menu, #attach, #more")) closePanels();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closePanels(); });
  $("text").addEventListener("input", grow);
  $("text").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  $("write").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  $("start").addEventListener("click", () => {
    const { blocked, person } = page.chat();
    if (blocked) page.perform(() => post(`people/${person.id}/block`, { blocked: false }));
    else page.say("/start");
  });
  for (const button of document.querySelectorAll("[data-pick]")) {
    button.addEventListener("click", () => {
      $("files").accept = button.dataset.pick === "photo" ? "image/*" : "";
      $("files").dataset.as = button.dataset.pick;
      closePanels();
      $("files").click();
    });
  }
  for (const button of document.querySelectorAll("[data-odd]")) {
    button.addEventListener("click", () => {
      closePanels();
      page.perform(() => post(`people/${page.chat().person.id}/odd`, { kind: button.dataset.odd }));
    });
  }
  $("files").addEventListener("change", () => {
    add([...$("files").files], $("files").dataset.as === "photo");
    $("files").value = "";
  });
  const drop = document.querySelector(".chat");
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => { event.preventDefault(); add([...event.dataTransfer.files], false); });
  $("text").addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) add([...event.clipboardData.files], true);
  });
  grow();

  return {
    closePanels,
    draw(empty) {
      const chat = page.chat();
      $("start").hidden = !(empty || chat.blocked);
      $("start").textContent = t(chat.blocked ? "unblock" : "start");
      drawKeys(chat.keyboard);
    },
  };
}
