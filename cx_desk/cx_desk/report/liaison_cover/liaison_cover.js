frappe.query_reports["Liaison Cover"] = {
	tree: true,
	name_field: "unit",
	parent_field: "parent_unit",
	initial_depth: 4,
	filters: [
		{ fieldname: "on", label: __("On"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
		{ fieldname: "ahead", label: __("Look ahead (days)"), fieldtype: "Int", default: 90 },
		{
			fieldname: "most",
			label: __("Conversations one person can hold in 4 weeks"),
			fieldtype: "Int",
			default: 12,
		},
		{ fieldname: "only_open", label: __("Only what needs something"), fieldtype: "Check" },
	],
	onload(report) {
		if (frappe.model.can_create("CX Liaison Assignment")) {
			report.page.add_inner_button(__("Assign somebody"), () => frappe.new_doc("CX Liaison Assignment"));
		}
	},
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "note" || !data || !data.note) return shown;
		const colour = { gap: "red", soon: "orange", over: "orange", thin: "gray" }[data.state] || "gray";
		return `<span class="indicator ${colour}">${frappe.utils.escape_html(data.note)}</span>`;
	},
};
