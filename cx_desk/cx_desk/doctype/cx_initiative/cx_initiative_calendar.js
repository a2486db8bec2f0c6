// Calendar and Gantt: from the day it was asked for to go-live.

frappe.views.calendar["CX Initiative"] = {
	field_map: { start: "creation", end: "golive_date", id: "name", title: "title", allDay: "all_day", status: "stage" },
	gantt: { field_map: { start: "creation", end: "golive_date", id: "name", title: "title", status: "stage" } },
	filters: [{ fieldtype: "Link", fieldname: "unit", options: "CX Business Unit", label: __("Business unit") }],
	get_events_method: "frappe.desk.calendar.get_events",
};
