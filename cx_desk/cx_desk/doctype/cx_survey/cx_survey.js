frappe.ui.form.on("CX Survey", {
	refresh(frm) {
		cx_show_builder(frm);
		if (frm.is_new()) return;
		frm.add_custom_button(__("Send me one"), () => {
			if (frm.is_dirty()) {
				frappe.show_alert({ message: __("Save first: the test is sent as saved."), indicator: "orange" });
				return;
			}
			frappe
				.call({
					method: "cx_desk.api.surveys.send_me_one",
					args: { survey: frm.doc.name },
					freeze: true,
				})
				.then((r) => r.message && frappe.show_alert({ message: r.message.message, indicator: "green" }));
		});
		if (frm.doc.kind === "Relationship" && frm.doc.enabled) {
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
		if (!frm.doc.enabled) {
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

frappe.ui.form.on("CX Survey", "kind", (frm) => {
	// Whoever is asked about the whole relationship gets a second mail once; about one event, nobody.
	if (frm.is_new()) frm.set_value("reminder", frm.doc.kind === "Relationship" ? 1 : 0);
});

// Questions, reasons and translations are built beside the real page; the tables behind them are one click away.
function cx_show_builder(frm) {
	const assets = ["/assets/cx_desk/css/survey_builder.css", "/assets/cx_desk/js/survey_builder.js"];
	frappe.require(assets, () => {
		const field = frm.get_field("builder");
		if (!frm.cx_builder) frm.cx_builder = new cx_desk.SurveyBuilder(frm, field.wrapper);
		frm.cx_builder.refresh();
		cx_show_tables(frm, Boolean(frm.cx_tables));
	});
}

function cx_show_tables(frm, shown) {
	frm.cx_tables = shown;
	for (const name of ["questions", "sb_d", "drivers", "sb_t", "translations"]) frm.toggle_display(name, shown);
	frm.remove_custom_button(__("Tables"), __("View"));
	frm.add_custom_button(__("Tables"), () => cx_show_tables(frm, !frm.cx_tables), __("View"));
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
			{ fieldname: "count", fieldtype: "HTML" },
		],
		primary_action_label: __("Ask"),
		primary_action(values) {
			frappe
				.call({
					method: "cx_desk.api.surveys.ask_units",
					args: { survey: frm.doc.name, units: values.units },
					freeze: true,
				})
				.then((r) => {
					if (!r.message) return;
					dialog.hide();
					frappe.msgprint({ message: r.message.message, indicator: "green", title: __("Asked") });
				});
		},
	});
	const count = () => {
		const units = dialog.get_value("units") || [];
		if (!units.length) return dialog.fields_dict.count.$wrapper.empty();
		frappe.call("cx_desk.api.surveys.count_audience", { units }).then((r) => {
			dialog.fields_dict.count.$wrapper.html(
				`<p class="text-muted small">${__("At most {0} people: who raised a ticket within a year, or is named on the unit.", [r.message])}</p>`,
			);
		});
	};
	dialog.show();
}
