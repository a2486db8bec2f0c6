// What I know: of the business, to oneself alone, and which roles use it.

frappe.pages["my-pathway"].on_page_load = function (wrapper) {
	wrapper.my_pathway = new MyPathway(wrapper);
};

frappe.pages["my-pathway"].on_page_show = function (wrapper) {
	wrapper.my_pathway.load();
};

class MyPathway {
	constructor(wrapper) {
		const page = frappe.ui.make_app_page({ parent: wrapper, title: __("What I know"), single_column: true });
		this.body = $(`<div class="cx-pathway" aria-live="polite"></div>`).appendTo(page.main);
		page.add_menu_item(__("Reload"), () => this.load());
	}

	load() {
		const { body } = this;
		if (!body.children().length) $(`<p class="cx-quiet"></p>`).text(__("Loading…")).appendTo(body);
		return frappe
			.call({ method: "cx_desk.api.visits.my_pathway", type: "GET" })
			.then(({ message }) => this.show(message))
			.catch(() => {
				body.empty().append(
					$("<p></p>").text(__("The page could not be loaded.")),
					$(`<button type="button" class="btn btn-default btn-sm"></button>`).text(__("Try again")).on("click", () => this.load())
				);
			});
	}

	show(data) {
		const { body } = this;
		body.empty();
		const line = (text, css) => $("<p></p>").addClass(css || "").text(text);
		line(__("Only you see this page. It comes from your visits, the tickets you handle, the articles you wrote and the word of your hosts; nothing here is a score."), "cx-intro cx-quiet").appendTo(body);
		if (data.needed.length) {
			$("<h2></h2>").text(__("What I need to know for initiatives")).appendTo(body);
			const needed = $("<ul></ul>").appendTo(body);
			data.needed.forEach((row) => {
				const item = $("<li></li>").appendTo(needed);
				$(`<div class="cx-head"></div>`)
					.append($(`<span class="cx-name"></span>`).text(row.skill), $("<span></span>").text(row.how))
					.appendTo(item);
				$("<p></p>")
					.append($("<a></a>").attr("href", `/app/cx-initiative/${encodeURIComponent(row.initiative)}`).text(row.title))
					.appendTo(item);
				if (row.by) line(row.late ? __("It was needed by {0}.", [row.by]) : __("Needed by {0}.", [row.by]), "cx-quiet").appendTo(item);
			});
		}
		$("<h2></h2>").text(__("What I know of the business")).appendTo(body);
		if (!data.units.length) {
			line(__("Nothing yet. Go along on a visit, come to a briefing, or handle ten tickets of one unit.")).appendTo(body);
		}
		const units = $("<ul></ul>").appendTo(body);
		data.units.forEach((unit) => {
			const row = $("<li></li>").toggleClass("open", unit.well).appendTo(units);
			$(`<div class="cx-head"></div>`)
				.append($(`<span class="cx-name"></span>`).text(unit.unit), $("<span></span>").text(unit.knows))
				.appendTo(row);
			line(unit.fresh).appendTo(row);
			line(unit.evidence, "cx-quiet").appendTo(row);
		});
		$("<h2></h2>").text(__("Roles that use it")).appendTo(body);
		const roles = $("<ul></ul>").appendTo(body);
		data.roles.forEach((role) => {
			const row = $("<li></li>").toggleClass("open", role.open).appendTo(roles);
			const head = $(`<div class="cx-head"></div>`).append($(`<span class="cx-name"></span>`).text(role.name)).appendTo(row);
			if (role.open) $(`<span class="indicator-pill green no-indicator-dot"></span>`).text(__("uses what you know")).appendTo(head);
			line(role.uses, "cx-quiet").appendTo(row);
			if (role.units.length) line(__("It would use what you know of: {0}.", [role.units.join(", ")])).appendTo(row);
			if (role.step) line(__("A next step: {0}", [role.step])).appendTo(row);
		});
	}
}
