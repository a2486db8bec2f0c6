frappe.views.calendar["CX Conversation"] = {
	fields: ["starts_on", "ends_on", "title", "name", "state"],
	// Without allDay: the host takes a field that a row lacks for "all day", and the times would be lost.
	field_map: { start: "starts_on", end: "ends_on", id: "name", title: "title" },
	get_css_class(data) {
		return { Planned: "info", Held: "success", Cancelled: "default", Missed: "warning" }[data.state];
	},
	get_events_method: "frappe.desk.calendar.get_events",
	// A month of seven columns cannot be read on a phone.
	options: window.innerWidth < 768 ? { defaultView: "listMonth" } : {},
};
