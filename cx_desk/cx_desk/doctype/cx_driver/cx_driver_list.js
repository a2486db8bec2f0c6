frappe.listview_settings["CX Driver"] = {
	add_fields: ["disabled"],
	hide_name_column: true,
	get_indicator(doc) {
		return doc.disabled ? [__("Off"), "gray", "disabled,=,1"] : [__("On"), "green", "disabled,=,0"];
	},
};
