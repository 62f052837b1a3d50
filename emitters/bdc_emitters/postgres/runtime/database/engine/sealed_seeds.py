"""Scripts of seeds with their encrypted values: `NN_name.sealed.json` beside a script lists what its tokens stand for."""

import json
from pathlib import Path

from database.engine.errors import MigrationError


def read_seed(script: Path) -> str:
    """Return the script with every token replaced by the sealed value. MigrationError when no encryption key is configured."""
    text = script.read_text(encoding="utf-8")
    listed = script.with_suffix(".sealed.json")
    if not listed.is_file():
        return text
    # Only seeds with encrypted values need the service's settings.
    from services.engine.config import ConfigurationError, load_secrets
    from services.engine.problems import Problem
    from services.security.engine.encryption import FieldCipher

    try:
        cipher = FieldCipher(load_secrets())
        for each in json.loads(listed.read_text(encoding="utf-8")):
            text = text.replace(each["token"], cipher.encrypt(each["text"], each["context"]))
    except (ConfigurationError, Problem) as failure:
        raise MigrationError(f"{script.name} has encrypted values: {failure}") from failure
    return text
