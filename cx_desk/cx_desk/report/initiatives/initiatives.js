frappe.query_reports["Initiatives"] = {
	filters: [
		{ fieldname: "unit", label: __("Business unit"), fieldtype: "Link", options: "CX Business Unit" },
		{ fieldname: "over", label: __("Finished ones too"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (data && column.fieldname === "title") {
			return `<a href="/app/cx-initiative/${encodeURIComponent(data.name)}" title="${frappe.utils.escape_html(data.title)}">${frappe.utils.escape_html(data.title)}</a>`;
		}
		if (data && column.fieldname === "reasons") {
			return `<span title="${frappe.utils.escape_html(data.reasons)}">${shown}</span>`;
		}
		if (!data || column.fieldname !== "state") return shown;
		const color = data.colour === "gray" ? "gray" : data.colour;
		return `<span class="indicator-pill no-indicator-dot ${color}">${shown}</span>`;
	},
};
