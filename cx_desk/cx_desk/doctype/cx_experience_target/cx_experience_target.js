// An experience target: its figure in words, with the bar of the interval and the line to reach.
frappe.ui.form.on("CX Experience Target", {
	refresh(frm) {
		frm.trigger("survey");
		const place = frm.get_field("state_html").$wrapper.empty();
		if (frm.is_new()) return;
		frm.add_custom_button(__("Look now"), () =>
			frappe
				.call({ method: "cx_desk.api.scorecards.look_at_target", args: { target: frm.doc.name }, freeze: true })
				.then(() => frm.reload_doc()),
		);
		frm.add_custom_button(__("Scorecard"), () => {
			const query = new URLSearchParams();
			if (frm.doc.unit) query.set("unit", frm.doc.unit);
			if (frm.doc.team) query.set("team", frm.doc.team);
			frappe.set_route("survey-scorecard", frm.doc.survey).then(() => {
				const page = frappe.pages["survey-scorecard"];
				const card = page && page.scorecard;
				if (card) card.go({ survey: frm.doc.survey, unit: frm.doc.unit || "", team: frm.doc.team || "" });
			});
		});
		frappe
			.call({ method: "cx_desk.api.scorecards.target_card", args: { target: frm.doc.name }, type: "GET" })
			.then(({ message }) => message && cx_show_target(place, message));
	},

	survey(frm) {
		if (!frm.doc.survey) return;
		frappe
			.call({ method: "cx_desk.api.scorecards.target_questions", args: { survey: frm.doc.survey }, type: "GET" })
			.then(({ message }) => frm.set_df_property("question", "options", message || []));
	},
});

function cx_show_target(place, card) {
	const colors = { Met: "green", Missed: "red" };
	const box = $(`<div class="cx-target" style="max-width:640px;margin-bottom:8px"></div>`).appendTo(place);
	const head = $(`<div style="display:flex;gap:10px;align-items:baseline;flex-wrap:wrap"></div>`).appendTo(box);
	$(`<b style="font-size:26px"></b>`).text(card.value).appendTo(head);
	$(`<span class="text-muted"></span>`).text(`${card.interval} · ${card.target}`).appendTo(head);
	$(`<span class="indicator-pill ${colors[card.state] || "gray"}"></span>`).text(__(card.state)).appendTo(head);
	// Drawn and escaped by the server.
	$(`<div class="cx-target-bar"></div>`).html(card.bar).appendTo(box);
	$(`<p style="margin:4px 0 0"></p>`).text(card.meaning).appendTo(box);
	const facts = [__("n = {0}", [card.n]), card.method && __(card.method), card.baseline && __("baseline {0}", [card.baseline])];
	$(`<p class="text-muted small" style="margin:0"></p>`).text(facts.filter(Boolean).join(" · ")).appendTo(box);
	place.prepend(
		`<style>.cx-target svg{display:block;width:100%;max-width:420px;height:28px}.cx-target svg .axis{stroke:var(--border-color)}
		.cx-target svg .mark{stroke:var(--text-color);stroke-width:1.5}.cx-target svg .interval,.cx-target svg .end{stroke:#1f5fa8;stroke-width:2}
		.cx-target svg .dot{fill:#1f5fa8}</style>`,
	);
}
