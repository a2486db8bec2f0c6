// What the forms of initiatives and of their considerations share: calls, dialogs, small tables, the question dialog.

(function () {
	frappe.provide("cx_desk.initiative");

	const text = (value) => frappe.utils.escape_html(value === null || value === undefined ? "" : String(value));
	const badge = (label, color) => `<span class="indicator-pill no-indicator-dot ${color}">${text(label)}</span>`;


	// A table without a framework: head, rows of HTML, and a word where there are none. On a phone each row is a block,
	// and each cell that holds something says what it is.
	const table = (head, rows, empty) => {
		if (!rows.length) return `<p class="text-muted">${empty}</p>`;
		const cell = (content, index) =>
			`<td${content ? "" : ' class="cx-init-empty"'} data-label="${text(head[index])}"><div>${content}</div></td>`;
		return `<div class="cx-init-scroll"><table class="table table-sm cx-init-table"><thead><tr>${head
			.map((label) => `<th>${label}</th>`)
			.join("")}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</tbody></table></div>`;
	};

	// What a word means depends on where it stands: "Hold" at a gate is no hold of surveys, the business here no company.
	cx_desk.initiative.show_as = function (frm, table, fields, formatter) {
		if (!table) {
			fields.filter((field) => frm.fields_dict[field]).forEach((field) => {
				frm.fields_dict[field].df.formatter = formatter;
				frm.refresh_field(field);
			});
			return;
		}
		fields.forEach((field) => frm.fields_dict[table].grid.update_docfield_property(field, "formatter", formatter));
		frm.refresh_field(table);
	};
	cx_desk.initiative.side = (value) => (value ? __(value, null, "CX Open Question") : "");

	const link = (doctype, name, label) =>
		`<a href="/app/${frappe.router.slug(doctype)}/${encodeURIComponent(name)}">${text(label)}</a>`;

	const add_button = (wrapper, label, click) =>
		$(`<button type="button" class="btn btn-xs btn-default"></button>`).text(label).on("click", click).appendTo(wrapper);

	cx_desk.initiative.ui = { text, badge, table, link, add_button };

	cx_desk.initiative.call = function (frm, method, args, options = {}) {
		const run = () =>
			frappe
				.call({ method: `cx_desk.api.initiatives.${method}`, args, freeze: true })
				.then((answer) => {
					if (answer.message && answer.message.message) {
						frappe.show_alert({ message: frappe.utils.escape_html(answer.message.message), indicator: "green" });
					}
					if (!options.stay) frm.reload_doc();
					return answer.message;
				});
		return frm.is_dirty && frm.is_dirty() ? frm.save().then(run) : run();
	};

	// What a role may do is not what somebody may do with this record: the desk says so, and the form shows it.
	cx_desk.initiative.may_write = function (frm, told) {
		const may = told === undefined ? !!(frm.doc.__onload && frm.doc.__onload.may_write) : told;
		if (!may) frm.disable_form();
		return may;
	};

	cx_desk.initiative.ask_for = function (title, fields, run, action) {
		const dialog = new frappe.ui.Dialog({
			title,
			fields,
			primary_action_label: action || __("Save"),
			primary_action(values) {
				dialog.disable_primary_action();
				Promise.resolve(run(values, dialog))
					.then((keep) => keep === "open" || dialog.hide())
					.catch(() => {})
					.finally(() => dialog.enable_primary_action());
			},
		});
		dialog.show();
		return dialog;
	};

	// Put a question, from an initiative or from a consideration of it: what looks answered is shown first.
	cx_desk.initiative.ask = function (frm, { initiative, people, requester, consideration }) {
		const business = people;
		const dialog = cx_desk.initiative.ask_for(
			__("Ask a question"),
			[
				{ fieldname: "question", fieldtype: "Small Text", label: __("Question"), reqd: 1 },
				{ fieldname: "alike", fieldtype: "HTML" },
				{
					fieldname: "asked_anyway",
					fieldtype: "Data",
					label: __("Why it must be asked again"),
					hidden: 1,
				},
				{
					fieldname: "audience",
					fieldtype: "Select",
					label: __("Whom it is put to"),
					options: ["Business", "IT team", "Supplier", "Auditor"].map((value) => ({
						value,
						label: cx_desk.initiative.side(value),
					})),
					default: "Business",
					reqd: 1,
				},
				{
					fieldname: "addressee_email",
					fieldtype: "Autocomplete",
					label: __("Mail address"),
					options: [...new Set(business)],
					default: requester,
					depends_on: "eval:doc.audience!='IT team'",
					description: __("They answer on their page or by answering the mail."),
				},
				{
					fieldname: "responsible",
					fieldtype: "Link",
					options: "User",
					label: __("Person of IT"),
					depends_on: "eval:doc.audience=='IT team'",
				},
				{
					fieldname: "due",
					fieldtype: "Date",
					label: __("Needed by"),
					default: frappe.datetime.add_days(frappe.datetime.get_today(), 5),
					reqd: 1,
				},
				{ fieldname: "mandatory", fieldtype: "Check", label: __("Nothing is approved without an answer") },
			],
			async (values) => {
				if (!values.asked_anyway) {
					const { message } = await frappe.call("cx_desk.api.initiatives.look_alike", {
						question: values.question,
						initiative,
					});
					if (message.length) {
						show_alike(message, values.question);
						return "open";
					}
				}
				await cx_desk.initiative.call(frm, "ask", { initiative, consideration, ...values });
			},
			__("Ask")
		);
		function show_alike(found, question) {
			const box = dialog.get_field("alike").$wrapper.empty().addClass("cx-init-alike");
			box.append(`<p><strong>${__("It looks answered:")}</strong></p>`);
			found.forEach((row) => {
				const item = $(`<div></div>`).appendTo(box);
				item.append(
					`<p>${text(row.question)}<br><em class="cx-init-words">${text(row.answer)}</em><br><span class="text-muted small">${text(
						row.answered_by
					)}, ${text(row.answered_at)}, ${text(row.initiative)}</span></p>`
				);
				add_button(item, __("Take this answer, ask nobody"), () =>
					cx_desk.initiative
						.call(frm, "take_answer", { initiative, consideration, question, other: row.name })
						.then(() => dialog.hide())
				);
			});
			dialog.set_df_property("asked_anyway", "hidden", 0);
		}
	};

	cx_desk.initiative.styles = function () {
		if (document.getElementById("cx-initiative-styles")) return;
		$(`<style id="cx-initiative-styles">
	.cx-init-path{display:flex;flex-wrap:wrap;gap:6px;list-style:none;padding:0;margin:0 0 12px}
	.cx-init-path li{padding:3px 12px;border-radius:99px;background:var(--control-bg);color:var(--text-muted);font-size:var(--text-sm)}
	.cx-init-path li.past{color:var(--text-color)}
	.cx-init-path li.past::before{content:"✓ "}
	.cx-init-path li.here{background:var(--bg-blue);color:var(--text-on-blue);font-weight:600}
	.cx-init-gate{margin-right:5px;opacity:.7}
	.cx-init-facts{margin:0 0 10px}
	.cx-init-advice{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin:0 0 10px}
	.cx-init-buttons{display:flex;flex-wrap:wrap;gap:8px;margin:4px 0 8px}
	.cx-init-why{font-size:var(--text-sm);color:var(--text-muted);margin:4px 0}
	.cx-init-why ul,.cx-init ul{margin:2px 0 4px;padding-left:20px}
	.cx-init-title{font-size:var(--text-lg);margin:12px 0 6px}
	.cx-init-scroll{overflow-x:auto}
	.cx-init-table{margin-bottom:8px;font-size:var(--text-md)}
	.cx-init-table td,.cx-init-table th{vertical-align:top;border-color:var(--border-color)}
	.cx-init-table th{color:var(--text-muted);font-weight:500;font-size:var(--text-sm)}
	.cx-init-table .indicator-pill{white-space:nowrap}
	@media (max-width:640px){
		.cx-init-table thead{display:none}
		.cx-init-table tr{display:block;border-top:1px solid var(--border-color);padding:6px 0}
		.cx-init-table td{display:flex;gap:8px;border:0;padding:2px 0}
		.cx-init-table td:first-child{font-weight:500}
		.cx-init-table td.cx-init-empty{display:none}
		.cx-init-table td:not(:first-child)::before{content:attr(data-label);flex:0 0 38%;color:var(--text-muted)}
	}
	.cx-init-words{white-space:pre-line;overflow-wrap:anywhere}
	.cx-init-alike{background:var(--bg-yellow);border-radius:8px;padding:10px 12px;margin-bottom:10px}
	.cx-init-weeks{display:flex;gap:6px;align-items:flex-end;min-height:84px}
	.cx-init-weeks div{display:flex;flex-direction:column;align-items:center;justify-content:flex-end;width:28px;font-size:var(--text-xs)}
	.cx-init-weeks i{display:block;width:100%;background:var(--blue-400,#58a);border-radius:3px 3px 0 0;min-height:2px}
	.cx-init-weeks i.running{opacity:.45}
	</style>`).appendTo(document.head);
	};
})();
