"""A release under load: two versions beside each other, blue-green, rollback, and expand → deploy → contract without a failed request."""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit
from bdc.cli.migration import write_next
from tests.drills.stage import STARTER, Issuer, Traffic, built, execute, migrate, postgres, serve, value
from tests.rollout.test_two_versions import CHANGES, FIRST, edited

SHARE = 3.0


async def release(folder: Path, say: Callable[[str], None]) -> None:
    """The old version, both, the new one, back to the old one, and again to the new one; then contract."""
    old, new = _versions(folder)
    issuer = Issuer(folder / "jwks.json")
    with postgres(folder / "database") as server:
        await execute(server.superuser_url, "create database starter")
        admin, runtime = server.url("postgres", "starter"), server.url("starter_runtime", "starter")
        migrate(old, admin, "up", "--all", "--seed")
        await issuer.know(admin)
        blue = serve(old, runtime, issuer, folder / "blue.log")
        traffic = Traffic(issuer.token, [blue])
        async with traffic.going_on():
            await asyncio.sleep(SHARE)
            began = time.monotonic()
            await asyncio.to_thread(migrate, new, admin, "up")
            say(f"expanded in {time.monotonic() - began:.1f} s while the old version served")
            green = await asyncio.to_thread(serve, new, runtime, issuer, folder / "green.log")
            green.body = {"effort": 3}
            for name, targets in (
                ("both", [blue, green]),
                ("new", [green]),
                ("back to old", [blue]),
                ("new again", [green]),
            ):
                traffic.targets = targets
                await asyncio.sleep(SHARE)
                say(f"{name}: {traffic.numbers()}")
            drained = await asyncio.to_thread(blue.stop)
            say(f"the old version has ended in {drained:.1f} s")
            began = time.monotonic()
            await asyncio.to_thread(migrate, new, admin, "up", "--contract")
            say(f"contracted in {time.monotonic() - began:.1f} s while the new version served")
            await asyncio.sleep(SHARE)
        traffic.require_none_failed()
        rows = await value(admin, "select count(*) from task")
        assert rows >= len(traffic.kept), "acknowledged rows are there"
        say(f"no failed request; acknowledged {len(traffic.kept):,}, in the table {rows:,}")
        green.stop()


def _versions(folder: Path) -> tuple[Path, Path]:
    """Return the builds of two versions; the second has the migration from the first."""
    first = edited(Path(shutil.copytree(STARTER, folder / "first")), FIRST)
    second = edited(Path(shutil.copytree(first, folder / "second")), CHANGES)
    old, new = built(first, folder / "old"), folder / "new"
    shutil.copytree(old, new)
    project, system = compile_or_exit(second, "human")
    assert write_next(project, system, new, "next") is not None
    build(project, system, new)
    return old, new
