// cx-doctor: findings with what to do, and a test invitation to oneself.

frappe.pages["cx-doctor"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("cx-doctor"),
		single_column: true,
	});
	wrapper.cx_doctor = new CXDoctor(page);
};

frappe.pages["cx-doctor"].on_page_show = function (wrapper) {
	wrapper.cx_doctor && wrapper.cx_doctor.examine();
};

class CXDoctor {
	constructor(page) {
		this.page = page;
		page.set_primary_action(__("Look again"), () => this.examine(), "refresh");
		page.set_secondary_action(__("Send me one"), () => this.send_me_one());
		page.add_menu_item(__("CX Settings"), () => frappe.set_route("Form", "CX Settings"));
		this.body = $(`<div class="cx-doctor" aria-live="polite"></div>`).appendTo(page.main);
		this.styles();
	}

	examine() {
		this.body.html(`<p class="text-muted cx-doctor-wait">${__("Looking …")}</p>`);
		return frappe.xcall("cx_desk.api.doctor.examine").then(
			(result) => this.show(result),
			() =>
				this.body.html(
					`<p class="text-muted cx-doctor-wait">${__(
						"The examination did not end. See the Error Log, then press “Look again”."
					)}</p>`
				)
		);
	}

	show({ findings, worst }) {
		this.body.empty();
		const count = (level) => findings.filter((finding) => finding.level === level).length;
		const verdict = {
			ok: __("Everything is in order: every voice can be heard."),
			warn: __("{0} to look at.", [count("warn")]),
			error: __("{0} broken, {1} to look at.", [count("error"), count("warn")]),
		}[worst];
		this.page.set_indicator(
			{ ok: __("In order"), warn: __("To look at"), error: __("Broken") }[worst],
			{ ok: "green", warn: "orange", error: "red" }[worst]
		);
		$(`<p class="cx-doctor-verdict"></p>`).text(verdict).appendTo(this.body);
		const areas = [...new Set(findings.map((finding) => finding.area))];
		areas.forEach((area) => {
			const mine = findings.filter((finding) => finding.area === area);
			const section = $(`<section class="frappe-card"></section>`).appendTo(this.body);
			$("<h4></h4>").text(area).appendTo(section);
			const list = $("<ul></ul>").appendTo(section);
			mine.forEach((finding) => this.row(finding).appendTo(list));
		});
	}

	row(finding) {
		const colors = { ok: "green", warn: "orange", error: "red" };
		const words = { ok: __("ok"), warn: __("look"), error: __("broken") };
		const row = $(`<li class="cx-${finding.level}"></li>`);
		$(`<span class="indicator-pill no-indicator-dot ${colors[finding.level]}"></span>`)
			.text(words[finding.level])
			.appendTo(row);
		const text = $("<div></div>").appendTo(row);
		$("<div class='cx-doctor-title'></div>").text(finding.title).appendTo(text);
		if (finding.to_do) $("<div class='text-muted'></div>").text(finding.to_do).appendTo(text);
		if (finding.link) {
			$("<a></a>").attr("href", finding.link).text(__("Open")).appendTo(row);
		}
		return row;
	}

	send_me_one() {
		const dialog = new frappe.ui.Dialog({
			title: __("Send me one"),
			fields: [
				{
					fieldname: "survey",
					fieldtype: "Link",
					options: "CX Survey",
					label: __("Survey"),
					reqd: 1,
					description: __("A test goes to {0}. It is marked as a test and counts nowhere.", [
						frappe.utils.escape_html(frappe.session.user_email || frappe.session.user),
					]),
				},
			],
			primary_action_label: __("Send"),
			primary_action: ({ survey }) =>
				frappe
					.call({ method: "cx_desk.api.surveys.send_me_one", args: { survey }, freeze: true })
					.then(({ message }) => {
						dialog.hide();
						frappe.show_alert({ message: message.message, indicator: "green" });
					}),
		});
		frappe.db
			.get_list("CX Survey", { limit: 1, order_by: "creation asc" })
			.then(([survey]) => survey && dialog.set_value("survey", survey.name));
		dialog.show();
	}

	styles() {
		if (document.getElementById("cx-doctor-styles")) return;
		$(`<style id="cx-doctor-styles">
.cx-doctor{padding:var(--padding-md) 0;max-width:960px;margin:0 auto}
.cx-doctor-wait{padding:var(--padding-lg)}
.cx-doctor-verdict{font-size:var(--text-lg);font-weight:600;margin:0 0 var(--margin-md);padding:0 var(--padding-md)}
.cx-doctor section{padding:var(--padding-md) var(--padding-lg);margin-bottom:var(--margin-md)}
.cx-doctor h4{margin:0 0 var(--margin-sm);font-size:var(--text-base)}
.cx-doctor ul{list-style:none;margin:0;padding:0}
.cx-doctor li{display:flex;gap:12px;align-items:flex-start;padding:8px 0;border-top:1px solid var(--border-color)}
.cx-doctor li:first-child{border-top:0}
.cx-doctor li>div{flex:1;min-width:0;overflow-wrap:anywhere}
.cx-doctor li>.indicator-pill{min-width:58px;justify-content:center}
.cx-doctor li>a{white-space:nowrap;text-decoration:underline}
</style>`).appendTo(document.head);
	}
}
