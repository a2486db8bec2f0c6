frappe.ui.form.on("CX Survey Trigger", {
	setup(frm) {
		frm.set_query("survey", () => ({ filters: { kind: "Ticket" } }));
	},

	refresh(frm) {
		frm.get_field("dry_run_html").$wrapper.empty();
		if (frm.is_new()) {
			frm.get_field("dry_run_html").$wrapper.html(
				`<p class="text-muted">${__("Save first, switched off: then see here what it would have done over the last 90 days.")}</p>`,
			);
			return;
		}
		frm.add_custom_button(__("Dry run"), () => cx_dry_run(frm));
		frm.add_custom_button(
			__("Ledger"),
			() => frappe.set_route("List", "CX Survey Invitation", { trigger: frm.doc.name }),
			__("View"),
		);
		if (!frm.doc.enabled) return cx_dry_run(frm);
		frm.get_field("dry_run_html").$wrapper.html(
			`<p class="text-muted">${__("'Dry run' shows what this trigger would have done over the last 90 days.")}</p>`,
		);
	},
});

function cx_dry_run(frm) {
	const wrapper = frm.get_field("dry_run_html").$wrapper;
	wrapper.html(`<p class="text-muted">${__("Going through the last 90 days ...")}</p>`);
	frappe
		.call({ method: "cx_desk.api.surveys.dry_run_of", args: { trigger: frm.doc.name } })
		.then((r) => wrapper.html(cx_dry_run_html(r.message)))
		.catch(() => wrapper.html(`<p class="text-danger">${__("The dry run failed; see the Error Log.")}</p>`));
}

function cx_dry_run_html(run) {
	if (!run.eligible) {
		return `<p class="text-muted">${__("No ticket of this audience was resolved in the last {0} days: nobody would have been asked.", [run.days])}</p>`;
	}
	const bar = (count) =>
		`<div style="background:var(--bg-light-gray,#eef1f4);border-radius:4px;height:10px;min-width:60px"><div style="width:${(100 * count) / run.eligible}%;height:10px;border-radius:4px;background:var(--primary,#1f5f8b)"></div></div>`;
	const row = (name, count, strong) =>
		`<tr><td style="width:45%">${strong ? `<b>${name}</b>` : name}</td><td style="width:70px;text-align:right;font-variant-numeric:tabular-nums">${strong ? `<b>${count}</b>` : count}</td><td style="vertical-align:middle">${bar(count)}</td></tr>`;
	const rate = Math.round(run.response_rate * 100);
	const margin =
		run.margin === null
			? __("too few to show anything")
			: __("at most ± {0} percentage points", [run.margin.toFixed(0)]);
	return `
		<p>${__("Had this trigger been on for the last {0} days:", [run.days])}</p>
		<table class="table table-sm" style="max-width:640px">
			${row(__("Eligible: resolved tickets of the audience"), run.eligible, true)}
			${row(__("Would have been asked"), run.would_send, true)}
			${run.reasons.map((r) => row(frappe.utils.escape_html(__("Not asked: {0}", [__(r.reason)])), r.count)).join("")}
		</table>
		<p>${__("Expected: about {0} answers ({1} % of those asked, {2}); precision of the score: {3}.", [
			run.expected,
			rate,
			run.own_rate ? __("this survey's own rate") : __("a usual rate, until there is an own one"),
			margin,
		])}</p>
		<p class="text-muted small">${__("Writes nothing and sends nothing. Opt-outs, people and holds are taken as they are today.")}</p>`;
}
