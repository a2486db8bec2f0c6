// A benefit: who owns it and said so, how far it came, and the next steps with the reasons why not.

(function () {
	const NEEDS = {
		note: { fieldname: "note", fieldtype: "Data", label: __("How and when they said it") },
		reason: { fieldname: "reason", fieldtype: "Small Text", label: __("Why"), description: __("It stays in the trail.") },
		name: { fieldname: "owner_name", fieldtype: "Data", label: __("New owner") },
		email: {
			fieldname: "owner_email",
			fieldtype: "Data",
			options: "Email",
			label: __("Their mail address"),
			description: __("They are asked by mail, and accept it on their page."),
		},
	};

	// What it waits for, in a sentence.
	const waits_for = (doc) => {
		if (doc.next_owner_email) {
			return __("{0} was asked to take it over and has not answered yet.", [doc.next_owner_name]);
		}
		if (!doc.owner_name) return __("Name somebody of the business as its owner. They are asked by mail.");
		if (!doc.accepted_at) return __("{0} was asked to own it and has not answered yet.", [doc.owner_name]);
		if (!doc.baseline_on) return __("Before go-live, take the baseline: what is it today?");
		if (doc.result && !doc.countersigned_at) {
			return __("By the figures it is {0}. The liaison of the unit or a CX Manager countersigns.", [
				__(doc.result).toLowerCase(),
			]);
		}
		return "";
	};

	const step = (frm, move) => {
		const run = (values) =>
			cx_desk.initiative.call(frm, "step_benefit", { name: frm.doc.name, step: move.key, ...values });
		if (!move.needs.length) return run({});
		cx_desk.initiative.ask_for(
			move.label,
			move.needs.map((need) => ({ reqd: 1, ...NEEDS[need] })),
			run,
			move.label
		);
	};

	frappe.ui.form.on("CX Benefit", {
		refresh(frm) {
			// Who said yes is not overwritten: it is handed on, and the next one is asked.
			["owner_name", "owner_email"].forEach((field) => frm.set_df_property(field, "read_only", frm.doc.accepted_at ? 1 : 0));
			if (frm.is_new()) return;
			const colors = { Realised: "green", Partly: "yellow", Missed: "red", Tracking: "blue" };
			frm.page.set_indicator(__(frm.doc.state), colors[frm.doc.state] || "gray");
			const may_write = cx_desk.initiative.may_write(frm);
			const told = waits_for(frm.doc);
			if (told && frm.doc.state !== "Cancelled") frm.set_intro(frappe.utils.escape_html(told), "orange");
			if (!may_write) return;
			((frm.doc.__onload && frm.doc.__onload.moves) || []).forEach((move) => {
				const button = frm.add_custom_button(move.label, () => step(frm, move));
				if (!move.allowed) button.prop("disabled", true).attr("title", move.why_not);
			});
		},
	});
})();
