"""Generated cases: scenarios made by Hypothesis, each played as a transcript is.

A scenario is a transcript with a prediction of what must come of it.  The examples are the same
in every run, since their seed is fixed; `--examples` asks for more of them.  What fails is made
smaller, and handed over as the text of a transcript, ready to be saved as a case.
"""

from __future__ import annotations

import sys
import tempfile
import time
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from httplib_servers import render_log
from hypothesis import HealthCheck, Phase, Verbosity, configuration, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from httplib_conformance.evidence import Deviates, Evidence
from httplib_conformance.play import play_once
from httplib_conformance.transcript_writer import write
from httplib_conformance.values import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from httplib_conformance.casemark import Case
    from httplib_conformance.engine import Engine
    from httplib_conformance.evidence import Deviation
    from httplib_conformance.play import Played
    from httplib_conformance.transcripts import Transcript

EXAMPLES = 20
"""How many examples a generated case tries unless it is told otherwise."""

MOST_EXAMPLES = 1_000_000

SEED = 27
"""What the examples of all cases begin with, together with the id of the case."""

SECONDS_TO_MAKE_SMALLER = 2.0
"""How long an example that did not pass is made smaller, half of the time of a case at most."""

STEPS = 10
"""How many calls a generated sequence of calls has."""


@dataclass(frozen=True)
class Scenario:
    """One example of a generated case.

    Attributes:
        transcript: What is played, and what must come of it.
        cuts: Where each reply is cut, as numbers that are taken modulo its length.
        looks: Looks at what came of it beyond the transcript, and says what deviates.
        saved: The transcript that shows the same, if it is another.
    """

    transcript: Transcript
    cuts: tuple[int, ...] = ()
    looks: Callable[[Played], Iterator[Deviation]] | None = None
    saved: Transcript | None = None

    def cut(self, reply: bytes) -> tuple[int, ...]:
        """Where a reply is cut."""
        return tuple(sorted({cut % len(reply) for cut in self.cuts} - {0})) if reply else ()


@dataclass
class _Found:
    """An example that did not pass."""

    scenario: Scenario
    evidence: Evidence


class Machine(RuleBasedStateMachine):
    """A model of a connection: its rules take down calls, with what must come of them."""

    def scenario(self) -> Scenario:
        """The calls that were taken down."""
        raise NotImplementedError


class _Ended(BaseException):
    """Ends the examples at once; Hypothesis lets it through, and does not make the example smaller."""


@dataclass
class Examples:
    """Tries the examples of one case.

    Attributes:
        engine: Where the client's side runs.
        evidence: What the case leaves behind.
        case: The case.
        number: How many examples are tried.
        seconds: How long the case may take.
    """

    engine: Engine
    evidence: Evidence
    case: Case
    number: int
    seconds: float
    _tried: int = field(default=0, init=False)
    _first: int = field(default=0, init=False)
    _found: _Found | None = field(default=None, init=False)
    _smaller_until: float = field(default=0, init=False)

    def check(self, scenarios: SearchStrategy[Scenario]) -> None:
        """Try scenarios.

        Raises:
            Deviates: The implementation deviates in one of them.
            Unsupported: The agent cannot play one of them.
            AgentTimedOut: One of them did not end before the deadline of the case.
            AgentDied: The agent's process ended.
            ProtocolError: The agent broke the protocol.
        """

        @seed(f"{SEED} {self.case.id}")
        @self._settings()
        @given(scenarios)
        def each(scenario: Scenario) -> None:
            self._play(scenario)

        self._run(each)

    def check_calls(self, machine: type[Machine]) -> None:
        """Try sequences of calls.

        Args:
            machine: The model that they are made from.

        Raises:
            Deviates: The implementation deviates in one of them.
            Unsupported: The agent cannot play one of them.
            AgentTimedOut: One of them did not end before the deadline of the case.
            AgentDied: The agent's process ended.
            ProtocolError: The agent broke the protocol.
        """
        play = self._play

        @seed(f"{SEED} {self.case.id}")
        class AndPlay(machine):  # type: ignore[valid-type, misc]
            def teardown(self) -> None:
                if sys.exception() is None:  # Hypothesis may have given up this sequence
                    play(self.scenario())

        self._run(lambda: run_state_machine_as_test(AndPlay, settings=self._settings()))

    def _settings(self) -> settings:
        return settings(
            max_examples=self.number,
            stateful_step_count=STEPS,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=Verbosity.quiet,
        )

    def _run(self, examples: Callable[[], None]) -> None:
        self.engine.allow(self.seconds * max(1.0, self.number / EXAMPLES))
        try:
            with _no_folder_left():
                examples()
        except (Deviates, Flaky, _Ended) as error:
            assert self._found is not None
            self._tell(self._found)
            if isinstance(error, _Ended) and error.__cause__ is not None:
                raise error.__cause__ from None
            raise Deviates(
                f"{count(len(self.evidence.deviations), 'deviation')} in a generated case"
            ) from None

    def _play(self, scenario: Scenario) -> None:
        if self._found is not None and time.monotonic() > self._smaller_until:
            raise _Ended  # it is small enough
        self._tried += 1
        evidence = Evidence()
        try:
            played = play_once(scenario.transcript, scenario.cut, self.engine, evidence)
        except Exception as error:
            if self._found is not None:
                raise _Ended from None  # what was found before tells more
            self._first = self._tried
            self._found = _Found(scenario, evidence)
            raise _Ended from error
        deviations = [*played.deviations, *(scenario.looks(played) if scenario.looks else ())]
        if not deviations:
            return
        evidence.deviations = deviations
        if not evidence.wire:
            evidence.wire.append(render_log(played.recording))
        if self._found is None:
            self._smaller_until = time.monotonic() + min(self.seconds / 2, SECONDS_TO_MAKE_SMALLER)
            self._first = self._tried
        self._found = _Found(scenario, evidence)
        raise Deviates

    def _tell(self, found: _Found) -> None:
        cuts = ", ".join(map(str, sorted(set(found.scenario.cuts)))) or "nowhere"
        self.evidence.deviations = found.evidence.deviations
        self.evidence.wire = found.evidence.wire
        self.evidence.segmentation = f"cut at {cuts} (modulo the length of the reply)"
        self.evidence.message = (
            f"found by example {self._first} of {self.number} (seed {SEED}), then made smaller in "
            f"{count(self._tried - self._first, 'step')}"
        )
        self.evidence.reproduction = self._reproduction(found.scenario)

    def _reproduction(self, scenario: Scenario) -> str:
        """The text of a transcript that shows the same, as a case with an id of its own."""
        shown = scenario.saved or scenario.transcript
        content = write(replace(shown, id="generated", title="", covers=()))
        return write(
            replace(
                shown,
                id=f"{self.case.id}-{zlib.crc32(content.encode()):08x}",
                title=self.case.title,
                covers=self.case.covers,
            )
        )


@contextmanager
def _no_folder_left() -> Iterator[None]:
    """Keep what Hypothesis puts down out of the folder in which the user is."""
    with tempfile.TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(None)
