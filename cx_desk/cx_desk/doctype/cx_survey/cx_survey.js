frappe.ui.form.on("CX Survey", {
	refresh(frm) {
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

frappe.ui.form.on("CX Survey Question", {
	question_type(frm, cdt, cdn) {
		const row = locals[cdt][cdn];
		const usual = { CSAT: 2, CES: 2, NPS: 6 };
		frappe.model.set_value(cdt, cdn, "low_at_most", usual[row.question_type] || 0);
		if (row.question_type === "NPS" && frm.doc.kind === "Ticket") {
			frappe.show_alert({
				message: __("A recommendation question asks about the whole relationship: better in a relationship survey."),
				indicator: "orange",
			});
		}
	},
});

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
