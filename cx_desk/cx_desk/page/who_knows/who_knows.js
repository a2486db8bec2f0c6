// Who knows which unit: the picture, the same as text, and what goes when somebody goes.

frappe.pages["who-knows"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Who knows which unit"), single_column: true });
	wrapper.who_knows = new WhoKnows(page);
};

frappe.pages["who-knows"].on_page_show = function (wrapper) {
	wrapper.who_knows.load();
};

class WhoKnows {
	constructor(page) {
		this.page = page;
		this.body = $(`<div class="cx-knows"></div>`).appendTo(page.main);
		this.lead = $(`<p class="cx-lead" aria-live="polite"></p>`).appendTo(this.body);
		$(`<p class="cx-quiet"></p>`)
			.text(__("Level and freshness by unit and person, from visits, briefings, tickets, articles and the unit's own word. It is for planning cover and never used to rate people: no totals, no averages, no order by person."))
			.appendTo(this.body);
		this.top = this.link($(`<div class="cx-filter"></div>`).appendTo(this.body), {
			label: __("Only this unit and below"),
			options: "CX Business Unit",
			fieldname: "top",
			get_query: () => ({ filters: { disabled: 0, is_unassigned: 0 } }),
			onchange: () => this.load(),
		});
		this.place = $("<div></div>").appendTo(this.body);
		this.make_what_if();
		page.add_inner_button(__("Resilient cover"), () => frappe.set_route("query-report", "Resilient Cover"));
		page.add_menu_item(__("Reload"), () => this.load());
	}

	link(parent, df) {
		return this.control(parent, { fieldtype: "Link", ...df });
	}

	control(parent, df) {
		const control = frappe.ui.form.make_control({ parent: $("<div></div>").appendTo(parent), df, render_input: true });
		control.refresh();
		// The host's label is not tied to its field.
		control.$input.attr("aria-label", df.label);
		return control;
	}

	load() {
		return frappe
			.call({ method: "cx_desk.api.visits.who_knows", args: { unit: this.top.get_value() || "" }, type: "GET" })
			.then(({ message }) => this.show(message))
			.catch(() => {
				this.lead.text(__("The picture could not be loaded."));
				const again = $(`<button type="button" class="btn btn-default btn-sm"></button>`).text(__("Try again"));
				this.place.empty().append(again.on("click", () => this.load()));
			});
	}

	show(data) {
		this.place.empty();
		this.lead.text(data.cover.text || __("No unit that you see had tickets or a visit yet, so there is nothing to show."));
		if (!data.svg) {
			if (data.units.length) {
				$(`<p class="cx-quiet"></p>`).text(__("Nobody of the desk knows one of these units yet. Plan a visit, or wait for the night: it is worked out anew every night.")).appendTo(this.place);
			}
			return;
		}
		const names = [
			["g3", __("known well")],
			["g2", __("known partly")],
			["g1", __("known a little")],
			["g0", __("hardly known any more")],
		];
		const legend = $(`<div class="cx-legend" aria-hidden="true"></div>`).appendTo(this.place);
		names.forEach(([css, text]) => $("<span></span>").append($(`<i class="${css}"></i>`), document.createTextNode(text)).appendTo(legend));
		$("<span></span>").text(__("1 aware, 2 has visited, 3 handles their tickets, 4 can brief others, 5 confirmed by them")).appendTo(legend);
		const picture = $(`<div class="cx-picture" tabindex="0" role="group"></div>`)
			.attr("aria-label", __("Picture of who knows which unit. Arrow keys read one cell after the other."))
			.html(data.svg)
			.appendTo(this.place);
		const spoken = $(`<p class="cx-spoken" role="status" aria-live="polite"></p>`).appendTo(this.place);
		this.walk(picture, spoken, data);
		if (data.worked_out_on) $(`<p class="cx-quiet"></p>`).text(__("Worked out on {0}, anew every night.", [data.worked_out_on])).appendTo(this.place);
		const text = $("<details></details>").prop("open", window.innerWidth < 768).appendTo(this.place);
		$("<summary></summary>").text(__("The same as text")).appendTo(text);
		data.units.forEach((unit) => {
			const row = $(`<div class="cx-unit"></div>`).appendTo(text);
			$("<h3></h3>").text(unit.unit).appendTo(row);
			if (!unit.lines.length) $(`<p class="cx-quiet"></p>`).text(__("Nobody knows them.")).appendTo(row);
			unit.lines.forEach((line) => $("<p></p>").text(line.text).appendTo(row));
		});
	}

	// One stop for the keyboard; the arrows go from cell to cell, and the line below says what it is.
	walk(picture, spoken, data) {
		const cells = picture.find(".cell").get();
		let at = -1;
		const say = (index) => {
			if (index < 0 || index >= cells.length) return;
			if (at >= 0) cells[at].classList.remove("at");
			at = index;
			cells[at].classList.add("at");
			cells[at].scrollIntoView({ block: "nearest", inline: "nearest" });
			const unit = this.units_drawn(data)[Number(cells[at].dataset.row)];
			spoken.text(`${unit}. ${cells[at].querySelector("title").textContent}`);
		};
		picture.on("keydown", (event) => {
			const row = at < 0 ? -1 : Number(cells[at].dataset.row);
			const step = {
				ArrowRight: () => at + 1,
				ArrowLeft: () => Math.max(0, at - 1),
				ArrowDown: () => cells.findIndex((cell) => Number(cell.dataset.row) > row),
				ArrowUp: () => {
					const above = cells.map((cell) => Number(cell.dataset.row)).filter((other) => other < row).pop();
					return above === undefined ? 0 : cells.findIndex((cell) => Number(cell.dataset.row) === above);
				},
				Home: () => 0,
				End: () => cells.length - 1,
			}[event.key];
			if (!step) return;
			event.preventDefault();
			say(step());
		});
		picture.on("click", ".cell", (event) => say(cells.indexOf(event.currentTarget)));
	}

	units_drawn(data) {
		return data.units.map((unit) => unit.unit);
	}

	make_what_if() {
		const box = $("<section></section>").appendTo(this.body);
		$("<h2></h2>").text(__("What if somebody goes?")).appendTo(box);
		$(`<p class="cx-quiet"></p>`).text(__("Choose a person and a day. Nothing is stored about anybody's plans.")).appendTo(box);
		const row = $(`<div class="cx-filter"></div>`).appendTo(box);
		const who = this.link(row, {
			label: __("If this person goes"),
			options: "HD Agent",
			fieldname: "who",
			get_query: () => ({ filters: { is_active: 1 } }),
		});
		const on = this.control(row, { fieldtype: "Date", label: __("On"), fieldname: "on" });
		on.set_value(frappe.datetime.add_months(frappe.datetime.get_today(), 1));
		const found = $(`<div aria-live="polite"></div>`);
		$(`<button type="button" class="btn btn-primary btn-sm"></button>`)
			.text(__("See what goes"))
			.on("click", () => {
				if (!who.get_value() || !on.get_value()) {
					found.empty().append($("<p></p>").text(__("Choose a person and the day on which they would go.")));
					return;
				}
				frappe
					.call({ method: "cx_desk.api.visits.what_if", args: { user: who.get_value(), on: on.get_value() } })
					.then(({ message }) => this.show_risks(found.empty(), message));
			})
			.appendTo(row);
		found.appendTo(box);
	}

	show_risks(found, rows) {
		if (!rows.length) {
			$("<p></p>").text(__("No unit that you see would fall under two people who know it well.")).appendTo(found);
			return;
		}
		$("<p></p>").text(__("Units that would be known well by fewer than two people: {0}", [rows.length])).appendTo(found);
		rows.forEach((row) => {
			const box = $(`<article class="cx-risk"></article>`).appendTo(found);
			$("<h3></h3>")
				.append(document.createTextNode(`${row.unit} `), $(`<span class="indicator-pill no-indicator-dot ${row.bare ? "red" : "orange"}"></span>`).text(row.bare ? __("nobody is left") : __("one is left")))
				.appendTo(box);
			$("<p></p>").text(__("Knows them well without them: {0}", [row.who_is_left])).appendTo(box);
			$("<p></p>").text(__("Could take over: {0}", [row.could_take_over])).appendTo(box);
			$("<p></p>").text(row.what_to_do).appendTo(box);
			$(`<button type="button" class="btn btn-default btn-sm"></button>`)
				.text(__("Book the hand-over visit"))
				.attr("aria-label", `${__("Book the hand-over visit")}: ${row.unit}`)
				.on("click", () =>
					frappe.new_doc("CX Visit", { unit: row.unit, type: "Shadowing", purpose: "Understand work" }, (doc) => {
						row.people.forEach((user) => {
							const person = frappe.model.add_child(doc, "people");
							Object.assign(person, { side: "Desk", user });
						});
					})
				)
				.appendTo(box);
		});
	}
}
