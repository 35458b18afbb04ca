#!/usr/bin/env python3
"""Checks inventories against the schema with a validator that is not ours.

    check.py SCHEMA VALID… [--broken BROKEN…]

SCHEMA is what `kumki schema` prints. Every VALID file must pass, every BROKEN one must fail.
Needs PyYAML and jsonschema. Exit status: 0 when all is as said, else 1.
"""
import argparse
import json
import re
import sys

import jsonschema
import yaml


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema: PyYAML knows 1.1, where `yes` is true and 0777 is octal."""

    yaml_implicit_resolvers = {}


def resolve(tag, pattern, first):
    CoreLoader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), first)


resolve("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""])
resolve("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF"))
resolve("int", r"^(?:[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789"))
resolve("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789"))
CoreLoader.add_constructor(
    "tag:yaml.org,2002:int",
    lambda loader, node: int(loader.construct_scalar(node), 0),
)
CoreLoader.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: float(loader.construct_scalar(node))
)


def problems(validator, path):
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, Loader=CoreLoader)
    return sorted(f"{'.'.join(map(str, error.path)) or '(top)'}: {error.message}" for error in validator.iter_errors(document))


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("schema")
    arguments.add_argument("valid", nargs="+")
    arguments.add_argument("--broken", nargs="*", default=[])
    options = arguments.parse_args()

    with open(options.schema, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    failures = 0
    for path in options.valid:
        for problem in problems(validator, path):
            print(f"{path}: {problem}")
            failures += 1
    for path in options.broken:
        if not problems(validator, path):
            print(f"{path}: passes, and is broken")
            failures += 1
    print(f"schema: {len(options.valid)} valid, {len(options.broken)} broken, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
