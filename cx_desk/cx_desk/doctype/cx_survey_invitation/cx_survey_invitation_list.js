frappe.listview_settings["CX Survey Invitation"] = {
	add_fields: ["status", "reason", "is_test"],
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
};
