"""Templates of initiatives: shipped once, changed by admins, copied into an initiative when it begins.

A running initiative reads only its own copy (`plan`), so that a changed template reaches nobody half-way.
"""

import json

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt

from cx_desk.core import initiative as machine
from cx_desk.core import initiative_templates as shipped
from cx_desk.initiatives import skills

TEMPLATE = "CX Initiative Template"
# Until here nothing was judged by the plan, so another template can still be chosen.
MAY_CHOOSE = (machine.DRAFT, machine.SUBMITTED, machine.TRIAGE)
PLAN_TABLES = ("stages", "criteria", "considerations", "news", "exits", "skills")


def make_shipped() -> None:
	"""The shipped templates, each unless one of its name is there."""
	for template in shipped.SHIPPED:
		if frappe.db.exists(TEMPLATE, template.name):
			continue
		doc = frappe.new_doc(TEMPLATE)
		doc.update(
			{
				"template_name": template.name,
				"description": _(template.description),
				"is_default": cint(template.is_default and not default_template()),
				"support_days": template.support_days,
				"support_target": template.support_target,
				"needs_benefit": cint(template.needs_benefit),
			}
		)
		for stage in template.stages:
			doc.append(
				"stages",
				{
					"stage_key": stage.key,
					"label": _(stage.label),
					"gate": _(stage.gate) if stage.gate else "",
				},
			)
		for criterion in template.criteria:
			doc.append(
				"criteria",
				{
					"criterion": _(criterion.name),
					"importance": criterion.importance,
					"help": _(criterion.help) if criterion.help else "",
				},
			)
		for one in template.considerations:
			doc.append(
				"considerations",
				{
					"title": _(one.title),
					"questions": _(one.questions) if one.questions else "",
					"mandatory": cint(one.mandatory),
				},
			)
		for news in template.news:
			doc.append(
				"news",
				{
					"title": _(news.title),
					"audience": news.audience,
					"due": news.due,
					"notice": news.notice,
					"before_golive": cint(news.before_golive),
				},
			)
		for criterion in template.exits:
			doc.append("exits", {"criterion": _(criterion)})
		for one in template.skills:
			doc.append("skills", {"skill": _(one.skill), "learned_by": one.learned_by})
		doc.insert(ignore_permissions=True)  # allowed: install


def default_template() -> str | None:
	"""The template that is taken when nobody chooses."""
	return frappe.db.get_value(TEMPLATE, {"is_default": 1, "disabled": 0}) or None


def keep(doc) -> None:
	"""Hold a template to its rules; raise its version when its plan changed."""
	stages = [machine.Stage(row.stage_key, row.label or "", row.gate or "") for row in doc.stages or []]
	problems = machine.plan_problems(stages)
	if problems:
		frappe.throw(
			"<br>".join(_(problem.text).format(**problem.params) for problem in problems),
			title=_("The stages do not fit"),
		)
	_no_doubles(doc)
	if cint(doc.support_days) < 0 or flt(doc.support_target) < 0:
		frappe.throw(_("Days and target of early life support are 0 or more."))
	if cint(doc.support_days) and not flt(doc.support_target):
		frappe.throw(_("Early life support needs a weekly target, so that it can end by rule."))
	if cint(doc.support_days) and not doc.exits:
		frappe.throw(_("Early life support needs an exit criterion: by what may it end?"))
	if doc.is_default and doc.disabled:
		frappe.throw(_("The default template cannot be disabled. Make another one the default first."))
	before = doc.get_doc_before_save()
	doc.version = cint(before.version) if before else 1
	if before and plan_of(before) != plan_of(doc):
		doc.version += 1
	if doc.is_default:
		frappe.db.set_value(TEMPLATE, {"is_default": 1, "name": ("!=", doc.name)}, "is_default", 0)


def _no_doubles(doc) -> None:
	named = (
		("criteria", "criterion"),
		("considerations", "title"),
		("news", "title"),
		("exits", "criterion"),
		("skills", "skill"),
	)
	for table, field in named:
		names = [cstr(row.get(field)).strip().lower() for row in doc.get(table) or []]
		double = next((name for name in names if names.count(name) > 1), None)
		if double:
			frappe.throw(
				_("“{0}” stands twice in {1}. Take one of the two out.").format(
					double, _(doc.meta.get_label(table))
				)
			)


def plan_of(template) -> dict:
	"""Everything of a template that an initiative is carried by, as plain data."""
	keys = {
		"stages": ("stage_key", "label", "gate"),
		"criteria": ("criterion", "importance", "help"),
		"considerations": ("title", "mandatory", "team", "questions"),
		"news": ("title", "audience", "due", "notice", "before_golive"),
		"exits": ("criterion",),
		"skills": ("skill", "learned_by"),
	}
	plan = {
		table: [{key: row.get(key) or "" for key in keys[table]} for row in template.get(table) or []]
		for table in PLAN_TABLES
	}
	for table, field in (
		("considerations", "mandatory"),
		("news", "before_golive"),
		("news", "due"),
		("news", "notice"),
	):
		for row in plan[table]:
			row[field] = cint(row[field])
	plan["support_days"] = cint(template.support_days)
	plan["support_target"] = flt(template.support_target)
	plan["needs_benefit"] = cint(template.needs_benefit)
	return plan


def begin(doc) -> None:
	"""Copy the chosen (or default) template into an initiative; its criteria begin anew."""
	doc.template = doc.template or default_template()
	if not doc.template:
		frappe.throw(
			_("There is no template. Make one, or make one the default."), title=_("Without a template")
		)
	template = frappe.get_doc(TEMPLATE, doc.template)
	if template.disabled:
		frappe.throw(_("The template {0} is disabled. Choose another one.").format(template.name))
	plan = plan_of(template)
	skills.begin(doc, read_plan(doc).get("skills", []), plan["skills"])
	doc.template_version = template.version
	doc.plan = json.dumps(plan, sort_keys=True)
	doc.needs_benefit = plan["needs_benefit"]
	doc.support_days = plan["support_days"]
	doc.support_target = plan["support_target"]
	doc.set("criteria", [])
	for row in plan["criteria"]:
		doc.append("criteria", {**row, "verdict": "Not assessed"})
	doc.set("exits", [])
	for row in plan["exits"]:
		doc.append("exits", row)


def read_plan(doc) -> dict:
	"""The plan that an initiative was begun with."""
	return json.loads(doc.plan or "{}")


def stages_of(doc) -> tuple[machine.Stage, ...]:
	"""The stages of an initiative's own plan."""
	return tuple(
		machine.Stage(row["stage_key"], row["label"], row["gate"]) for row in read_plan(doc).get("stages", [])
	)


def label_of(doc, stage: str) -> str:
	"""What a stage is called in this initiative."""
	own = next((one.label for one in stages_of(doc) if one.key == stage), "")
	# A label that nobody changed is a text of ours.
	return _(own) if own else _(machine.LABELS[stage])


def is_behind(doc) -> bool:
	"""Whether the template was changed after this initiative began."""
	return cint(frappe.db.get_value(TEMPLATE, doc.template, "version")) > cint(doc.template_version)


def add_criterion(template: str, criterion: str) -> int:
	"""Take a criterion that would have caught a ticket into the template, for those that come; its new version."""
	doc = frappe.get_doc(TEMPLATE, template)
	doc.append("criteria", {"criterion": criterion.strip()[:140], "importance": "Important"})
	doc.save()
	return doc.version
