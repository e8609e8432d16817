"""A loopback Discord by hand: ``python -m tests.support.discord --script FILE --port 8600``.

It starts a Discord on this machine with a small community in it (alice, bob, carol and an admin;
#general, #help and a voice channel), prints its two addresses, waits for a bot, and then plays the
script (see :mod:`tests.support.discord.script`; one is in ``example.toml`` beside this file). What
is said, by people and by the bot, is printed line by line, and at the end what the bot has done
that Discord would not like. Without ``--once`` it goes on until Ctrl-C.

The bot, unchanged, is pointed at it by an entry of its own:

    DISCORD_TOKEN=loopback python -m tests.support.discord.bot http://127.0.0.1:8600 run

The exit code is 1 if the bot has done something that it must not do.
"""

import argparse
import asyncio
from contextlib import suppress
from pathlib import Path

from tests.support.discord.script import BadScript, Community, Step, read
from tests.support.discord.server import Loopback
from tests.support.discord.sessions import Terms


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.discord", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--script", type=Path, help="what happens, a TOML file")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--seed", type=int, default=0, help="of faults that have a chance")
    parser.add_argument("--shards", type=int, default=1, help="how many Discord recommends")
    parser.add_argument("--once", action="store_true", help="end when the script is over")
    given = parser.parse_args()
    try:
        steps = read(given.script) if given.script else []
    except (BadScript, OSError) as error:
        parser.error(str(error))
    terms = Terms(shards=given.shards, heartbeat=5, identify_every=5 if given.shards > 1 else 0)
    with suppress(KeyboardInterrupt):
        raise SystemExit(asyncio.run(_serve(given, terms, steps)))


async def _serve(given: argparse.Namespace, terms: Terms, steps: list[Step]) -> int:
    async with Loopback.started(port=given.port, terms=terms, seed=given.seed) as discord:
        community = Community(discord, lambda line: print(line, flush=True))
        print(f"REST     {discord.url}", f"gateway  {discord.gateway_url}", sep="\n", flush=True)
        try:
            await discord.until(lambda: bool(discord.sessions.connected), timeout=None)
            await discord.until(lambda: bool(discord.commands), timeout=None)
            await community.play(steps)
            if not given.once:
                await asyncio.Event().wait()
        finally:
            for one in discord.violations:
                print(f"! {one.kind}: {one.what}", flush=True)
        return 1 if discord.violations else 0


if __name__ == "__main__":
    main()
