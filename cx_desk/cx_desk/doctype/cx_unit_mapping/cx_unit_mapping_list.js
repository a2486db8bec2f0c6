frappe.listview_settings["CX Unit Mapping"] = {
	add_fields: ["kind", "unit", "source"],
	hide_name_column: true,
	onload(listview) {
		if (frappe.model.can_import("CX Unit Mapping")) {
			listview.page.add_inner_button(__("Import two columns"), () => cx_import_mapping(listview));
		}
		if (frappe.model.can_create("CX Unit Mapping")) {
			listview.page.add_inner_button(__("Look up all tickets again"), () => cx_resolve_tickets());
		}
		listview.page.add_inner_button(__("Tickets without a unit"), () =>
			frappe.set_route("query-report", "Tickets Without a Unit"),
		);
	},
};

function cx_import_mapping(listview) {
	const NEW_UNIT = "__new__";
	const LEAVE_OUT = "__skip__";
	let checked = null;

	const dialog = new frappe.ui.Dialog({
		title: __("Import a mapping"),
		size: "large",
		fields: [
			{
				fieldname: "kind",
				fieldtype: "Select",
				label: __("The first column holds"),
				options: [
					{ value: "Person", label: __("Mail addresses of persons") },
					{ value: "Department", label: __("Departments") },
					{ value: "HD Customer", label: __("HD Customers") },
					{ value: "Domain", label: __("Mail domains") },
					{ value: "Team", label: __("Teams") },
				],
				default: "Person",
				reqd: 1,
				change: () => forget_check(),
			},
			{ fieldname: "cb", fieldtype: "Column Break" },
			{
				fieldname: "file",
				fieldtype: "HTML",
				options: `<div class="form-group">
					<label class="control-label" for="cx-mapping-file">${__("From a file (CSV or text)")}</label>
					<input type="file" id="cx-mapping-file" accept=".csv,.tsv,.txt,text/csv,text/plain" class="form-control" style="height:auto">
				</div>`,
			},
			{ fieldname: "sb", fieldtype: "Section Break" },
			{
				fieldname: "text",
				fieldtype: "Code",
				label: __("Two columns: what is mapped, and its unit"),
				description: __(
					"Paste from a spreadsheet, or separate the columns by comma or semicolon. A heading line is recognised.",
				),
				max_height: "180px",
				min_lines: 8,
				change: () => forget_check(),
			},
			{ fieldname: "result", fieldtype: "HTML" },
			{
				fieldname: "replace",
				fieldtype: "Check",
				label: __("Also change what is mapped to another unit now"),
				hidden: 1,
			},
			{
				fieldname: "resolve",
				fieldtype: "Check",
				label: __("Then look up the unit of all tickets again"),
				default: 1,
				hidden: 1,
			},
		],
		primary_action_label: __("Check"),
		primary_action: () => (checked ? write() : check()),
	});
	dialog.show();
	dialog.$wrapper.find("#cx-mapping-file").on("change", (event) => {
		const file = event.target.files[0];
		if (!file) return;
		const reader = new FileReader();
		reader.onload = () => dialog.set_value("text", reader.result).then(() => check());
		reader.onerror = () => frappe.msgprint(__("The file could not be read. Paste its two columns instead."));
		reader.readAsText(file);
	});

	const esc = frappe.utils.escape_html;
	const result = () => dialog.fields_dict.result.$wrapper;

	function forget_check() {
		if (!checked) return;
		checked = null;
		result().empty();
		dialog.set_df_property("replace", "hidden", 1);
		dialog.set_df_property("resolve", "hidden", 1);
		dialog.set_primary_action(__("Check"), () => check());
	}

	function check() {
		const { text, kind } = dialog.get_values(true);
		return frappe
			.call({
				method: "cx_desk.api.units.check_import",
				args: { text: text || "", kind },
				freeze: true,
				freeze_message: __("Checking ..."),
			})
			.then(({ message }) => {
				if (!message) return;
				checked = message;
				result().html(describe(message));
				dialog.set_df_property("replace", "hidden", message.counts.change ? 0 : 1);
				dialog.set_df_property("resolve", "hidden", 0);
				const writable = message.counts.new + message.counts.change + message.counts["unknown unit"];
				dialog.set_primary_action(writable ? __("Import") : __("Check again"), () =>
					writable ? write() : check(),
				);
				result()[0].scrollIntoView({ block: "nearest" });
			});
	}

	function describe(plan) {
		const counts = plan.counts;
		const pills = [
			["new", "green", __("to add")],
			["same", "gray", __("there already")],
			["change", "orange", __("mapped elsewhere now")],
			["double", "gray", __("doubles")],
			["conflict", "red", __("contradict each other")],
			["unknown unit", "orange", __("with an unknown unit")],
			["bad", "red", __("cannot be used")],
		]
			.filter(([status]) => counts[status])
			.map(
				([status, colour, label]) =>
					`<span class="indicator-pill ${colour}" style="margin:0 6px 6px 0">${counts[status]} ${label}</span>`,
			)
			.join("");
		const units = plan.unknown_units
			.map(
				(unit, at) => `<tr>
				<td style="word-break:break-word"><b>${esc(unit.name)}</b><div class="text-muted small">${unit.lines === 1 ? __("1 line") : __("{0} lines", [unit.lines])}</div></td>
				<td><select class="form-control" data-unit="${at}" aria-label="${esc(__("What is meant by {0}", [unit.name]))}">
					${unit.nearest.map((near) => `<option value="${esc(near)}">${esc(__("is {0}", [near]))}</option>`).join("")}
					<option value="${NEW_UNIT}">${__("make this unit")}</option>
					<option value="${LEAVE_OUT}">${__("leave these lines out")}</option>
				</select></td></tr>`,
			)
			.join("");
		const problems = plan.problems
			.map(
				(row) => `<tr><td class="text-right">${row.line}</td>
				<td style="word-break:break-word">${esc(row.value)}</td>
				<td style="word-break:break-word">${esc(row.unit)}</td>
				<td style="word-break:break-word">${esc(row.note)}</td></tr>`,
			)
			.join("");
		const more = plan.problems_not_shown
			? `<p class="text-muted small">${__("and {0} more lines", [plan.problems_not_shown])}</p>`
			: "";
		return `<div role="status" style="margin:4px 0 12px">${__("{0} lines", [plan.lines])}: ${pills}</div>
			${
				units
					? `<p><b>${__("Units that are not known")}</b></p>
				<table class="table table-bordered" style="table-layout:fixed"><tbody>${units}</tbody></table>`
					: ""
			}
			${
				problems
					? `<p><b>${__("Lines to look at")}</b></p>
				<div style="max-height:220px;overflow:auto"><table class="table table-bordered table-sm" style="margin:0">
				<thead><tr><th style="width:4em">${__("Line")}</th><th>${__("Value")}</th><th>${__("Unit")}</th><th>${__("What about it")}</th></tr></thead>
				<tbody>${problems}</tbody></table></div>${more}`
					: ""
			}`;
	}

	function write() {
		const { text, kind, replace, resolve } = dialog.get_values(true);
		const choices = {};
		checked.unknown_units.forEach((unit, at) => {
			const choice = result().find(`select[data-unit="${at}"]`).val();
			if (choice !== LEAVE_OUT) choices[unit.name] = choice === NEW_UNIT ? "" : choice;
		});
		return frappe
			.call({
				method: "cx_desk.api.units.run_import",
				args: { text, kind, choices: JSON.stringify(choices), replace: replace ? 1 : 0 },
				freeze: true,
				freeze_message: __("Importing ..."),
			})
			.then(({ message }) => {
				if (!message) return;
				dialog.hide();
				listview.refresh();
				frappe.show_alert({
					message: __("{0} added, {1} changed, {2} there already, {3} left out", [
						message.added,
						message.changed,
						message.same,
						message.left_out,
					]),
					indicator: message.left_out ? "orange" : "green",
				});
				if (resolve) cx_resolve_tickets(true);
			});
	}
}

function cx_resolve_tickets(quiet) {
	const start = () =>
		frappe.call({ method: "cx_desk.api.units.start_resolving" }).then(() => {
			const title = __("Looking up units");
			frappe.show_progress(title, 0, 100, __("Waiting for a free worker."));
			let waited = 0;
			const poll = () =>
				frappe.call({ method: "cx_desk.api.units.resolving_progress" }).then(({ message }) => {
					if (["queued", "running"].includes(message.state)) {
						const slow = message.state === "queued" && ++waited > 5;
						frappe.show_progress(
							title,
							message.done,
							message.total || 100,
							slow
								? __("No worker has taken it yet. It goes on without this window; you may close it.")
								: message.message,
						);
						if (slow && waited > 60) return;
						setTimeout(poll, 2000);
						return;
					}
					frappe.hide_progress();
					frappe.show_alert({
						message: message.message,
						indicator: message.state === "done" ? "green" : "red",
					});
				});
			setTimeout(poll, 1000);
		});
	if (quiet) return start();
	frappe.confirm(
		__("Every ticket gets the unit that the mapping says today. Units set by hand stay. Continue?"),
		start,
	);
}
