frappe.ui.form.on("CX Business Unit", {
	refresh(frm) {
		frm.set_query("parent_cx_business_unit", () => ({ filters: { is_unassigned: 0 } }));
		offer_time_zones(frm);
		// How a unit stands is said to who looks after it; to others an empty place would say that nothing is known.
		const in_scope = Boolean(frm.doc.__onload && frm.doc.__onload.in_scope);
		frm.toggle_display(["score_html", "lights_html", "level_html"], in_scope);
		if (frm.is_new()) return;
		cx_desk.may_write(frm);
		show_critical_hours(frm);
		if (frm.doc.is_unassigned) {
			frm.set_intro(__("Takes the tickets that no mapping knows. Map them to real units from the report."), "blue");
			frm.add_custom_button(__("Tickets without a unit"), () =>
				frappe.set_route("query-report", "Tickets Without a Unit"),
			);
			return;
		}
		show_who_answers(frm);
	},
});

function offer_time_zones(frm) {
	const offer = (zones) => frm.fields_dict.time_zone.set_data(zones);
	if (frappe.all_timezones) return offer(frappe.all_timezones);
	frappe.call("frappe.core.doctype.user.user.get_timezones").then(({ message }) => {
		frappe.all_timezones = message.timezones;
		offer(frappe.all_timezones);
	});
}

// Surveys and visits wait for what was understood; for what was not, nothing waits.
function show_critical_hours(frm) {
	const read = (frm.doc.__onload && frm.doc.__onload.critical_hours) || { understood: [], unread: [] };
	const field = frm.get_field("critical_hours");
	field.$wrapper.find(".cx-critical").remove();
	const line = (text, css) =>
		$(`<p class="cx-critical small" style="margin:4px 0 0"></p>`).addClass(css).text(text).appendTo(field.$wrapper);
	if (read.unread.length) {
		line(__("Not understood, so nothing waits for it: {0}", [read.unread.join(", ")]), "text-danger");
	}
	if (read.understood.length) line(__("Understood: {0}", [read.understood.join(", ")]), "text-muted");
}

function show_who_answers(frm) {
	const name = frm.doc.name;
	frappe.call({ method: "cx_desk.api.units.who_answers", args: { unit: name } }).then(({ message }) => {
		if (!message || frm.doc.name !== name) return;
		const esc = frappe.utils.escape_html;
		const one = (role, person) =>
			person &&
			`${role}: <b>${esc(person.full_name)}</b>${person.of !== name ? " (" + esc(__("through {0}", [person.of])) + ")" : ""}`;
		const parts = [one(__("Liaison"), message.liaison), one(__("Deputy"), message.deputy)].filter(Boolean);
		frm.set_intro("");
		frm.set_intro(
			parts.join(" &nbsp; ") || __("Nobody answers for this unit today."),
			message.liaison ? "blue" : "orange",
		);
	});
}
