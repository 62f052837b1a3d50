"""The page: every chapter, in the order that a reader needs them."""

from bdc.advice.assumptions import Assumptions, Prices
from bdc.advice.cost import cost
from bdc.advice.objectives import objectives
from bdc.advice.page import Chapter, Page, Verdict
from bdc.advice.partitions import partitions
from bdc.advice.processor import database_processor, requests, service_processor
from bdc.advice.servers import connections, memory, migration
from bdc.advice.sizing import Sizing, sizes
from bdc.advice.storage import storage
from bdc.advice.way_on import way_on
from bdc.ir import Deploy, ServiceDeploy, SystemIR
from bdc.surface.mix import mix_of


def advise(
    system: SystemIR,
    deploy: Deploy,
    assume: Assumptions | None = None,
    prices: Prices | None = None,
) -> Page:
    """Return what the declared load and objectives ask of `deploy`."""
    sizing = sizing_of(system, deploy, assume or Assumptions())
    chapters = (
        requests(sizing),
        service_processor(sizing),
        database_processor(sizing),
        connections(sizing),
        memory(sizing),
        storage(sizing),
        partitions(sizing),
        migration(sizing),
        objectives(sizing),
        way_on(sizing),
        cost(sizing, prices or Prices()),
    )
    return Page(system.name, system.title, deploy.name, _summary(chapters), chapters, sizing.assume.named())


def sizing_of(system: SystemIR, deploy: Deploy, assume: Assumptions) -> Sizing:
    """Return what the chapters compute with."""
    said = {service.api: service for service in deploy.services}
    return Sizing(
        system,
        deploy,
        assume,
        tuple((api, mix_of(system, api)) for api in system.apis),
        tuple(said.get(api.name, ServiceDeploy(api=api.name)) for api in system.apis),
        sizes(system, assume),
    )


def _summary(chapters: tuple[Chapter, ...]) -> str:
    changing = [chapter.title.lower() for chapter in chapters if chapter.verdict is Verdict.CHANGE]
    asking = [chapter.title.lower() for chapter in chapters if chapter.verdict is Verdict.ASK]
    way = next(chapter for chapter in chapters if chapter.name == "way_on")
    parts = [way.finding]
    if changing:
        parts.append(f"Too small or not safe as it is written: {', '.join(changing)}.")
    else:
        parts.append("What is written carries what is declared.")
    if asking:
        parts.append(f"Declare more for a better answer: {', '.join(asking)}.")
    return " ".join(parts)
