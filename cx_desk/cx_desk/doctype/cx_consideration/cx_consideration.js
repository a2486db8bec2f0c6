// A consideration: its questions, its ticket or list entry.

frappe.ui.form.on("CX Consideration", {
	refresh(frm) {
		if (frm.is_new()) return;
		const may_write = cx_desk.initiative.may_write(frm);
		cx_desk.initiative.styles();
		if (may_write && ["Not started", "Questions open"].includes(frm.doc.verdict)) {
			frm.add_custom_button(__("Ask a question"), async () => {
				const { message } = await frappe.call("cx_desk.api.initiatives.whom_to_ask", {
					initiative: frm.doc.initiative,
				});
				cx_desk.initiative.ask(frm, { ...message, initiative: frm.doc.initiative, consideration: frm.doc.name });
			});
		}
		if (frm.doc.ticket) {
			frm.add_custom_button(__("Open the ticket"), () =>
				window.open(`/helpdesk/tickets/${encodeURIComponent(frm.doc.ticket)}`, "_blank")
			);
		} else if (frm.doc.todo) {
			frm.add_custom_button(__("Open the list entry"), () => frappe.set_route("Form", "ToDo", frm.doc.todo));
		} else if (may_write && ["Not started", "Questions open"].includes(frm.doc.verdict)) {
			const label = frm.doc.team ? __("Open a ticket for the team") : __("Put it on the person's list");
			frm.add_custom_button(label, () =>
				frappe
					.call({
						method: "cx_desk.api.initiatives.open_ticket",
						args: { consideration: frm.doc.name },
						freeze: true,
					})
					.then(() => frm.reload_doc())
			);
		}
	},
});
