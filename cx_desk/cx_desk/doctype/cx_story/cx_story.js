// The form of a story: the next step with its reason, and the story as it will be read.

frappe.ui.form.on("CX Story", {
	setup(frm) {
		frm.set_query("unit", () => ({ filters: { disabled: 0, is_unassigned: 0 } }));
		frm.set_query("record", "evidence", (doc, cdt, cdn) => {
			const row = locals[cdt][cdn];
			const by_unit = ["CX Visit", "CX Voice", "CX Resolver Question", "CX Initiative", "CX Benefit", "CX Conversation"];
			if (!doc.unit || !by_unit.includes(row.record_type)) return {};
			const filters = { unit: doc.unit };
			if (row.record_type === "CX Voice") filters.confidential = 0;
			return { filters };
		});
	},

	refresh(frm) {
		const colors = { Draft: "orange", Shared: "green", Withdrawn: "gray" };
		if (!frm.is_new()) frm.page.set_indicator(__(frm.doc.state), colors[frm.doc.state]);
		const fixed = frm.doc.state && frm.doc.state !== "Draft" ? 1 : 0;
		for (const name of ["title", "unit", "before", "did", "after", "evidence"]) frm.set_df_property(name, "read_only", fixed);
		frm.toggle_display("sb_page", !frm.is_new());
		show_moves(frm);
		frm.get_field("page_html").$wrapper.html((frm.doc.__onload && frm.doc.__onload.page) || "");
		if (frm.is_new()) return;
		const name = encodeURIComponent(frm.doc.name);
		frm.add_custom_button(__("Page"), () => window.open(`/cx/story?name=${name}`, "_blank"));
		frm.add_custom_button(__("PDF"), () =>
			window.open(
				`/api/method/frappe.utils.print_format.download_pdf?doctype=CX%20Story&name=${name}&format=CX%20Story&no_letterhead=1`,
				"_blank"
			)
		);
	},
});

function show_moves(frm) {
	const wrapper = frm.get_field("moves_html").$wrapper.empty();
	if (frm.is_new()) {
		$(`<p class="text-muted" style="margin:0"></p>`)
			.text(__("Three short paragraphs, and for the times before and after a record that shows it."))
			.appendTo(wrapper);
		return;
	}
	const moves = (frm.doc.__onload && frm.doc.__onload.moves) || [];
	if (!moves.length || !(frm.perm[0] && frm.perm[0].write)) return;
	const row = $(`<div style="display:flex;flex-wrap:wrap;gap:8px"></div>`).appendTo(wrapper);
	moves.forEach((move) => {
		$(`<button type="button" class="btn btn-sm"></button>`)
			.addClass(move.allowed && move.to === "Shared" ? "btn-primary" : "btn-default")
			.text(move.label)
			.prop("disabled", !move.allowed)
			.on("click", () => (frm.is_dirty() ? frm.save().then(() => step(frm, move)) : step(frm, move)))
			.appendTo(row);
		if (!move.allowed) $(`<p class="text-muted small" style="margin:6px 0 0"></p>`).text(move.why_not).appendTo(wrapper);
	});
}

function step(frm, move) {
	const run = (values) =>
		frappe
			.call({ method: "cx_desk.api.visits.move_story", args: { story: frm.doc.name, to: move.to, ...values }, freeze: true })
			.then(() => frm.reload_doc());
	if (!move.needs.length) return run({});
	frappe.prompt(
		[{ fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1 }],
		(values) => run(values),
		move.label,
		move.label
	);
}
