"""Holds documents to the schema: `check.py SCHEMA DOCUMENTS`.

DOCUMENTS is a list of {"label", "document", "def", "refused"}: `def` is a definition of the schema, "any" of them, or
null for the whole; `refused` says that the document must not fit. What fits the schema as published must also fit one
that allows no other fields, so that a field which is not described is found.
"""

import copy
import json
import sys

from jsonschema import Draft202012Validator


def strict(node):
    """The schema without room for other fields."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" in node and "allOf" not in node:
            node.setdefault("additionalProperties", False)
        for value in node.values():
            strict(value)
    elif isinstance(node, list):
        for value in node:
            strict(value)
    return node


def part(schema, name):
    """A validator for a definition."""
    if name is None:
        return Draft202012Validator(schema)
    names = schema["$defs"] if name == "any" else [name]
    refs = [{"$ref": f"#/$defs/{one}"} for one in names]
    return Draft202012Validator({"$schema": schema["$schema"], "$defs": schema["$defs"], "anyOf": refs})


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        cases = json.load(file)
    Draft202012Validator.check_schema(schema)
    narrow = strict(copy.deepcopy(schema))
    wrong = []
    for case in cases:
        for which in (schema, narrow):
            errors = list(part(which, case["def"]).iter_errors(case["document"]))
            if case["refused"]:
                if not errors:
                    wrong.append(f"{case['label']}: it fits, and must not")
                break
            for error in errors[:3]:
                where = "/".join(str(step) for step in error.absolute_path)
                wrong.append(f"{case['label']}: {where}: {error.message[:400]}")
            if errors:
                break
    print("\n".join(wrong) or f"{len(cases)} documents")
    sys.exit(bool(wrong))


main()
