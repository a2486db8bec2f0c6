frappe.listview_settings["CX Liaison Assignment"] = {
	add_fields: ["from_date", "to_date", "role", "unit"],
	hide_name_column: true,
	get_indicator(doc) {
		const today = frappe.datetime.get_today();
		if (doc.to_date && doc.to_date < today) return [__("Over"), "gray", "to_date,<,Today"];
		if (doc.from_date > today) return [__("Coming"), "blue", "from_date,>,Today"];
		return [__("Today"), "green", "from_date,<=,Today"];
	},
	onload(listview) {
		listview.page.add_inner_button(__("Cover"), () => frappe.set_route("query-report", "Liaison Cover"));
		if (!frappe.model.can_create("CX Liaison Assignment")) return;
		listview.page.add_inner_button(__("Hand over ..."), () => {
			const dialog = new frappe.ui.Dialog({
				title: __("Hand over everything somebody answers for"),
				fields: [
					{ fieldname: "leaver", fieldtype: "Link", options: "User", label: __("From"), reqd: 1 },
					{ fieldname: "successor", fieldtype: "Link", options: "User", label: __("To"), reqd: 1 },
					{
						fieldname: "first_day",
						fieldtype: "Date",
						label: __("First day of the successor"),
						default: frappe.datetime.add_days(frappe.datetime.get_today(), 1),
						reqd: 1,
					},
				],
				primary_action_label: __("Hand over"),
				primary_action(values) {
					frappe
						.call({ method: "cx_desk.api.units.hand_over", args: values, freeze: true })
						.then(({ message }) => {
							if (!message) return;
							dialog.hide();
							listview.refresh();
							const lines = [__("Handed over: {0}", [message.handed_over.join(", ") || __("nothing")])];
							if (message.skipped.length) lines.push(__("Left out: {0}", [message.skipped.join("; ")]));
							frappe.msgprint(lines.map(frappe.utils.escape_html).join("<br>"), __("Handed over"));
						});
				},
			});
			dialog.show();
		});
	},
};
