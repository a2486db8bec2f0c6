frappe.views.calendar["CX Visit"] = {
	fields: ["starts_on", "ends_on", "title", "name", "state"],
	field_map: { start: "starts_on", end: "ends_on", id: "name", title: "title" },
	get_css_class(data) {
		return { Planned: "info", Held: "warning", Shared: "warning", Closed: "success", Cancelled: "default" }[data.state];
	},
	get_events_method: "frappe.desk.calendar.get_events",
};
