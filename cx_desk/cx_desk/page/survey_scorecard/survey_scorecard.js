// The scorecard of a survey: the server draws it, this page chooses what is drawn. The address keeps the choice:
// /app/survey-scorecard/SURVEY?unit=...&team=...&period=...

frappe.pages["survey-scorecard"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Survey scorecard"), single_column: true });
	wrapper.scorecard = new SurveyScorecard(page);
};

frappe.pages["survey-scorecard"].on_page_show = function (wrapper) {
	wrapper.scorecard.follow_address();
};

class SurveyScorecard {
	constructor(page) {
		this.page = page;
		this.asked = 0;
		this.fields = {};
		const add = (fieldname, label, fieldtype = "Select") => {
			this.fields[fieldname] = page.add_field({
				fieldname,
				label,
				fieldtype,
				change: () => this.chosen(fieldname),
			});
			this.fields[fieldname].$input.attr("aria-label", label);
		};
		add("survey", __("Survey"));
		add("unit", __("Business unit"));
		add("team", __("Team"));
		add("period", __("Period"));
		this.body = $(`<div class="cx-scorecard" aria-live="polite" tabindex="-1"></div>`).appendTo(page.main);
		this.body.on("click", "a[data-unit]", (event) => {
			event.preventDefault();
			this.go({ unit: event.currentTarget.dataset.unit });
		});
		this.body.on("click", "a[data-theme]", (event) => {
			event.preventDefault();
			this.show_comments(event.currentTarget.dataset.theme);
		});
		page.set_secondary_action(__("Print"), () => this.print(), "printer");
		page.add_menu_item(__("Reload"), () => this.load());
		page.add_menu_item(__("Comments without a theme"), () => this.show_comments("-"));
		page.add_menu_item(__("Key words of themes"), () => frappe.set_route("List", "CX Driver"));
		page.add_menu_item(__("New experience target"), () =>
			frappe.new_doc("CX Experience Target", {
				survey: this.state.survey,
				unit: this.state.unit,
				team: this.state.team,
			}),
		);
		page.add_menu_item(__("Survey"), () => frappe.set_route("Form", "CX Survey", this.state.survey));
	}

	// The address is the state; going somewhere is changing it.
	follow_address() {
		const query = new URLSearchParams(window.location.search);
		const survey = frappe.get_route()[1] || "";
		const state = {
			survey: decodeURIComponent(survey),
			unit: query.get("unit") || "",
			team: query.get("team") || "",
			period: query.get("period") || "window",
		};
		const same = this.state && JSON.stringify(state) === JSON.stringify(this.state);
		if (same && this.shown) return;
		this.state = state;
		this.load_choices().then(() => this.load());
	}

	go(change) {
		const state = { ...this.state, ...change };
		const query = new URLSearchParams();
		for (const key of ["unit", "team"]) if (state[key]) query.set(key, state[key]);
		if (state.period && state.period !== "window") query.set("period", state.period);
		const text = query.toString();
		history.pushState(null, null, `/app/survey-scorecard/${encodeURIComponent(state.survey)}${text ? "?" + text : ""}`);
		frappe.router.set_history && frappe.router.set_history();
		this.state = state;
		this.load();
	}

	load_choices() {
		if (this.choices) return Promise.resolve();
		return frappe
			.call({ method: "cx_desk.api.scorecards.choices", type: "GET" })
			.then(({ message }) => {
				this.choices = message;
				if (!this.state.survey) this.state.survey = message.surveys[0] || "";
				this.options("survey", message.surveys.map((name) => ({ value: name, label: name })));
				this.options("unit", [
					{ value: "", label: message.everything ? __("The whole business") : __("My units") },
					...message.units.map((unit) => ({
						value: unit.value,
						label: "\u00a0\u00a0".repeat(unit.depth) + unit.value,
					})),
				]);
				this.options("period", message.periods);
			})
			.catch(() => this.show_error());
	}

	options(fieldname, options) {
		const field = this.fields[fieldname];
		field.df.options = options;
		this.setting = true;
		field.refresh();
		field.set_input(this.state[fieldname] || "");
		this.setting = false;
	}

	chosen(fieldname) {
		if (this.setting || !this.state) return;
		const value = this.fields[fieldname].get_value() || "";
		if (value === (this.state[fieldname] || "")) return;
		const change = { [fieldname]: value };
		if (fieldname === "survey") change.team = "";
		this.go(change);
	}

	load() {
		if (!this.choices) return;
		if (!this.state.survey) {
			this.body.html(`<p class="empty">${__("There is no survey yet.")}</p>`);
			return;
		}
		if (!this.choices.surveys.includes(this.state.survey)) {
			this.shown = false;
			this.body.empty().append($("<p class='empty'></p>").text(__("There is no survey of this name. Choose one from the list.")));
			return;
		}
		const number = ++this.asked;
		this.body.attr("aria-busy", "true");
		if (!this.shown) this.body.html(`<p class="soft">${__("Loading…")}</p>`);
		return frappe
			.call({ method: "cx_desk.api.scorecards.card", args: this.state, type: "GET" })
			.then(({ message }) => number === this.asked && this.show(message))
			.catch(() => number === this.asked && this.show_error());
	}

	show(card) {
		this.shown = true;
		this.card = card;
		this.page.set_title(card.title);
		this.body.removeAttr("aria-busy").html(card.html);
		this.options("survey", this.fields.survey.df.options);
		// A liaison who chose nothing sees their own first unit.
		if (card.unit && !this.state.unit) this.state.unit = card.unit;
		this.options("unit", this.fields.unit.df.options);
		const periods = card.quarters
			? card.quarters.map((key) => ({ value: key, label: __("Quarter {0}", [key]) }))
			: this.choices.periods;
		this.state.period = card.quarters ? card.period : this.state.period;
		this.options("period", periods);
		const teams = new Set(card.teams);
		if (this.state.team) teams.add(this.state.team);
		this.fields.team.$wrapper.toggle(teams.size > 0);
		this.options("team", [
			{ value: "", label: __("All teams") },
			...[...teams].map((name) => ({ value: name, label: name })),
		]);
	}

	show_error() {
		this.shown = false;
		this.body
			.removeAttr("aria-busy")
			.empty()
			.append(
				$("<p class='empty'></p>").text(__("The scorecard could not be drawn.")),
				$(`<button type="button" class="btn btn-default btn-sm"></button>`)
					.text(__("Try again"))
					.on("click", () => this.load_choices().then(() => this.load())),
			);
	}

	show_comments(theme) {
		frappe
			.call({ method: "cx_desk.api.scorecards.comments", args: { ...this.state, theme }, type: "GET" })
			.then(({ message }) => {
				const dialog = new frappe.ui.Dialog({
					title: theme === "-" ? __("Comments without a theme") : __("Comments on {0}", [theme]),
					size: "large",
				});
				const list = $(`<ul class="cx-comments"></ul>`).appendTo(dialog.body);
				for (const row of message) {
					const item = $("<li></li>").appendTo(list);
					$(`<a></a>`)
						.attr("href", `/app/cx-survey-response/${encodeURIComponent(row.name)}`)
						.text(frappe.datetime.str_to_user(row.day))
						.on("click", () => dialog.hide())
						.appendTo(item);
					$(`<span class="text-muted"></span>`)
						.text([" ", row.unit, row.low ? __("low answer") : ""].filter(Boolean).join(" · "))
						.appendTo(item);
					$("<p></p>").text(row.comment).appendTo(item);
				}
				if (!message.length) $("<p class='text-muted'></p>").text(__("There is none that you may read.")).appendTo(dialog.body);
				dialog.show();
			});
	}

	print() {
		// Opened by the click itself, so that no blocker takes it for an advertisement.
		const sheet = window.open("", "_blank");
		if (!sheet) {
			frappe.msgprint(__("Allow this site to open a window, then print again."));
			return;
		}
		frappe
			.call({ method: "cx_desk.api.scorecards.paper", args: this.state, type: "GET" })
			.then(({ message }) => {
				sheet.document.open();
				sheet.document.write(message);
				sheet.document.close();
				sheet.focus();
				setTimeout(() => sheet.print(), 200);
			})
			.catch(() => sheet.close());
	}
}
