frappe.listview_settings["CX Visit"] = {
	add_fields: ["state", "starts_on", "type", "host_word"],
	get_indicator(doc) {
		if (doc.host_word === "Corrected") return [__("Host corrected"), "red", "host_word,=,Corrected"];
		const colors = { Planned: "blue", Held: "orange", Shared: "yellow", Closed: "green", Cancelled: "gray" };
		return [__(doc.state), colors[doc.state] || "gray", `state,=,${doc.state}`];
	},
	onload(list) {
		list.page.add_inner_button(__("Phone page"), () => window.open("/cx/visit", "_blank"));
	},
};
