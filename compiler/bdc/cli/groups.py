"""Groups of commands that suggest a name for a misspelt one."""

import click


class Suggesting(click.Group):
    """A group that suggests the closest command for an unknown one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from bdc.diagnostics import did_you_mean

        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            close = did_you_mean(args[0], known)
            ctx.fail(f"there is no command `{args[0]}`." + (f" Did you mean `{close}`?" if close else ""))
        return super().resolve_command(ctx, args)
