frappe.query_reports["Resilient Cover"] = {
	filters: [
		{
			fieldname: "unit",
			label: __("Only this unit and below"),
			fieldtype: "Link",
			options: "CX Business Unit",
			get_query: () => ({ filters: { disabled: 0, is_unassigned: 0 } }),
		},
	],
	onload(report) {
		report.page.add_inner_button(__("The picture"), () => frappe.set_route("who-knows"));
	},
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "known_words" || !data || !data.known) return shown;
		const tone = { Nobody: "red", "One person": "orange", "Two or more": "green" }[data.known];
		return `<span class="indicator ${tone}">${frappe.utils.escape_html(data.known_words)}</span>`;
	},
};
