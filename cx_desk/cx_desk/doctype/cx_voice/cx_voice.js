// The form of a voice: where it stands, what can be done next and why something cannot, and its trail.

frappe.provide("cx_desk.voice");

cx_desk.voice.COLORS = {
	Heard: "orange",
	Owned: "blue",
	Done: "purple",
	Declined: "gray",
	Told: "yellow",
	Contested: "red",
	Settled: "green",
};

frappe.ui.form.on("CX Voice", {
	setup(frm) {
		frm.set_query("responsible", () => ({
			filters: { enabled: 1, user_type: "System User", name: ["!=", "Guest"] },
		}));
		frm.set_query("driver", () => ({ filters: { disabled: 0 } }));
	},

	refresh(frm) {
		cx_desk.voice.show_moves(frm);
		cx_desk.voice.show_trail(frm);
		// A team's voices are its members' to read; whoever owns one, or answers for the unit, changes it.
		cx_desk.may_write(frm);
		if (frm.is_new()) return;
		const loaded = frm.doc.__onload || {};
		frm.set_intro(loaded.sample_data ? __("Sample data: {0}", [loaded.sample_data]) : "", "yellow");
		const overdue = loaded.overdue;
		frm.page.set_indicator(
			overdue ? __("{0}, overdue", [__(frm.doc.state)]) : __(frm.doc.state),
			overdue ? "red" : cx_desk.voice.COLORS[frm.doc.state]
		);
		if (frm.doc.ticket) {
			frm.add_custom_button(__("Open the ticket"), () =>
				window.open(`/helpdesk/tickets/${encodeURIComponent(frm.doc.ticket)}`, "_blank")
			);
		}
	},

	kind(frm) {
		if (frm.is_new() && frm.doc.kind === "Seen") frm.set_value("source_type", "Seen");
	},
});

cx_desk.voice.show_moves = function (frm) {
	const wrapper = frm.get_field("moves_html").$wrapper.empty();
	if (frm.is_new()) {
		wrapper.html(
			`<p class="text-muted">${__(
				"Write down the sentence and who said it. Owner and due time are found for you when you save."
			)}</p>`
		);
		return;
	}
	const moves = (frm.doc.__onload && frm.doc.__onload.moves) || [];
	const can_write = frm.perm[0] && frm.perm[0].write;
	const box = $(`<div class="cx-moves"></div>`).appendTo(wrapper);
	box.append(cx_desk.voice.path(frm.doc));
	box.append(`<p class="cx-turn">${cx_desk.voice.turn(frm.doc)}</p>`);
	const last = (frm.doc.steps || []).slice(-1)[0];
	if (frm.doc.state === "Contested" && last && last.note) {
		$(`<blockquote class="cx-words"></blockquote>`).text(last.note).appendTo(box);
	}
	const buttons = $(`<div class="cx-buttons"></div>`).appendTo(box);
	// What the desk does next stands out; what a person said does not invite a click.
	const first = moves.find((move) => move.allowed && ["take", "done", "tell"].includes(move.key));
	moves.forEach((move) => {
		const why = can_write ? move.why_not : __("You may read this voice, but not change it.");
		const button = $(`<button type="button" class="btn btn-sm"></button>`)
			.addClass(move === first && can_write ? "btn-primary" : "btn-default")
			.text(move.label)
			.appendTo(buttons);
		if (move.allowed && can_write) {
			button.on("click", () => cx_desk.voice.take(frm, move));
		} else {
			button.prop("disabled", true).attr("title", why);
		}
	});
	const blocked = can_write ? moves.filter((move) => !move.allowed) : [];
	blocked.forEach((move) => {
		$(`<p class="cx-why text-muted"></p>`)
			.append($("<strong></strong>").text(move.label), document.createTextNode(`: ${move.why_not}`))
			.appendTo(box);
	});
	if (!can_write && moves.length) {
		$(`<p class="cx-why text-muted"></p>`)
			.text(__("You may read this voice, but not change it."))
			.appendTo(box);
	}
	cx_desk.voice.styles();
};

cx_desk.voice.path = function (doc) {
	const middle = doc.state === "Declined" || doc.decline_reason ? "Declined" : "Done";
	const states = ["Heard", "Owned", middle, "Told", "Settled"];
	if (doc.state === "Contested") states.splice(4, 0, "Contested");
	const here = states.indexOf(doc.state);
	const items = states.map((state, index) => {
		const cls = index < here ? "past" : index === here ? `here ${state.toLowerCase()}` : "";
		const current = index === here ? ` aria-current="step"` : "";
		return `<li class="${cls}"${current}>${__(state)}</li>`;
	});
	return `<ol class="cx-path" aria-label="${__("Way to settled")}">${items.join("")}</ol>`;
};

cx_desk.voice.turn = function (doc) {
	const escape = frappe.utils.escape_html;
	const owner = `<strong>${escape(frappe.user_info(doc.responsible).fullname || doc.responsible || "")}</strong>`;
	const due = doc.due_at
		? `${frappe.datetime.str_to_user(doc.due_at.slice(0, 10))} ${doc.due_at.slice(11, 16)}`
		: "";
	if (doc.state === "Settled") {
		return doc.settled_by === "The person"
			? __("Settled: the person said so.")
			: __("Settled by the desk. The person can still say that it is not.");
	}
	if (doc.state === "Told") {
		return doc.needs_source_yes
			? __("Told {0}. It waits for the person's own yes.", [comment_when(doc.told_at)])
			: __("Told {0}. The person can still say that it is not settled.", [comment_when(doc.told_at)]);
	}
	const overdue = doc.__onload && doc.__onload.overdue;
	const late = `<strong class="text-danger">${due}</strong>`;
	if (doc.responsible === frappe.session.user) {
		return overdue ? __("You own it. It was due {0}: overdue.", [late]) : __("You own it, due {0}.", [due]);
	}
	return overdue
		? __("{0} owns it. It was due {1}: overdue.", [owner, late])
		: __("{0} owns it, due {1}.", [owner, due]);
};

cx_desk.voice.LABELS = {
	outcome: {
		label: __("What was done"),
		fieldtype: "Small Text",
		description: __("As it can be told to the person."),
	},
	decline_reason: {
		label: __("Why nothing will be done"),
		fieldtype: "Small Text",
		description: __("As it can be told to the person. They are told, and may say no."),
	},
	message_back: {
		label: __("Message back"),
		fieldtype: "Text",
		description: __("Goes out as a mail with two buttons: “Yes, settled” and “No, it is not”."),
	},
	note: { label: __("How, when, in which words"), fieldtype: "Small Text" },
};

cx_desk.voice.take = function (frm, move) {
	const run = (values) =>
		frappe
			.call({
				method: "cx_desk.api.voices.move",
				args: Object.assign({ voice: frm.doc.name, to: move.to, key: move.key }, values),
				freeze: true,
			})
			.then(() => frm.reload_doc());
	const save_first = () => (frm.is_dirty() ? frm.save() : Promise.resolve());

	if (!move.needs.length && move.key !== "close") return save_first().then(() => run({}));
	if (move.key === "close") {
		return frappe.confirm(cx_desk.voice.closing(frm.doc), () => save_first().then(() => run({})));
	}
	const fields = move.needs.map((need) =>
		Object.assign({ fieldname: need, reqd: 1 }, cx_desk.voice.LABELS[need])
	);
	fields.forEach((field) => {
		if (field.fieldname === "outcome") field.default = frm.doc.outcome;
		if (field.fieldname === "message_back") {
			field.default = frm.doc.__onload && frm.doc.__onload.message_back;
			field.description = __("To {0}. {1}", [
				frappe.utils.escape_html(frm.doc.source_email || ""),
				field.description,
			]);
		}
	});
	const dialog = new frappe.ui.Dialog({
		title: move.label,
		fields,
		primary_action_label: move.key === "tell" ? __("Send") : move.label,
		primary_action(values) {
			dialog.disable_primary_action();
			save_first()
				.then(() => run(values))
				.then(() => dialog.hide())
				.finally(() => dialog.enable_primary_action());
		},
	});
	dialog.show();
};

cx_desk.voice.closing = function (doc) {
	if (doc.source_type !== "Known person") return __("Nobody can be told. Close it as settled?");
	return doc.needs_source_yes
		? __(
				"The person has not answered. Close it without their yes? It stays below the line of told and settled, and they can still say that it is not."
		  )
		: __("Close it as settled? The person can still say that it is not.");
};

cx_desk.voice.show_trail = function (frm) {
	const wrapper = frm.get_field("trail_html").$wrapper.empty();
	const steps = frm.doc.steps || [];
	if (!steps.length) {
		wrapper.html(`<p class="text-muted">${__("The trail begins when the voice is saved.")}</p>`);
		return;
	}
	const list = $(`<ol class="cx-trail"></ol>`).appendTo(wrapper);
	steps.forEach((step) => {
		const color = cx_desk.voice.COLORS[step.to_state] || "gray";
		const same = step.from_state === step.to_state;
		const title = same ? __("Noted") : __(step.to_state);
		const item = $(`<li></li>`).appendTo(list);
		$(`<div class="cx-trail-head"></div>`)
			.append(
				$(`<span class="indicator-pill no-indicator-dot"></span>`)
					.addClass(same ? "gray" : color)
					.text(title),
				$(`<span class="cx-trail-by"></span>`).text(step.by || ""),
				$(`<span class="text-muted"></span>`).html(comment_when(step.at))
			)
			.appendTo(item);
		if (step.note) $(`<div class="cx-trail-note"></div>`).text(step.note).appendTo(item);
	});
	cx_desk.voice.styles();
};

cx_desk.voice.styles = function () {
	if (document.getElementById("cx-voice-styles")) return;
	$(`<style id="cx-voice-styles">
.cx-path{display:flex;flex-wrap:wrap;gap:6px;list-style:none;padding:0;margin:0 0 12px}
.cx-path li{padding:3px 12px;border-radius:99px;background:var(--control-bg);color:var(--text-muted);font-size:var(--text-sm)}
.cx-path li.past{color:var(--text-color)}
.cx-path li.past::before{content:"✓ "}
.cx-path li.here{background:var(--bg-blue);color:var(--text-on-blue);font-weight:600}
.cx-path li.heard{background:var(--bg-orange);color:var(--text-on-orange)}
.cx-path li.contested{background:var(--bg-red);color:var(--text-on-red)}
.cx-path li.told{background:var(--bg-yellow);color:var(--text-on-yellow)}
.cx-path li.settled{background:var(--bg-green);color:var(--text-on-green)}
.cx-turn{margin:0 0 12px;font-size:var(--text-md)}
.cx-words{margin:0 0 12px;padding-left:12px;border-left:3px solid var(--red-400);white-space:pre-line;overflow-wrap:anywhere}
.cx-buttons{display:flex;flex-wrap:wrap;gap:8px;margin-bottom:8px}
.cx-why{margin:4px 0 0;font-size:var(--text-sm)}
.cx-trail{list-style:none;margin:0;padding:0 0 0 14px;border-left:2px solid var(--border-color)}
.cx-trail li{padding:0 0 14px;position:relative}
.cx-trail li::before{content:"";position:absolute;left:-20px;top:7px;width:10px;height:10px;border-radius:50%;background:var(--gray-400)}
.cx-trail-head{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.cx-trail-by{font-weight:500}
.cx-trail-note{margin-top:4px;white-space:pre-line;overflow-wrap:anywhere;max-width:760px}
</style>`).appendTo(document.head);
};
