// One question: its steps, whose turn it is, and for how long each side was waited for.

frappe.ui.form.on("CX Open Question", {
	refresh(frm) {
		if (frm.is_new()) return;
		const may_write = cx_desk.initiative.may_write(frm);
		const side = (value) => frappe.utils.escape_html(cx_desk.initiative.side(value));
		cx_desk.initiative.show_as(frm, null, ["turn"], side);
		cx_desk.initiative.show_as(frm, "steps", ["turn"], side);
		cx_desk.initiative.show_as(frm, "steps", ["what"], (value) => frappe.utils.escape_html(__(value || "")));
		const colors = { Open: "orange", Answered: "blue", Accepted: "green" };
		frm.page.set_indicator(
			frm.doc.turn ? __("{0}: {1}", [__(frm.doc.state), cx_desk.initiative.side(frm.doc.turn)]) : __(frm.doc.state),
			colors[frm.doc.state] || "gray"
		);
		if (!may_write) return;
		// Whoever answers does not make it official.
		const may_judge = !!(frm.doc.__onload && frm.doc.__onload.may_judge);
		const step = (label, key, field) =>
			frm.add_custom_button(label, () => {
				const run = (values) =>
					frappe
						.call({
							method: "cx_desk.api.initiatives.step_question",
							args: { name: frm.doc.name, step: key, text: values.text || "" },
							freeze: true,
						})
						.then(() => frm.reload_doc());
				if (!field) return run({});
				frappe.prompt([{ fieldname: "text", reqd: 1, ...field }], run, label, label);
			});
		if (frm.doc.state === "Open") {
			step(frm.doc.audience === "IT team" ? __("Answer") : __("Note the answer"), "answer", {
				fieldtype: "Small Text",
				label: __("Answer"),
			});
			if (frm.doc.audience !== "IT team") {
				step(__("Pass on"), "forward", { fieldtype: "Data", label: __("Mail address of who knows") });
			}
			if (may_judge) step(__("Withdraw"), "withdraw", { fieldtype: "Small Text", label: __("Why it is not asked any more") });
		}
		if (may_judge && frm.doc.state === "Answered") step(__("Make it official"), "accept");
		if (may_judge && ["Answered", "Accepted"].includes(frm.doc.state)) {
			step(__("Ask back"), "reopen", { fieldtype: "Small Text", label: __("What is missing") });
		}
	},
});
