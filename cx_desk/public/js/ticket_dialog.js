// The page in the CX dialog on a ticket: opens its small forms, sends them, and fits its frame. No framework.
(() => {
	const { ticket, csrf, failed } = document.body.dataset;
	const frame = frameOf();

	function frameOf() {
		try {
			return window.frameElement;
		} catch {
			return null; // framed by another origin, which the page's headers refuse anyway
		}
	}

	document.documentElement.classList.toggle("framed", Boolean(frame));
	if (frame) {
		const outer = window.parent.document;
		const follow = () => {
			document.documentElement.dataset.theme = outer.documentElement.dataset.theme || "light";
		};
		follow();
		new MutationObserver(follow).observe(outer.documentElement, { attributeFilter: ["data-theme"] });
		const fit = () => {
			const wanted = document.querySelector("main").offsetHeight + 4;
			frame.style.height = Math.min(wanted, window.parent.innerHeight * 0.75) + "px";
		};
		new ResizeObserver(fit).observe(document.querySelector("main"));
		// The dialog listens for Escape in its own document.
		document.addEventListener("keydown", (event) => {
			if (event.key !== "Escape" || event.defaultPrevented) return;
			frame.dispatchEvent(
				new window.parent.KeyboardEvent("keydown", { key: "Escape", code: "Escape", bubbles: true }),
			);
		});
	}

	async function ask(method, values) {
		const response = await fetch("/api/method/" + method, {
			method: "POST",
			headers: {
				"Content-Type": "application/json",
				Accept: "application/json",
				"X-Frappe-CSRF-Token": csrf,
			},
			body: JSON.stringify(values),
		});
		const body = await response.json().catch(() => ({}));
		if (!response.ok) throw new Error(messageOf(body) || failed);
		return body.message;
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

	function toggle(id, open) {
		const panel = document.getElementById(id);
		panel.hidden = !open;
		document.querySelectorAll(`[data-opens="${id}"]`).forEach((opener) => {
			opener.setAttribute("aria-expanded", String(open));
		});
		const first = panel.querySelector("textarea, input, select, button");
		if (open) {
			panel.scrollIntoView({ block: "nearest" });
			if (first) first.focus({ preventScroll: true });
		}
	}

	document.addEventListener("click", (event) => {
		const button = event.target.closest("button");
		if (!button) return;
		const { opens, closes, sends } = button.dataset;
		if (opens) toggle(opens, document.getElementById(opens).hidden);
		if (closes) {
			toggle(closes, false);
			document.querySelector(`[data-opens="${closes}"]`).focus();
		}
		if (sends) send(button.closest("form"), JSON.parse(sends));
	});

	document.addEventListener("keydown", (event) => {
		const panel = event.target.closest && event.target.closest("form.panel");
		if (event.key !== "Escape" || !panel) return;
		event.preventDefault();
		event.stopImmediatePropagation();
		toggle(panel.id, false);
		document.querySelector(`[data-opens="${panel.id}"]`).focus();
	}, true);

	document.addEventListener("submit", (event) => {
		event.preventDefault();
		send(event.target, Object.fromEntries(new FormData(event.target)));
	});

	async function send(form, values) {
		const answer = form.querySelector(".answer");
		// Not by disabling the buttons: a disabled button loses the keyboard's focus.
		if (form.getAttribute("aria-busy") === "true") return;
		form.setAttribute("aria-busy", "true");
		answer.classList.remove("bad");
		answer.textContent = "";
		try {
			const result = await ask(form.dataset.method, { ticket, ...values });
			answer.textContent = (result && result.message) || "";
			if ("clear" in form.dataset) form.reset();
			if ("reload" in form.dataset) window.location.reload();
		} catch (error) {
			answer.classList.add("bad");
			answer.textContent = error.message || failed;
		} finally {
			form.removeAttribute("aria-busy");
			answer.scrollIntoView({ block: "nearest" });
		}
	}

	document.querySelectorAll("[data-finds]").forEach((input) => {
		const list = document.getElementById(input.getAttribute("list"));
		let wanted = 0;
		const find = async () => {
			const mine = ++wanted;
			const names = await ask(input.dataset.finds, { text: input.value }).catch(() => []);
			if (mine !== wanted) return;
			list.replaceChildren(...(names || []).map((name) => new Option(name, name)));
		};
		let pause;
		input.addEventListener("focus", find);
		input.addEventListener("input", () => {
			clearTimeout(pause);
			pause = setTimeout(find, 150);
		});
	});
})();
