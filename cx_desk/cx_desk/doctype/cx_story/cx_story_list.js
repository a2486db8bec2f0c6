frappe.listview_settings["CX Story"] = {
	get_indicator(doc) {
		const tones = { Draft: "orange", Shared: "green", Withdrawn: "gray" };
		return [__(doc.state), tones[doc.state], `state,=,${doc.state}`];
	},
};
