"""The fixtures of all tests, and the order in which a run on several cores takes them."""

import os

import pytest

pytest_plugins = ("tests.support.postgres",)

# Most of the time goes into these. A file belongs to one worker, so that they come first: what ends the run is small.
LONGEST = (
    "tests/runtime/test_other_systems.py",
    "tests/runtime/test_chapter_systems.py",
    "tests/long/test_shapes.py",
    "tests/runtime/test_emitted_tests.py",
    "tests/rollout/test_two_versions.py",
    "tests/evolution/test_laws.py",
    "tests/cli/test_up_edits.py",
    "tests/cli/test_up.py",
    "tests/jobs/test_worker.py",
    "tests/relay/test_webhooks.py",
    "tests/objects/test_objects.py",
    "tests/adoption/test_adoption.py",
    "tests/runtime/test_sign_in.py",
    "tests/comparison/test_live.py",
    "tests/openapi/test_clients.py",
    "tests/runtime/test_schemathesis.py",
    "tests/importing/test_round_trip.py",
    "tests/migrations/test_shop.py",
    "tests/stack/test_places.py",
)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: a test waits for its service and its server for about a third of its time."""
    return min(4, (os.cpu_count() or 1) + 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))
