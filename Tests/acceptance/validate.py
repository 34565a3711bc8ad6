#!/usr/bin/env python3
"""validate.py SCHEMAS < FILES: holds files against the published schemas with an independent validator.

FILES is a JSON list of {"kind": "service", "text": "version: 1 ..."}, with "definition" where the text is only one
mapping of such a file; SCHEMAS is the folder of KIND.schema.json. Prints a JSON list with two answers a file: what is
wrong with it as an editor reads it, where 17 is a number and true a flag, and as the program reads it, where all scalars
are texts. An answer is null where nothing is wrong.
"""
import functools
import json
import os
import re
import sys

import jsonschema
import yaml

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def content(node, is_typed):
    """What a node holds; keys are names, whatever they look like."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: content(value, is_typed) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [content(item, is_typed) for item in node.value]
    if node.style:
        return node.value
    return None if node.value == "" else number_or_text(node.value) if is_typed else node.value


def number_or_text(text):
    """Numbers and flags as the language writes them: 017, no and 22:30 stay texts."""
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
        return int(text)
    if re.fullmatch(r"-?0x[0-9a-fA-F]+", text):
        return int(text, 16)
    return float(text) if re.fullmatch(r"-?(0|[1-9][0-9]*)\.[0-9]+", text) else text


def problem(validator, document):
    """What is wrong with a document, or None."""
    error = next(validator.iter_errors(document), None)
    return None if error is None else f"{error.json_path}: {error.message}"[:200]


def main():
    schemas = {}
    for kind in ("service", "protocol", "policy"):
        with open(os.path.join(sys.argv[1], kind + ".schema.json"), encoding="utf-8") as file:
            schemas[kind] = json.load(file)
        jsonschema.Draft7Validator.check_schema(schemas[kind])

    @functools.cache
    def validator(kind, definition):
        schema = schemas[kind]
        return jsonschema.Draft7Validator({**schema, "$ref": "#/definitions/" + definition} if definition else schema)

    answers = []
    for file in json.load(sys.stdin):
        one = validator(file["kind"], file.get("definition"))
        try:
            node = yaml.compose(file["text"], Loader=LOADER)
            answers.append([problem(one, content(node, is_typed)) for is_typed in (True, False)])
        except yaml.YAMLError as error:
            answers.append([f"no YAML: {error}"] * 2)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
