// The form of a visit: next steps with reasons, preparation, what was heard and its triage, report, verdict.

frappe.ui.form.on("CX Visit", {
	setup(frm) {
		frm.set_query("unit", () => ({ filters: { disabled: 0, is_unassigned: 0 } }));
		frm.set_query("unit", "comparison", () => ({ filters: { disabled: 0, is_unassigned: 0 } }));
		// The host puts the time zone behind the description before it looks for its translation.
		for (const name of ["starts_on", "ends_on"]) frm.get_docfield(name).description = __(frm.get_docfield(name).description);
		frm.set_query("user", "people", () => ({ filters: { user_type: "System User", enabled: 1 } }));
	},

	refresh(frm) {
		show_moves(frm);
		show_preparation(frm);
		show_points(frm);
		show_effect(frm);
		lock_fields(frm);
		if (frm.is_new()) return;
		const colors = { Planned: "blue", Held: "orange", Shared: "yellow", Closed: "green", Cancelled: "gray" };
		frm.page.set_indicator(__(frm.doc.state), colors[frm.doc.state]);
		if (frm.doc.state === "Planned" || frm.doc.state === "Held") {
			frm.add_custom_button(__("Phone page"), () =>
				window.open(`/cx/visit?name=${encodeURIComponent(frm.doc.name)}`, "_blank")
			);
		}
		if (frm.doc.state === "Planned") {
			frm.add_custom_button(
				__("Calendar file"),
				() =>
					window.open(
						`/api/method/cx_desk.api.visits.calendar_file?visit=${encodeURIComponent(frm.doc.name)}`,
						"_blank"
					),
				__("Calendar")
			);
			if (can_write(frm)) {
				const label = frm.doc.invited_at ? __("Send the invitation again") : __("Send an invitation");
				frm.add_custom_button(label, () => saved(frm, () => invite(frm)), __("Calendar"));
			}
		}
		if (in_list(["Shared", "Closed"], frm.doc.state) && can_write(frm)) {
			frm.add_custom_button(__("Amend the report"), () => amend(frm));
		}
		// The host's own entry asks for a right that only System Managers have.
		frm.page.menu.find(".menu-item-label").filter((_index, item) => $(item).attr("data-label") === encodeURIComponent(__("Repeat"))).closest("li").addClass("hide");
		if (can_write(frm) && frm.doc.state !== "Cancelled") {
			if (frm.doc.__onload && frm.doc.__onload.repeats) frm.add_custom_button(__("Stop repeating"), () => stop_repeating(frm), __("Calendar"));
			else frm.add_custom_button(__("Repeat this visit"), () => saved(frm, () => repeat(frm)), __("Calendar"));
		}
	},

	host_contact(frm) {
		if (!frm.doc.host_contact) return;
		frappe.db.get_value("Contact", frm.doc.host_contact, ["full_name", "email_id"]).then(({ message }) => {
			frm.set_value({ host_name: message.full_name, host_email: message.email_id });
		});
	},
});

const can_write = (frm) => Boolean(frm.perm[0] && frm.perm[0].write);
const call = (method, args) =>
	frappe.call({ method: `cx_desk.api.visits.${method}`, args, freeze: true }).then((answer) => answer.message);
const saved = (frm, then) => (frm.is_dirty() ? frm.save().then(then) : then());
const part = (tag, css, text) => $(`<${tag}></${tag}>`).css(css || {}).text(text === undefined ? "" : text);

function invite(frm) {
	return call("invite", { visit: frm.doc.name }).then((answer) => {
		const who = frappe.utils.escape_html(answer.invited.join(", "));
		frappe.show_alert({ message: __("Invited: {0}", [who]), indicator: "green" });
		frm.reload_doc();
	});
}

function repeat(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Repeat this visit"),
		fields: [
			{
				fieldname: "frequency",
				fieldtype: "Select",
				label: __("How often"),
				default: "Monthly",
				reqd: 1,
				options: ["Weekly", "Monthly", "Quarterly", "Half-yearly", "Yearly"].map((value) => ({ value, label: __(value) })),
			},
			{ fieldname: "until", fieldtype: "Date", label: __("Until"), description: __("Empty: until it is stopped. One is always planned ahead, at the same time of day.") },
		],
		primary_action_label: __("Repeat this visit"),
		primary_action(values) {
			call("repeat_visit", { visit: frm.doc.name, ...values }).then((made) => {
				dialog.hide();
				frappe.show_alert({ message: __("The next one is planned: {0}", [frappe.datetime.str_to_user(made.starts_on)]), indicator: "green" });
				frm.reload_doc();
			});
		},
	});
	dialog.show();
}

function stop_repeating(frm) {
	frappe.confirm(__("Plan no further ones? What is planned stays."), () =>
		call("stop_repeating", { visit: frm.doc.name }).then(() => frm.reload_doc())
	);
}

function lock_fields(frm) {
	const shared = in_list(["Shared", "Closed"], frm.doc.state);
	for (const name of ["report", "what_next"]) frm.set_df_property(name, "read_only", shared ? 1 : 0);
	const begun = !frm.is_new() && (frm.doc.state !== "Planned" || frappe.datetime.get_diff(frm.doc.starts_on, frappe.datetime.now_datetime()) < 0);
	const fixed = frm.doc.effect_locked_at || begun ? 1 : 0;
	for (const name of [
		"effect_question",
		"effect_hoped",
		"effect_ticket_type",
		"effect_weeks",
		"effect_washout_days",
		"effect_chosen_days",
		"comparison",
	]) {
		frm.set_df_property(name, "read_only", fixed);
	}
}

function show_moves(frm) {
	const wrapper = frm.get_field("moves_html").$wrapper.empty();
	if (frm.is_new()) {
		part("p", { color: "var(--text-muted)", margin: 0 }, __("A time in the future plans a visit, a time in the past logs one that was held.")).appendTo(wrapper);
		return;
	}
	if (frm.doc.proposal) part("p", { color: "var(--text-muted)" }, frm.doc.proposal).appendTo(wrapper);
	const moves = (frm.doc.__onload && frm.doc.__onload.moves) || [];
	if (!moves.length || !can_write(frm)) return;
	const buttons = part("div", { display: "flex", flexWrap: "wrap", gap: "8px" }).appendTo(wrapper);
	moves.forEach((move, index) => {
		$(`<button type="button" class="btn btn-sm"></button>`)
			.addClass(move.allowed && index === 0 ? "btn-primary" : "btn-default")
			.text(move.label)
			.prop("disabled", !move.allowed)
			.on("click", () => saved(frm, () => step(frm, move)))
			.appendTo(buttons);
	});
	// Steps that wait for the same thing say it once.
	const waiting = new Map();
	for (const move of moves) if (!move.allowed) waiting.set(move.why_not, [...(waiting.get(move.why_not) || []), move.label]);
	waiting.forEach((labels, why_not) => {
		const line = $(`<p class="text-muted small" style="margin:6px 0 0"></p>`).appendTo(wrapper);
		line.append($("<strong></strong>").text(labels.join(", ")), document.createTextNode(`: ${why_not}`));
	});
	if (frm.doc.state === "Planned" && frm.doc.effect_question && !frm.doc.effect_locked_at) {
		part("p", { margin: "6px 0 0" }, __("The question about its effect is not locked yet. Lock it before the visit: “Did it change anything?”")).appendTo(wrapper);
	}
}

const NEEDS = {
	reason: () => ({ fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1 }),
	cancelled_by: () => ({
		fieldname: "cancelled_by",
		fieldtype: "Select",
		label: __("Cancelled by"),
		options: [
			{ value: "The business", label: __("The business") },
			{ value: "The desk", label: __("The desk") },
		],
		reqd: 1,
	}),
	starts_on: () => ({ fieldname: "starts_on", fieldtype: "Datetime", label: __("New time"), reqd: 1 }),
	note: () => ({ fieldname: "note", fieldtype: "Small Text", label: __("To whom, and how"), reqd: 1 }),
};

function step(frm, move) {
	const run = (values) =>
		call("move_visit", { visit: frm.doc.name, to: move.to, key: move.key, ...values }).then(() => frm.reload_doc());
	if (move.key === "share") {
		const host = frappe.utils.escape_html(frm.doc.host_email || "");
		return frappe.confirm(__("Send the report to {0}? From then on every change is a new version.", [host]), () => run({}));
	}
	if (!move.needs.length) return run({});
	const dialog = new frappe.ui.Dialog({
		title: move.label,
		fields: move.needs.map((need) => NEEDS[need]()),
		primary_action_label: move.label,
		primary_action(values) {
			run(values).then(() => dialog.hide());
		},
	});
	dialog.show();
}

function amend(frm) {
	const correction = (frm.doc.versions || []).filter((row) => row.what === "The host corrected").pop();
	const dialog = new frappe.ui.Dialog({
		title: __("Amend the report"),
		size: "large",
		fields: [
			{ fieldname: "said", fieldtype: "HTML" },
			{ fieldname: "reason", fieldtype: "Small Text", label: __("What you change, and why"), reqd: 1, description: __("The host reads it.") },
			{ fieldname: "report", fieldtype: "Text", label: __("What we saw and heard"), default: frm.doc.report, reqd: 1 },
			{ fieldname: "what_next", fieldtype: "Text", label: __("What we do next"), default: frm.doc.what_next },
		],
		primary_action_label: __("Keep as a new version"),
		primary_action(values) {
			const { reason, report, what_next } = values;
			call("amend_report", { visit: frm.doc.name, reason, report, what_next }).then(() => {
				dialog.hide();
				frm.reload_doc();
			});
		},
	});
	if (correction && frm.doc.host_word === "Corrected") {
		dialog.get_field("said").$wrapper.append(
			part("div", { borderLeft: "3px solid var(--border-color)", paddingLeft: "12px", marginBottom: "12px", whiteSpace: "pre-line" }, __("The host says: {0}", [correction.note || ""]))
		);
	}
	dialog.show();
}

function show_preparation(frm) {
	const wrapper = frm.get_field("preparation_html").$wrapper.empty();
	const sheet = frm.doc.__onload && frm.doc.__onload.preparation;
	if (!sheet) return;
	const block = (title, rows, draw, empty) => {
		const box = part("section", { marginTop: "18px" }).appendTo(wrapper);
		part("h5", { margin: "0 0 6px" }, title).appendTo(box);
		if (!rows.length) return part("p", { color: "var(--text-muted)", margin: 0 }, empty).appendTo(box);
		const list = $(`<ul class="list-unstyled" style="margin:0"></ul>`).appendTo(box);
		rows.forEach((row) => draw(row, $(`<li style="padding:4px 0"></li>`).appendTo(list)));
	};
	const soft = (text) => $(`<span class="text-muted"></span>`).text(text);
	const link = (doctype, name, text) =>
		$("<a></a>").attr("href", `/app/${frappe.router.slug(doctype)}/${encodeURIComponent(name)}`).text(text);
	if (sheet.critical) {
		part("p", { marginTop: "12px", color: "var(--text-muted)" }, __("Not to be disturbed: {0}", [sheet.critical])).appendTo(wrapper);
	}
	const card = sheet.card || {};
	const ours = [card.liaison, card.deputy].filter(Boolean).join(", ");
	block(
		__("Who is who"),
		sheet.people,
		(row, li) => li.append($("<strong></strong>").text(row.contact_name || row.contact), soft(` ${__(row.role)}${row.note ? ", " + row.note : ""}`)),
		__("Nobody is noted on the unit yet. Add the people that matter there.")
	);
	if (ours) part("p", { color: "var(--text-muted)" }, __("For us: {0}", [ours])).appendTo(wrapper);
	block(
		__("What they told us, not settled"),
		sheet.voices,
		(row, li) => li.append(link("CX Voice", row.name, row.statement), soft(` ${__(row.kind)}, ${__(row.state)}, ${row.age}`)),
		__("Nothing is open from them.")
	);
	block(
		__("Settled lately"),
		sheet.settled,
		(row, li) => li.append(link("CX Voice", row.name, row.statement), soft(` ${row.age}`)),
		__("Nothing was settled lately.")
	);
	block(
		__("Open tickets, oldest first"),
		sheet.tickets,
		(row, li) =>
			li.append(
				$("<a></a>").attr("href", `/helpdesk/tickets/${encodeURIComponent(row.name)}`).text(`${row.name} ${row.subject}`),
				soft(` ${row.priority || ""} ${row.age}`)
			),
		__("No open ticket that you may read.")
	);
	block(
		__("Last visits"),
		sheet.visits,
		(row, li) => li.append(link("CX Visit", row.name, `${row.day}, ${__(row.type)}`), soft(row.what_next ? ` ${__("then planned: {0}", [row.what_next])}` : "")),
		__("Nobody was there before.")
	);
}

function show_points(frm) {
	const wrapper = frm.get_field("voices_html").$wrapper.empty();
	if (frm.is_new()) return;
	const points = (frm.doc.__onload && frm.doc.__onload.points) || [];
	if (!points.length) {
		part("p", { color: "var(--text-muted)" }, __("Nothing yet. On site open the phone page: one sentence and who said it is enough.")).appendTo(wrapper);
	}
	points.forEach((point) => {
		const row = part("div", { padding: "12px 0", borderBottom: "1px solid var(--border-color)" }).appendTo(wrapper);
		$("<a></a>").attr("href", `/app/cx-voice/${encodeURIComponent(point.voice)}`).css({ whiteSpace: "pre-line" }).text(point.statement).appendTo(row);
		part("div", { color: "var(--text-muted)", fontSize: "var(--text-sm)", margin: "2px 0 6px" }, [__(point.kind), point.who, __(point.state), point.owner_name].filter(Boolean).join(" · ")).appendTo(row);
		if (point.photo) {
			$("<img>").attr({ src: point.photo, alt: __("Photo of the visit") }).css({ maxWidth: "220px", maxHeight: "160px", borderRadius: "6px", display: "block", marginBottom: "6px" }).appendTo(row);
		}
		if (point.way) {
			const line = part("div", {}, [point.driver, __(point.impact), __(point.way)].filter(Boolean).join(" · ")).appendTo(row);
			if (point.question) line.append(" ", $("<a></a>").attr("href", `/app/cx-resolver-question/${encodeURIComponent(point.question)}`).text(point.question));
			if (point.ticket) line.append(" ", $("<a></a>").attr("href", `/helpdesk/tickets/${encodeURIComponent(point.ticket)}`).text(point.ticket));
			if (point.article) line.append(" ", $("<a></a>").attr("href", point.article_link).text(__("Open the article")));
			if (point.way_reason) part("div", { color: "var(--text-muted)" }, point.way_reason).appendTo(row);
		}
		if (can_write(frm)) {
			$(`<button type="button" class="btn btn-xs" style="margin-top:6px"></button>`)
				.addClass(point.way ? "btn-default" : "btn-primary")
				.text(point.way ? __("Change") : __("Triage"))
				.on("click", () => triage(frm, point))
				.appendTo(row);
		}
	});
}

function triage(frm, point) {
	const { impacts, ways, teams } = frm.doc.__onload.triage;
	const labelled = (values) => values.map((value) => ({ value, label: __(value) }));
	const way = (wanted) => `eval:doc.way=='${wanted}'`;
	const dialog = new frappe.ui.Dialog({
		title: __("Triage"),
		fields: [
			{ fieldname: "said", fieldtype: "HTML" },
			{ fieldname: "driver", fieldtype: "Link", options: "CX Driver", label: __("Category"), reqd: 1, default: point.driver, get_query: () => ({ filters: { disabled: 0 } }) },
			{ fieldname: "impact", fieldtype: "Select", label: __("Impact on their work"), reqd: 1, default: point.impact, options: labelled(impacts) },
			{ fieldname: "way", fieldtype: "Select", label: __("Way"), reqd: 1, default: point.way, options: labelled(ways) },
			{ fieldname: "ticket", fieldtype: "Link", options: "HD Ticket", label: __("A ticket that is there"), description: __("Empty: a new one is raised."), default: point.ticket, depends_on: way("Ticket") },
			{ fieldname: "question", fieldtype: "Link", options: "CX Resolver Question", label: __("A question that is open"), description: __("Empty: a new one is asked."), default: point.question, depends_on: way("Question"), get_query: () => ({ filters: { state: "Open" } }) },
			{ fieldname: "ask", fieldtype: "Small Text", label: __("The question, as the team can answer it"), depends_on: "eval:doc.way=='Question' && !doc.question" },
			{ fieldname: "asked_of", fieldtype: "Autocomplete", options: teams, ignore_validation: 1, label: __("Asked of (resolver or development team)"), description: __("A team of the desk, whom you asked before, or any other name."), depends_on: "eval:doc.way=='Question' && !doc.question" },
			{ fieldname: "due_on", fieldtype: "Date", label: __("Answer due"), default: frappe.datetime.add_days(frappe.datetime.get_today(), 7), depends_on: "eval:doc.way=='Question' && !doc.question" },
			{ fieldname: "reason", fieldtype: "Small Text", label: __("In words"), default: point.way_reason, depends_on: "eval:!['Ticket','Question'].includes(doc.way)", description: __("What the article explains, what you promise, who learns what, to whom the praise went, or why nothing is done.") },
		],
		primary_action_label: __("Decide"),
		primary_action(values) {
			call("triage_point", { point: point.name, ...values }).then((answer) => {
				dialog.hide();
				frm.doc.__onload.points = answer.points;
				frm.reload_doc();
			});
		},
	});
	dialog.get_field("said").$wrapper.append(part("p", { whiteSpace: "pre-line", fontWeight: 500 }, point.statement));
	dialog.show();
}

function show_effect(frm) {
	const wrapper = frm.get_field("effect_html").$wrapper.empty();
	if (frm.is_new() || !frm.doc.effect_question) {
		part("p", { color: "var(--text-muted)" }, __("Write down before the visit what should be different after it, lock it, and this page says honestly whether it is.")).appendTo(wrapper);
		return;
	}
	const effect = (frm.doc.__onload && frm.doc.__onload.effect) || {};
	if (effect.verdict) {
		const tones = { "As hoped": "green", Opposite: "red", "No clear change": "gray", "Cannot tell": "gray" };
		wrapper.append($(`<p style="font-size:var(--text-xl)"><span class="indicator-pill ${tones[effect.verdict]}"></span></p>`));
		wrapper.find(".indicator-pill").text(__(effect.verdict));
		part("p", { maxWidth: "70ch" }, effect.sentence).appendTo(wrapper);
		if (effect.figures.note !== "empty") wrapper.append(bars(effect.figures));
	}
	if (effect.before) {
		part("p", { color: "var(--text-muted)" }, __("Before: {0} to {1}. After: {2} to {3}.", [...effect.before, ...effect.after])).appendTo(wrapper);
	}
	if (!can_write(frm)) return;
	const buttons = part("div", { display: "flex", gap: "8px", flexWrap: "wrap", marginBottom: "10px" }).appendTo(wrapper);
	const button = (label, run, strong) =>
		$(`<button type="button" class="btn btn-sm"></button>`).addClass(strong ? "btn-primary" : "btn-default").text(label).on("click", () => saved(frm, run)).appendTo(buttons);
	if (!frm.doc.effect_locked_at && effect.begun) {
		part("p", { flex: "1 1 100%", margin: 0 }, __("It was not locked before the visit, so nothing can be judged.")).appendTo(buttons);
		button(__("Take the question out"), () => frm.set_value("effect_question", "").then(() => frm.save()));
	} else if (!frm.doc.effect_locked_at) {
		button(__("Suggest units to compare with"), () => suggest(frm));
		button(
			__("Lock the question"),
			() => frappe.confirm(__("Lock it? Question, windows and comparison are not changed afterwards."), () => call("lock_question", { visit: frm.doc.name }).then(() => frm.reload_doc())),
			true
		);
	} else if (frm.doc.effect_locked_at && !effect.verdict) {
		if (effect.over) button(__("Work it out"), () => call("work_out_effect", { visit: frm.doc.name }).then(() => frm.reload_doc()), true);
		else part("p", { margin: 0 }, __("It is judged on {0}, once.", [effect.due])).appendTo(buttons);
	}
}

// Tickets by week, before and after, as bars: the unit's own, on one scale.
function bars(figures) {
	const all = [...figures.before, ...figures.after];
	const most = Math.max(1, ...all);
	const box = part("div", { display: "flex", alignItems: "flex-end", gap: "3px", height: "90px", margin: "10px 0 4px", overflow: "hidden" });
	box.attr({ role: "img", "aria-label": __("Tickets by week before: {0}. After: {1}.", [figures.before.join(", "), figures.after.join(", ")]) });
	all.forEach((count, index) => {
		const after = index >= figures.before.length;
		if (index === figures.before.length) part("div", { width: "14px", flex: "none" }).appendTo(box);
		part("div", { flex: "1 1 0", maxWidth: "26px", minWidth: "4px", height: `${Math.max(2, (count / most) * 90)}px`, background: after ? "var(--blue-500, #2490ef)" : "var(--gray-500, #98a1a9)", borderRadius: "2px 2px 0 0" })
			.attr("title", `${after ? __("after") : __("before")}: ${count}`)
			.appendTo(box);
	});
	return box;
}

function suggest(frm) {
	call("suggest_comparison", { visit: frm.doc.name }).then((rows) => {
		if (!rows.length) {
			frappe.msgprint(__("No unit of a similar level is there that is not visited. The verdict will say that nothing was compared."));
			return;
		}
		const known = new Set((frm.doc.comparison || []).map((row) => row.unit));
		rows.filter((row) => !known.has(row.unit)).forEach((row) => frm.add_child("comparison", { unit: row.unit, note: `${row.note} (${row.tickets} / ${row.own})` }));
		frm.refresh_field("comparison");
		frm.dirty();
	});
}
