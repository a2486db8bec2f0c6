frappe.listview_settings["CX Survey Source"] = {
	add_fields: ["enabled", "last_error", "last_ok"],
	hide_name_column: true,
	get_indicator(doc) {
		if (!doc.enabled) return [__("Switched off"), "gray", "enabled,=,0"];
		if (doc.last_error) return [__("Failing"), "red", "last_error,is,set"];
		if (!doc.last_ok) return [__("New"), "orange", "last_ok,is,not set"];
		return [__("Works"), "green", "enabled,=,1"];
	},
};
