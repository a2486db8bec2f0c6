frappe.listview_settings["CX Survey Invitation"] = {
	add_fields: ["status", "reason", "is_test", "event_doctype", "event_name"],
	hide_name_column: true,
	get_indicator(doc) {
		const color = {
			Pending: "yellow",
			Suppressed: "gray",
			Withdrawn: "gray",
			Queued: "blue",
			Sent: "blue",
			Failed: "red",
			Answered: "green",
			Expired: "orange",
		}[doc.status];
		const label = __(doc.status);
		return [doc.is_test ? __("Test, {0}", [label]) : label, color, "status,=," + doc.status];
	},
	formatters: {
		event_name: (_value, df, doc) =>
			doc.event_doctype === "HD Ticket" ? __("Ticket {0}", [doc.event_name]) : doc.event_name,
		reason: (value) => frappe.utils.escape_html(__(value || "")),
	},
};
