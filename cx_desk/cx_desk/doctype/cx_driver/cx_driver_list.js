frappe.listview_settings["CX Driver"] = {
	add_fields: ["disabled"],
	hide_name_column: true,
	get_indicator(doc) {
		return doc.disabled ? [__("Switched off"), "gray", "disabled,=,1"] : [__("Switched on"), "green", "disabled,=,0"];
	},
};
