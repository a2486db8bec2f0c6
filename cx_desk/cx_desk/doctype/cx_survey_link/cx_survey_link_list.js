frappe.listview_settings["CX Survey Link"] = {
	add_fields: ["enabled", "valid_from", "valid_until"],
	hide_name_column: true,
	get_indicator(doc) {
		const today = frappe.datetime.get_today();
		if (!doc.enabled) return [__("Closed"), "gray", "enabled,=,0"];
		if (doc.valid_until && doc.valid_until < today) return [__("Over"), "gray", `valid_until,<,${today}`];
		if (doc.valid_from && doc.valid_from > today) return [__("Not yet"), "yellow", `valid_from,>,${today}`];
		return [__("Open"), "green", "enabled,=,1"];
	},
};
