frappe.views.calendar["CX Conversation"] = {
	field_map: { start: "starts_on", end: "ends_on", id: "name", title: "title", allDay: "all_day", status: "state" },
	style_map: { Planned: "info", Held: "success", Cancelled: "standard", Missed: "warning" },
	filters: [{ fieldtype: "Link", fieldname: "unit", options: "CX Business Unit", label: __("Business unit") }],
	get_events_method: "frappe.desk.calendar.get_events",
};
