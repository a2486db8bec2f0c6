frappe.treeview_settings["CX Business Unit"] = {
	title: __("Business units"),
	root_label: "All Units",
	get_tree_root: true,
	show_expand_all: true,
	breadcrumb: "CX Desk",
	fields: [
		{ fieldtype: "Data", fieldname: "unit_name", label: __("Unit name"), reqd: 1 },
		{ fieldtype: "Check", fieldname: "is_group", label: __("Has units below it") },
		{
			fieldtype: "Select",
			fieldname: "tier",
			label: __("Tier"),
			options: ["Named", "Pooled", "Self-service"],
			default: "Pooled",
		},
		{ fieldtype: "Int", fieldname: "headcount", label: __("Headcount") },
	],
	onload(treeview) {
		treeview.page.add_inner_button(__("Cover"), () => frappe.set_route("query-report", "Liaison Cover"));
		treeview.page.add_inner_button(__("Mapping"), () => frappe.set_route("List", "CX Unit Mapping"));
	},
};
