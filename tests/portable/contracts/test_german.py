"""Surveys and visits are whole in German: each text of theirs has its line, in records, forms, code and templates alike."""

import ast
import csv
import json
import re
from functools import cache
from pathlib import Path

import pytest
from contracts.source import APP, MODULE, relative

DOCTYPES = (
	*("cx_survey", "cx_survey_question", "cx_survey_driver", "cx_survey_translation", "cx_survey_version"),
	*(
		"cx_survey_trigger",
		"cx_trigger_filter",
		"cx_survey_invitation",
		"cx_survey_response",
		"cx_survey_answer",
	),
	*("cx_survey_link", "cx_survey_source", "cx_source_field", "cx_source_delivery", "cx_acting_rule"),
	*("cx_experience_target", "cx_target_step", "cx_driver", "cx_settings", "cx_hold", "cx_team_lead"),
	*("cx_contact_preference", "cx_score_rollup", "cx_unit_snapshot"),
	*(
		"cx_visit",
		"cx_visit_person",
		"cx_visit_voice",
		"cx_visit_version",
		"cx_visit_comparison",
		"cx_visit_round",
	),
	*("cx_visit_proposal", "cx_resolver_question", "cx_business_knowledge", "cx_story", "cx_story_evidence"),
)
# Words that the host itself has in German, in the sense that is meant here.
HOSTS = """About|Add|Address|Calendar|Cancelled|Category|Change|Channel|Chat|Check|Customer|Date|Day|Disabled|Edit
Event|Expired|Failed|Fields|Heading|High|Import|Is|Key|Language|Link|Loading...|Logo|Method|Name|New|None
Note|Open|Owner|PDF|Page|Pending|Phone|Points|Preview|Print|Priority|Queued|Rating|Reload|Remove|Repeat
Report|Result|Role|Sent|Source|Status|Submitted|Team|Text|Thanks|Ticket|Title|To|Translation|Type|User|View
Webhook|ok|Brand"""
_LETTER = re.compile(r"[A-Za-z]")
_JS = re.compile(r"""__\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`$]*`)""")
_JINJA = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


@cache
def german() -> frozenset[str]:
	with (APP / "translations" / "de.csv").open(encoding="utf-8") as file:
		return frozenset(row[0] for row in csv.reader(file) if row)


def texts_of_record(path: Path):
	for field in json.loads(path.read_text(encoding="utf-8"))["fields"]:
		if field.get("hidden"):
			continue
		yield from filter(None, (field.get("label"), field.get("description")))
		if field["fieldtype"] == "Select":
			yield from filter(None, (field.get("options") or "").split("\n"))


def texts_of_code(path: Path):
	text = path.read_text(encoding="utf-8")
	if path.suffix == ".json":
		yield from texts_of_record(path)
	elif path.suffix == ".py":
		for node in ast.walk(ast.parse(text)):
			if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
				continue
			name = getattr(node.func, "id", getattr(node.func, "attr", ""))
			if name in ("_", "N_") and isinstance(node.args[0].value, str):
				yield node.args[0].value
	else:
		for found in (_JS if path.suffix == ".js" else _JINJA).findall(text):
			yield found[1:-1] if found[0] == "`" else ast.literal_eval(found)


def files() -> list[Path]:
	found = [path for name in DOCTYPES for path in (MODULE / "doctype" / name).glob(f"{name}*.js*")]
	found += (APP / "surveys").glob("*.py")
	found += (APP / "core" / "render").glob("*card*.py")
	found += [APP / "api" / name for name in ("surveys.py", "survey_builder.py", "scorecards.py")]
	found += (APP / "public" / "js").glob("*survey*.js")
	found += (MODULE / "page" / "survey_scorecard").glob("*.js")
	found += (APP / "templates" / "guest").glob("*.html")
	found += (APP / "templates" / "emails").glob("cx_invitation.*")
	found += (APP / "immersion").glob("*.py")
	found += [APP / "core" / name for name in ("visit.py", "story.py", "pathway.py")]
	found += [
		APP / "api" / "visits.py",
		APP / "units" / "calendar_mail.py",
		APP / "public" / "js" / "visit_page.js",
	]
	found += [path for name in ("who_knows", "my_pathway") for path in (MODULE / "page" / name).glob("*.js")]
	found += [
		path
		for name in ("seen_in_visits", "resilient_cover")
		for path in (MODULE / "report" / name).glob("*.[jp][sy]")
	]
	found += [APP / "templates" / "includes" / "cx_story.html", APP / "templates" / "dialog" / "visits.html"]
	found += (APP / "templates" / "emails").glob("cx_visit_report.*")
	found += [path for name in ("visit", "host", "story") for path in (APP / "www" / "cx").glob(f"{name}.*")]
	return sorted(found)


@pytest.mark.parametrize("path", files(), ids=relative)
def test_every_text_has_its_german(path):
	lacking = {
		text
		for text in texts_of_code(path)
		if _LETTER.search(text) and text not in german() | set(re.split(r"[|\n]", HOSTS))
	}
	# Names of doctypes are said as they are, in every language.
	lacking = {text for text in lacking if not re.match(r"(CX|HD) [A-Z]", text)}
	assert not lacking, "\n".join([f"{relative(path)}: no line in translations/de.csv for", *sorted(lacking)])


def test_a_lacking_text_is_found(tmp_path):
	for name, text in {
		"a.py": "x = _('Nobody has said this')",
		"a.js": "f(__('Nobody has said this'))",
		"a.html": "{{ _('Nobody has said this') }}",
		"a.json": '{"fields": [{"fieldtype": "Data", "label": "Nobody has said this"}]}',
	}.items():
		path = tmp_path / name
		path.write_text(text, encoding="utf-8")
		assert list(texts_of_code(path)) == ["Nobody has said this"]
	assert "Nobody has said this" not in german()
