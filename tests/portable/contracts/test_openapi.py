"""docs/reference/openapi.json says of the interface what the code says: paths, methods, parameters, types."""

import ast
import json

import pytest
from contracts.source import APP, ROOT, functions, tree

SPEC = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text(encoding="utf-8"))
PREFIX = "/api/method/cx_desk.api.v1."
SCHEMAS = SPEC["components"]["schemas"]
TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


def resolve(schema):
	while "$ref" in schema:
		node = SPEC
		for part in schema["$ref"].removeprefix("#/").split("/"):
			node = node[part]
		schema = node
	return schema


def endpoints():
	"""Name -> (HTTP method, [(argument, annotation, default or ...)], return annotation)."""
	found = {}
	for function in functions(tree(APP / "api" / "v1.py")):
		for decorator in function.decorator_list:
			(methods,) = [k.value for k in decorator.keywords if k.arg == "methods"]
			(method,) = [element.value for element in methods.elts]
			arguments = function.args.args
			defaults = [...] * (len(arguments) - len(function.args.defaults)) + function.args.defaults
			listed = []
			for argument, default in zip(arguments, defaults, strict=True):
				if isinstance(default, ast.Name):
					default = {"WINDOW": "window"}[default.id]
				elif default is not ...:
					default = default.value
				listed.append((argument.arg, ast.unparse(argument.annotation), default))
			found[function.name] = (method.lower(), listed, ast.unparse(function.returns))
	return found


ENDPOINTS = endpoints()


def operation(name):
	method, _arguments, _returns = ENDPOINTS[name]
	return SPEC["paths"][PREFIX + name][method]


def test_the_file_is_openapi_3_1():
	assert SPEC["openapi"].startswith("3.1")
	assert SPEC["security"] == [{"token": []}]


def test_the_same_functions():
	assert set(SPEC["paths"]) == {PREFIX + name for name in ENDPOINTS}
	for name, (method, _arguments, _returns) in ENDPOINTS.items():
		assert set(SPEC["paths"][PREFIX + name]) == {method}
		assert operation(name)["operationId"] == name
		assert operation(name)["summary"]


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_the_same_parameters(name):
	method, arguments, _returns = ENDPOINTS[name]
	if method == "get":
		said = {each["name"]: each for each in operation(name).get("parameters", [])}
		assert list(said) == [argument for argument, _type, _default in arguments]
		for argument, annotation, default in arguments:
			assert said[argument]["in"] == "query"
			assert said[argument]["required"] is (default is ...)
			assert said[argument]["schema"]["type"] == TYPES[annotation]
			if default is not ...:
				assert said[argument]["schema"]["default"] == default
		return
	body = resolve(operation(name)["requestBody"]["content"]["application/json"]["schema"])
	assert list(body["properties"]) == [argument for argument, _type, _default in arguments]
	assert body["required"] == [argument for argument, _type, default in arguments if default is ...]
	for argument, annotation, _default in arguments:
		kind = "array" if annotation.startswith("list") else TYPES[annotation]
		assert resolve(body["properties"][argument])["type"] == kind


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_the_same_kind_of_answer(name):
	answer = resolve(operation(name)["responses"]["200"])["content"]["application/json"]["schema"]
	assert answer["required"] == ["message"]
	kind = resolve(answer["properties"]["message"])["type"]
	assert kind == {"list": "array", "dict": "object"}[ENDPOINTS[name][2].split("[")[0]]
	assert {"403", "417"} <= set(operation(name)["responses"])


def every(node):
	yield node
	for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
		yield from every(child)


def test_every_reference_leads_somewhere_and_nothing_is_left_over():
	used = {node["$ref"] for node in every(SPEC) if isinstance(node, dict) and "$ref" in node}
	for reference in used:
		assert resolve({"$ref": reference})
	# Only in descriptions: error answers name their schema by reference as well.
	assert {f"#/components/schemas/{name}" for name in SCHEMAS} <= used


def test_scores_carry_what_makes_them_believable():
	needed = {
		"value",
		"low",
		"high",
		"n",
		"answers",
		"asked",
		"method",
		"few",
		"suppressed",
		"window_days",
		"as_of",
	}
	assert needed <= set(SCHEMAS["Score"]["required"])
	assert SCHEMAS["Score"]["additionalProperties"] is False
