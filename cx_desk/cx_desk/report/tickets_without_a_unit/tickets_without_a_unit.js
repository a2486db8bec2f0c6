frappe.query_reports["Tickets Without a Unit"] = {
	filters: [
		{
			fieldname: "days",
			label: __("Period"),
			fieldtype: "Select",
			options: [30, 90, 365].map((days) => ({ value: days, label: __("The last {0} days", [days]) })),
			default: 365,
		},
		{ fieldname: "only_suggested", label: __("Only with a suggestion"), fieldtype: "Check" },
	],
	onload(report) {
		report.page.add_inner_button(__("Mapping"), () => frappe.set_route("List", "CX Unit Mapping"));
		$(report.page.wrapper).on("click", "[data-cx-row]", (event) => {
			event.preventDefault();
			const row = report.data[Number(event.currentTarget.dataset.cxRow)];
			if (row.unit) cx_accept(report, row.kind, row.value, row.unit, event.currentTarget);
			else cx_choose(report, row);
		});
	},
	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname !== "action") return default_formatter(value, row, column, data);
		if (!data || !data.value || !frappe.model.can_create("CX Unit Mapping")) return "";
		const at = frappe.query_report.data.indexOf(data);
		const label = data.unit ? __("Accept") : __("Choose ...");
		return `<button class="btn btn-xs ${data.unit ? "btn-primary" : "btn-default"}" data-cx-row="${at}"
			aria-label="${frappe.utils.escape_html(label + " " + data.person)}">${label}</button>`;
	},
};

function cx_accept(report, kind, value, unit, button) {
	$(button).prop("disabled", true);
	return frappe
		.call({ method: "cx_desk.api.units.accept_suggestion", args: { kind, value, unit } })
		.then(({ message }) => {
			if (!message) return;
			frappe.show_alert({ message: frappe.utils.escape_html(message.message), indicator: "green" });
			report.refresh();
		})
		.catch(() => $(button).prop("disabled", false));
}

function cx_choose(report, row) {
	const kinds = ["Person"];
	if (row.department) kinds.push("Department");
	if (row.customer) kinds.push("HD Customer");
	if (row.address) kinds.push("Domain");
	if (row.team) kinds.push("Team");
	const values = {
		Person: row.address,
		Department: row.department,
		"HD Customer": row.customer,
		Domain: row.address.split("@").pop(),
		Team: row.team,
	};
	const dialog = new frappe.ui.Dialog({
		title: __("Where does {0} belong?", [frappe.utils.escape_html(row.person)]),
		fields: [
			{
				fieldname: "kind",
				fieldtype: "Select",
				label: __("Map"),
				options: kinds.map((kind) => ({ value: kind, label: `${__(kind)}: ${values[kind]}` })),
				default: "Person",
				reqd: 1,
			},
			{
				fieldname: "unit",
				fieldtype: "Link",
				options: "CX Business Unit",
				label: __("Unit"),
				reqd: 1,
				get_query: () => ({ filters: { is_unassigned: 0, disabled: 0 } }),
			},
		],
		primary_action_label: __("Map"),
		primary_action({ kind, unit }) {
			dialog.hide();
			cx_accept(report, kind, values[kind], unit);
		},
	});
	dialog.show();
}
