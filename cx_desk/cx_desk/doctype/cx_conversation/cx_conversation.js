// The form of a conversation: next steps with reasons, voices and promises that were kept from it.

frappe.ui.form.on("CX Conversation", {
	setup(frm) {
		frm.set_query("unit", () => ({ filters: { disabled: 0 } }));
	},

	refresh(frm) {
		show_moves(frm);
		show_voices(frm);
		// As a description the host would append the time zone to it and then find no translation.
		frm.set_df_property("ends_on", "placeholder", __("Empty: half an hour."));
		frm.set_df_property(
			"who", "label", frm.doc.state === "Held" || frm.is_new() ? __("Who you spoke with") : __("With whom")
		);
		// Wants are the unit's: here they are only asked about.
		frm.set_df_property("wants", "cannot_add_rows", true);
		frm.set_df_property("wants", "cannot_delete_rows", true);
		// The host shows the buttons of any editable table again, whatever the property says.
		frm.get_field("wants").$wrapper.find(".grid-add-row, .grid-add-multiple-rows, .grid-upload").hide();
		frm.set_df_property(
			"wants",
			"description",
			(frm.doc.wants || []).length
				? ""
				: __("The unit has no wants yet. Ask for at most five and add them to the unit; they stand here from then on.")
		);
		if (frm.is_new()) return;
		const colors = { Planned: "blue", Held: "green", Cancelled: "gray", Missed: "orange" };
		frm.page.set_indicator(__(frm.doc.state), colors[frm.doc.state]);
		if (frm.doc.state === "Planned" && frm.perm[0].write) {
			const label = frm.doc.invited_at ? __("Send the invitation again") : __("Send an invitation");
			frm.add_custom_button(label, () => with_dialogs(() => send_invitation(frm)));
		}
		if (frm.doc.type === "Service review") {
			frm.add_custom_button(__("Review pack"), () => {
				const query = new URLSearchParams({
					doctype: "CX Conversation",
					name: frm.doc.name,
					format: "Service Review Pack",
					no_letterhead: "1",
				});
				window.open(`/api/method/frappe.utils.print_format.download_pdf?${query}`, "_blank");
			});
		}
	},

	contact(frm) {
		if (!frm.doc.contact) return;
		frappe.db.get_value("Contact", frm.doc.contact, "full_name").then(({ message }) => {
			if (message && message.full_name) frm.set_value("who", message.full_name);
		});
	},
});

function with_dialogs(run) {
	frappe.require(
		["/assets/cx_desk/js/relationship_dialogs.js", "/assets/cx_desk/css/relationship_dialogs.css"], run);
}

function send_invitation(frm) {
	const send = () =>
		cx_desk.relationship.call("invite", { conversation: frm.doc.name }).then(({ message }) => {
			frappe.show_alert({
				message: __("Invited: {0}", [frappe.utils.escape_html(message.invited.join(", "))]),
				indicator: "green",
			});
			frm.reload_doc();
		});
	return frm.is_dirty() ? frm.save().then(send) : send();
}

function show_moves(frm) {
	const wrapper = frm.get_field("moves_html").$wrapper.empty();
	if (frm.is_new()) {
		frm.toggle_display("moves_html", true);
		wrapper.append(
			$(`<p class="text-muted"></p>`).text(
				__("A time in the past logs it, a time in the future plans it. Unit, who and what was said are enough.")
			)
		);
		return;
	}
	const moves = (frm.doc.__onload && frm.doc.__onload.moves) || [];
	// A held one has no further step: an empty strip would look like something missing.
	frm.toggle_display("moves_html", Boolean(moves.length && frm.perm[0].write));
	if (!moves.length || !frm.perm[0].write) return;
	const buttons = $(`<div class="cx-buttons" style="display:flex;flex-wrap:wrap;gap:8px"></div>`).appendTo(wrapper);
	moves.forEach((move, index) => {
		$(`<button type="button" class="btn btn-sm"></button>`)
			.addClass(move.allowed && index === 0 ? "btn-primary" : "btn-default")
			.text(move.label)
			.prop("disabled", !move.allowed)
			.on("click", () =>
				with_dialogs(() => {
					const needs = move.needs.filter((need) => need !== "notes" || !frm.doc.notes);
					cx_desk.relationship.step(frm.doc.name, { ...move, needs }, () => frm.reload_doc());
				})
			)
			.appendTo(buttons);
	});
	moves
		.filter((move) => !move.allowed)
		.forEach((move) =>
			$(`<p class="text-muted small" style="margin:6px 0 0"></p>`)
				.append($("<strong></strong>").text(move.label), document.createTextNode(`: ${move.why_not}`))
				.appendTo(wrapper)
		);
}

function show_voices(frm) {
	const wrapper = frm.get_field("voices_html").$wrapper.empty();
	if (frm.is_new()) return;
	const voices = (frm.doc.__onload && frm.doc.__onload.voices) || [];
	const list = $(`<ul class="list-unstyled"></ul>`).appendTo(wrapper);
	voices.forEach((voice) => {
		$(`<li style="padding:6px 0;border-bottom:1px solid var(--border-color)"></li>`)
			.append(
				$(`<a></a>`)
					.attr("href", `/app/cx-voice/${encodeURIComponent(voice.name)}`)
					.text(voice.statement),
				$(`<div class="text-muted small"></div>`).text(
					__("{0}, {1}. {2} owns it, due {3}.", [
						__(voice.kind),
						__(voice.state),
						voice.owner_name,
						voice.due,
					])
				)
			)
			.appendTo(list);
	});
	if (!frm.perm[0].write || frm.doc.state !== "Held") return;
	const buttons = $(`<div style="display:flex;flex-wrap:wrap;gap:8px;margin-top:8px"></div>`).appendTo(wrapper);
	const add = (label, kind) =>
		$(`<button type="button" class="btn btn-default btn-sm"></button>`)
			.text(label)
			.on("click", () =>
				with_dialogs(() => cx_desk.relationship.keep(frm.doc.name, kind, () => frm.reload_doc()))
			)
			.appendTo(buttons);
	add(__("Keep a sentence"), "");
	add(__("We promised something"), "Promise");
}
