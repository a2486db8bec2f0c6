frappe.listview_settings["CX Signal"] = {
	add_fields: ["state", "kind", "unit"],
	hide_name_column: true,
	// The title is stored in the site's language; here it is said in the reader's.
	formatters: { title: (_value, _df, doc) => __("{0}: {1}", [doc.unit, __(doc.kind)]) },
	get_indicator(doc) {
		const colors = { New: "orange", Active: "blue", Closed: "green", Canceled: "gray" };
		return [__(doc.state), colors[doc.state] || "gray", `state,=,${doc.state}`];
	},
	onload(listview) {
		if (!listview.filter_area.get().length) {
			listview.filter_area.add([["CX Signal", "state", "in", ["New", "Active"]]]);
		}
		// How often the list cries wolf stands above it, always.
		frappe.call({ method: "cx_desk.api.relationship.expected_false_alarms", type: "GET" }).then(({ message }) => {
			if (!message) return;
			$(`<p class="text-muted cx-false-alarms" style="padding:8px 15px 0;margin:0"></p>`)
				.text(message)
				.prependTo(listview.$frappe_list || listview.$result.parent());
		});
	},
};
