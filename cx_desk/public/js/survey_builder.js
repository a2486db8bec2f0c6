// The builder on the form of a survey: questions, reasons and translations on the one side, the real page on the other.
//
// It works on the form's own rows, so that saving, undoing and permissions are the form's. The page, the mistakes and the
// list of texts come from the server, from what is typed; nothing is saved until the form is.

frappe.provide("cx_desk");

// What can be built, said by the server: asked once in a page's life.
cx_desk.survey_kit = () => {
	cx_desk.survey_kit_asked =
		cx_desk.survey_kit_asked ||
		frappe.call({ method: "cx_desk.api.survey_builder.offered", type: "GET" }).then((r) => r.message);
	return cx_desk.survey_kit_asked;
};

cx_desk.SurveyBuilder = class SurveyBuilder {
	// kit: what `cx_desk.survey_kit` gives.
	constructor(frm, wrapper, kit) {
		this.frm = frm;
		this.kit = kit;
		this.$el = $(`<div class="cx-builder"></div>`).appendTo($(wrapper).empty());
		this.tab = "questions";
		this.open = 0;
		this.language = "";
		this.lackingOnly = false;
		this.state = { faults: [], languages: [], texts: [], page_texts: [] };
		this.asked = 0;
		this.ask = frappe.utils.debounce(() => this.load_preview(), 400);
		this.make();
		this.listen();
		this.show();
	}

	get doc() {
		return this.frm.doc;
	}

	get can_write() {
		return this.frm.perm[0] && this.frm.perm[0].write && !this.frm.is_read_only?.();
	}

	make() {
		this.$el.html(`
			<div class="cxb-switch btn-group" role="group" aria-label="${__("What to look at")}">
				<button type="button" class="btn btn-default btn-sm active" data-side="edit">${__("Edit")}</button>
				<button type="button" class="btn btn-default btn-sm" data-side="page">${__("Preview")}</button>
			</div>
			<div class="cxb-sides" data-side="edit">
				<div class="cxb-edit">
					<div class="cxb-tabs" role="tablist" aria-label="${__("Parts of the survey")}">
						<button type="button" role="tab" data-tab="questions" id="cxb-t-questions" aria-controls="cxb-panel"></button>
						<button type="button" role="tab" data-tab="drivers" id="cxb-t-drivers" aria-controls="cxb-panel"></button>
						<button type="button" role="tab" data-tab="translations" id="cxb-t-translations" aria-controls="cxb-panel"></button>
					</div>
					<div class="cxb-faults" role="status" aria-live="polite"></div>
					<div class="cxb-panel" role="tabpanel" id="cxb-panel" tabindex="-1"></div>
				</div>
				<div class="cxb-page" role="region" aria-label="${__("Preview")}">
					<div class="cxb-bar">
						<label>${__("Language")} <select class="form-control input-xs" data-preview-language></select></label>
						<span class="cxb-size"></span>
					</div>
					<p class="cxb-mail"></p>
					<div class="cxb-phone"><iframe sandbox="allow-same-origin" title="${__("The page as people see it")}"></iframe></div>
				</div>
			</div>`);
		this.frame = this.$el.find("iframe")[0];
		this.frame.addEventListener("load", () => this.page_loaded());
	}

	// What the form has: told by the form at each refresh.

	refresh() {
		if (this.doc.name !== this.shown_name) {
			this.shown_name = this.doc.name;
			this.open = this.rows().length ? 0 : null;
		}
		this.known = this.source_texts();
		this.show();
		this.load_preview();
	}

	rows() {
		return this.doc.questions || [];
	}

	counted_type(row) {
		const points = row.points || this.kit.usual_points;
		return row.question_type === "Rating" ? `Rating ${points}` : row.question_type;
	}

	scale(row) {
		return this.kit.scales[this.counted_type(row)];
	}

	lines(text) {
		return (text || "")
			.split("\n")
			.map((line) => line.trim())
			.filter(Boolean);
	}

	name_of(type) {
		return (this.kit.types.find((one) => one.type === type) || { name: type || "" }).name;
	}

	changed() {
		this.frm.dirty();
		this.follow_texts();
		this.frm.refresh_field("questions");
		this.ask();
	}

	// A text that is said differently keeps its translations, to be looked at again.
	source_texts() {
		const texts = [this.doc.subject, this.doc.intro, this.doc.thanks];
		for (const row of this.rows()) {
			texts.push(row.question, row.low_label, row.high_label, ...this.lines(row.options));
		}
		return texts.map((text) => (text || "").trim()).filter(Boolean);
	}

	follow_texts() {
		const now = this.source_texts();
		const gone = this.known.filter((text) => !now.includes(text));
		const fresh = now.filter((text) => !this.known.includes(text));
		if (gone.length === 1 && fresh.length === 1) {
			for (const row of this.doc.translations || []) {
				if ((row.source_text || "").trim() === gone[0]) {
					row.source_text = fresh[0];
					row.outdated = 1;
				}
			}
		}
		this.known = now;
	}

	// Showing.

	show() {
		const lacking = this.state.languages.reduce((sum, one) => sum + one.lacking, 0);
		const count = (number) => (number ? ` <span class="cxb-count">${number}</span>` : "");
		const names = {
			questions: __("Questions") + count(this.rows().length),
			drivers: __("Reasons") + count(new Set((this.doc.drivers || []).map((row) => row.driver)).size),
			translations:
				__("Translations") +
				(lacking ? ` <span class="cxb-count cxb-lacking">${__("{0} missing", [lacking])}</span>` : ""),
		};
		this.$el.find("[data-tab]").each((_at, button) => {
			const on = button.dataset.tab === this.tab;
			$(button).html(names[button.dataset.tab]).attr({ "aria-selected": on, tabindex: on ? 0 : -1 });
		});
		const panel = this.$el.find(".cxb-panel").attr("aria-labelledby", `cxb-t-${this.tab}`);
		const focus = this.focus_path();
		panel.html({ questions: () => this.questions_html(), drivers: () => this.drivers_html(), translations: () => this.translations_html() }[this.tab]());
		if (!this.can_write) panel.find("input, textarea, select, button:not([data-act='toggle'])").prop("disabled", true);
		panel.find("textarea").each((_at, area) => this.grow(area));
		this.restore_focus(focus);
		this.sortable();
		this.show_faults();
	}

	focus_path() {
		const active = document.activeElement;
		return this.$el[0].contains(active) ? active.dataset.focus || active.id : null;
	}

	restore_focus(path) {
		if (!path) return;
		const found = this.$el.find(`[data-focus="${path}"], #${CSS.escape(path)}`).filter(":visible")[0];
		if (found) found.focus({ preventScroll: true });
	}

	grow(area) {
		area.style.height = "auto";
		if (area.scrollHeight) area.style.height = `${area.scrollHeight + 2}px`;
	}

	text(value) {
		return frappe.utils.escape_html(value == null ? "" : String(value));
	}

	questions_html() {
		const rows = this.rows();
		const cards = rows.map((row, at) => this.card_html(row, at)).join("");
		const adding = this.kit.types.map(
			({ type, name, what }) =>
				`<button type="button" class="btn btn-default btn-xs" data-act="add" data-type="${type}" title="${this.text(what)}">${this.text(name)}</button>`,
		).join("");
		return `
			${rows.length ? `<ol class="cxb-list">${cards}</ol>` : `<p class="cxb-empty">${__("This survey asks nothing yet. Choose what to ask first: most people need one question on satisfaction, and a box for words is always there.")}</p>`}
			<div class="cxb-add"><span id="cxb-add-label">${__("Add a question")}</span><div role="group" aria-labelledby="cxb-add-label">${adding}</div></div>`;
	}

	card_html(row, at) {
		const rows = this.rows();
		const open = this.open === at;
		const marks = [];
		if (row.required) marks.push(__("required"));
		if (row.show_if_question) {
			const source = rows.findIndex((other) => other.key === row.show_if_question);
			marks.push(source >= 0 ? __("after question {0}", [source + 1]) : __("after an answer"));
		}
		if (row.random_order) marks.push(__("random order"));
		const tool = (act, icon, label, off) =>
			`<button type="button" class="btn btn-xs cxb-tool" data-act="${act}" data-at="${at}" data-focus="${act}-${row.name}" aria-label="${this.text(label)}" title="${this.text(label)}"${off ? " disabled" : ""}>${icon}</button>`;
		return `
			<li class="cxb-card${open ? " open" : ""}" data-at="${at}" data-name="${this.text(row.name)}">
				<div class="cxb-head">
					<span class="cxb-grip" aria-hidden="true" title="${__("Drag to move")}">⠿</span>
					<button type="button" class="cxb-title" data-act="toggle" data-at="${at}" data-focus="toggle-${row.name}" aria-expanded="${open}">
						<span class="cxb-number">${at + 1}</span>
						<span class="cxb-name">${this.text(row.question) || `<em>${__("No text yet")}</em>`}</span>
						<span class="cxb-kind">${this.text(this.kind_text(row))}</span>
						${marks.map((mark) => `<span class="cxb-mark">${this.text(mark)}</span>`).join("")}
					</button>
					<span class="cxb-tools">
						${tool("up", "↑", __("Move up"), at === 0)}
						${tool("down", "↓", __("Move down"), at === rows.length - 1)}
						${tool("copy", "⧉", __("Copy"))}
						${tool("remove", "✕", __("Remove"))}
					</span>
				</div>
				<div class="cxb-wrong" data-wrong="${at}"></div>
				${open ? `<div class="cxb-body">${this.body_html(row, at)}</div>` : ""}
			</li>`;
	}

	kind_text(row) {
		const name = this.name_of(row.question_type);
		const scale = this.scale(row);
		return scale ? __("{0}, {1} to {2}", [name, scale[0], scale[1]]) : name;
	}

	// One labelled field. kind: area, text, number, check, or an array of [value, label] for a choice.
	field(row, name, label, kind, more = {}) {
		const id = `cxb-${row.name}-${name}`;
		const value = row[name];
		const data = `id="${id}" data-field="${name}" data-row="${this.text(row.name)}" data-focus="${id}"`;
		const help = more.help ? `<span class="cxb-help" id="${id}-help">${this.text(more.help)}</span>` : "";
		const says = more.help ? ` aria-describedby="${id}-help"` : "";
		const hint = more.placeholder ? ` placeholder="${this.text(more.placeholder)}"` : "";
		if (kind === "check") {
			return `<div class="cxb-field cxb-check"><label><input type="checkbox" ${data}${says}${cint(value) ? " checked" : ""}> ${this.text(label)}</label>${help}</div>`;
		}
		let input;
		if (kind === "area") {
			input = `<textarea class="form-control" rows="${more.rows || 2}" ${data}${says}${hint}>${this.text(value)}</textarea>`;
		} else if (Array.isArray(kind)) {
			input = `<select class="form-control" ${data}${says}>${kind
				.map(([key, text]) => `<option value="${this.text(key)}"${String(value ?? "") === String(key) ? " selected" : ""}>${this.text(text)}</option>`)
				.join("")}</select>`;
		} else {
			input = `<input class="form-control" type="${kind}" ${data}${says}${hint}${kind === "number" ? ' min="0" step="1"' : ""} value="${this.text(value)}">`;
		}
		return `<div class="cxb-field${more.wide ? " wide" : ""}"><label for="${id}">${this.text(label)}</label>${input}${help}</div>`;
	}

	body_html(row, at) {
		const type = row.question_type;
		const scale = this.scale(row);
		const parts = [this.field(row, "question", __("Question"), "area", { wide: true })];
		parts.push(
			this.field(
				row,
				"question_type",
				__("Type"),
				this.kit.types.map(({ type, name, what }) => [type, `${name}: ${what}`]),
				{ wide: true },
			),
		);
		if (type === "Rating") {
			parts.push(
				this.field(
					row,
					"points",
					__("Points"),
					this.kit.points.map((points) => [
						String(points),
						points === 11 ? __("11 points, 0 to 10") : __("{0} points", [points]),
					]),
				),
			);
		}
		if (["CSAT", "Rating"].includes(type)) {
			parts.push(
				this.field(
					row,
					"look",
					__("Look"),
					this.kit.looks.map((look) => [look, __(look)]),
				),
			);
		}
		if (scale) {
			const [low, high] = scale;
			const never = [["0", __("never")]];
			for (let value = Math.max(low, 1); value < high; value++) never.push([String(value), __("{0} or lower", [value])]);
			parts.push(this.field(row, "low_at_most", __("Somebody looks into it at"), never, { help: __("Such an answer makes a voice with an owner.") }));
			parts.push(this.field(row, "low_label", __("Word for {0}", [low]), "text", { placeholder: __("the usual word") }));
			parts.push(this.field(row, "high_label", __("Word for {0}", [high]), "text", { placeholder: __("the usual word") }));
			if (type === "Rating") {
				parts.push(
					this.field(row, "options", __("A word for each point, the lowest first"), "area", {
						wide: true,
						rows: 1,
						help: __("One per line, all or none."),
					}),
				);
			}
		}
		if (["Choice", "Many"].includes(type)) {
			parts.push(this.field(row, "options", __("Choices, one per line"), "area", { wide: true, rows: 3 }));
			parts.push(this.field(row, "random_order", __("In random order"), "check", { help: __("Each person sees another order, and the same again after a reload.") }));
		}
		if (type === "Number") {
			parts.push(this.field(row, "minimum", __("Least"), "number"));
			parts.push(this.field(row, "maximum", __("Most"), "number", { help: __("0: no limit") }));
		}
		parts.push(this.field(row, "required", __("Must be answered"), "check"));
		parts.push(this.condition_html(row, at));
		return `<div class="cxb-grid">${parts.join("")}</div>`;
	}

	condition_html(row, at) {
		const earlier = this.rows()
			.slice(0, at)
			.map((other, place) => [other, place])
			.filter(([other]) => other.question_type !== "Text");
		const known = [["", __("Everybody")]].concat(
			earlier.map(([other, place]) => [
				other.key,
				__("Only after an answer to {0}. {1}", [place + 1, other.question || ""]),
			]),
		);
		const gone = row.show_if_question && !earlier.some(([other]) => other.key === row.show_if_question);
		if (gone) known.push([row.show_if_question, __("After a question that is not above this one")]);
		let html = this.field(row, "show_if_question", __("Shown to"), known, { wide: true });
		const source = earlier.map(([other]) => other).find((other) => other.key === row.show_if_question);
		if (!source) return html;
		if (["Choice", "Many"].includes(source.question_type)) {
			const chosen = this.lines(row.show_if_options);
			const boxes = this.lines(source.options)
				.map(
					(option, place) =>
						`<label><input type="checkbox" data-condition="${this.text(option)}" data-row="${this.text(row.name)}" data-focus="cond-${row.name}-${place}"${chosen.includes(option) ? " checked" : ""}> ${this.text(option)}</label>`,
				)
				.join("");
			html += `<fieldset class="cxb-field wide cxb-boxes"><legend>${__("After any of")}</legend>${boxes || __("The question above has no choices yet.")}</fieldset>`;
		} else if (this.scale(source)) {
			const [low, high] = this.scale(source);
			const values = [];
			for (let value = low; value <= high; value++) values.push([String(value), String(value)]);
			html += this.field(row, "show_if_at_least", __("From value"), values);
			html += this.field(row, "show_if_at_most", __("To value"), values);
		} else {
			html += this.field(row, "show_if_at_least", __("From value"), "number");
			html += this.field(row, "show_if_at_most", __("To value"), "number", { help: __("0: or more") });
		}
		return html;
	}

	drivers_html() {
		const known = this.all_drivers || [];
		const when = {
			Any: __("Always"),
			Low: __("After a low answer"),
			Middle: __("After one in the middle"),
			High: __("After a high answer"),
		};
		const bands = this.kit.bands.map((band) => [band, when[band] || __(band)]);
		if (!this.all_drivers) {
			frappe.db
				.get_list("CX Driver", { fields: ["name", "description"], filters: { disabled: 0 }, limit: 200, order_by: "name" })
				.then((rows) => {
					this.all_drivers = rows;
					if (this.tab === "drivers") this.show();
				});
			return `<p class="text-muted">${__("Loading...")}</p>`;
		}
		const chosen = this.doc.drivers || [];
		const names = [...new Set(known.map((row) => row.name).concat(chosen.map((row) => row.driver)))];
		const main = this.rows().find((row) => this.scale(row));
		const rows = names
			.map((name) => {
				const about = known.find((row) => row.name === name);
				const cells = bands
					.map(([band, label]) => {
						const on = chosen.some((row) => row.driver === name && row.band === band);
						return `<td><label><input type="checkbox" data-driver="${this.text(name)}" data-band="${band}" data-focus="drv-${this.text(frappe.scrub(name))}-${band}" aria-label="${this.text(`${name}: ${label}`)}"${on ? " checked" : ""}><span aria-hidden="true">${this.text(label)}</span></label></td>`;
					})
					.join("");
				return `<tr><th scope="row">${this.text(name)}${about && about.description ? `<small>${this.text(about.description)}</small>` : ""}</th>${cells}</tr>`;
			})
			.join("");
		return `
			<p class="text-muted">${
				main
					? __("Under “{0}” people can tick what it was about. Choose which reasons are offered, and after which answers. They are the same as for voices and visits.", [this.text(main.question)])
					: __("People can tick what it was about. Without a question on a scale, reasons can only be offered always.")
			}</p>
			${
				names.length
					? `<div class="cxb-scroll"><table class="cxb-table"><thead><tr><th scope="col">${__("Reason")}</th>${bands.map(([, label]) => `<th scope="col">${this.text(label)}</th>`).join("")}</tr></thead><tbody>${rows}</tbody></table></div>`
					: `<p class="cxb-empty">${__("There are no reasons yet.")}</p>`
			}
			<button type="button" class="btn btn-default btn-xs" data-act="new-driver">${__("New reason")}</button>`;
	}

	translations_html() {
		const languages = this.state.languages.slice(1);
		if (!this.translating || !languages.some((one) => one.code === this.translating)) {
			this.translating = languages.length ? languages[0].code : "";
		}
		const one = languages.find((language) => language.code === this.translating);
		const picker = languages
			.map(
				(language) =>
					`<button type="button" class="btn btn-xs ${language.code === this.translating ? "btn-primary" : "btn-default"}" data-act="translate" data-language="${this.text(language.code)}" aria-pressed="${language.code === this.translating}" data-focus="tl-${this.text(language.code)}">${this.text(__(language.name))}${language.lacking ? ` <span class="cxb-count cxb-lacking">${language.lacking}</span>` : " ✓"}</button>`,
			)
			.join("");
		const head = `<div class="cxb-languages">${picker}<button type="button" class="btn btn-default btn-xs" data-act="add-language">+ ${__("Language")}</button></div>`;
		if (!one) {
			return `${head}<p class="cxb-empty">${__("This survey speaks one language. Add another, and every text is listed here for its translation.")}</p>`;
		}
		const given = {};
		for (const row of this.doc.translations || []) {
			if (row.language === one.code) given[(row.source_text || "").trim()] = row;
		}
		const texts = this.state.texts;
		const shown = this.lackingOnly ? texts.filter((row) => !this.is_done(given[row.text]) || this.keep === row.text) : texts;
		const line = (row, at, kind) => {
			const found = given[row.text];
			const label = kind === "page" ? __("Text of the page") : row.where;
			const id = `cxb-tr-${kind}-${at}`;
			const state = found && cint(found.outdated) ? `<span class="cxb-count cxb-lacking">${__("text changed since")}</span>` : "";
			return `
				<div class="cxb-line${kind === "own" && !this.is_done(found) ? " lacks" : ""}">
					<label for="${id}"><small>${this.text(label)} ${state}</small><span dir="auto">${this.text(row.text)}</span></label>
					<textarea class="form-control" rows="1" id="${id}" data-focus="${id}" dir="${one.direction}" lang="${this.text(one.code)}" data-source="${this.text(row.text)}"${kind === "page" && row.app ? ` placeholder="${this.text(row.app)}"` : ""}>${this.text(found ? found.translated_text : "")}</textarea>
				</div>`;
		};
		const unused = Object.values(given).filter(
			(row) => !texts.some((text) => text.text === row.source_text.trim()) && !this.state.page_texts.some((text) => text.text === row.source_text.trim()),
		);
		const page = this.state.language === one.code ? this.state.page_texts : [];
		const open_page = page.filter((row) => !row.app && !given[row.text]).length;
		return `
			${head}
			<div class="cxb-line-head">
				<span>${one.lacking ? __("{0} of {1} texts are missing; they are asked as written.", [one.lacking, texts.length]) : __("All {0} texts are translated.", [texts.length])}</span>
				<label><input type="checkbox" data-act="lacking-only" data-focus="lacking-only"${this.lackingOnly ? " checked" : ""}> ${__("Only what is missing")}</label>
				<button type="button" class="btn btn-default btn-xs" data-act="drop-language">${__("Remove {0}", [this.text(__(one.name))])}</button>
			</div>
			${shown.map((row, at) => line(row, at, "own")).join("") || `<p class="cxb-empty">${__("Nothing is missing.")}</p>`}
			${
				page.length
					? `<details class="cxb-more"${this.page_open ? " open" : ""}><summary>${__("Texts of the page itself")}${open_page ? ` <span class="cxb-count cxb-lacking">${__("{0} in English", [open_page])}</span>` : ""}</summary>
						<p class="text-muted small">${__("CX Desk translates these where it speaks the language. What you enter here goes before.")}</p>
						${page.map((row, at) => line(row, at, "page")).join("")}</details>`
					: ""
			}
			${
				unused.length
					? `<details class="cxb-more"><summary>${__("{0} translations of texts that are no longer there", [unused.length])}</summary>
						${unused.map((row) => `<div class="cxb-unused"><span dir="auto">${this.text(row.source_text)}</span><span dir="auto">${this.text(row.translated_text)}</span><button type="button" class="btn btn-default btn-xs" data-act="drop-translation" data-name="${this.text(row.name)}">${__("Remove")}</button></div>`).join("")}</details>`
					: ""
			}`;
	}

	is_done(row) {
		return Boolean(row && (row.translated_text || "").trim() && !cint(row.outdated));
	}

	show_faults() {
		// An empty survey says so itself.
		const faults = (this.state.faults || []).filter((fault) => fault.code !== "no question");
		this.$el.find("[data-wrong]").empty();
		const others = [];
		for (const fault of faults) {
			const place = this.$el.find(`[data-wrong="${fault.place}"]`);
			if (fault.place != null && place.length) place.append(`<p>${fault.message}</p>`);
			else others.push(`<p>${fault.message}</p>`);
		}
		this.$el.find(".cxb-card").each((_at, card) => {
			$(card).toggleClass("wrong", faults.some((fault) => fault.place === cint(card.dataset.at)));
		});
		this.$el.find(".cxb-faults").html(others.join(""));
	}

	// The page.

	load_preview() {
		const ask = ++this.asked;
		return frappe
			.call({
				method: "cx_desk.api.survey_builder.preview",
				args: { doc: JSON.stringify(this.sent()), language: this.language },
				no_spinner: true,
			})
			.then((r) => {
				if (ask !== this.asked || !r.message) return;
				this.state = r.message;
				this.show_preview();
				this.show_faults();
				if (this.tab === "translations") this.show();
				else this.show_tabs();
			});
	}

	// Tabs alone: the panel with what is being typed stays untouched.
	show_tabs() {
		const lacking = this.state.languages.reduce((sum, one) => sum + one.lacking, 0);
		this.$el
			.find('[data-tab="translations"]')
			.html(__("Translations") + (lacking ? ` <span class="cxb-count cxb-lacking">${__("{0} missing", [lacking])}</span>` : ""));
	}

	sent() {
		const take = (row, fields) => Object.fromEntries(fields.map((name) => [name, row[name] ?? ""]));
		const of = (table) => (this.doc[table] || []).map((row) => take(row, this.kit.rows[table]));
		const tables = Object.keys(this.kit.rows).map((table) => [table, of(table)]);
		return { ...take(this.doc, this.kit.fields), ...Object.fromEntries(tables) };
	}

	show_preview() {
		const { languages, language, bytes, too_big, mail } = this.state;
		this.language = language;
		this.$el.find("[data-preview-language]").html(
			languages.map((one) => `<option value="${this.text(one.code)}"${one.code === language ? " selected" : ""}>${this.text(__(one.name))}</option>`).join(""),
		);
		this.$el
			.find(".cxb-size")
			.toggleClass("cxb-lacking", too_big)
			.text(
				too_big
					? __("{0} KiB: too much to open at once on a phone. Ask less.", [(bytes / 1024).toFixed(0)])
					: __("{0} KiB, opens at once", [(bytes / 1024).toFixed(0)]),
			);
		this.$el.find(".cxb-mail").html(`<small>${__("Subject of the mail")}</small> <span dir="auto">${this.text(mail) || "–"}</span>`);
		const page = this.frame.contentDocument;
		this.scrolled = page && page.scrollingElement ? page.scrollingElement.scrollTop : 0;
		this.frame.srcdoc = this.state.html;
	}

	page_loaded() {
		const page = this.frame.contentDocument;
		if (!page || !page.scrollingElement) return;
		page.scrollingElement.scrollTop = this.scrolled || 0;
		if (this.look_at != null) this.show_question(this.look_at);
		this.look_at = null;
	}

	show_question(at) {
		const found = this.frame.contentDocument && this.frame.contentDocument.getElementById(`q${at + 1}`);
		// Its frame scrolls, the form around it does not.
		if (found && found.offsetParent) this.frame.contentDocument.scrollingElement.scrollTop = Math.max(found.offsetTop - 60, 0);
	}

	// What people do.

	listen() {
		const acts = {
			add: (el) => this.add(el.dataset.type),
			toggle: (el) => this.toggle(cint(el.dataset.at)),
			up: (el) => this.move(cint(el.dataset.at), -1),
			down: (el) => this.move(cint(el.dataset.at), 1),
			copy: (el) => this.copy(cint(el.dataset.at)),
			remove: (el) => this.remove(cint(el.dataset.at)),
			"new-driver": () => this.new_driver(),
			translate: (el) => this.translate(el.dataset.language),
			"add-language": () => this.add_language(),
			"drop-language": () => this.drop_language(),
			"drop-translation": (el) => this.drop_translation(el.dataset.name),
		};
		this.$el.on("click", "button[data-act]", (event) => acts[event.currentTarget.dataset.act](event.currentTarget));
		this.$el.on("click", "[data-tab]", (event) => this.choose_tab(event.currentTarget.dataset.tab));
		this.$el.on("keydown", "[data-tab]", (event) => {
			const tabs = ["questions", "drivers", "translations"];
			const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
			if (!step) return;
			event.preventDefault();
			this.choose_tab(tabs[(tabs.indexOf(this.tab) + step + tabs.length) % tabs.length]);
			this.$el.find(`[data-tab="${this.tab}"]`).focus();
		});
		this.$el.on("click", ".cxb-switch [data-side]", (event) => {
			const side = event.currentTarget.dataset.side;
			this.$el.find(".cxb-sides").attr("data-side", side);
			this.$el.find(".cxb-switch [data-side]").removeClass("active");
			$(event.currentTarget).addClass("active");
		});
		this.$el.on("input", "textarea", (event) => this.grow(event.currentTarget));
		this.$el.on("input change", "[data-field]", (event) => this.typed(event));
		this.$el.on("change", "[data-condition]", (event) => this.conditioned(event.currentTarget));
		this.$el.on("change", "[data-driver]", (event) => this.drove(event.currentTarget));
		this.$el.on("change", "[data-source]", (event) => this.translated(event.currentTarget));
		this.$el.on("focus", "[data-source]", (event) => (this.keep = event.currentTarget.dataset.source));
		this.$el.on("change", "[data-act='lacking-only']", (event) => {
			this.lackingOnly = event.currentTarget.checked;
			this.keep = null;
			this.show();
		});
		this.$el.on("change", "[data-preview-language]", (event) => {
			this.language = event.currentTarget.value;
			this.load_preview();
		});
		this.$el[0].addEventListener("toggle", (event) => (this.page_open = event.target.open), true);
		this.$el.on("focusin", ".cxb-card", (event) => this.show_question(cint(event.currentTarget.dataset.at)));
	}

	choose_tab(tab) {
		this.tab = tab;
		if (tab === "translations" && this.state.languages.length > 1) {
			const known = this.state.languages.slice(1).map((one) => one.code);
			if (!known.includes(this.translating)) this.translating = known[0];
			if (this.language !== this.translating) {
				this.language = this.translating;
				this.load_preview();
			}
		}
		this.show();
	}

	row_of(el) {
		return this.rows().find((row) => row.name === el.dataset.row);
	}

	typed(event) {
		const el = event.currentTarget;
		const row = this.row_of(el);
		if (!row) return;
		const name = el.dataset.field;
		const value = el.type === "checkbox" ? cint(el.checked) : el.value;
		const whole = this.kit.numbers.includes(name);
		if (String(row[name] ?? "") === String(value)) return;
		row[name] = whole ? cint(value) : value;
		if (["question_type", "points"].includes(name)) this.suit(row);
		if (name === "show_if_question") this.begin_condition(row);
		const redraw = ["question_type", "points", "show_if_question"].includes(name);
		this.look_at = this.rows().indexOf(row);
		this.changed();
		if (redraw) this.show();
		else this.$el.find(`.cxb-card[data-name="${CSS.escape(row.name)}"] .cxb-name`).text(row.question || __("No text yet"));
	}

	// Another type has other limits: what the new one cannot have is emptied, and it gets the usual one.
	suit(row) {
		const scale = this.scale(row);
		row.low_at_most = (scale && this.kit.limits[this.counted_type(row)]) || 0;
		const points = scale ? scale[1] - scale[0] + 1 : 0;
		if (row.question_type === "Rating" && this.lines(row.options).length !== points) row.options = "";
		if (!["CSAT", "Rating"].includes(row.question_type)) row.look = this.kit.looks[0];
		if (row.question_type === "NPS" && this.doc.kind === "Ticket") {
			frappe.show_alert({
				message: __("A recommendation question asks about the whole relationship: better in a relationship survey."),
				indicator: "orange",
			});
		}
		// Conditions on this question named values that it may no longer have.
		for (const other of this.rows()) if (other.show_if_question === row.key) this.begin_condition(other);
	}

	begin_condition(row) {
		const source = this.rows().find((other) => other.key === row.show_if_question);
		const scale = source && this.scale(source);
		row.show_if_options = "";
		row.show_if_at_least = scale ? scale[0] : source && !["Choice", "Many"].includes(source.question_type) ? 1 : 0;
		row.show_if_at_most = scale ? cint(source.low_at_most) || scale[0] : 0;
	}

	conditioned(el) {
		const row = this.row_of(el);
		const boxes = this.$el.find(`[data-condition][data-row="${CSS.escape(row.name)}"]`).toArray();
		row.show_if_options = boxes
			.filter((box) => box.checked)
			.map((box) => box.dataset.condition)
			.join("\n");
		this.changed();
	}

	add(type) {
		const row = frappe.model.add_child(this.doc, "CX Survey Question", "questions");
		Object.assign(row, { question: "", question_type: type, key: this.new_key(), points: String(this.kit.usual_points), look: this.kit.looks[0] });
		this.suit(row);
		this.open = this.rows().length - 1;
		this.look_at = this.open;
		this.changed();
		this.show();
		this.$el.find(`[data-row="${CSS.escape(row.name)}"][data-field="question"]`).focus();
	}

	new_key() {
		const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
		return "q" + Array.from({ length: 9 }, () => letters[Math.floor(Math.random() * letters.length)]).join("");
	}

	toggle(at) {
		this.open = this.open === at ? null : at;
		this.show();
		this.show_question(at);
	}

	reorder(order) {
		this.doc.questions = order;
		order.forEach((row, at) => (row.idx = at + 1));
		this.changed();
		this.show();
	}

	move(at, by) {
		const rows = [...this.rows()];
		const to = at + by;
		if (to < 0 || to >= rows.length) return;
		const row = rows[at];
		rows.splice(to, 0, ...rows.splice(at, 1));
		if (this.open === at) this.open = to;
		else if (this.open === to) this.open = at;
		this.reorder(rows);
		const act = to === 0 ? "down" : to === rows.length - 1 ? "up" : by < 0 ? "up" : "down";
		this.$el.find(`[data-focus="${act}-${row.name}"]`).focus();
		frappe.utils.announce?.(__("Question moved to place {0}", [to + 1]));
	}

	copy(at) {
		const from = this.rows()[at];
		const row = frappe.model.add_child(this.doc, "CX Survey Question", "questions");
		for (const name of this.kit.rows.questions) row[name] = from[name];
		row.key = this.new_key();
		const rows = this.rows().filter((other) => other !== row);
		rows.splice(at + 1, 0, row);
		this.open = at + 1;
		this.look_at = at + 1;
		this.reorder(rows);
	}

	remove(at) {
		const rows = this.rows();
		const row = rows[at];
		const leaning = rows.filter((other) => other.show_if_question === row.key).length;
		const go = () => {
			frappe.model.clear_doc(row.doctype, row.name);
			this.open = null;
			this.reorder(rows.filter((other) => other !== row));
			this.$el.find(".cxb-title").eq(Math.max(at - 1, 0)).focus();
		};
		if (!(row.question || "").trim() && !leaning) return go();
		frappe.confirm(
			leaning
				? __("Remove “{0}”? Other questions are shown only after its answer.", [this.text(row.question)])
				: __("Remove “{0}”? Answers that were given stay.", [this.text(row.question)]),
			go,
		);
	}

	sortable() {
		const list = this.$el.find(".cxb-list")[0];
		if (!list || !window.Sortable || !this.can_write) return;
		new window.Sortable(list, {
			handle: ".cxb-grip",
			animation: 120,
			onEnd: ({ oldIndex, newIndex }) => {
				if (oldIndex === newIndex) return;
				const rows = [...this.rows()];
				const opened = rows[this.open];
				rows.splice(newIndex, 0, ...rows.splice(oldIndex, 1));
				this.open = opened ? rows.indexOf(opened) : null;
				this.reorder(rows);
			},
		});
	}

	drove(el) {
		const { driver, band } = el.dataset;
		let rows = (this.doc.drivers || []).filter((row) => !(row.driver === driver && row.band === band));
		if (el.checked) {
			// 'Always' says it all; a band takes it back.
			rows = rows.filter((row) => row.driver !== driver || (band !== "Any" && row.band !== "Any"));
			this.doc.drivers = rows;
			const row = frappe.model.add_child(this.doc, "CX Survey Driver", "drivers");
			Object.assign(row, { driver, band });
		} else {
			this.doc.drivers = rows;
		}
		this.doc.drivers.forEach((row, at) => (row.idx = at + 1));
		this.frm.refresh_field("drivers");
		this.changed();
		this.show();
	}

	new_driver() {
		frappe.prompt(
			[
				{ fieldname: "driver_name", label: __("Reason"), fieldtype: "Data", reqd: 1 },
				{ fieldname: "description", label: __("What is meant"), fieldtype: "Small Text" },
			],
			(values) =>
				frappe.db.insert({ doctype: "CX Driver", ...values }).then(() => {
					this.all_drivers = null;
					this.show();
				}),
			__("New reason"),
			__("Add"),
		);
	}

	translate(code) {
		this.translating = code;
		this.language = code;
		this.keep = null;
		this.show();
		this.load_preview();
	}

	translated(el) {
		const source = el.dataset.source;
		const value = el.value.trim();
		const rows = this.doc.translations || [];
		let row = rows.find((other) => other.language === this.translating && (other.source_text || "").trim() === source);
		if (!row && value) {
			row = frappe.model.add_child(this.doc, "CX Survey Translation", "translations");
			Object.assign(row, { language: this.translating, source_text: source });
		}
		if (!row) return;
		row.translated_text = value;
		row.outdated = 0;
		if (!value) {
			this.doc.translations = rows.filter((other) => other !== row);
			// The language stays in sight while there is nothing in it yet.
			if (!this.doc.translations.some((other) => other.language === this.translating)) this.hold_language(this.translating);
		}
		this.frm.refresh_field("translations");
		this.frm.dirty();
		this.ask();
	}

	// A language without a text yet is kept by the mail's subject, as it is written, marked to be looked at.
	hold_language(code) {
		const row = frappe.model.add_child(this.doc, "CX Survey Translation", "translations");
		Object.assign(row, { language: code, source_text: this.doc.subject, translated_text: this.doc.subject, outdated: 1 });
	}

	add_language() {
		frappe.prompt(
			[{ fieldname: "language", label: __("Language"), fieldtype: "Link", options: "Language", reqd: 1 }],
			({ language }) => {
				const known = this.state.languages.map((one) => one.code);
				if (!known.includes(language)) {
					if (!(this.doc.subject || "").trim()) {
						frappe.msgprint(__("Write the subject of the mail first: it is the first text to translate."));
						return;
					}
					this.hold_language(language);
					this.frm.refresh_field("translations");
					this.frm.dirty();
				}
				this.translating = language;
				this.language = language;
				this.load_preview();
			},
			__("Add a language"),
			__("Add"),
		);
	}

	drop_language() {
		const code = this.translating;
		frappe.confirm(__("Remove every translation into this language?"), () => {
			this.doc.translations = (this.doc.translations || []).filter((row) => row.language !== code);
			this.translating = "";
			this.language = "";
			this.frm.refresh_field("translations");
			this.frm.dirty();
			this.load_preview();
		});
	}

	drop_translation(name) {
		this.doc.translations = (this.doc.translations || []).filter((row) => row.name !== name);
		this.frm.refresh_field("translations");
		this.frm.dirty();
		this.show();
		this.ask();
	}
};
