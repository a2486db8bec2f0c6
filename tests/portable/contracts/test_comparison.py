"""docs/reference/comparison.md: every claim of ours links a test, and every linked test is there."""

import ast
import re

import pytest
from contracts.source import ROOT, tree

PAGE = ROOT / "docs" / "reference" / "comparison.md"
LINK = re.compile(r"\[([^\]]+)\]\(([^)#]+)(?:#([^)]+))?\)")
OURS = [
	line.strip().strip("|").split("|")
	for line in PAGE.read_text(encoding="utf-8").splitlines()
	if line[:1] == "|"
]
ROWS = [[cell.strip() for cell in cells] for cells in OURS[2:]]
# Rows that say how the project works, not what it does.
ABOUT_US = {"Scale statements", "Test practice"}


def names_in(path) -> set[str]:
	return {node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_claim_links_its_test_and_the_test_is_there(row):
	assert len(row) == len(OURS[0]), "a cell too many or too few"
	found = LINK.findall(row[-1])
	assert found, "no claim without a link"
	for words, path, name in found:
		file = (PAGE.parent / path).resolve()
		assert file.is_file(), path
		assert name or row[0] in ABOUT_US, f"{words}: names no test"
		if name:
			assert file.is_relative_to(ROOT / "tests"), path
			assert name.startswith("test_")
			assert name in names_in(file), f"{path} has no {name}"


def test_all_rows_are_there():
	assert len({row[0] for row in ROWS}) == len(ROWS) > 30
