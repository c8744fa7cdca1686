"""
The templates of a box, in the engine: which there are, and which would be worth having.

A template is for one command line with its environment and rlimits, all of which an interpreter sees while it starts.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from executor.model import MIB, Command, Fork, Limits
from executor.sandbox.cgroup import SlotCgroup
from executor.sandbox.conversation import Refused
from executor.sandbox.messages import MOST_TEMPLATES, Op

_log = logging.getLogger(__name__)

_WORTH_IT: Final = 2
"""The run of a command, among all of a box, from which on it has a template."""
_MOST_KEYS: Final = 1000
"""Commands that are remembered; command lines with arguments of their own are endless."""

_LEAST_ROOM_BYTES: Final = 16 * MIB
"""That a fork must have above what it shares."""

_Key = tuple[object, ...]
_Ask = Callable[[tuple[Any, ...]], Awaitable[None]]


@dataclass(slots=True)
class _Template:
    id: int
    shared_bytes: int


class Forking:
    """
    Args:
        ask: asks init, and raises Refused.
        cgroup: of the box.
        rootless: the box has one user.
    """

    def __init__(
        self, ask: Callable[[tuple[Any, ...]], Awaitable[None]], cgroup: SlotCgroup, *, rootless: bool
    ) -> None:
        self._ask = ask
        self._cgroup = cgroup
        self.is_possible = cgroup.measures_forks and not rootless
        """Whether runs may be forked here; what else it takes is seen when a template is started."""
        self.runs = 0
        """How many runs, since the start of the box, were forked and not executed."""
        self.held_bytes: dict[str, int] = {}
        """What a template of each runtime was found to hold when it had started."""
        self._templates: OrderedDict[_Key, _Template] = OrderedDict()
        self._counts: Counter[_Key] = Counter()
        self._hopeless: set[_Key] = set()
        self._last_id = 0
        self._key: _Key = ()

    async def template(self, command: Command, limits: Limits, rlimits: list[tuple[int, int]]) -> int:
        """The id of the template from which to fork a run; 0 when it is to be executed."""
        if command.fork is None or not self.is_possible:
            return 0
        self._key = (command.fork, command.argv, *sorted(command.env.items()), *rlimits)
        if self._key in self._templates:
            self._templates.move_to_end(self._key)
        elif self._is_worth_one():
            await self._start(command, command.fork, rlimits)
        template = self._templates.get(self._key)
        has_room = template is not None and limits.memory_bytes >= template.shared_bytes + _LEAST_ROOM_BYTES
        return template.id if template is not None and has_room else 0

    def _is_worth_one(self) -> bool:
        """Count a run of the present command; whether a template should be started for it."""
        if len(self._counts) >= _MOST_KEYS:
            self._counts.clear()
            self._hopeless.clear()
        self._counts[self._key] += 1
        return self._counts[self._key] >= _WORTH_IT and self._key not in self._hopeless

    async def _start(self, command: Command, fork: Fork, rlimits: list[tuple[int, int]]) -> None:
        if len(self._templates) >= MOST_TEMPLATES:
            _, oldest = self._templates.popitem(last=False)
            await self._ask((int(Op.DROP), oldest.id))
        self._last_id += 1
        self._cgroup.make_room()
        env = {**command.env, **dict(fork.env)}
        what = (command.argv, env, rlimits, fork.program, str(fork.held_at), fork.files)
        try:
            await self._ask((int(Op.TEMPLATE), self._last_id, *what))
        except Refused as refused:
            _log.info("runs of %s are executed and not forked: %s", command.argv[0], refused)
            self._hopeless.add(self._key)
            self._cgroup.has_grown(len(self._templates))
        else:
            shared_bytes = self._cgroup.has_grown(len(self._templates) + 1)
            self._templates[self._key] = _Template(self._last_id, shared_bytes)
            self.held_bytes[fork.runtime] = shared_bytes

    @property
    def shared_bytes(self) -> int:
        """Memory that the present run shares with its template; 0 when it has none."""
        template = self._templates.get(self._key)
        return 0 if template is None else template.shared_bytes

    def begins(self, template: int) -> None:
        """A run is handed over; 0: one that is executed, whatever was asked for last."""
        if not template:
            self._key = ()

    def ended(self, *, forked: bool) -> None:
        """The present run is over; a template that was not forked for it is gone."""
        self.runs += forked
        if not forked and self._key in self._templates:
            del self._templates[self._key]
            self._cgroup.has_grown(len(self._templates))

    def lost(self) -> None:
        """The zygote was lost with a run; if that was forked, all templates were killed with it."""
        if self._key in self._templates:
            self._templates.clear()
            self._cgroup.has_grown(0)
