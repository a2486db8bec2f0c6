// My business: the page of a liaison's Monday. Draws whatever sections the server gives, all in the same way.

frappe.pages["my-business"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("My business"), single_column: true });
	frappe.require(
		["/assets/cx_desk/js/relationship_dialogs.js", "/assets/cx_desk/css/relationship_dialogs.css"], () => {
		wrapper.my_business = new MyBusiness(page);
		wrapper.my_business.load();
	});
};

frappe.pages["my-business"].on_page_show = function (wrapper) {
	if (wrapper.my_business && wrapper.my_business.shown) wrapper.my_business.load();
};

// What the site says of a refusal, as text; empty where it says nothing.
function said_by(body) {
	try {
		return $("<div></div>").html(JSON.parse(JSON.parse(body._server_messages)[0]).message).text();
	} catch {
		return "";
	}
}

class MyBusiness {
	constructor(page) {
		this.page = page;
		this.everything = false;
		this.body = $(`<div class="cx-business" aria-live="polite"></div>`).appendTo(page.main);
		// The long label would cut the page's title on a phone.
		const label = window.innerWidth < 768 ? __("Log") : __("Log a conversation");
		page.set_primary_action(label, () => this.log()).attr("aria-label", __("Log a conversation"));
		page.add_menu_item(__("Reload"), () => this.load());
		page.add_menu_item(__("Plan a conversation"), () => cx_desk.relationship.plan({}));
	}

	load() {
		if (!this.shown) this.body.html(`<p class="cx-quiet">${__("Loading…")}</p>`);
		// Not by frappe.call: it would lay the host's own dialog over what this page says of an error.
		return fetch(
			`/api/method/cx_desk.api.relationship.my_business?everything=${this.everything ? 1 : 0}`,
			{ headers: { Accept: "application/json" } }
		)
			.then((answer) =>
				answer.json().then((body) => (answer.ok ? this.show(body.message) : this.show_error(said_by(body))))
			)
			.catch(() => this.show_error());
	}

	show_error(why) {
		this.body.empty().append(
			$(`<div class="cx-empty" role="alert"></div>`).append(
				$("<p></p>").text(why || __("The page could not be loaded. What you logged is safe.")),
				$(`<button type="button" class="btn btn-default btn-sm"></button>`)
					.text(__("Try again"))
					.on("click", () => this.load())
			)
		);
	}

	show(data) {
		this.data = data;
		this.shown = true;
		this.body.empty();
		const head = $(`<header class="cx-head"></header>`).appendTo(this.body);
		$("<p></p>").text(data.intro).appendTo(head);
		if (data.may_see_all) {
			$(`<button type="button" class="btn btn-default btn-xs"></button>`)
				.text(this.everything ? __("Only my units") : __("All units"))
				.on("click", () => {
					this.everything = !this.everything;
					this.load();
				})
				.appendTo(head);
		}
		if (data.sample_data) {
			$(`<p class="cx-sample"></p>`).text(__("Sample data: {0}", [data.sample_data])).appendTo(head);
		}
		const grid = $(`<div class="cx-grid"></div>`).appendTo(this.body);
		if (!data.units.length) return;
		// The first section stands alone on the left, the lights below everything; the rest on the right.
		const left = $(`<div class="cx-column"></div>`).appendTo(grid);
		const right = $(`<div class="cx-column"></div>`).appendTo(grid);
		data.sections.forEach((section, index) => {
			const place = section.key === "lights" ? grid : index === 0 || section.key === "planned" ? left : right;
			place.append(this.section(section));
		});
	}

	section(section) {
		const id = `cx-section-${section.key}`;
		const box = $(`<section class="cx-section"></section>`)
			.addClass(`cx-section-${section.key}`)
			.attr("aria-labelledby", id);
		const title = $(`<h2></h2>`).attr("id", id).text(section.title);
		if (section.count) $(`<span class="cx-count"></span>`).text(section.count).appendTo(title);
		box.append(title);
		if (section.intro) $(`<p class="cx-quiet"></p>`).text(section.intro).appendTo(box);
		if (!section.entries.length && section.empty) {
			$(`<p class="cx-empty"></p>`).text(section.empty).appendTo(box);
		}
		const list = $(`<ul></ul>`).appendTo(box);
		const first = section.first || section.entries.length;
		section.entries.slice(0, first).forEach((entry) => list.append(this.entry(entry)));
		if (section.entries.length > first) {
			$(`<button type="button" class="btn btn-default btn-sm cx-all"></button>`)
				.text(__("Show all {0}", [section.entries.length]))
				.on("click", (event) => {
					$(event.currentTarget).remove();
					const rest = section.entries.slice(first).map((entry) => this.entry(entry));
					list.append(rest);
					// Who came here by keyboard goes on with the first of them.
					rest[0].find("a, button").first().trigger("focus");
				})
				.appendTo(box);
		}
		if (section.more) {
			$(`<a class="cx-more"></a>`)
				.attr("href", this.address(section.more.route))
				.text(section.more.text)
				.appendTo(box);
		}
		return box;
	}

	entry(entry) {
		const item = $(`<li class="cx-entry"></li>`);
		const head = $(`<div class="cx-entry-head"></div>`).appendTo(item);
		const title = entry.route
			? $(`<a class="cx-title"></a>`).attr("href", this.address(entry.route))
			: $(`<span class="cx-title"></span>`);
		head.append(title.text(entry.title));
		if (entry.badge) {
			$(`<span class="indicator-pill no-indicator-dot"></span>`)
				.addClass(entry.badge.tone)
				.text(entry.badge.text)
				.appendTo(head);
		}
		if (entry.lights) item.append(this.lights(entry));
		(entry.lines || []).forEach((line, index) => {
			const text = $(`<p class="cx-line"></p>`).text(line).appendTo(item);
			if (!index && entry.reach) entry.reach.forEach((way) => text.append(this.reach(way)));
		});
		if (entry.inputs) item.append(this.inputs(entry));
		if (entry.actions && entry.actions.length) {
			const row = $(`<div class="cx-actions"></div>`).appendTo(item);
			entry.actions.forEach((action) =>
				$(`<button type="button" class="btn btn-sm"></button>`)
					.addClass(action.main ? "btn-primary" : "btn-default")
					.text(action.label)
					.attr("aria-label", action.unit ? `${action.label}: ${action.unit}` : action.label)
					.on("click", () => this.act(action))
					.appendTo(row)
			);
		}
		return item;
	}

	reach(way) {
		return $("<span> · </span>").append($("<a></a>").attr("href", way.href).text(way.text));
	}

	lights(entry) {
		const trends = { Better: "↗", Worse: "↘", Same: "→" };
		const row = $(`<div class="cx-lights"></div>`);
		entry.lights.forEach((light) => {
			const box = $(`<div class="cx-light"></div>`).addClass(`cx-${light.light.toLowerCase()}`).appendTo(row);
			$(`<span class="cx-light-label"></span>`).text(light.label).appendTo(box);
			const value = $(`<span class="cx-light-value"></span>`).text(__(light.light)).appendTo(box);
			if (trends[light.trend]) {
				$(`<span class="cx-trend" role="img"></span>`)
					.text(trends[light.trend])
					.attr("aria-label", __("{0} than four weeks ago", [__(light.trend)]))
					.attr("title", light.trend === "Same" ? __("As four weeks ago") : __("{0} than four weeks ago", [__(light.trend)]))
					.appendTo(value);
			}
		});
		return row;
	}

	inputs(entry) {
		const details = $(`<details class="cx-inputs"></details>`).append(
			$("<summary></summary>").text(__("What it rests on"))
		);
		entry.lights.forEach((light, index) => {
			const inputs = index ? entry.inputs.done : entry.inputs.felt;
			$(`<p class="cx-input-head"></p>`).text(light.label).appendTo(details);
			inputs.forEach((input) => {
				$(`<p class="cx-input"></p>`)
					.append(
						$(`<span class="cx-dot"></span>`)
							.addClass(`cx-${input.light.toLowerCase()}`)
							.attr("role", "img")
							.attr("aria-label", __(input.light)),
						$("<span></span>").text(
							input.age === null
								? `${input.name}: ${input.text}`
								: `${input.name}: ${input.text} (${input.age_text})`
						)
					)
					.appendTo(details);
			});
		});
		return details;
	}

	act(action) {
		if (action.key === "log") return this.log(action.unit);
		if (action.key === "plan") return cx_desk.relationship.plan({ unit: action.unit, people: this.data.people });
		if (action.key === "review") return cx_desk.relationship.review(action.unit);
		if (action.key === "held") {
			const move = { to: "Held", label: action.label, needs: ["notes"] };
			return cx_desk.relationship.step(action.conversation, move, () => this.load());
		}
		if (action.key === "open") return frappe.set_route(action.route);
	}

	log(unit) {
		if (!this.data) return;
		cx_desk.relationship.log({
			unit: unit || (this.data.units.length === 1 ? this.data.units[0] : undefined),
			units: this.data.units,
			people: this.data.people,
			done: () => this.load(),
		});
	}

	address(route) {
		const [kind, name, ...rest] = route;
		const slug = (text) => frappe.router.slug(text);
		if (kind === "List") return `/app/${slug(name)}${rest.length ? `/view/${rest.map(slug).join("/")}` : ""}`;
		if (kind === "Form") return `/app/${slug(name)}/${encodeURIComponent(rest[0])}`;
		return `/app/${route.map(encodeURIComponent).join("/")}`;
	}
}
