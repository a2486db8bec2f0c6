frappe.ui.form.on("CX Survey", {
	refresh(frm) {
		cx_show_builder(frm);
		if (frm.is_new()) return;
		const may_write = Boolean(frm.perm[0]?.write);
		if (may_write) frm.add_custom_button(__("Send me one"), () => cx_send_me_one(frm));
		if (may_write && frm.doc.kind === "Relationship" && frm.doc.enabled) {
			frm.add_custom_button(__("Ask now"), () => cx_ask_units(frm));
		}
		frm.add_custom_button(
			__("Ledger"),
			() => frappe.set_route("List", "CX Survey Invitation", { survey: frm.doc.name }),
			__("View"),
		);
		frm.add_custom_button(
			__("Answers"),
			() => frappe.set_route("List", "CX Survey Response", { survey: frm.doc.name }),
			__("View"),
		);
		if (!frm.doc.enabled && may_write) {
			frm.set_intro(
				__("Switched off: nobody is asked. Try it with 'Send me one', then switch it on."),
				"blue",
			);
		}
	},
});

for (const field of ["subject", "intro", "thanks", "kind", "privacy", "language", "ask_not_solved"]) {
	frappe.ui.form.on("CX Survey", field, (frm) => frm.cx_builder && frm.cx_builder.changed());
}

// What is changed in the tables shows in the builder at once.
const cx_from_table = (frm) => frm.cx_tables && frm.cx_builder && (frm.cx_builder.show(), frm.cx_builder.ask());
for (const field of ["question", "question_type", "points", "look", "options", "required", "low_at_most", "questions_remove"]) {
	frappe.ui.form.on("CX Survey Question", field, cx_from_table);
}
for (const field of ["driver", "band", "drivers_remove"]) frappe.ui.form.on("CX Survey Driver", field, cx_from_table);
for (const field of ["translated_text", "translations_remove"]) frappe.ui.form.on("CX Survey Translation", field, cx_from_table);

frappe.ui.form.on("CX Survey", "privacy", (frm) => {
	if (frm.doc.privacy !== "Anonymous" || frm.doc.kind === "Relationship") return;
	frm.set_value("kind", "Relationship");
	frappe.show_alert({
		message: __("Only a survey about the relationship can be anonymous: after a single event there is nobody to hide among."),
		indicator: "blue",
	});
});

frappe.ui.form.on("CX Survey", "kind", (frm) => {
	// Whoever is asked about the whole relationship gets a second mail once; about one event, nobody.
	if (frm.is_new()) frm.set_value("reminder", frm.doc.kind === "Relationship" ? 1 : 0);
});

// Questions, reasons and translations are built beside the real page; the tables behind them are one click away.
function cx_show_builder(frm) {
	const assets = ["/assets/cx_desk/css/survey_builder.css", "/assets/cx_desk/js/survey_builder.js"];
	frappe.require(assets, () =>
		cx_desk.survey_kit().then((kit) => {
			const field = frm.get_field("builder");
			if (!frm.cx_builder) frm.cx_builder = new cx_desk.SurveyBuilder(frm, field.wrapper, kit);
			frm.cx_builder.refresh();
			cx_show_tables(frm, Boolean(frm.cx_tables));
		}),
	);
}

function cx_show_tables(frm, shown) {
	frm.cx_tables = shown;
	for (const name of ["questions", "sb_d", "drivers", "sb_t", "translations"]) frm.toggle_display(name, shown);
	frm.remove_custom_button(__("Tables"), __("View"));
	frm.add_custom_button(__("Tables"), () => cx_show_tables(frm, !frm.cx_tables), __("View"));
}

function cx_send_me_one(frm) {
	if (frm.is_dirty()) {
		frappe.show_alert({ message: __("Save first: the test is sent as saved."), indicator: "orange" });
		return;
	}
	frappe
		.call({ method: "cx_desk.api.surveys.send_me_one", args: { survey: frm.doc.name }, freeze: true })
		.then((r) => r.message && frappe.show_alert({ message: r.message.message, indicator: "green" }));
}

// The roles that people have on a business unit.
function cx_roles(txt) {
	const wanted = (txt || "").toLowerCase();
	return new Promise((resolve) =>
		frappe.model.with_doctype("CX Unit Person", () => {
			const options = frappe.meta.get_docfield("CX Unit Person", "role").options.split("\n").filter(Boolean);
			resolve(
				options
					.map((value) => ({ value, label: __(value), description: "" }))
					.filter((row) => row.label.toLowerCase().includes(wanted)),
			);
		}),
	);
}

function cx_ask_units(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Ask {0} now", [frm.doc.name]),
		fields: [
			{
				fieldname: "units",
				fieldtype: "MultiSelectPills",
				label: __("Units, each with all below it"),
				reqd: 1,
				get_data: (txt) => frappe.db.get_link_options("CX Business Unit", txt),
				onchange: () => count(),
			},
			{
				fieldname: "who",
				fieldtype: "Select",
				label: __("Who answers"),
				default: "Everyone of the unit",
				options: ["Everyone of the unit", "People that matter"].map((value) => ({ value, label: __(value) })),
				onchange: () => count(),
			},
			{
				fieldname: "roles",
				fieldtype: "MultiSelectPills",
				label: __("Only with one of these roles"),
				depends_on: "eval:doc.who=='People that matter'",
				get_data: (txt) => cx_roles(txt),
				onchange: () => count(),
			},
			{ fieldname: "count", fieldtype: "HTML" },
		],
		primary_action_label: __("Ask"),
		primary_action(values) {
			frappe
				.call({
					method: "cx_desk.api.surveys.ask_units",
					args: { survey: frm.doc.name, units: values.units, who: values.who, roles: roles() },
					freeze: true,
				})
				.then((r) => {
					if (!r.message) return;
					dialog.hide();
					frappe.msgprint({ message: r.message.message, indicator: "green", title: __("Asked") });
				});
		},
	});
	const roles = () => (dialog.get_value("who") === "People that matter" && dialog.get_value("roles")) || [];
	const count = () => {
		const units = dialog.get_value("units") || [];
		if (!units.length) return dialog.fields_dict.count.$wrapper.empty();
		const who = dialog.get_value("who");
		frappe.call("cx_desk.api.surveys.count_audience", { units, who, roles: roles() }).then((r) => {
			const text =
				who === "People that matter"
					? __("At most {0} people: who is named on the unit.", [r.message])
					: __("At most {0} people: who raised a ticket within a year, or is named on the unit.", [r.message]);
			dialog.fields_dict.count.$wrapper.html(`<p class="text-muted small">${text}</p>`);
		});
	};
	dialog.show();
}
