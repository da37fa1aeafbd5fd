/* The hall's page renews its code and its number by itself; without scripts it reloads. */
const turning = document.querySelector("[data-turning]");
const LIVES = 100_000;
const EVERY = 3000;
let renewed = Date.now();

async function turn() {
  try {
    const answer = await fetch(turning.dataset.turning, { redirect: "error", signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-shows]");
    const shown = turning.querySelector("[data-shows]");
    if (!shown || shown.dataset.shows !== fresh.dataset.shows) {
      turning.replaceChildren(fresh);
      const digits = fresh.dataset.shows;
      document.querySelector("[data-digits]").textContent = `${digits.slice(0, 3)} ${digits.slice(3)}`;
    }
    const count = document.querySelector("[data-count]");
    if (count.textContent !== fresh.dataset.here) count.textContent = fresh.dataset.here;
    renewed = Date.now();
  } catch {
    /* The line is gone for a moment: the next try comes soon. */
  }
  const old = Date.now() - renewed > LIVES;
  turning.hidden = old;
  document.querySelector("[data-digits]").hidden = old;
  document.querySelector("[data-stale]").hidden = !old;
}
if (turning) setInterval(turn, EVERY);
