/* The check-in page's number grows by itself; without scripts a reload shows it. */
const number = document.querySelector("[data-count]");
async function refresh() {
  try {
    const answer = await fetch(number.dataset.count, { headers: { Accept: "text/plain" }, redirect: "error" });
    if (answer.ok) {
      const text = (await answer.text()).trim();
      if (/^\d{1,6}$/.test(text) && text !== number.textContent) number.textContent = text;
    }
  } catch {
    /* The line is gone for a moment: the next try comes soon. */
  }
}
if (number) setInterval(refresh, 3000);
