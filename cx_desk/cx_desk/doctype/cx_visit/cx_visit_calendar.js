frappe.views.calendar["CX Visit"] = {
	field_map: { start: "starts_on", end: "ends_on", id: "name", title: "title", allDay: "all_day", status: "state" },
	style_map: { Planned: "info", Held: "warning", Shared: "warning", Closed: "success", Cancelled: "standard" },
	filters: [{ fieldtype: "Link", fieldname: "unit", options: "CX Business Unit", label: __("Business unit") }],
	get_events_method: "frappe.desk.calendar.get_events",
};
