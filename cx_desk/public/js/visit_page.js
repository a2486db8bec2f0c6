// The phone page of a visit. What is written goes into an outbox on the phone first, each entry with an id of its own,
// and is sent from there: once, in order, with a token asked for just before. Nothing is lost without reception.
(() => {
	const user = document.body.dataset.user;
	const visits = JSON.parse(document.body.dataset.visits);
	const texts = JSON.parse(document.body.dataset.texts);
	const $ = (id) => document.getElementById(id);
	const LARGEST = 15 * 1024 * 1024;
	const LONGEST_SIDE = 1600;
	const KEEP_SENT = 24 * 3600 * 1000;
	const state = { offline: false, signedOut: false, sending: null, persistent: true };

	// The outbox: IndexedDB, or the page's own memory where the browser keeps nothing.

	const memory = new Map();
	const opened = new Promise((resolve) => {
		try {
			const request = indexedDB.open("cx-visit", 1);
			request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "id" });
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => resolve(null);
			request.onblocked = () => resolve(null);
		} catch {
			resolve(null);
		}
	});

	async function store(mode, act, fallback) {
		const database = await opened;
		if (!database) {
			state.persistent = false;
			return fallback();
		}
		return new Promise((resolve, reject) => {
			const transaction = database.transaction("outbox", mode);
			const request = act(transaction.objectStore("outbox"));
			transaction.oncomplete = () => resolve(request.result);
			transaction.onerror = transaction.onabort = () => reject(transaction.error);
		});
	}

	const put = (entry) => store("readwrite", (box) => box.put(entry), () => memory.set(entry.id, entry));
	const drop = (id) => store("readwrite", (box) => box.delete(id), () => memory.delete(id));
	const all = async () => {
		const rows = await store("readonly", (box) => box.getAll(), () => [...memory.values()]);
		return rows.sort((one, other) => one.at - other.at);
	};

	function newId() {
		if (crypto.randomUUID) return crypto.randomUUID();
		return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
	}

	// Sending.

	async function send() {
		if (state.sending) return state.sending;
		state.sending = (navigator.locks ? navigator.locks.request("cx-visit-outbox", sendAll) : sendAll()).catch(() => {}).finally(() => {
			state.sending = null;
			draw();
		});
		draw();
		return state.sending;
	}

	async function sendAll() {
		const waiting = (await all()).filter((entry) => entry.state === "waiting" && entry.user === user);
		if (!waiting.length) {
			state.offline = false;
			return;
		}
		let token = await freshToken();
		for (const entry of waiting) {
			if (!token) return;
			let outcome = await post(entry, token);
			if (outcome === "token") {
				token = await freshToken();
				if (!token) return;
				outcome = await post(entry, token);
			}
			if (outcome !== "done") return;
			draw();
		}
	}

	async function freshToken() {
		try {
			const response = await fetch("/api/method/cx_desk.api.visits.fresh_token", { headers: { Accept: "application/json" }, cache: "no-store" });
			state.offline = response.status >= 500;
			state.signedOut = response.status === 401 || response.status === 403;
			if (!response.ok) return null;
			const { message } = await response.json();
			state.signedOut = message.user !== user;
			return state.signedOut ? null : message.csrf_token;
		} catch {
			state.offline = true;
			return null;
		}
	}

	// "done": taken or refused, on to the next. "token": ask for a new one. "later": no reception.
	async function post(entry, token) {
		const form = new FormData();
		form.append("visit", entry.visit);
		form.append("entry", entry.id);
		form.append("kind", entry.kind);
		form.append("statement", entry.statement || "");
		form.append("who", entry.who || "");
		form.append("at", new Date(entry.at).toISOString());
		if (entry.photo) form.append("photo", entry.photo, "photo.jpg");
		let response;
		try {
			response = await fetch("/api/method/cx_desk.api.visits.take_entry", {
				method: "POST",
				body: form,
				headers: { Accept: "application/json", "X-Frappe-CSRF-Token": token },
			});
		} catch {
			state.offline = true;
			return "later";
		}
		const body = await response.json().catch(() => ({}));
		if (response.ok) {
			const { ticket, state: became } = body.message || {};
			await put({ ...entry, state: "sent", photo: null, had_photo: Boolean(entry.photo), ticket, why: "" });
			const visit = visits.find((row) => row.name === entry.visit);
			if (visit && entry.kind === "Begin") visit.begun = true;
			if (visit && entry.kind === "End") visit.state = became || "Held";
			return "done";
		}
		if (response.status === 400 && (body.exc_type || "").includes("CSRF")) return "token";
		if (response.status === 401) {
			state.signedOut = true;
			return "later";
		}
		if (response.status >= 500 || response.status === 408 || response.status === 409 || response.status === 429) {
			state.offline = true;
			return "later";
		}
		// What the server in front takes no more of has no message of ours.
		const why = response.status === 413 ? texts.photo_large : texts.failed;
		await put({ ...entry, state: "refused", why: messageOf(body) || why });
		return "done";
	}

	// The host sends messages as JSON in JSON, and may put HTML into them; only their text is shown.
	function messageOf(body) {
		try {
			const raw = JSON.parse(body._server_messages).map((one) => JSON.parse(one).message);
			return new DOMParser().parseFromString(raw.join(" "), "text/html").body.textContent.trim();
		} catch {
			return "";
		}
	}

	// The screen.

	const chosen = () => visits.find((visit) => visit.name === $("visit").value);
	const kind = () => document.querySelector("input[name=kind]:checked").value;
	const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_match, index) => values[index]);

	function showVisit() {
		const visit = chosen();
		if (!visit) return;
		$("about").textContent = [visit.when, visit.place].filter(Boolean).join(" · ");
		$("people").replaceChildren(
			...visit.people.map(({ name, address }) => Object.assign(document.createElement("option"), { value: address || name, label: address ? name : "" }))
		);
		$("questions").replaceChildren(...visit.questions.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
		$("aim").textContent = visit.aim;
		$("asked").hidden = !visit.questions.length && !visit.aim;
		$("record").href = `/app/cx-visit/${encodeURIComponent(visit.name)}`;
		draw();
	}

	async function draw() {
		const rows = await all();
		const visit = chosen();
		const mine = rows.filter((entry) => entry.user === user);
		const waiting = mine.filter((entry) => entry.state === "waiting");
		const others = rows.filter((entry) => entry.user !== user && entry.state === "waiting");
		const lines = [];
		if (state.signedOut && waiting.length) lines.push(fill(texts.signed_out, waiting.length));
		else if (waiting.length) lines.push(fill(texts.some_wait, waiting.length));
		else if (mine.some((entry) => entry.state === "sent")) lines.push(texts.all_sent);
		if (others.length) lines.push(fill(texts.other_user, others.length));
		if (!window.isSecureContext) lines.push(texts.no_https);
		if (!state.persistent) lines.push(texts.no_storage);
		$("state").textContent = lines.join(" ");
		$("state").className = "state" + (state.signedOut && waiting.length ? " bad" : waiting.length || others.length || !window.isSecureContext ? " waiting" : "");
		if (state.signedOut && waiting.length) {
			const link = Object.assign(document.createElement("a"), { href: "/login?redirect-to=/cx/visit", textContent: " →" });
			$("state").append(link);
		}
		const here = mine.filter((entry) => visit && entry.visit === visit.name).reverse();
		$("kept-title").hidden = !here.length;
		$("kept").replaceChildren(...here.map(item));
		const asked = (name) => here.some((entry) => entry.kind === name && entry.state !== "refused");
		const over = visit && visit.state !== "Planned";
		$("run").hidden = !visit || over || asked("End");
		$("begin").hidden = Boolean(visit && (visit.begun || asked("Begin")));
		$("end").hidden = !$("begin").hidden;
	}

	function item(entry) {
		const row = document.createElement("li");
		row.className = entry.state;
		row.dataset.entry = entry.id;
		const words = { Begin: texts.begun, End: texts.ended }[entry.kind] || entry.statement;
		row.append(Object.assign(document.createElement("div"), { textContent: words }));
		const time = new Date(entry.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
		const status = entry.state === "waiting" && state.sending && !state.offline ? texts.sending : texts[entry.state];
		const about = [time, entry.typed || entry.who, entry.photo || entry.had_photo ? texts.photo : "", entry.ticket ? `${texts.ticket} ${entry.ticket}` : "", status];
		row.append(Object.assign(document.createElement("span"), { className: "soft", textContent: about.filter(Boolean).join(" · ") }));
		if (entry.state === "refused") {
			row.append(Object.assign(document.createElement("p"), { className: "why", textContent: entry.why }));
			const again = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: texts.edit });
			again.addEventListener("click", () => correct(entry));
			const away = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: texts.discard });
			away.addEventListener("click", async () => {
				if (!window.confirm(texts.sure)) return;
				await drop(entry.id);
				draw();
			});
			if (!["Begin", "End"].includes(entry.kind)) row.append(again);
			row.append(away);
		}
		return row;
	}

	let correcting = null;
	let photo = null;

	function correct(entry) {
		correcting = entry.id;
		$("statement").value = entry.statement || "";
		$("who").value = entry.typed || entry.who || "";
		document.querySelector(`input[name=kind][value="${entry.kind}"]`).checked = true;
		setPhoto(entry.photo || null);
		hint();
		$("statement").focus();
		window.scrollTo({ top: 0 });
	}

	function setPhoto(file) {
		photo = file;
		$("photo-name").textContent = file ? file.name || texts.photo : "";
		$("photo-off").hidden = !file;
		if (!file) $("photo").value = "";
	}

	// Made small on the phone already: less to keep and to send with bad reception, and place and device stay here.
	// Where the browser cannot do it, the photo goes as it is; the site makes it small and checks it in any case.
	async function made_small(file) {
		try {
			const picture = await createImageBitmap(file);
			const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
			const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
			canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
			const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
			return small && small.size < file.size ? new File([small], file.name, { type: "image/jpeg" }) : file;
		} catch {
			return null;
		}
	}

	function hint() {
		const now = kind();
		$("who-hint").textContent = now === "Seen" ? $("who-hint").dataset.seen : now === "Ticket" ? $("who-hint").dataset.ticket : "";
		$("who").inputMode = now === "Ticket" ? "email" : "text";
	}

	// Whose name is known there need not be typed as an address.
	function address_of(who) {
		const wanted = who.toLowerCase();
		const known = chosen().people.filter((person) => person.address && person.name.toLowerCase() === wanted);
		return known.length === 1 ? known[0].address : who;
	}

	function say(text, good) {
		$("answer").textContent = text;
		$("answer").className = "answer" + (good ? " good" : "");
	}

	async function keep(entry) {
		await put({ id: newId(), user, at: Date.now(), state: "waiting", why: "", ...entry });
		await draw();
		send();
	}

	$("entry").addEventListener("submit", async (event) => {
		event.preventDefault();
		const statement = $("statement").value.trim();
		const typed = $("who").value.trim();
		const who = address_of(typed);
		if (!statement) return say(texts.need_words), $("statement").focus();
		if (kind() === "Ticket" && !/^[^\s@]+@[^\s@]+$/.test(who)) return say(texts.need_address), $("who").focus();
		if (kind() !== "Seen" && !who) return say(texts.need_who), $("who").focus();
		const entry = { ...(correcting ? { id: correcting } : {}), visit: chosen().name, kind: kind(), statement, who, typed, photo, at: Date.now() };
		// The form is free for the next sentence at once; what cannot be kept comes back into it.
		correcting = null;
		$("statement").value = "";
		setPhoto(null);
		say(texts.kept, true);
		$("statement").focus();
		try {
			if (entry.photo) entry.photo = (await made_small(entry.photo)) || entry.photo;
			await keep(entry);
		} catch {
			correct({ ...entry, id: entry.id || null });
			say(texts.failed);
		}
	});

	$("photo").addEventListener("change", async () => {
		const [file] = $("photo").files;
		if (!file) return;
		if (!["image/jpeg", "image/png", "image/webp"].includes(file.type)) return setPhoto(null), say(texts.photo_none);
		if (file.size > LARGEST) return setPhoto(null), say(texts.photo_large);
		setPhoto(file);
		say("", true);
		if (await made_small(file)) return;
		// What the browser cannot open as a picture, the site would refuse.
		if (photo === file && "createImageBitmap" in window) setPhoto(null), say(texts.photo_none);
	});
	$("photo-off").addEventListener("click", () => setPhoto(null));
	$("begin").addEventListener("click", () => keep({ visit: chosen().name, kind: "Begin" }));
	$("end").addEventListener("click", () => keep({ visit: chosen().name, kind: "End" }));
	document.querySelectorAll("input[name=kind]").forEach((input) => input.addEventListener("change", hint));
	$("visit").addEventListener("change", showVisit);
	window.addEventListener("online", send);
	document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
	setInterval(send, 15000);

	async function forgetOld() {
		for (const entry of await all()) if (entry.state === "sent" && Date.now() - entry.at > KEEP_SENT) await drop(entry.id);
	}

	async function start() {
		$("visit").replaceChildren(...visits.map((visit) => Object.assign(document.createElement("option"), { value: visit.name, textContent: `${visit.title}, ${visit.when}` })));
		const wanted = new URLSearchParams(location.search).get("name");
		if (visits.some((visit) => visit.name === wanted)) $("visit").value = wanted;
		$("on-visit").hidden = !visits.length;
		$("empty").hidden = visits.length > 0;
		await forgetOld();
		showVisit();
		hint();
		send();
		if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
		await navigator.serviceWorker.register("/cx/visit_worker.js", { scope: "/cx/" });
		const ready = await navigator.serviceWorker.ready;
		const files = [...document.querySelectorAll("script[src], link[href]")].map((node) => node.src || node.href);
		ready.active.postMessage({ keep: [location.href, ...files] });
	}

	start();
})();
