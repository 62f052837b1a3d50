"""What an agent is asked to do at each stage. The texts say which tools to call, and when to ask the user."""

_CHECK = "After each change call `check`; apply its fixes; stop when there are no errors."

STAGES: dict[str, tuple[str, str]] = {
    "analyse": (
        "Find out what a system must do before anything is written",
        "Read the resource `bdc://language/skill`, and `bdc://map` where a specification exists. List the rows that are kept, the callers, "
        "what each role may do, which states a row goes through, and how many rows and requests there will be. Ask the user about what is "
        "missing: tenants, roles, what must never be seen, what must be kept. Write nothing yet. The task: {task}",
    ),
    "design": (
        "Turn what was found into entities, policies and an API",
        "Propose entities with their fields, references, keys and indexes; machines for states; roles and policies; resources and "
        f"operations; load. Show it as `.bds`, and give the reason of each choice in one line. {_CHECK} The task: {{task}}",
    ),
    "plan": (
        "Plan a change of a system that runs",
        "Call `diff` between the built output and the specification. List every breaking change, every gain of access, and the steps of "
        "the database with their locks. Propose an order of rollout. Ask before rows are dropped. The task: {task}",
    ),
    "build": (
        "Compile and look at what comes out",
        f"{_CHECK} Then call `build`, and read what it reports. The task: {{task}}",
    ),
    "test": (
        "Prove what was asked for",
        "Write `test` blocks for each rule that matters, with a caller that may and one that may not. Call `check`, then `test`. Explain "
        "each failure with `why` before you change a rule; never widen a rule to make a test pass. The task: {task}",
    ),
    "deploy": (
        "Prepare a deployment",
        "Call `check` with production=true and settle each warning with the user. Call `diff` and `review`. Say what the operator must "
        "provide: secrets, certificates, storage of backups. Deploy nothing yourself. The task: {task}",
    ),
    "greenfield": (
        "Start a new system",
        "Go through the stages analyse, design, build, test, in this order, and show the user the result of each. The task: {task}",
    ),
    "brownfield": (
        "Bring an existing database or API",
        "Ask for a dump, a Prisma schema or an OpenAPI document as a file in this folder, and tell the user the `bdc import` command for "
        "it. Read what could not be described. Write policies before an API. Call `diff`: nothing of the database may change. The task: {task}",
    ),
    "security_first": (
        "Write the policy before anything else",
        "Call `matrix`. For each role say what it must never see or do, and write a `test` with `expect deny` for each. Then write the "
        f"narrowest rules under which the allowed cases pass. Check every decision with `why`. {_CHECK} The task: {{task}}",
    ),
}
