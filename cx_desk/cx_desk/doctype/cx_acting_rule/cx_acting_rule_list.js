frappe.listview_settings["CX Acting Rule"] = {
	add_fields: ["enabled"],
	hide_name_column: true,
	get_indicator(doc) {
		return doc.enabled ? [__("Switched on"), "green", "enabled,=,1"] : [__("Switched off"), "gray", "enabled,=,0"];
	},
};
