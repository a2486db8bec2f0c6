// The form of an initiative: where it stands, whose turn it is, what can be done next and every reason why not.

frappe.provide("cx_desk.initiative");

cx_desk.initiative.STEPS = {
	message: {
		label: __("Your answer to the person who asked"),
		fieldtype: "Small Text",
		description: __("Goes out as a mail, as you write it."),
	},
	reason: { label: __("Why"), fieldtype: "Small Text", description: __("It stays in the trail.") },
	review_date: { label: __("Looked at again on"), fieldtype: "Date" },
	overrule_reason: {
		label: __("Why the desk's advice is overruled"),
		fieldtype: "Small Text",
		description: __("It stays beside the advice."),
	},
};

frappe.ui.form.on("CX Initiative", {
	setup(frm) {
		const enabled = () => ({ filters: { enabled: 1, user_type: "System User", name: ["!=", "Guest"] } });
		frm.set_query("lead", enabled);
		frm.set_query("representative", enabled);
		frm.set_query("template", () => ({ filters: { disabled: 0 } }));
		frm.set_query("unit", () => ({ filters: { disabled: 0 } }));
		frm.set_query("unit", "units", () => ({ filters: { disabled: 0 } }));
	},

	refresh(frm) {
		const cx = (frm.doc.__onload && frm.doc.__onload.cx) || null;
		frm.cx = frm.is_new() ? null : cx;
		cx_desk.initiative.styles();
		cx_desk.initiative.head(frm);
		["questions", "considerations", "readiness", "skills", "support", "benefits", "news"].forEach((part) =>
			cx_desk.initiative[part](frm)
		);
		if (!frm.cx) return;
		frm.page.set_indicator(frm.cx.label, cx_desk.initiative.COLORS[frm.doc.stage] || "blue");
		frm.add_custom_button(__("The page of the business"), () =>
			window.open(`/cx/initiative?name=${encodeURIComponent(frm.doc.name)}`, "_blank")
		);
		if (frm.perm[0].write && (frm.doc.people || []).length) {
			frm.add_custom_button(__("Send a link"), () => cx_desk.initiative.send_link(frm));
		}
		frm.add_custom_button(__("Readiness sheet"), () => {
			const query = new URLSearchParams({
				doctype: "CX Initiative",
				name: frm.doc.name,
				format: "Readiness Sheet",
				no_letterhead: "1",
			});
			window.open(`/printview?${query}`, "_blank");
		});
	},
});

cx_desk.initiative.COLORS = {
	Draft: "gray",
	Submitted: "orange",
	Triage: "orange",
	"Early life": "yellow",
	"Handed over": "green",
	Benefits: "green",
	Closed: "gray",
	Declined: "gray",
	Deferred: "gray",
	"On hold": "gray",
	Withdrawn: "gray",
	Transition: "purple",
};

cx_desk.initiative.call = function (frm, method, args, options = {}) {
	const run = () =>
		frappe
			.call({ method: `cx_desk.api.initiatives.${method}`, args, freeze: true })
			.then((answer) => {
				if (answer.message && answer.message.message) {
					frappe.show_alert({ message: frappe.utils.escape_html(answer.message.message), indicator: "green" });
				}
				if (!options.stay) frm.reload_doc();
				return answer.message;
			});
	return frm.is_dirty && frm.is_dirty() ? frm.save().then(run) : run();
};

cx_desk.initiative.ask_for = function (title, fields, run, action) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields,
		primary_action_label: action || __("Save"),
		primary_action(values) {
			dialog.disable_primary_action();
			Promise.resolve(run(values, dialog))
				.then((keep) => keep === "open" || dialog.hide())
				.catch(() => {})
				.finally(() => dialog.enable_primary_action());
		},
	});
	dialog.show();
	return dialog;
};

const text = (value) => frappe.utils.escape_html(value === null || value === undefined ? "" : String(value));
const badge = (label, color) => `<span class="indicator-pill no-indicator-dot ${color}">${text(label)}</span>`;

cx_desk.initiative.head = function (frm) {
	const wrapper = frm.get_field("moves_html").$wrapper.empty();
	if (!frm.cx) {
		wrapper.html(
			`<p class="text-muted">${__(
				"A name, a unit and who asks for it are enough to begin. The template brings stages, criteria and news."
			)}</p>`
		);
		return;
	}
	const cx = frm.cx;
	const keys = cx.path.map((one) => one.key);
	const here = keys.indexOf(frm.doc.stage);
	const box = $(`<div class="cx-init"></div>`).appendTo(wrapper);
	box.append(
		`<ol class="cx-init-path" aria-label="${__("Stages")}">${cx.path
			.map((one, index) => {
				const cls = index < here ? "past" : index === here ? "here" : "";
				const gate = one.gate ? `<span class="cx-init-gate" title="${text(one.gate)}">◆</span>` : "";
				return `<li class="${cls}"${index === here ? ' aria-current="step"' : ""}>${gate}${text(one.label)}</li>`;
			})
			.join("")}</ol>`
	);
	const turn = { Business: __("The business's turn"), Desk: __("Our turn"), Nobody: __("It is over") }[cx.turn.side];
	const facts = [
		`<strong>${turn}</strong>${cx.turn.side !== "Nobody" && cx.turn.days ? `, ${__("for {0} days", [cx.turn.days])}` : ""}`,
	];
	if (cx.seat_days !== null && cx.seat_days !== undefined) {
		facts.push(
			frm.doc.desk_seat_at
				? __("The desk had its seat after {0} days", [format_number(cx.seat_days, null, 1)])
				: `<span class="text-danger">${__("The desk has no seat yet, for {0} days", [
						format_number(cx.seat_days, null, 1),
				  ])}</span>`
		);
	}
	if (frm.doc.first_answer_at) {
		facts.push(__("First human answer after {0} business hours", [format_number(frm.doc.first_answer_hours, null, 1)]));
	}
	if (cx.behind) facts.push(`<span class="text-muted">${__("The template has a newer version; this one keeps its own")}</span>`);
	box.append(`<p class="cx-init-facts">${facts.join(" · ")}</p>`);
	if (frm.doc.stop_reason && ["Declined", "Deferred", "On hold", "Withdrawn"].includes(frm.doc.stage)) {
		box.append(
			`<p>${text(frm.doc.stop_reason)}${
				frm.doc.review_date ? ` ${__("Looked at again on {0}.", [frappe.datetime.str_to_user(frm.doc.review_date)])}` : ""
			}</p>`
		);
	}
	if (frm.doc.reopen_proposed) box.append(`<p class="text-danger">${text(frm.doc.reopen_proposed)}</p>`);
	cx_desk.initiative.gate(frm, box);
	cx_desk.initiative.buttons(frm, box);
};

cx_desk.initiative.gate = function (frm, box) {
	const gate = frm.cx.gate;
	if (gate) {
		const colors = { Go: "green", "Go with conditions": "yellow", Hold: "orange", Stop: "red" };
		const row = $(`<div class="cx-init-advice"></div>`).appendTo(box);
		row.append(`<span>◆ ${__("Next gate: {0}", [text(gate.gate)])}</span> `);
		if (gate.advice) {
			row.append(badge(__(gate.advice), colors[gate.advice]));
			row.append(` <span class="text-muted">${text(gate.by)}${gate.text ? `: ${text(gate.text)}` : ""}</span>`);
		} else {
			row.append(`<span class="text-muted">${__("The desk has not advised yet.")}</span>`);
		}
		if (gate.may_advise) {
			$(`<button type="button" class="btn btn-xs btn-default"></button>`)
				.text(gate.advice ? __("Change the advice") : __("Give the desk's advice"))
				.on("click", () =>
					cx_desk.initiative.ask_for(
						gate.gate,
						[
							{
								fieldname: "advice",
								fieldtype: "Select",
								label: __("The desk's advice"),
								options: ["Go", "Go with conditions", "Hold", "Stop"].map((value) => ({ value, label: __(value) })),
								default: gate.advice || "Go",
								reqd: 1,
							},
							{ fieldname: "text", fieldtype: "Small Text", label: __("Why"), default: gate.text },
						],
						(values) =>
							cx_desk.initiative.call(frm, "advise", { initiative: frm.doc.name, stage: gate.stage, ...values })
					)
				)
				.appendTo(row);
		}
	}
	if (frm.cx.sponsor_asked && frm.perm[0].write) {
		const row = $(`<div class="cx-init-advice"></div>`).appendTo(box);
		row.append(`<span class="text-muted">${__("The sponsor has not said yes to going live.")}</span> `);
		$(`<button type="button" class="btn btn-xs btn-default"></button>`)
			.text(__("Note the sponsor's yes"))
			.on("click", () =>
				cx_desk.initiative.ask_for(
					__("The sponsor's yes"),
					[{ fieldname: "note", fieldtype: "Data", label: __("How and when it was given"), reqd: 1 }],
					(values) => cx_desk.initiative.call(frm, "note_sponsor_yes", { initiative: frm.doc.name, ...values })
				)
			)
			.appendTo(row);
	} else if (frm.doc.sponsor_yes_at) {
		box.append(
			`<div class="cx-init-advice">${badge(__("The sponsor said yes"), "green")} <span class="text-muted">${text(
				frm.doc.sponsor_yes_note
			)}</span></div>`
		);
	}
};

cx_desk.initiative.buttons = function (frm, box) {
	const can_write = frm.perm[0] && frm.perm[0].write;
	const forward = ["advance", "submit", "take", "go_live", "hand_over", "exception", "finish", "resume"];
	const moves = frm.cx.moves;
	const buttons = $(`<div class="cx-init-buttons"></div>`).appendTo(box);
	const first = moves.find((move) => move.allowed && forward.includes(move.key));
	moves.forEach((move) => {
		const button = $(`<button type="button" class="btn btn-sm"></button>`)
			.addClass(move === first && can_write ? "btn-primary" : "btn-default")
			.text(move.label)
			.prop("disabled", !(move.allowed && can_write))
			.appendTo(buttons);
		if (move.allowed && can_write) button.on("click", () => cx_desk.initiative.take(frm, move));
	});
	if (!can_write) {
		box.append(`<p class="text-muted small">${__("You may read this initiative, but not move it.")}</p>`);
		return;
	}
	moves
		.filter((move) => !move.allowed && forward.includes(move.key))
		.forEach((move) =>
			box.append(
				`<div class="cx-init-why"><strong>${text(move.label)}</strong> ${__("waits for this:")}<ul>${move.why_not
					.map((why) => `<li>${text(why)}</li>`)
					.join("")}</ul></div>`
			)
		);
};

cx_desk.initiative.take = function (frm, move) {
	const run = (values) =>
		cx_desk.initiative.call(frm, "move", { initiative: frm.doc.name, to: move.to, key: move.key, ...values });
	if (!move.needs.length) return run({});
	cx_desk.initiative.ask_for(
		move.label,
		move.needs.map((need) => ({ fieldname: need, reqd: 1, ...cx_desk.initiative.STEPS[need] })),
		run,
		move.label
	);
};

cx_desk.initiative.send_link = function (frm) {
	const people = [...new Set((frm.doc.people || []).map((row) => row.email))];
	cx_desk.initiative.ask_for(
		__("Send a link"),
		[
			{
				fieldname: "email",
				fieldtype: "Select",
				label: __("To whom"),
				options: people,
				default: frm.doc.requester_email || people[0],
				reqd: 1,
				description: __("Everybody has a link of their own, and sees only this initiative."),
			},
		],
		(values) => cx_desk.initiative.call(frm, "send_link", { initiative: frm.doc.name, ...values }),
		__("Send")
	);
};

// A table without a framework: head, rows of HTML, and a word where there are none.
const table = (head, rows, empty) =>
	rows.length
		? `<div class="cx-init-scroll"><table class="table table-sm cx-init-table"><thead><tr>${head
				.map((label) => `<th>${label}</th>`)
				.join("")}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("")}</tbody></table></div>`
		: `<p class="text-muted">${empty}</p>`;

const link = (doctype, name, label) =>
	`<a href="/app/${frappe.router.slug(doctype)}/${encodeURIComponent(name)}">${text(label)}</a>`;

cx_desk.initiative.part = function (frm, field, title) {
	const wrapper = frm.get_field(field).$wrapper.empty();
	if (!frm.cx) return null;
	wrapper.append(`<h4 class="cx-init-title">${title}</h4>`);
	return wrapper;
};

const add_button = (wrapper, label, click) =>
	$(`<button type="button" class="btn btn-xs btn-default"></button>`).text(label).on("click", click).appendTo(wrapper);

cx_desk.initiative.questions = function (frm) {
	const wrapper = cx_desk.initiative.part(frm, "questions_html", __("Open questions"));
	if (!wrapper) return;
	const waits = frm.cx.waiting;
	const burden = frm.cx.burden;
	const colors = { Open: "orange", Answered: "blue", Accepted: "green", Withdrawn: "gray", Duplicate: "gray" };
	wrapper.append(
		`<p class="text-muted small">${__("Waited: {0} days for the business, {1} days for us.", [
			waits.Business || 0,
			Math.round(10 * ((waits.Desk || 0) + (waits["IT team"] || 0))) / 10,
		])} ${__("Asked of the business: {0} questions, {1} meetings, by {2} teams.", [
			burden.questions,
			burden.meetings,
			burden.teams,
		])}${
			burden.repeated ? ` ${__("{0} % had been answered before.", [Math.round(burden.repeated * 1000) / 10])}` : ""
		}</p>`
	);
	wrapper.append(
		table(
			[__("Question"), __("To whom"), __("Whose turn"), __("Due"), __("State")],
			frm.cx.questions.map((row) => [
				`${link("CX Open Question", row.name, row.question)}${
					row.answer ? `<div class="text-muted small cx-init-words">${text(row.answer)}</div>` : ""
				}`,
				text(row.addressee_name || row.audience),
				text(__(row.turn || "")),
				row.late ? `<span class="text-danger">${text(row.due)}</span>` : text(row.due),
				badge(__(row.state), colors[row.state]),
			]),
			__("Nothing was asked yet.")
		)
	);
	if (frm.perm[0].write && !["Closed", "Withdrawn", "Declined"].includes(frm.doc.stage)) {
		add_button(wrapper, __("Ask a question"), () => cx_desk.initiative.ask(frm));
	}
};

cx_desk.initiative.ask = function (frm) {
	const business = (frm.doc.people || []).map((row) => row.email);
	const dialog = cx_desk.initiative.ask_for(
		__("Ask a question"),
		[
			{ fieldname: "question", fieldtype: "Small Text", label: __("Question"), reqd: 1 },
			{ fieldname: "alike", fieldtype: "HTML" },
			{
				fieldname: "asked_anyway",
				fieldtype: "Data",
				label: __("Why it must be asked again"),
				hidden: 1,
			},
			{
				fieldname: "audience",
				fieldtype: "Select",
				label: __("Whom it is put to"),
				options: ["Business", "IT team", "Supplier", "Auditor"].map((value) => ({ value, label: __(value) })),
				default: "Business",
				reqd: 1,
			},
			{
				fieldname: "addressee_email",
				fieldtype: "Autocomplete",
				label: __("Mail address"),
				options: [...new Set(business)],
				default: frm.doc.requester_email,
				depends_on: "eval:doc.audience!='IT team'",
				description: __("They answer on their page or by answering the mail."),
			},
			{
				fieldname: "responsible",
				fieldtype: "Link",
				options: "User",
				label: __("Person of IT"),
				depends_on: "eval:doc.audience=='IT team'",
			},
			{
				fieldname: "due",
				fieldtype: "Date",
				label: __("Needed by"),
				default: frappe.datetime.add_days(frappe.datetime.get_today(), 5),
				reqd: 1,
			},
			{ fieldname: "mandatory", fieldtype: "Check", label: __("Nothing is approved without an answer") },
		],
		async (values) => {
			if (!values.asked_anyway) {
				const { message } = await frappe.call("cx_desk.api.initiatives.look_alike", {
					question: values.question,
					initiative: frm.doc.name,
				});
				if (message.length) {
					show_alike(message, values.question);
					return "open";
				}
			}
			await cx_desk.initiative.call(frm, "ask", { initiative: frm.doc.name, ...values });
		},
		__("Ask")
	);
	function show_alike(found, question) {
		const box = dialog.get_field("alike").$wrapper.empty().addClass("cx-init-alike");
		box.append(`<p><strong>${__("It looks answered:")}</strong></p>`);
		found.forEach((row) => {
			const item = $(`<div></div>`).appendTo(box);
			item.append(
				`<p>${text(row.question)}<br><em class="cx-init-words">${text(row.answer)}</em><br><span class="text-muted small">${text(
					row.answered_by
				)}, ${text(row.answered_at)}, ${text(row.initiative)}</span></p>`
			);
			add_button(item, __("Take this answer, ask nobody"), () =>
				cx_desk.initiative
					.call(frm, "take_answer", { initiative: frm.doc.name, question, other: row.name })
					.then(() => dialog.hide())
			);
		});
		dialog.set_df_property("asked_anyway", "hidden", 0);
	}
};

cx_desk.initiative.considerations = function (frm) {
	const wrapper = cx_desk.initiative.part(frm, "considerations_html", __("Considerations"));
	if (!wrapper) return;
	const colors = {
		"Not started": "gray",
		"Questions open": "orange",
		Conditions: "yellow",
		Cleared: "green",
		"Not applicable": "green",
		Refused: "red",
	};
	wrapper.append(
		table(
			[__("Consideration"), __("Who judges it"), __("Outcome"), __("Ticket")],
			frm.cx.considerations.map((row) => [
				`${link("CX Consideration", row.name, row.title)}${row.mandatory ? ` ${badge(__("Mandatory"), "blue")}` : ""}${
					row.note ? `<div class="text-muted small">${text(row.note)}</div>` : ""
				}`,
				text(row.team || row.responsible || ""),
				`${badge(__(row.verdict), colors[row.verdict])}${
					row.decided_by ? `<div class="text-muted small">${text(row.decided_by)}</div>` : ""
				}`,
				row.ticket
					? `<a href="/helpdesk/tickets/${encodeURIComponent(row.ticket)}" target="_blank">${text(row.ticket)}</a>`
					: row.todo
					? link("ToDo", row.todo, __("List entry"))
					: "",
			]),
			__("None. Those of the template come when the request is taken up.")
		)
	);
	if (frm.perm[0].write) {
		add_button(wrapper, __("Add a consideration"), () => frappe.new_doc("CX Consideration", { initiative: frm.doc.name }));
	}
};

cx_desk.initiative.readiness = function (frm) {
	const wrapper = cx_desk.initiative.part(frm, "readiness_html", __("Readiness"));
	if (!wrapper) return;
	const ready = frm.cx.readiness;
	if (!ready.n) {
		wrapper.append(`<p class="text-muted">${__("No criteria yet.")}</p>`);
		return;
	}
	wrapper.append(
		`<p>${badge(ready.ready ? __("The gate is open") : __("Blocked"), ready.ready ? "green" : "red")} ${__(
			"Score {0} % ({1} of {2} points, {3} criteria). The score does not open the gate.",
			[ready.score, ready.reached, ready.possible, ready.n]
		)}</p>`
	);
	const list = (title, rows) =>
		rows.length && wrapper.append(`<p class="small"><strong>${title}</strong> ${rows.map(text).join(", ")}</p>`);
	list(__("Mandatory and open:"), ready.blocking);
	list(__("Waivers that ran out:"), ready.expired);
	ready.waived.forEach((row) =>
		wrapper.append(
			`<p class="small text-muted">${__("Waived: {0}, until {1}, by {2}. Risk: {3}", [
				text(row.criterion),
				text(row.until),
				text(row.by),
				text(row.risk),
			])}</p>`
		)
	);
};

cx_desk.initiative.skills = function (frm) {
	const wrapper = frm.get_field("skills_html").$wrapper.empty();
	if (!frm.cx) return;
	const skills = frm.cx.skills;
	const facts = [];
	if (skills.n) facts.push(__("{0} of {1} are known.", [skills.known, skills.n]));
	if (skills.nobody.length) {
		facts.push(`<span class="text-danger">${__("Nobody is named for: {0}.", [skills.nobody.map(text).join(", ")])}</span>`);
	}
	skills.late.forEach((row) =>
		facts.push(`<span class="text-danger">${__("{0} was needed by {1}.", [text(row.skill), text(row.by)])}</span>`)
	);
	if (!skills.n) facts.push(__("Nothing noted yet. Who answers calls about it, and what do they have to know?"));
	wrapper.append(`<p class="text-muted small">${facts.join(" ")}</p>`);
	if (skills.know_the_units.length) {
		wrapper.append(
			`<p class="small"><strong>${__("Who knows the affected units:")}</strong> ${skills.know_the_units
				.map((row) => text(__("{0} ({1}, level {2}: {3}, {4})", [row.name, row.unit, row.level, row.evidence, row.on])))
				.join(" · ")}</p>`
		);
	}
};

cx_desk.initiative.support = function (frm) {
	const wrapper = cx_desk.initiative.part(frm, "support_html", __("How it stands"));
	if (!wrapper) return;
	const now = frm.cx.support;
	if (!now) {
		wrapper.append(`<p class="text-muted">${__("It begins with go-live. Agree on days, users and target before.")}</p>`);
		return;
	}
	if (frm.doc.stage === "Early life") {
		wrapper.append(
			`<p>${badge(now.may ? __("It may end") : __("Not yet"), now.may ? "green" : "orange")} ${__("Agreed until {0}.", [
				text(now.until),
			])}${now.late_days ? ` <span class="text-danger">${__("{0} days over.", [now.late_days])}</span>` : ""}${
				now.extensions ? ` ${__("Extended {0} times.", [now.extensions])}` : ""
			}</p>`
		);
		if (now.reasons.length) wrapper.append(`<ul>${now.reasons.map((why) => `<li>${text(why)}</li>`).join("")}</ul>`);
	}
	const rate =
		now.rate === null
			? __("Without users and a target there is no rate.")
			: __("{0} tickets per 100 users and week, at most {1}; target {2} (n = {3}).", [now.rate, now.upper, now.target, now.n]);
	const burn = !now.open
		? __("Nothing is open.")
		: now.falling
		? __("{0} open, clearly falling: about {1} days left.", [now.open, now.days_left])
		: __("{0} open, not clearly falling.", [now.open]);
	const tagged =
		now.link_rate === null
			? __("No ticket came in its categories.")
			: __("{0} of {1} tickets of its categories are tagged ({2} %).", [now.tagged, now.of_categories, now.link_rate]);
	wrapper.append(`<p>${rate}<br>${burn}<br>${tagged}${now.by_rate ? "" : ` ${__("Too few to judge by rate.")}`}</p>`);
	const most = Math.max(1, ...now.by_week.map((week) => week.tickets));
	wrapper.append(
		`<div class="cx-init-weeks" role="img" aria-label="${__("Tickets per week")}">${now.by_week
			.map(
				(week) =>
					`<div title="${text(frappe.datetime.str_to_user(week.from))}"><span>${week.tickets}</span><i class="${
						week.whole ? "" : "running"
					}" style="height:${Math.round((60 * week.tickets) / most)}px"></i></div>`
			)
			.join("")}</div><p class="text-muted small">${__("Tickets per week since go-live; the pale one is still running.")}</p>`
	);
	if (!frm.perm[0].write) return;
	const buttons = $(`<div class="cx-init-buttons"></div>`).appendTo(wrapper);
	add_button(buttons, __("Tag now"), () => cx_desk.initiative.call(frm, "tag_now", { initiative: frm.doc.name }));
	add_button(buttons, __("Tagged tickets"), () => frappe.set_route("List", "CX Initiative Ticket", { initiative: frm.doc.name, removed: 0 }));
	if (frm.doc.stage === "Early life") {
		add_button(buttons, __("Make it longer"), () =>
			cx_desk.initiative.ask_for(
				__("Make it longer"),
				[
					{ fieldname: "until", fieldtype: "Date", label: __("New end"), reqd: 1 },
					{ fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1 },
				],
				(values) => cx_desk.initiative.call(frm, "extend_support", { initiative: frm.doc.name, ...values })
			)
		);
	}
};

cx_desk.initiative.benefits = function (frm) {
	const wrapper = cx_desk.initiative.part(frm, "benefits_html", __("Benefits"));
	if (!wrapper) return;
	const colors = { Realised: "green", Partly: "yellow", Missed: "red", Tracking: "blue", Cancelled: "gray" };
	wrapper.append(
		table(
			[__("What gets better"), __("Owner"), __("Baseline"), __("Target"), __("Attainment"), __("State")],
			frm.cx.benefits.map((row) => [
				`${link("CX Benefit", row.name, row.title)}${row.experience ? `<div class="text-muted small">${text(row.experience)}</div>` : ""}`,
				text(row.owner_name) || `<span class="text-danger">${__("nobody")}</span>`,
				`${row.baseline_on ? row.baseline : "–"}${row.late_baseline ? ` ${badge(__("late"), "orange")}` : ""}`,
				`${row.target} ${text(__(row.measure))}`,
				["Tracking", "Realised", "Partly", "Missed"].includes(row.state)
					? `${row.attainment} %${row.attainment < 0 ? ` ${__("worse than before")}` : ""}`
					: "–",
				badge(__(row.state), colors[row.state] || "gray"),
			]),
			__("None yet. Somebody in the business owns it, and measures before go-live.")
		)
	);
	[frm.cx.effect && __("Tickets of the affected units: {0}", [frm.cx.effect]), frm.cx.experience]
		.filter(Boolean)
		.forEach((line) => wrapper.append(`<p class="small">${text(line)}</p>`));
	if (frm.perm[0].write) {
		add_button(wrapper, __("Add a benefit"), () => frappe.new_doc("CX Benefit", { initiative: frm.doc.name }));
	}
};

cx_desk.initiative.news = function (frm) {
	const wrapper = cx_desk.initiative.part(frm, "news_html", __("News"));
	if (!wrapper) return;
	const colors = { Planned: "gray", Drafted: "orange", Approved: "blue", Sent: "green", Cancelled: "gray" };
	wrapper.append(
		`<p class="text-muted small">${
			frm.cx.days_since_news === null
				? __("The business has had no news yet.")
				: __("Last news {0} days ago.", [frm.cx.days_since_news])
		}</p>`
	);
	wrapper.append(
		table(
			[__("What is told"), __("To whom"), __("Due"), __("State"), __("Proof")],
			frm.cx.news.map((row) => [
				`${link("CX Announcement", row.name, row.title)}${row.before_golive ? ` ${badge(__("before go-live"), "blue")}` : ""}`,
				text(__(row.audience)),
				`${text(row.due_on)}${row.notice_text ? `<div class="text-muted small">${text(row.notice_text)}</div>` : ""}`,
				badge(__(row.state), colors[row.state]),
				row.state === "Sent" ? __("{0} of {1} delivered", [row.delivered || 0, row.recipients]) : "",
			]),
			__("None. The plan of the template comes when the request is taken up.")
		)
	);
	if (frm.perm[0].write) {
		add_button(wrapper, __("Add news"), () => frappe.new_doc("CX Announcement", { initiative: frm.doc.name }));
	}
};

cx_desk.initiative.styles = function () {
	if (document.getElementById("cx-initiative-styles")) return;
	$(`<style id="cx-initiative-styles">
.cx-init-path{display:flex;flex-wrap:wrap;gap:6px;list-style:none;padding:0;margin:0 0 12px}
.cx-init-path li{padding:3px 12px;border-radius:99px;background:var(--control-bg);color:var(--text-muted);font-size:var(--text-sm)}
.cx-init-path li.past{color:var(--text-color)}
.cx-init-path li.past::before{content:"✓ "}
.cx-init-path li.here{background:var(--bg-blue);color:var(--text-on-blue);font-weight:600}
.cx-init-gate{margin-right:5px;opacity:.7}
.cx-init-facts{margin:0 0 10px}
.cx-init-advice{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:0 0 10px}
.cx-init-buttons{display:flex;flex-wrap:wrap;gap:8px;margin:4px 0 8px}
.cx-init-why{font-size:var(--text-sm);color:var(--text-muted);margin:4px 0}
.cx-init-why ul,.cx-init ul{margin:2px 0 4px;padding-left:20px}
.cx-init-title{font-size:var(--text-lg);margin:12px 0 6px}
.cx-init-scroll{overflow-x:auto}
.cx-init-table{margin-bottom:8px;font-size:var(--text-md)}
.cx-init-table td,.cx-init-table th{vertical-align:top;border-color:var(--border-color)}
.cx-init-table th{color:var(--text-muted);font-weight:500;font-size:var(--text-sm)}
.cx-init-words{white-space:pre-line;overflow-wrap:anywhere}
.cx-init-alike{background:var(--bg-yellow);border-radius:8px;padding:10px 12px;margin-bottom:10px}
.cx-init-weeks{display:flex;gap:6px;align-items:flex-end;min-height:84px}
.cx-init-weeks div{display:flex;flex-direction:column;align-items:center;justify-content:flex-end;width:28px;font-size:var(--text-xs)}
.cx-init-weeks i{display:block;width:100%;background:var(--blue-400,#58a);border-radius:3px 3px 0 0;min-height:2px}
.cx-init-weeks i.running{opacity:.45}
</style>`).appendTo(document.head);
};
