frappe.query_reports["Seen in Visits"] = {
	filters: [
		{ fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.add_months(frappe.datetime.get_today(), -12), reqd: 1 },
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
		{ fieldname: "unit", label: __("Business unit, with all below"), fieldtype: "Link", options: "CX Business Unit" },
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "gap" || !data || !data.gap) return shown;
		return `<span class="indicator ${data.visits ? "orange" : "gray"}">${frappe.utils.escape_html(data.gap)}</span>`;
	},
};
