frappe.query_reports["Initiatives"] = {
	filters: [
		{ fieldname: "unit", label: __("Business unit"), fieldtype: "Link", options: "CX Business Unit" },
		{ fieldname: "over", label: __("Finished ones too"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (!data || column.fieldname !== "state") return shown;
		const color = data.colour === "gray" ? "gray" : data.colour;
		return `<span class="indicator-pill no-indicator-dot ${color}">${shown}</span>`;
	},
};
