frappe.listview_settings["CX Experience Target"] = {
	add_fields: ["state", "enabled"],
	hide_name_column: true,
	get_indicator(doc) {
		if (!doc.enabled) return [__("Switched off"), "gray", "enabled,=,0"];
		const colors = { Met: "green", Missed: "red", "Not shown either way": "orange", "Too few": "gray" };
		return [__(doc.state), colors[doc.state] || "gray", `state,=,${doc.state}`];
	},
};
