// The parts of an initiative's form: questions, considerations, readiness, skills, early life support, benefits, news.

(function () {
	frappe.provide("cx_desk.initiative");
	// Made by initiative_kit.js, which is loaded with the same form.
	const text = (value) => cx_desk.initiative.ui.text(value);
	const badge = (label, color) => cx_desk.initiative.ui.badge(label, color);
	const table = (head, rows, empty) => cx_desk.initiative.ui.table(head, rows, empty);
	const link = (doctype, name, label) => cx_desk.initiative.ui.link(doctype, name, label);
	const add_button = (wrapper, label, click) => cx_desk.initiative.ui.add_button(wrapper, label, click);

	cx_desk.initiative.part = function (frm, field, title) {
		const wrapper = frm.get_field(field).$wrapper.empty();
		if (!frm.cx) return null;
		wrapper.append(`<h4 class="cx-init-title">${title}</h4>`);
		return wrapper;
	};

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
			])}${
				frm.cx.on_whom
					? ` ${__("Of the waiting {0} % on us, {1} % on the business, {2} % on others.", [
							frm.cx.on_whom.us,
							frm.cx.on_whom.business,
							frm.cx.on_whom.others,
					  ])}`
					: ""
			} ${__("Asked of the business: questions {0}, meetings {1}, teams {2}.", [
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
					text(row.addressee_name || cx_desk.initiative.side(row.audience)),
					text(cx_desk.initiative.side(row.turn)),
					row.late ? `<span class="text-danger">${text(row.due)}</span>` : text(row.due),
					badge(__(row.state), colors[row.state]),
				]),
				__("Nothing was asked yet.")
			)
		);
		if (frm.cx.may_write && !["Closed", "Withdrawn", "Declined"].includes(frm.doc.stage)) {
			add_button(wrapper, __("Ask a question"), () =>
				cx_desk.initiative.ask(frm, {
					initiative: frm.doc.name,
					people: (frm.doc.people || []).map((row) => row.email),
					requester: frm.doc.requester_email,
				})
			);
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
		if (frm.cx.may_write) {
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
					now.extensions ? ` ${__("Extended {0} times, by {1} days together.", [now.extensions, now.extended_days])}` : ""
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
			now.of_categories === null
				? __("{0} tickets are tagged in two weeks. Whether all its tickets are is not known: name its ticket type.", [
						now.tagged,
				  ])
				: now.link_rate === null
				? __("No ticket came in its categories.")
				: __("{0} of {1} tickets of its categories are tagged ({2} %).", [now.tagged, now.of_categories, now.link_rate]);
		wrapper.append(`<p>${rate}<br>${burn}<br>${tagged}${now.by_rate ? "" : ` ${__("Too few to judge by rate.")}`}${
				now.by_hand_only
					? `<br><span class="text-warning">${__(
							"No rule tags its tickets: only those that are tagged by hand count. Name words, a team or the units below."
					  )}</span>`
					: ""
			}</p>`);
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
		if (!frm.cx.may_write) return;
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
				[__("What gets better"), __("Owned by"), __("Baseline"), __("Target"), __("Attainment"), __("State")],
				frm.cx.benefits.map((row) => [
					`${link("CX Benefit", row.name, row.title)}${row.experience ? `<div class="text-muted small">${text(row.experience)}</div>` : ""}`,
					`${text(row.owner_name) || `<span class="text-danger">${__("nobody")}</span>`}${
						row.waits ? `<div class="text-muted small">${text(row.waits)}</div>` : ""
					}`,
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
		if (frm.cx.may_write) {
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
					`${row.sent_on ? __("Sent on {0}", [text(row.sent_on)]) : text(row.due_on)}${row.notice_text ? `<div class="text-muted small">${text(row.notice_text)}</div>` : ""}`,
					badge(__(row.state), colors[row.state]),
					row.state === "Sent" ? __("{0} of {1} delivered", [row.delivered || 0, row.recipients]) : "",
				]),
				__("None. The plan of the template comes when the request is taken up.")
			)
		);
		if (frm.cx.may_write) {
			add_button(wrapper, __("Add news"), () => frappe.new_doc("CX Announcement", { initiative: frm.doc.name }));
		}
	};
})();
