frappe.listview_settings["CX Source Delivery"] = {
	add_fields: ["state"],
	hide_name_column: true,
	get_indicator(doc) {
		const colour = { Waiting: "blue", Taken: "green", "Not taken": "red", "Not finished": "gray" }[doc.state];
		return [__(doc.state), colour, `state,=,${doc.state}`];
	},
};
