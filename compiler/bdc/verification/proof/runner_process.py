"""Runs as a process of its own, with the emitted runner on its path: one order per line of its input, one answer per line of its output.

An order is JSON: [name of the function, URL, folder, further arguments]. An answer is JSON: `ok`, or what was said.
"""

import asyncio
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


async def _obey(order: str, url: str, folder: str, more: dict[str, Any]) -> dict[str, Any]:
    runner, errors = import_module("database.migrate"), import_module("database.errors")
    try:
        if order == "baseline":
            await runner.baseline(url, more["state"], Path(folder))
        else:
            await getattr(runner, order)(url, folder=Path(folder), **more)
    except errors.RowsInTheWay as failure:
        return {"ok": False, "rows": True, "text": str(failure), "cause": ""}
    except Exception as failure:
        cause = failure.__cause__
        return {"ok": False, "rows": False, "text": str(failure), "cause": str(cause) if cause else ""}
    return {"ok": True}


def main() -> None:
    import_module("database.migrate")
    for line in sys.stdin:
        print(json.dumps(asyncio.run(_obey(*json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
