// The service worker of the phone page: opens the page and its files when there is no reception. It sends nothing
// itself; the page's outbox does, so that every entry goes out once and with a fresh token.
const CACHE = "cx-visit-1";
const PAGE = "/cx/visit";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
	const old = caches.keys().then((keys) => Promise.all(keys.filter((key) => key.startsWith("cx-visit-") && key !== CACHE).map((key) => caches.delete(key))));
	event.waitUntil(old.then(() => self.clients.claim()));
});

// The page names its files once it runs: the first visit is not yet seen by this worker.
self.addEventListener("message", (event) => {
	if (!event.data || !Array.isArray(event.data.keep)) return;
	const ours = event.data.keep.filter((url) => isOurs(new URL(url)));
	event.waitUntil(Promise.all(ours.map((url) => fetch(url).then((response) => keep(new Request(url), response)).catch(() => null))));
});

self.addEventListener("fetch", (event) => {
	const url = new URL(event.request.url);
	if (event.request.method !== "GET" || !isOurs(url)) return;
	event.respondWith(newestOrKept(event.request, url));
});

function isOurs(url) {
	return url.origin === self.location.origin && (url.pathname === PAGE || url.pathname.startsWith("/assets/cx_desk/"));
}

// One copy of the page, whatever visit it was opened for: the choice is made in the page.
function keyOf(request) {
	const url = new URL(request.url);
	return url.pathname === PAGE ? PAGE : request.url;
}

async function keep(request, response) {
	const cache = await caches.open(CACHE);
	if (response.ok && !response.redirected) await cache.put(keyOf(request), response.clone());
	// Signed out: what the page showed does not stay on the phone.
	else if (response.status === 403 && keyOf(request) === PAGE) await cache.delete(PAGE);
	return response;
}

async function newestOrKept(request, url) {
	const kept = await (await caches.open(CACHE)).match(keyOf(request));
	if (kept && url.pathname !== PAGE) return kept;
	const newest = fetch(request).then((response) => keep(request, response));
	if (!kept) return newest;
	const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE));
	return Promise.race([newest.catch(() => kept), late]);
}
