// The form of a signal: what changed, and what a person made of it.

frappe.ui.form.on("CX Signal", {
	refresh(frm) {
		const colors = { New: "orange", Active: "blue", Closed: "green", Canceled: "gray" };
		frm.page.set_indicator(__(frm.doc.state), colors[frm.doc.state]);
		frm.disable_save();
		const wrapper = frm.get_field("moves_html").$wrapper.empty();
		const buttons = $(`<div style="display:flex;flex-wrap:wrap;gap:8px"></div>`).appendTo(wrapper);
		const moves = (frm.doc.__onload && frm.doc.__onload.moves) || [];
		if (frm.perm[0].write) moves.forEach((move, index) => step_button(frm, move, index).appendTo(buttons));
		if (frm.doc.state === "New" || frm.doc.state === "Active") {
			$(`<button type="button" class="btn btn-default btn-sm"></button>`)
				.text(__("Log a conversation"))
				.on("click", () =>
					frappe.require(
		["/assets/cx_desk/js/relationship_dialogs.js", "/assets/cx_desk/css/relationship_dialogs.css"], () =>
						cx_desk.relationship.log({ unit: frm.doc.unit })
					)
				)
				.appendTo(buttons);
		}
	},
});

function step_button(frm, move, index) {
	const take = (note) =>
		frappe
			.call({
				method: "cx_desk.api.relationship.move_signal",
				args: { signal: frm.doc.name, to: move.to, note },
				freeze: true,
			})
			.then(() => frm.reload_doc());
	return $(`<button type="button" class="btn btn-sm"></button>`)
		.addClass(index === 0 ? "btn-primary" : "btn-default")
		.text(move.label)
		.on("click", () => {
			if (!move.needs_note) return take();
			const question =
				move.to === "Canceled" ? __("Why is it a false alarm?") : __("What became of it?");
			frappe.prompt(
				{ fieldname: "note", fieldtype: "Small Text", label: question, reqd: 1 },
				({ note }) => take(note),
				move.label,
				move.label
			);
		});
}
