frappe.ui.form.on("CX Survey Trigger", {
	setup(frm) {
		frm.set_query("survey", () => ({
			query: "cx_desk.api.surveys.find_surveys",
			filters: frm.cx_kind ? { kind: frm.cx_kind } : {},
		}));
	},

	refresh(frm) {
		cx_trigger_describe(frm);
		cx_trigger_next_step(frm);
		frm.get_field("dry_run_html").$wrapper.empty();
		if (frm.is_new()) {
			cx_trigger_say(frm, __("Save first, switched off: then see here what it would have done over the last 90 days."));
			return;
		}
		frm.add_custom_button(__("Dry run"), () => cx_dry_run(frm));
		frm.add_custom_button(
			__("Ledger"),
			() => frappe.set_route("List", "CX Survey Invitation", { trigger: frm.doc.name }),
			__("View"),
		);
		frm.add_custom_button(__("Survey"), () => frappe.set_route("Form", "CX Survey", frm.doc.survey), __("View"));
		if (frm.perm[0]?.write) cx_trigger_switch(frm);
		if (!frm.doc.enabled) return cx_dry_run(frm);
		cx_trigger_say(frm, __("'Dry run' shows what this trigger would have done over the last 90 days."));
	},

	survey: (frm) => cx_trigger_suggest_name(frm),
	event(frm) {
		cx_trigger_suggest_name(frm);
		cx_trigger_describe(frm, true);
	},
	watched_date: (frm) => cx_trigger_describe(frm, true),
	reached_stage: (frm) => cx_trigger_describe(frm),
	days_after: (frm) => cx_trigger_describe(frm),
	every_months: (frm) => cx_trigger_describe(frm),
	delay_hours: (frm) => cx_trigger_describe(frm),
	sample_percent: (frm) => cx_trigger_describe(frm),
	respondent: (frm) => cx_trigger_describe(frm),
	audience: (frm) => cx_trigger_describe(frm),
	quota: (frm) => cx_trigger_describe(frm),
	quota_per: (frm) => cx_trigger_describe(frm),
	quota_days: (frm) => cx_trigger_describe(frm),
	filters_remove: (frm) => cx_trigger_describe(frm),
});

frappe.ui.form.on("CX Trigger Filter", {
	kind(frm, cdt, cdn) {
		frappe.model.set_value(cdt, cdn, { value: "", role: "" });
		cx_trigger_describe(frm);
	},
	value: (frm) => cx_trigger_describe(frm),
	role: (frm) => cx_trigger_describe(frm),
	filters_remove: (frm) => cx_trigger_describe(frm),
});

// A name that says when and what, until somebody writes their own.
function cx_trigger_suggest_name(frm) {
	if (!frm.is_new() || !frm.doc.survey || !frm.doc.event) return;
	// What is being typed is not in the document yet.
	const written = frm.get_field("trigger_name").$input?.val() || frm.doc.trigger_name;
	if (written && written !== frm.cx_suggested) return;
	frm.cx_suggested = `${__(frm.doc.event)}: ${frm.doc.survey}`.slice(0, 140);
	frm.set_value("trigger_name", frm.cx_suggested);
}

function cx_trigger_say(frm, text) {
	frm.get_field("dry_run_html").$wrapper.html(`<p class="text-muted">${text}</p>`);
}

// The sentence, who can answer, which surveys fit and what conditions look at, all said by the server.
function cx_trigger_describe(frm, event_changed) {
	clearTimeout(frm.cx_describing);
	// Kept until it is said: another choice may follow at once.
	frm.cx_event_changed = frm.cx_event_changed || event_changed;
	frm.cx_describing = setTimeout(() => {
		const doc = Object.assign({}, frm.doc, {
			filters: (frm.doc.filters || []).map((row) => ({ kind: row.kind, value: row.value, role: row.role })),
		});
		frappe.call({ method: "cx_desk.api.surveys.describe_trigger", args: { doc } }).then((r) => {
			const found = r.message || {};
			frm.cx_kind = found.kind;
			cx_trigger_sentence(frm, found.sentence);
			const changed = frm.cx_event_changed || frm.is_new();
			const other_kind = changed && found.kind && frm.cx_last_kind !== found.kind;
			frm.cx_event_changed = false;
			frm.cx_last_kind = found.kind;
			cx_trigger_respondents(frm, found.respondents || [], other_kind);
			if (changed && frm.doc.survey) cx_trigger_fits(frm, found.kind);
			cx_trigger_conditions(frm, found.doctype);
		});
	}, 150);
}

function cx_trigger_sentence(frm, sentence) {
	const text = sentence
		? frappe.utils.escape_html(sentence)
		: __("Choose when, who answers and the audience: then it says here in words whom this trigger asks.");
	const style = sentence ? "font-size:var(--text-lg)" : "color:var(--text-muted)";
	frm.get_field("sentence_html").$wrapper.html(
		`<div role="status" class="cx-trigger-sentence" style="border-left:3px solid var(--primary);background:var(--subtle-fg,#f7f8fa);border-radius:var(--border-radius);padding:10px 14px;margin-bottom:14px;line-height:1.5;overflow-wrap:anywhere;${style}">${text}</div>`,
	);
}

function cx_trigger_respondents(frm, offered, other_kind) {
	const options = ["", ...offered];
	const fits = !frm.doc.respondent || offered.includes(frm.doc.respondent);
	if (!fits || (other_kind && offered.length)) frm.set_value("respondent", offered[0] || "");
	frm.set_df_property("respondent", "options", options.map((value) => ({ value, label: __(value) })));
	if (frm.is_new() && !frm.doc.respondent && offered.length) frm.set_value("respondent", offered[0]);
}

function cx_trigger_fits(frm, kind) {
	frappe.db.get_value("CX Survey", frm.doc.survey, "kind").then((r) => {
		if (kind && r.message?.kind && r.message.kind !== kind) frm.set_value("survey", "");
	});
}

// Conditions on the record itself, with the host's own filter rows.
function cx_trigger_conditions(frm, doctype) {
	const wrapper = frm.get_field("conditions_html").$wrapper;
	if (frm.cx_conditions_of === `${frm.doc.name}/${doctype}` && wrapper.children().length) return;
	wrapper.empty();
	frm.cx_conditions_of = `${frm.doc.name}/${doctype}`;
	frm.cx_filter_group = null;
	if (!doctype) return;
	wrapper.append(
		`<label class="control-label">${__("And only if")}</label>
		<p class="text-muted small">${__("Conditions on the record at the moment of the event; all of them must hold.")}</p>
		<div class="cx-trigger-conditions"></div>`,
	);
	if (!frm.perm[0]?.write) return;
	frappe.model.with_doctype(doctype, () => {
		let rows = [];
		try {
			rows = JSON.parse(frm.doc.conditions || "[]").filter((row) => row[0] === doctype);
		} catch {
			rows = [];
		}
		let filling = true;
		const group = new frappe.ui.FilterGroup({
			parent: wrapper.find(".cx-trigger-conditions"),
			doctype,
			on_change: () => {
				if (filling) return;
				const found = group.get_filters().map((row) => row.slice(0, 4));
				const text = found.length ? JSON.stringify(found) : "";
				if (text !== (frm.doc.conditions || "")) frm.set_value("conditions", text);
				cx_trigger_describe(frm);
			},
		});
		frm.cx_filter_group = group;
		wrapper.find(".apply-filters, .empty-filters").remove();
		group.add_filters_to_filter_group(rows);
		// The rows are made one after the other, and each says that it has changed.
		setTimeout(() => (filling = false), 1500);
	});
}

function cx_trigger_next_step(frm) {
	const doc = frm.doc;
	frm.set_intro("");
	if (frm.is_new()) {
		frm.set_intro(__("Say when, who answers and whom it covers. Save it switched off; nothing is sent."), "blue");
		return;
	}
	frappe.db.get_value("CX Survey", doc.survey, "enabled").then((r) => {
		if (frm.doc.name !== doc.name) return;
		const on = cint(r.message?.enabled);
		const survey = `<a href="/app/cx-survey/${encodeURIComponent(doc.survey)}">${frappe.utils.escape_html(doc.survey)}</a>`;
		frm.set_intro("");
		if (doc.enabled && on) {
			frm.set_intro(
				__("On since {0}. Every event leaves a row in the ledger: {1}.", [
					frappe.datetime.str_to_user(doc.enabled_since),
					`<a href="/app/cx-survey-invitation?trigger=${encodeURIComponent(doc.name)}">${__("see the rows")}</a>`,
				]),
				"green",
			);
		} else if (doc.enabled) {
			frm.set_intro(__("Nobody is asked yet: the survey {0} is switched off. Switch it on as well.", [survey]), "orange");
		} else {
			frm.set_intro(
				on
					? __("Switched off. Next: look at the dry run below, then press 'Switch on'.")
					: __("Switched off. Next: look at the dry run below, switch on the survey {0}, then this trigger.", [survey]),
				"blue",
			);
		}
	});
}

function cx_trigger_switch(frm) {
	const on = !frm.doc.enabled;
	const button = frm.add_custom_button(on ? __("Switch on") : __("Switch off"), () => {
		if (frm.is_dirty()) {
			frappe.show_alert({ message: __("Save first, then switch it."), indicator: "orange" });
			return;
		}
		frm.set_value("enabled", on ? 1 : 0).then(() => frm.save());
	});
	if (on) button.removeClass("btn-default").addClass("btn-primary");
}

function cx_dry_run(frm) {
	const wrapper = frm.get_field("dry_run_html").$wrapper;
	if (frm.is_dirty() && !frm.is_new()) {
		frappe.show_alert({ message: __("The dry run takes the trigger as it was saved."), indicator: "orange" });
	}
	wrapper.html(`<p class="text-muted">${__("Going through the last 90 days ...")}</p>`);
	frappe
		.call({ method: "cx_desk.api.surveys.dry_run_of", args: { trigger: frm.doc.name } })
		.then((r) => wrapper.html(cx_dry_run_html(frm, r.message)))
		.catch(() => wrapper.html(`<p class="text-danger">${__("The dry run failed; see the Error Log.")}</p>`));
}

// What stands in the way, and where it is changed.
const CX_REMEDY = () => ({
	"Asked recently": __("Days between two surveys: CX Settings"),
	"Yearly budget used": __("Mails per person and year: CX Settings"),
	"Unit's budget used": __("Mails to one unit: CX Settings, or the unit"),
	"Unknown person": __("Add these people as contacts"),
	"No address": __("Nobody with a mail address was found"),
	"Not drawn": __("Share asked: above"),
	"Enough answers": __("Stop after: above"),
	"Too late": __("Drop after: CX Settings; critical hours: the unit"),
	"Helpdesk's own feedback mail": __("Switch it off in Helpdesk's settings"),
	"Own department": __("The desk's own unit: CX Settings"),
	"Shared or machine address": __("Shared addresses: CX Settings"),
	"Not in their language": __("Translations: the survey"),
});

function cx_dry_run_html(frm, run) {
	if (!run.eligible) {
		return `<p class="text-muted">${__("Nothing that this trigger waits for happened in the last {0} days: nobody would have been asked. Widen the audience or the conditions, or wait for the first event.", [run.days])}</p>`;
	}
	const number = (count) => format_number(count, null, 0);
	const remedies = CX_REMEDY();
	const row = (name, count, options = {}) => `
		<div class="cx-dry-row" style="display:grid;grid-template-columns:minmax(0,1fr) auto;gap:2px 12px;padding:6px 0;border-bottom:1px solid var(--border-color)">
			<span style="overflow-wrap:anywhere;${options.strong ? "font-weight:600" : ""}">${name}${
				options.hint ? `<br><span class="text-muted small">${options.hint}</span>` : ""
			}</span>
			<span style="font-variant-numeric:tabular-nums;${options.strong ? "font-weight:600" : ""}">${number(count)}</span>
			<span aria-hidden="true" style="grid-column:1/-1;background:var(--gray-200,#e9ecef);border-radius:4px;height:6px"><span style="display:block;width:${(100 * count) / run.eligible}%;min-width:${count ? 2 : 0}px;height:6px;border-radius:4px;background:${options.color || "var(--gray-500,#98a1a9)"}"></span></span>
		</div>`;
	const rate = Math.round(run.response_rate * 100);
	const margin =
		run.margin === null
			? __("too few to show anything")
			: __("at most ± {0} percentage points", [run.margin.toFixed(0)]);
	const events =
		run.events === run.eligible
			? __("Events of this audience, each with one person")
			: __("People in question, for {0} events of this audience", [number(run.events)]);
	return `
		<p>${__("Had this trigger been on for the last {0} days:", [run.days])}</p>
		<div style="max-width:640px">
			${row(events, run.eligible, { strong: true })}
			${row(__("Would have been asked"), run.would_send, { strong: true, color: "var(--primary,#1f5f8b)" })}
			${run.reasons
				.map((r) =>
					row(frappe.utils.escape_html(__("Not asked: {0}", [__(r.reason)])), r.count, { hint: remedies[r.reason] }),
				)
				.join("")}
		</div>
		<p style="margin-top:12px">${__("Expected: about {0} answers ({1} % of those asked, {2}); precision of the score: {3}.", [
			number(run.expected),
			rate,
			run.own_rate ? __("this survey's own rate") : __("a usual rate, until there is an own one"),
			margin,
		])}</p>
		<p class="text-muted small">${__("Writes nothing and sends nothing. Opt-outs, people and holds are taken as they are today; reminders are not counted.")}</p>`;
}
