// The form of a question to a resolver or development team: who reported it, and one answer for all of them.

frappe.ui.form.on("CX Resolver Question", {
	refresh(frm) {
		const wrapper = frm.get_field("moves_html").$wrapper.empty();
		const reports = frm.get_field("reports_html").$wrapper.empty();
		if (frm.is_new()) return;
		const colors = { Open: "orange", Answered: "green", Withdrawn: "gray" };
		frm.page.set_indicator(__(frm.doc.state), colors[frm.doc.state]);
		show_reports(frm, reports);
		if (frm.doc.state !== "Open" || !frm.perm[0].write) return;
		const buttons = $(`<div style="display:flex;gap:8px;flex-wrap:wrap"></div>`).appendTo(wrapper);
		const button = (label, css, run) => $(`<button type="button" class="btn btn-sm ${css}"></button>`).text(label).on("click", run).appendTo(buttons);
		button(__("They answered"), "btn-primary", () => ask(frm, __("They answered"), "answer_question", [
			{ fieldname: "answer", fieldtype: "Small Text", label: __("Their answer, as it can be told to everybody who reported it"), reqd: 1 },
			{ fieldname: "by", fieldtype: "Data", label: __("Who answered"), default: frm.doc.asked_of },
		]));
		button(__("Withdraw it"), "btn-default", () => ask(frm, __("Withdraw it"), "withdraw_question", [
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1 },
		]));
	},
});

function ask(frm, title, method, fields) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: title,
		primary_action(values) {
			frappe
				.call({ method: `cx_desk.api.visits.${method}`, args: { question: frm.doc.name, ...values }, freeze: true })
				.then(({ message }) => {
					dialog.hide();
					if (message && message.told !== undefined) {
						frappe.show_alert({ message: __("Told by mail: {0}. Left to their owners: {1}.", [message.told, message.left]), indicator: "green" });
					}
					frm.reload_doc();
				});
		},
	});
	dialog.show();
}

function show_reports(frm, wrapper) {
	const rows = (frm.doc.__onload && frm.doc.__onload.reports) || [];
	const hidden = (frm.doc.__onload && frm.doc.__onload.hidden) || 0;
	rows.forEach((row) => {
		$(`<div style="padding:8px 0;border-bottom:1px solid var(--border-color)"></div>`)
			.append(
				$("<a></a>").attr("href", `/app/cx-voice/${encodeURIComponent(row.name)}`).text(row.statement),
				$(`<div class="text-muted small"></div>`).text([row.source_name, row.unit, __(row.state)].filter(Boolean).join(" · "))
			)
			.appendTo(wrapper);
	});
	if (hidden) $(`<p class="text-muted"></p>`).text(__("{0} more from units that you do not see.", [hidden])).appendTo(wrapper);
	if (!rows.length && !hidden) $(`<p class="text-muted"></p>`).text(__("Nobody reported it yet. Voices join it in the triage of a visit.")).appendTo(wrapper);
}
