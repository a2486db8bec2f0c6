// The form of an initiative: where it stands, whose turn it is, what can be done next and every reason why not.

(function () {
	frappe.provide("cx_desk.initiative");
	// Made by public/js/initiative_kit.js, which is loaded with this form.
	const text = (value) => cx_desk.initiative.ui.text(value);
	const badge = (label, color) => cx_desk.initiative.ui.badge(label, color);

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

		// Whoever asks is known as a contact, and their part of the business by the mapping: neither is typed.
		async requester_email(frm) {
			const email = (frm.doc.requester_email || "").trim();
			if (!email || (frm.doc.unit && frm.doc.requester_name)) return;
			const { message } = await frappe.call("cx_desk.api.initiatives.who_asks", { email });
			if (message.name && !frm.doc.requester_name) frm.set_value("requester_name", message.name);
			if (message.unit && !frm.doc.unit) frm.set_value("unit", message.unit);
		},

		refresh(frm) {
			const cx = (frm.doc.__onload && frm.doc.__onload.cx) || null;
			frm.cx = frm.is_new() ? null : cx;
			cx_desk.initiative.styles();
			cx_desk.initiative.head(frm);
			cx_desk.initiative.trail(frm);
			["questions", "considerations", "readiness", "skills", "support", "benefits", "news"].forEach((part) =>
				cx_desk.initiative[part](frm)
			);
			if (!frm.cx) return;
			cx_desk.initiative.may_write(frm, frm.cx.may_write);
			// Its label stands above, as this initiative calls it.
			frm.toggle_display("stage", false);
			frm.page.set_indicator(frm.cx.label, cx_desk.initiative.COLORS[frm.doc.stage] || "blue");
			frm.add_custom_button(__("The page of the business"), () =>
				window.open(`/cx/initiative?name=${encodeURIComponent(frm.doc.name)}`, "_blank")
			);
			if (frm.cx.may_write && (frm.doc.people || []).length) {
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

	// The trail speaks of stages as this initiative calls them; a week without any ticket has no share of tagged ones.
	cx_desk.initiative.trail = function (frm) {
		if (!frm.cx) return;
		const stage = (value) => text(frm.cx.labels[value] || value);
		const shown = (table, fields, formatter) => cx_desk.initiative.show_as(frm, table, fields, formatter);
		shown("steps", ["from_stage", "to_stage"], stage);
		shown("gates", ["stage_key"], stage);
		shown("gates", ["gate"], (value) => text(__(value)));
		shown("gates", ["advice"], (value) => text(value ? __(value, null, "Advice at a gate") : ""));
		shown("checks", ["link_rate"], (value, df, options, doc) =>
			doc && !doc.any_came ? "–" : `${Math.round(value || 0)} %`
		);
	};

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
		const rests = ["Deferred", "On hold"].includes(frm.doc.stage);
		const here = keys.indexOf(keys.includes(frm.doc.stage) ? frm.doc.stage : frm.doc.held_stage);
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
		const whose = rests ? __("It rests") : turn;
		const facts = [
			`<strong>${whose}</strong>${cx.turn.side !== "Nobody" && cx.turn.days ? `, ${__("for {0} days", [cx.turn.days])}` : ""}`,
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
		if (cx.held_days >= 1) facts.push(__("It rested for {0} days, which count for nobody", [format_number(cx.held_days, null, 0)]));
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
				row.append(badge(__(gate.advice, null, "Advice at a gate"), colors[gate.advice]));
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
									options: ["Go", "Go with conditions", "Hold", "Stop"].map((value) => ({
									value,
									label: __(value, null, "Advice at a gate"),
								})),
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
		if (frm.cx.sponsor_asked && frm.cx.may_write) {
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
		const can_write = frm.cx.may_write;
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
})();
