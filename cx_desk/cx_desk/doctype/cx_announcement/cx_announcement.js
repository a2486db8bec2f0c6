// News: written, approved by somebody else, sent once.

frappe.ui.form.on("CX Announcement", {
	refresh(frm) {
		if (frm.is_new()) return;
		const may_write = cx_desk.initiative.may_write(frm);
		const load = frm.doc.__onload || {};
		const colors = { Drafted: "orange", Approved: "blue", Sent: "green" };
		frm.page.set_indicator(__(frm.doc.state), colors[frm.doc.state] || "gray");
		if (frm.doc.state !== "Sent" && frm.doc.state !== "Cancelled") {
			frm.set_intro(
				[__("It would reach {0} people.", [load.recipients || 0]), load.notice].filter(Boolean).join(" "),
				load.recipients ? "blue" : "orange"
			);
		} else if (frm.doc.state === "Sent") {
			frm.set_intro(
				[__("{0} of {1} mails were delivered.", [frm.doc.delivered || 0, frm.doc.recipients]), load.notice]
					.filter(Boolean)
					.join(" "),
				"green"
			);
		}
		// What was sent is not rewritten: a new one is written instead.
		if (["Sent", "Cancelled"].includes(frm.doc.state)) frm.disable_form();
		if (!may_write) return;
		const step = (key, text) =>
			frappe
				.call({
					method: "cx_desk.api.initiatives.step_news",
					args: { name: frm.doc.name, step: key, text: text || "" },
					freeze: true,
				})
				.then(() => frm.reload_doc());
		if (frm.doc.state === "Drafted") frm.add_custom_button(__("Approve"), () => step("approve"));
		if (frm.doc.state === "Approved") {
			frm
				.add_custom_button(__("Send"), () =>
					frappe.confirm(__("Send it to {0} people now? It is sent once.", [load.recipients || 0]), () => step("send"))
				)
				.addClass("btn-primary");
		}
		if (["Planned", "Drafted", "Approved"].includes(frm.doc.state) && !frm.doc.before_golive) {
			frm.add_custom_button(__("Cancel it"), () =>
				frappe.prompt([{ fieldname: "text", fieldtype: "Small Text", label: __("Why"), reqd: 1 }], (values) =>
					step("cancel", values.text)
				)
			);
		}
	},
});
