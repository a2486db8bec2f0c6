frappe.query_reports["Knowledge at Risk"] = {
	filters: [
		{ fieldname: "user", label: __("If this person goes"), fieldtype: "Link", options: "User", get_query: () => ({ filters: { user_type: "System User", enabled: 1 } }) },
		{ fieldname: "on", label: __("On"), fieldtype: "Date", default: frappe.datetime.add_months(frappe.datetime.get_today(), 1) },
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "who_is_left" || !data || !data.who_is_left) return shown;
		return `<span class="indicator ${data.bare ? "red" : "orange"}">${frappe.utils.escape_html(data.who_is_left)}</span>`;
	},
};
