// The score on a business unit's form: figure, interval, people, and the answers behind it.
frappe.provide("cx_desk");

cx_desk.show_unit_score = (frm) => {
	const field = frm.get_field("score_html");
	if (!field || frm.is_new() || !frm.doc.__onload || !frm.doc.__onload.in_scope) return;
	frappe
		.call({ method: "cx_desk.api.surveys.scores_of", args: { unit: frm.doc.name } })
		.then((r) => {
			const cards = r.message || [];
			field.$wrapper.html(
				cards.length
					? cards.map(cx_desk.score_card).join("")
					: `<p class="text-muted">${__("Nobody of this unit has answered a survey yet.")}</p>`,
			);
			cx_desk.show_unit_targets(frm, field.$wrapper);
			field.$wrapper.find("[data-scorecard]").on("click", (event) => {
				event.preventDefault();
				const card = cards[event.currentTarget.dataset.scorecard];
				frappe.set_route("survey-scorecard", card.survey).then(() => {
					frappe.pages["survey-scorecard"].scorecard.go({ survey: card.survey, unit: frm.doc.name, team: "" });
				});
			});
			field.$wrapper.find("[data-card]").on("click", (event) => {
				event.preventDefault();
				const card = cards[event.currentTarget.dataset.card];
				frappe.set_route("List", "CX Survey Response", card.filters);
			});
		});
};

cx_desk.score_card = (card, index) => {
	const text = frappe.utils.escape_html;
	const head = `<div><b>${text(card.kind)}</b> <span class="text-muted">· ${text(card.survey)}${card.question ? ": " + text(card.question) : ""}</span></div>`;
	if (card.hidden) {
		return `<div class="cx-score" style="margin-bottom:16px">${head}<p class="text-muted">${__("Not shown: of this survey you see closed quarters, and none with enough people is there yet.")}</p></div>`;
	}
	const color = { Good: "var(--green-600,#1a7f43)", Poor: "var(--red-600,#c0392b)" }[card.band] || "var(--gray-700,#4a5866)";
	const badge = card.band ? `<span class="indicator-pill ${{ Good: "green", Poor: "red" }[card.band] || "gray"}">${__(card.band)}</span>` : "";
	const few = card.few ? ` <span class="indicator-pill orange">${__("few answers")}</span>` : "";
	const target = card.target === null || card.target === undefined ? "" : `<i title="${__("Target")}" style="position:absolute;left:${card.target}%;top:-3px;width:2px;height:16px;background:var(--gray-600,#687178)"></i>`;
	const rate = card.response_rate === null ? "" : __("{0} of {1} asked answered ({2} %)", [card.answered, card.asked, card.response_rate]);
	return `
		<div class="cx-score" style="margin-bottom:18px;max-width:640px">
			${head}
			<div style="display:flex;align-items:baseline;gap:10px;flex-wrap:wrap;margin:4px 0">
				<span style="font-size:26px;font-weight:600;color:${color};font-variant-numeric:tabular-nums">${card.value}</span>
				<span class="text-muted">${__("between {0} and {1}", [card.low, card.high])}</span> ${badge}${few}
			</div>
			<div role="img" aria-label="${__("{0}, interval from {1} to {2}", [card.value, card.low, card.high])}" style="position:relative;height:10px;border-radius:5px;background:var(--gray-200,#e2e6ea)">
				<span style="position:absolute;left:${card.from}%;width:${Math.max(card.to - card.from, 0.5)}%;height:10px;border-radius:5px;background:${color};opacity:.35"></span>
				<span style="position:absolute;left:calc(${card.at}% - 2px);width:4px;height:14px;top:-2px;border-radius:2px;background:${color}"></span>${target}
			</div>
			<p style="margin:6px 0 0">${__("{0} people, {1} answers", [card.n, card.answers])}${rate ? " · " + rate : ""} · ${card.quarter ? __("quarter {0}", [text(card.quarter)]) : __("last {0} days", [card.window])}</p>
			<p class="text-muted small" style="margin:2px 0 0">${__("95 % interval ({0}). It covers chance, not those who stayed silent. The last {1} days are still coming in.", [text(card.method), card.still_coming])}
			<a href="#" data-scorecard="${index}">${__("Scorecard")}</a>${card.filters ? ` · <a href="#" data-card="${index}">${__("Answers behind it")}</a>` : ""}</p>
		</div>`;
};

// What was agreed with the business about these figures, and whether it is shown to be met.
cx_desk.show_unit_targets = (frm, place) => {
	if (!frappe.model.can_read("CX Experience Target")) return;
	frappe
		.call({ method: "cx_desk.api.scorecards.targets_of", args: { unit: frm.doc.name }, type: "GET" })
		.then(({ message }) => {
			if (!message || !message.length) return;
			const colors = { Met: "green", Missed: "red" };
			const list = $(`<div class="cx-targets"></div>`).append($("<b></b>").text(__("Experience targets")));
			for (const row of message) {
				const line = $(`<p style="margin:4px 0;display:flex;gap:4px 10px;flex-wrap:wrap;align-items:baseline"></p>`).appendTo(list);
				$("<a></a>").attr("href", row.link).text(row.name).appendTo(line);
				$(`<span class="indicator-pill ${colors[row.state] || "gray"}"></span>`).text(__(row.state)).appendTo(line);
				$(`<span class="text-muted"></span>`)
					.text(__("{0} ({1}), to reach {2}, n = {3}", [row.value, row.interval, row.target, row.n]))
					.appendTo(line);
			}
			place.append(list);
		});
};

frappe.ui.form.on("CX Business Unit", { refresh: cx_desk.show_unit_score });
