"""Texts for people: everything goes through the translator, and never already formatted."""

import ast
import re

import pytest
from contracts.source import APP, app_files, dotted, project_files, relative, tree

TRANSLATORS = {"_", "_lt", "frappe._", "frappe._lt"}
SPEAKERS = {"frappe.throw", "frappe.msgprint"}
JAVASCRIPT = [p for p in app_files(".js") if "vendor" not in p.parts]
TEMPLATES = [
	p for p in project_files() if APP in p.parents and p.suffix in (".html", ".jinja", ".txt", ".md")
]


def formatted(node: ast.AST) -> bool:
	"""Whether an argument is put together before the translator sees it."""
	if isinstance(node, ast.JoinedStr | ast.BinOp):
		return True
	return isinstance(node, ast.Call) and dotted(node.func).endswith(".format")


def bad_translations(module: ast.Module):
	for node in ast.walk(module):
		if (
			isinstance(node, ast.Call)
			and dotted(node.func) in TRANSLATORS
			and node.args
			and formatted(node.args[0])
		):
			yield node.lineno


@pytest.mark.parametrize("path", app_files(".py"), ids=relative)
def test_translator_gets_plain_text(path):
	assert not list(bad_translations(tree(path)))


@pytest.mark.parametrize(
	"code", ['_(f"a {b}")', '_("a {}".format(b))', '_("a %s" % b)', '_("a" + b)', 'frappe._(f"a {b}")']
)
def test_formatted_text_is_found(code):
	assert list(bad_translations(ast.parse(code)))


def test_plain_text_is_let_through():
	assert not list(bad_translations(ast.parse('_("a {0}").format(b)')))


@pytest.mark.parametrize("path", app_files(".py"), ids=relative)
def test_messages_are_translated(path):
	found = [
		node.lineno
		for node in ast.walk(tree(path))
		if isinstance(node, ast.Call)
		and dotted(node.func) in SPEAKERS
		and node.args
		and (formatted(node.args[0]) or isinstance(node.args[0], ast.Constant))
		and not (
			isinstance(node.args[0], ast.Call)
			and isinstance(node.args[0].func, ast.Attribute)
			and isinstance(node.args[0].func.value, ast.Call)
			and dotted(node.args[0].func.value.func) in TRANSLATORS
		)
	]
	assert not found, f"lines {found}: wrap the text in _()"


JS_FORMATTED = re.compile(r"""\b__\(\s*(?:`[^`]*\$\{|(?:"[^"\n]*"|'[^'\n]*')\s*\+)""")
JINJA_FORMATTED = re.compile(r"""\b_\(\s*(?:"[^"\n]*"|'[^'\n]*')\s*(?:~|\+|%[^}]|\.format)""")


@pytest.mark.parametrize("path", JAVASCRIPT, ids=relative)
def test_javascript_translator_gets_plain_text(path):
	assert not JS_FORMATTED.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_translator_gets_plain_text(path):
	assert not JINJA_FORMATTED.findall(path.read_text(encoding="utf-8"))


def test_the_patterns_can_fail():
	assert JS_FORMATTED.search('__("a " + b)')
	assert JS_FORMATTED.search("__(`a ${b}`)")
	assert not JS_FORMATTED.search('__("a {0}", [b])')
	assert JINJA_FORMATTED.search('{{ _("a " ~ b) }}')
	assert JINJA_FORMATTED.search('{{ _("a {0}".format(b)) }}')
	assert not JINJA_FORMATTED.search('{{ _("a {0}").format(b) }}')


def test_a_catalogue_is_there():
	catalogue = APP / "locale" / "main.pot"
	assert catalogue.is_file()
	assert catalogue.read_text(encoding="utf-8").count("msgid ") > 50
