// Filters of the report: nothing needs to be chosen to see the last 13 weeks.

frappe.query_reports["Told and Settled"] = {
	filters: [
		{ fieldname: "weeks", label: __("Weeks"), fieldtype: "Int", default: 13 },
		{
			fieldname: "unit",
			label: __("Business unit and below"),
			fieldtype: "Link",
			options: "CX Business Unit",
		},
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "HD Team" },
		{
			fieldname: "kind",
			label: __("Kind"),
			fieldtype: "Select",
			options: [
				"",
				"Low answer",
				"Comment",
				"Not solved",
				"Reply",
				"Said",
				"Want",
				"Praise",
				"Promise",
			],
		},
	],
};
