// A template: criteria that would have caught tickets are proposed, and taken with one click.

frappe.ui.form.on("CX Initiative Template", {
	refresh(frm) {
		// Keys of stages are shared with other doctypes, where they mean something else.
		frm.fields_dict.stages.grid.update_docfield_property("stage_key", "formatter", (value) =>
			frappe.utils.escape_html(value ? __(value, null, "CX Initiative") : "")
		);
		frm.refresh_field("stages");
		if (frm.is_new()) return;
		const found = (frm.doc.__onload && frm.doc.__onload.proposals) || [];
		if (!found.length || !frm.perm[0].write) return;
		found.slice(0, 5).forEach((row) => {
			frm.add_custom_button(
				__("{0} ({1} tickets)", [row.criterion, row.n]),
				() =>
					frappe
						.call({
							method: "cx_desk.api.initiatives.add_criterion",
							args: { template: frm.doc.name, criterion: row.criterion },
							freeze: true,
						})
						.then(() => frm.reload_doc()),
				__("Would have caught it")
			);
		});
	},
});
