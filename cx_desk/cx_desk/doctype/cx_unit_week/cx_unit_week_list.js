frappe.listview_settings["CX Unit Week"] = {
	add_fields: ["felt", "done"],
	hide_name_column: true,
	formatters: {
		felt: (value) => light(value),
		done: (value) => light(value),
	},
};

function light(value) {
	const colors = { Good: "green", Mixed: "orange", Poor: "red", Unknown: "gray" };
	return `<span class="indicator-pill ${colors[value] || "gray"} ellipsis">${__(value)}</span>`;
}
