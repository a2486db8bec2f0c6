frappe.query_reports["Liaison Cover"] = {
	tree: true,
	name_field: "unit",
	parent_field: "parent_unit",
	initial_depth: 4,
	filters: [
		{ fieldname: "on", label: __("On"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
		{
			fieldname: "ahead",
			label: __("Look ahead"),
			fieldtype: "Select",
			options: [30, 90, 180, 365].map((days) => ({ value: days, label: __("The next {0} days", [days]) })),
			default: 90,
		},
		{
			fieldname: "most",
			label: __("Too much"),
			fieldtype: "Select",
			options: [4, 8, 12, 20].map((most) => ({
				value: most,
				label: __("Too much: over {0} conversations in 4 weeks", [most]),
			})),
			default: 12,
			width: 300,
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
