// Tagged tickets: those that were taken off are shown only when asked for.

frappe.listview_settings["CX Initiative Ticket"] = {
	filters: [["removed", "=", 0]],
	hide_name_column: true,
};
