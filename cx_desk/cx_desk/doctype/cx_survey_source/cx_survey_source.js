frappe.ui.form.on("CX Survey Source", {
	setup(frm) {
		frm.set_query("survey", () => ({
			query: "cx_desk.api.surveys.find_surveys",
			filters: { not_anonymous: 1 },
		}));
	},

	refresh(frm) {
		["state_html", "webhook_html", "map_html"].forEach((name) => frm.get_field(name).$wrapper.empty());
		if (frm.is_new()) {
			frm.get_field("map_html").$wrapper.html(
				`<p class="text-muted">${__("Save first. Once an answer has come in, its fields can be chosen here.")}</p>`,
			);
			return;
		}
		frm.add_custom_button(
			__("What came in"),
			() => frappe.set_route("List", "CX Source Delivery", { source: frm.doc.name }),
		);
		if (frm.doc.way === "Fetch" && frm.doc.enabled) {
			frm.add_custom_button(__("Ask now"), () => cx_source_fetch(frm)).addClass("btn-primary");
		}
		cx_source_state(frm);
	},

	kind(frm) {
		if (frm.doc.kind === "LimeSurvey") frm.set_value("way", "Fetch");
		if (frm.doc.kind === "Standard Webhooks") frm.set_value("way", "Webhook");
	},
});

function cx_source_fetch(frm) {
	frappe
		.call({ method: "cx_desk.api.sources.fetch_now", args: { source: frm.doc.name }, freeze: true, freeze_message: __("Asking the tool ...") })
		.then((r) => {
			const done = r.message;
			if (done.error) frappe.msgprint({ title: __("The tool was asked"), message: frappe.utils.escape_html(done.error), indicator: "red" });
			else frappe.show_alert({ message: __("{0} new answers.", [done.new]), indicator: "green" });
			frm.reload_doc();
		});
}

function cx_source_state(frm) {
	frappe.call({ method: "cx_desk.api.sources.state", args: { source: frm.doc.name } }).then((r) => {
		const state = r.message;
		frm.get_field("state_html").$wrapper.html(cx_source_state_html(frm, state));
		frm.get_field("state_html").$wrapper.find("[data-again]").on("click", () => cx_source_again(frm));
		if (frm.doc.way === "Webhook") {
			frm.get_field("webhook_html").$wrapper.html(cx_source_address_html(state.address));
			frm.get_field("webhook_html").$wrapper.find("button").on("click", () => frappe.utils.copy_to_clipboard(state.address));
		}
		cx_source_fields(frm, state);
	});
}

function cx_source_state_html(frm, state) {
	const escape = frappe.utils.escape_html;
	const counts = state.counts;
	const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
	const parts = [];
	if (!frm.doc.enabled) parts.push(`<span class="indicator-pill gray">${__("Switched off")}</span>`);
	else if (frm.doc.last_error) parts.push(`<span class="indicator-pill red">${__("Does not answer")}</span>`);
	else if (total) parts.push(`<span class="indicator-pill green">${__("Works")}</span>`);
	else parts.push(`<span class="indicator-pill orange">${__("Nothing came in yet")}</span>`);
	const words = {
		Taken: __("counted"),
		Waiting: __("waiting"),
		"Not taken": __("not taken"),
		"Not finished": __("not finished by the person"),
	};
	Object.keys(words).forEach((key) => {
		if (!counts[key]) return;
		const href = `/app/cx-source-delivery?source=${encodeURIComponent(frm.doc.name)}&state=${encodeURIComponent(key)}`;
		parts.push(`<a href="${href}"><b>${counts[key]}</b> ${words[key]}</a>`);
	});
	let html = `<p style="display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin:0">${parts.join("")}</p>`;
	if (frm.doc.last_error) html += `<p class="text-danger" style="margin:8px 0 0">${escape(frm.doc.last_error)}${frm.doc.next_at ? ` ${__("It is asked again at {0}.", [frappe.datetime.str_to_user(frm.doc.next_at)])}` : ""}</p>`;
	if (counts.Waiting && !(frm.doc.fields || []).some((row) => row.meaning === "Question")) {
		html += `<p style="margin:8px 0 0">${__("Answers are waiting: choose below which field is which question.")}</p>`;
	}
	if (counts["Not taken"]) {
		html += `<p style="margin:8px 0 0">${__("Open one of those not taken to see why, mend the fields below, then let them be tried again.")} <button type="button" class="btn btn-xs btn-default" data-again>${__("Try again")}</button></p>`;
	}
	return html;
}

function cx_source_address_html(address) {
	return `<div class="form-group"><div class="clearfix"><label class="control-label">${__("Address for the tool")}</label></div>
		<div style="display:flex;gap:8px;align-items:center;flex-wrap:wrap"><code style="overflow-wrap:anywhere">${frappe.utils.escape_html(address)}</code>
		<button type="button" class="btn btn-xs btn-default">${__("Copy")}</button></div>
		<p class="help-box small text-muted">${__("Enter it in the tool as the webhook's address, with the event “response finished”.")}</p></div>`;
}

function cx_source_again(frm) {
	frappe.call({ method: "cx_desk.api.sources.try_again", args: { source: frm.doc.name }, freeze: true }).then((r) => {
		frappe.show_alert({ message: __("{0} of {1} are counted now.", [r.message.taken, r.message.tried]), indicator: r.message.taken ? "green" : "orange" });
		frm.reload_doc();
	});
}

function cx_source_fields(frm, state) {
	const wrapper = frm.get_field("map_html").$wrapper;
	if (!state.fields.length) {
		const kept = (frm.doc.fields || []).length;
		wrapper.html(
			`<p class="text-muted">${kept ? __("No answer is kept from which fields could be read; the table below holds.") : __("Once an answer has come in, its fields can be chosen here.")}</p>`,
		);
		return;
	}
	wrapper.html(
		`<p><button type="button" class="btn btn-sm btn-default">${__("Choose fields")}</button> <span class="text-muted">${__("{0} fields were seen in the last answers.", [state.fields.length])}</span></p>`,
	);
	wrapper.find("button").on("click", () => cx_source_choose(frm, state));
}

function cx_source_choose(frm, state) {
	const escape = frappe.utils.escape_html;
	const others = ["Comment", "Box 'not solved'", "E-mail", "Business unit", "Ticket", "Language", "Answered at"];
	const options = (chosen) =>
		`<option value="">${__("is not taken")}</option>` +
		`<optgroup label="${__("Question")}">${state.questions.map((q) => `<option value="q:${escape(q.key)}" ${chosen === `q:${q.key}` ? "selected" : ""}>${escape(q.question)}</option>`).join("")}</optgroup>` +
		`<optgroup label="${__("Other")}">${others.map((o) => `<option value="m:${escape(o)}" ${chosen === `m:${o}` ? "selected" : ""}>${__(o)}</option>`).join("")}</optgroup>`;
	const chosen = (f) => (f.meaning === "Question" ? `q:${f.question}` : f.meaning ? `m:${f.meaning}` : "");
	const rows = state.fields
		.map(
			(f, at) => `<div style="border-top:1px solid var(--border-color);padding:10px 0">
				<label for="cx-field-${at}" style="display:block;overflow-wrap:anywhere;margin:0"><b>${escape(f.label || f.field)}</b>${f.label ? ` <span class="text-muted">${escape(f.field)}</span>` : ""}</label>
				<div class="text-muted small" style="overflow-wrap:anywhere">${f.example ? __("For example: {0}", [escape(f.example)]) : __("Empty in the last answers")}</div>
				<select id="cx-field-${at}" class="form-control" data-field="${at}" style="margin-top:4px">${options(chosen(f))}</select></div>`,
		)
		.join("");
	const dialog = new frappe.ui.Dialog({
		title: __("Which field is which question?"),
		fields: [{ fieldtype: "HTML", fieldname: "rows", options: rows }],
		primary_action_label: __("Take over and save"),
		primary_action() {
			const kept = Object.fromEntries((frm.doc.fields || []).map((row) => [row.field, row]));
			const seen = new Set(state.fields.map((f) => f.field));
			const rest = (frm.doc.fields || []).filter((row) => !seen.has(row.field)).map((row) => ({ field: row.field, meaning: row.meaning, question: row.question, words: row.words }));
			frm.clear_table("fields");
			dialog.$wrapper.find("[data-field]").each((_i, select) => {
				if (!select.value) return;
				const field = state.fields[Number(select.dataset.field)].field;
				const value = select.value.slice(2);
				const isQuestion = select.value.startsWith("q:");
				frm.add_child("fields", {
					field,
					meaning: isQuestion ? "Question" : value,
					question: isQuestion ? value : "",
					words: kept[field] ? kept[field].words : "",
				});
			});
			rest.forEach((row) => frm.add_child("fields", row));
			frm.refresh_field("fields");
			frm.dirty();
			frm.save().then(() => dialog.hide());
		},
	});
	dialog.show();
}
