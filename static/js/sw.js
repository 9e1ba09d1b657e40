// Caches static files and the offline page, and nothing else: no page, no answer, no picture that belongs to a patient.
// Served at /sw.js, where the server puts VERSION and ASSETS before it: VERSION changes with the static files, so that old ones are dropped.

const CACHE = `static-${VERSION}`;
const OFFLINE = "/offline/";
// Only names that carry a digest of their content may be kept for good.
const HASHED = /^\/static\/.*\.[0-9a-f]{12}\.\w+$/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([new Request(OFFLINE, { cache: "reload" }), ...ASSETS])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((keys) => Promise.all(keys.filter((key) => key !== CACHE).map((key) => caches.delete(key)))).then(() => self.clients.claim()),
  );
});

async function cachedFirst(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (HASHED.test(url.pathname)) event.respondWith(cachedFirst(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
});

// A push says only that something waits, never about whom.
self.addEventListener("push", (event) => {
  const said = event.data?.json() ?? {};
  event.waitUntil(self.registration.showNotification(said.title ?? "", { body: said.body, tag: said.tag, icon: said.icon, data: { url: said.url ?? "/" }, requireInteraction: Boolean(said.urgent) }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  event.waitUntil(
    clients.matchAll({ type: "window" }).then((open) => {
      const page = open.find((client) => "focus" in client);
      return page ? page.focus().then(() => page.navigate(url)) : clients.openWindow(url);
    }),
  );
});
