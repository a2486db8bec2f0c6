"""What a survey's page says around the survey's own texts can be translated by the survey: the list is whole."""

import ast
import re

from contracts.source import APP

GUEST = APP / "templates" / "guest"
VIEW = APP / "surveys" / "question_view.py"
SAID = re.compile(r"""\b_\(\s*(?:"([^"]+)"|'([^']+)')\s*\)""")
# Said only where something went wrong, to desk's members, or to machines; the app's own languages are enough.
LEFT_OUT = {"{0} characters left", "Leave this empty"}


def page_texts() -> set[str]:
	for node in ast.parse(VIEW.read_text(encoding="utf-8")).body:
		if isinstance(node, ast.Assign) and node.targets[0].id == "PAGE_TEXTS":
			return set(ast.literal_eval(node.value))
	raise AssertionError("no PAGE_TEXTS")


def said_in(path) -> set[str]:
	return {one or other for one, other in SAID.findall(path.read_text(encoding="utf-8"))}


def test_every_text_of_the_questions_is_in_the_list():
	said = said_in(GUEST / "questions.html") | said_in(GUEST / "mistakes.html")
	assert said
	assert said - page_texts() - LEFT_OUT == set()


def test_the_list_holds_nothing_that_is_said_nowhere():
	everywhere = said_in(VIEW)
	for path in GUEST.glob("*.html"):
		everywhere |= said_in(path)
	assert page_texts() - everywhere == set()
