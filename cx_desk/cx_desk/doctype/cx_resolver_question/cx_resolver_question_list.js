frappe.listview_settings["CX Resolver Question"] = {
	add_fields: ["state", "due_on"],
	get_indicator(doc) {
		if (doc.state === "Open" && doc.due_on < frappe.datetime.get_today()) return [__("Overdue"), "red", "state,=,Open"];
		const colors = { Open: "orange", Answered: "green", Withdrawn: "gray" };
		return [__(doc.state), colors[doc.state] || "gray", `state,=,${doc.state}`];
	},
};
