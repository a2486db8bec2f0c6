// The list of initiatives: what runs, by stage.

frappe.listview_settings["CX Initiative"] = {
	add_fields: ["stage", "runs_until", "color"],
	filters: [["stage", "not in", "Closed,Declined,Withdrawn"]],
	hide_name_column: true,
	get_indicator(doc) {
		const colors = {
			Draft: "gray",
			Submitted: "orange",
			Triage: "orange",
			Transition: "purple",
			"Early life": "yellow",
			"Handed over": "green",
			Benefits: "green",
		};
		const over = ["Closed", "Declined", "Deferred", "On hold", "Withdrawn"].includes(doc.stage);
		return [__(doc.stage, null, "CX Initiative"), over ? "gray" : colors[doc.stage] || "blue", `stage,=,${doc.stage}`];
	},
	onload(listview) {
		listview.page.add_inner_button(__("Initiatives with reasons"), () => frappe.set_route("query-report", "Initiatives"));
	},
};
