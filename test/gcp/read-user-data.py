"""Reads user-data from standard input with cloud-init's own code: what its schema objects to, and the files it would write."""

import hashlib
import json
import logging
import sys

from cloudinit import util
from cloudinit.config import cc_write_files, schema

logging.disable(logging.CRITICAL)
config = util.load_yaml(sys.stdin.read())
try:
    schema.validate_cloudconfig_schema(config, schema.get_schema(), strict=True)
    problem = None
except schema.SchemaValidationError as error:
    problem = str(error)


def content(entry):
    """The bytes of one file, as it unpacks them."""
    encodings = cc_write_files.canonicalize_extraction(entry.get("encoding"))
    found = cc_write_files.extract_contents(entry["content"], encodings)
    return found if isinstance(found, bytes) else found.encode()


files = {} if problem else {entry["path"]: hashlib.sha256(content(entry)).hexdigest() for entry in config["write_files"]}
modes = {} if problem else {entry["path"]: entry["permissions"] for entry in config["write_files"]}
commands = None if problem else config["runcmd"]
json.dump({"problem": problem, "files": files, "modes": modes, "commands": commands}, sys.stdout)
