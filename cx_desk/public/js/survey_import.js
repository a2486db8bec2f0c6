// Import answers of before into a survey: a CSV file, checked before anything is written, or Helpdesk's own ratings.
frappe.ui.form.on("CX Survey", {
	refresh(frm) {
		if (frm.is_new() || !frappe.perm.has_perm("CX Survey", 0, "write") || frm.doc.privacy === "Anonymous") return;
		frm.add_custom_button(__("From a CSV file"), () => cx_import_csv(frm), __("Import answers"));
		if (frm.doc.kind === "Ticket") {
			frm.add_custom_button(__("Helpdesk's own ratings"), () => cx_import_ratings(frm), __("Import answers"));
		}
	},
});

function cx_import_csv(frm) {
	let text = "";
	const call = (method) =>
		frappe.call({ method: `cx_desk.api.sources.${method}`, args: { survey: frm.doc.name, text }, freeze: true });
	const check = () => {
		if (!text) return frappe.msgprint(__("Choose a file first."));
		call("check_import").then((r) => {
			const count = r.message.counts.new;
			dialog.get_field("plan").$wrapper.html(cx_import_plan(r.message));
			dialog.set_primary_action(count ? __("Import") : __("Check"), count ? run : check);
		});
	};
	const run = () =>
		call("run_import").then((r) => {
			dialog.hide();
			frappe.show_alert({ message: __("Imported: {0}", [r.message.counts.new]), indicator: "green" });
			frm.reload_doc();
		});
	const dialog = new frappe.ui.Dialog({
		title: __("Import answers"),
		fields: [
			{
				fieldtype: "HTML",
				fieldname: "file",
				options: `<p>${__("One line per answer; the first line names the columns. The same line is counted once, however often it is imported.")}</p>
					<p><button type="button" class="btn btn-xs btn-default" data-template>${__("Template for this survey")}</button></p>
					<label for="cx-import-file">${__("CSV file")}</label><input id="cx-import-file" type="file" accept=".csv,text/csv,text/plain" class="form-control" style="height:auto">`,
			},
			{ fieldtype: "HTML", fieldname: "plan" },
		],
		primary_action_label: __("Check"),
		primary_action: check,
	});
	dialog.$wrapper.find("[data-template]").on("click", () => {
		frappe.call({ method: "cx_desk.api.sources.import_template", args: { survey: frm.doc.name } }).then((r) => {
			const link = document.createElement("a");
			link.href = URL.createObjectURL(new Blob(["\ufeff", r.message.csv], { type: "text/csv" }));
			link.download = `${frm.doc.name}.csv`;
			link.click();
			URL.revokeObjectURL(link.href);
		});
	});
	dialog.$wrapper.find("#cx-import-file").on("change", (event) => {
		const file = event.target.files[0];
		if (!file) return;
		dialog.get_field("plan").$wrapper.empty();
		file.text().then((content) => {
			text = content;
			check();
		});
	});
	dialog.show();
}

function cx_import_plan(plan) {
	const escape = frappe.utils.escape_html;
	const counts = plan.counts;
	const lines = [
		counts.new ? `<b>${__("New answers: {0}", [counts.new])}</b>` : `<b>${__("No new answer in this file.")}</b>`,
		counts.known ? __("Imported already: {0}", [counts.known]) : "",
		counts.double ? __("Lines that say the same as another one: {0}. Give them an id if they are answers of their own.", [counts.double]) : "",
		counts.bad ? __("Lines that cannot be imported: {0}", [counts.bad]) : "",
	].filter(Boolean);
	const follows = [
		plan.voices
			? __("{0} of them need somebody (low, not solved, or with words): each becomes a voice with an owner, who is told.", [plan.voices])
			: "",
		plan.resting
			? __("{0} would, but are older than {1} days: they count, and nobody is sent after them.", [plan.resting, plan.days])
			: "",
	].filter(Boolean);
	lines.splice(1, 0, ...follows);
	const problems = plan.problems
		.map((p) => `<li>${__("Line {0}", [p.line])}: ${p.faults.map(escape).join(" ")}</li>`)
		.join("");
	const more = plan.problems_not_shown ? `<li>${__("and {0} more", [plan.problems_not_shown])}</li>` : "";
	const ignored = plan.ignored.length
		? `<p class="text-muted small">${__("Columns that are nothing here: {0}", [plan.ignored.map(escape).join(", ")])}</p>`
		: "";
	return `<div style="margin-top:12px">${lines.map((line) => `<p style="margin:0 0 4px">${line}</p>`).join("")}
		${problems ? `<ul style="max-height:220px;overflow:auto;padding-inline-start:20px">${problems}${more}</ul>` : ""}${ignored}</div>`;
}

function cx_import_ratings(frm) {
	frappe.call({ method: "cx_desk.api.sources.check_ratings", args: { survey: frm.doc.name } }).then((r) => {
		const found = r.message;
		if (found.running) return frappe.msgprint(__("An import is running; you get a notification when it is done."));
		if (!found.rated) return frappe.msgprint(__("No ticket carries a rating of Helpdesk's own."));
		frappe.confirm(
			__("{0} tickets carry a rating of Helpdesk's own; {1} of them count here already. Count the rest too, each on the day its ticket was resolved?", [found.rated, found.counted]) +
				`<br><br><span class="text-muted">${__("A low one of the last {0} days becomes a voice with an owner; older ones only count.", [found.days])}</span>`,
			() =>
				frappe
					.call({ method: "cx_desk.api.sources.import_ratings", args: { survey: frm.doc.name } })
					.then((done) => frappe.show_alert({ message: done.message.message, indicator: "blue" })),
		);
	});
}
