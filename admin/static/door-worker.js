/* Keeps the helper's page and what it is made of, so that it opens at a door without a line. Marks are none of its business. */
const NAME = "door-1";

addEventListener("install", () => self.skipWaiting());
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function fresh(request) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    else if (answer.status === 404 && new URL(request.url).pathname.startsWith("/door/")) await caches.delete(NAME);
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const page = pathname.startsWith("/door/") && !pathname.endsWith("/screen") && !pathname.endsWith("/worker.js");
  if (event.request.method === "GET" && origin === location.origin && (page || pathname.startsWith("/static/"))) {
    event.respondWith(fresh(event.request));
  }
});
