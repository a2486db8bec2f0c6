// Gantt: from the day it was asked for to go-live or the end of support. Calendar: the days that count.

frappe.views.calendar["CX Initiative"] = {
	field_map: { start: "start", end: "end", id: "name", title: "title", allDay: "all_day" },
	gantt: {
		field_map: { start: "runs_from", end: "runs_until", id: "name", title: "title", color: "color" },
		order_by: "runs_from",
	},
	get_css_class(data) {
		return { go_live: "success", support: "warning", again: "default", part: "blue" }[data.kind];
	},
	get_events_method: "cx_desk.api.initiatives.events",
};
