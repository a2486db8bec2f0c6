// A round of the planner: proposals with their reasons, accepted with a tap; what was not drawn, and why.

frappe.ui.form.on("CX Visit Round", {
	refresh(frm) {
		const wrapper = frm.get_field("proposals_html").$wrapper.empty();
		const text = (tag, words, css) => $(`<${tag}></${tag}>`).text(words).css(css || {});
		if (frm.is_new()) {
			text("p", __("Choose a part of the business and how many visits the desk can make. Saving reads the figures and proposes."), { color: "var(--text-muted)", margin: 0 }).appendTo(wrapper);
			return;
		}
		// A round is a record: there is nothing to save in it.
		frm.disable_save();
		const rows = (frm.doc.__onload && frm.doc.__onload.proposals) || [];
		const lots = rows.some((row) => row.outcome === "Not drawn");
		text(
			"p",
			lots
				? __("More units want a visit than there are slots, so lots were drawn among the neediest. Those not drawn show later what would have happened without a visit.")
				: __("There are slots for all who need a visit, so no lots were drawn."),
			{ color: "var(--text-muted)" }
		).appendTo(wrapper);
		rows.forEach((row) => {
			const out = row.outcome === "Not drawn";
			const box = $(`<div style="display:flex;gap:12px;align-items:center;flex-wrap:wrap;padding:12px 0;border-bottom:1px solid var(--border-color)"></div>`).appendTo(wrapper);
			const words = $(`<div style="flex:1 1 280px"></div>`).appendTo(box);
			if (out) words.css({ opacity: 0.75 });
			text("div", row.unit, { fontWeight: 600 }).appendTo(words);
			text("div", row.sentence).appendTo(words);
			const note = out ? __("Not drawn: lot {0}", [row.lot]) : [row.visitor ? __("{0} would go", [row.visitor]) : __("Nobody could be found who goes"), row.lot ? __("lot {0}", [row.lot]) : ""].filter(Boolean).join(", ");
			text("div", note, { color: "var(--text-muted)", fontSize: "var(--text-sm)" }).appendTo(words);
			if (row.visit) {
				$(`<a class="btn btn-default btn-sm"></a>`).attr("href", `/app/cx-visit/${encodeURIComponent(row.visit)}`).text(__("Planned: {0}", [row.visit])).appendTo(box);
			} else if (!out && row.visitor && frm.perm[0].write) {
				$(`<button type="button" class="btn btn-primary btn-sm"></button>`)
					.text(__("Plan it"))
					.on("click", () =>
						frappe.call({ method: "cx_desk.api.visits.accept_proposal", args: { visit_round: frm.doc.name, row: row.name }, freeze: true }).then(({ message }) => {
							frappe.show_alert({ message: __("Planned: {0}", [message]), indicator: "green" });
							frm.reload_doc();
						})
					)
					.appendTo(box);
			}
		});
	},
});
