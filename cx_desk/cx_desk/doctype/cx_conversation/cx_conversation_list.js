frappe.listview_settings["CX Conversation"] = {
	add_fields: ["state", "starts_on", "type"],
	hide_name_column: true,
	get_indicator(doc) {
		const colors = { Planned: "blue", Held: "green", Cancelled: "gray", Missed: "orange" };
		return [__(doc.state), colors[doc.state] || "gray", `state,=,${doc.state}`];
	},
};
