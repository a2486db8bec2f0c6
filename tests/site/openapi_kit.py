"""Holds an answer against docs/reference/openapi.json: the part of JSON Schema that the file uses."""

import json
from pathlib import Path

SPEC = json.loads(
	(Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json").read_text(encoding="utf-8")
)
PREFIX = "/api/method/cx_desk.api.v1."
_TYPES = {
	"string": lambda value: isinstance(value, str),
	"integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
	"number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
	"boolean": lambda value: isinstance(value, bool),
	"null": lambda value: value is None,
	"array": lambda value: isinstance(value, list),
	"object": lambda value: isinstance(value, dict),
}


def faults(schema: dict, value, path: str = "$") -> list[str]:
	"""What in the value is not as the schema says; empty where all is well."""
	while "$ref" in schema:
		node = SPEC
		for part in schema["$ref"].removeprefix("#/").split("/"):
			node = node[part]
		schema = node
	if "anyOf" in schema:
		each = [faults(option, value, path) for option in schema["anyOf"]]
		return [] if any(not found for found in each) else min(each, key=len)
	kinds = schema.get("type")
	kinds = kinds if isinstance(kinds, list) else [kinds] if kinds else []
	if kinds and not any(_TYPES[kind](value) for kind in kinds):
		return [f"{path}: {value!r} is no {' or '.join(kinds)}"]
	found = []
	if "enum" in schema and value not in schema["enum"]:
		found.append(f"{path}: {value!r} is none of {schema['enum']}")
	if isinstance(value, dict):
		found += [f"{path}: lacks {key}" for key in schema.get("required", []) if key not in value]
		known = schema.get("properties", {})
		if schema.get("additionalProperties") is False:
			found += [f"{path}: has {key}" for key in value if key not in known]
		for key, child in known.items():
			if key in value:
				found += faults(child, value[key], f"{path}.{key}")
	if isinstance(value, list) and "items" in schema:
		for number, child in enumerate(value):
			found += faults(schema["items"], child, f"{path}[{number}]")
	return found


def answer_schema(name: str) -> dict:
	"""The schema of what a function answers."""
	(operation,) = SPEC["paths"][PREFIX + name].values()
	return operation["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["message"]
