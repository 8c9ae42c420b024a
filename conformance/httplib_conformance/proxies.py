"""Proxies: they let a case in Python read as ordinary httplib code.

`httplib.HTTPConnection(host)` in a case is carried out by the agent, in the implementation's
interpreter; what it gives is a plain value where it can be, else a proxy.  An exception is
raised in the case as the implementation's own class: `except httplib.BadStatusLine` catches
what the implementation raises as that or as a class derived from it.
"""

from __future__ import annotations

import builtins
import contextlib
from typing import TYPE_CHECKING, Any

from httplib_conformance.evidence import Unsupported
from httplib_conformance.protocol import IMPLEMENTATION, Observation, Program, Raised
from httplib_conformance.values import RemoteObject, canonical_class, is_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from httplib_conformance.engine import Engine

MOST_ITEMS = 1_000_000
"""How many items are taken from an iterable at most."""


# Where the bases of exception classes end.
_PLAIN = {f"builtins.{name}" for name in ("StandardError", "Exception", "BaseException", "object")}


class MissingName(AttributeError):
    """The implementation lacks a name that the case uses."""


class WrongKind(AssertionError):
    """The implementation has something of another kind than a case goes on with."""


class Session:
    """What one case does in the implementation's interpreter.

    Args:
        engine: Where its steps are carried out.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._steps = 0
        self._mirrors: dict[str, type[BaseException]] = {}
        self._orders: dict[str, tuple[str, ...]] = {}
        self.printed = ""

    def run(self, add: Callable[[Program], str]) -> Any:
        """Carry out what is added to a program, and give what its last step gives.

        Raises:
            BaseException: What one of the steps raised, as the implementation's own class.
            Unsupported: The agent cannot carry out one of them.
        """
        program = Program(first=self._steps + 1)
        add(program)
        self._steps += len(program.steps)
        observations = self._engine.run(program)
        for observation in observations:
            self._note(observation)
        return self.wrap(observations[-1].value)

    def _note(self, observation: Observation) -> None:
        self.printed += observation.printed
        if observation.unsupported is not None:
            raise Unsupported(observation.unsupported)
        if observation.raised is not None:
            raise self._mirrored_exception(observation.raised)

    def take_printed(self) -> str:
        """What the implementation printed since the last time."""
        taken, self.printed = self.printed, ""
        return taken

    def function(self, module: str, name: str, *args: object) -> Any:
        """Call a function of a module of the implementation's interpreter."""
        return self.run(lambda program: program.call(program.import_(module), name, args))

    def release(self) -> None:
        """Forget and close all that the case made."""
        self._engine.run(_releasing())

    # -- what stands for what the agent keeps

    def wrap(self, value: Any) -> Any:
        """A value with a proxy, or a mirrored class, in place of each object that the agent keeps."""
        if isinstance(value, RemoteObject):
            if value.classes is not None and is_class(value.classes, "builtins.BaseException"):
                return self._mirrored_class(value.classes, value.id)
            return Proxy(self, value)
        if type(value) in {list, tuple}:
            return type(value)(self.wrap(each) for each in value)
        if type(value) is dict:
            return {key: self.wrap(each) for key, each in value.items()}
        return value

    def _mirrored_class(self, names: tuple[str, ...], identity: str | None = None) -> type[BaseException]:
        """The class of the runner that stands for an exception class of the interpreter.

        Args:
            names: Its dotted name and those of its bases, in the order of method resolution.
            identity: The id of the class, if the agent keeps it.
        """
        own = canonical_class(names[0])
        module, _, short = own.rpartition(".")
        ours = getattr(builtins, short, None) if module == "builtins" else None
        if isinstance(ours, type) and issubclass(ours, BaseException):
            return ours
        if own not in self._mirrors:
            self._learn(names)
            bases: dict[type, None] = {}
            for number, name in enumerate(names[1:], 1):
                if name not in {"builtins.object", "__builtin__.object"}:
                    bases[self._mirrored_class(self._orders.get(name, names[number:]))] = None
            mirror: Any = _Mirror(short, tuple(bases), {"__module__": module, "__session__": self})
            self._mirrors[own] = mirror
        if identity is not None:
            self._mirrors[own].__remote_id__ = identity  # type: ignore[attr-defined]
        return self._mirrors[own]

    def _learn(self, names: tuple[str, ...]) -> None:
        """Ask for the bases of the bases of a class.

        They cannot be told from its own order of method resolution if it has several bases: in
        (E, HTTPException, OSError), HTTPException may derive from OSError or not.
        """
        others = [name for name in names[1:] if canonical_class(name) not in _PLAIN]
        program = Program(first=self._steps + 1)
        asked = {}
        for name in others[:-1]:
            module, _, own = name.rpartition(".")
            if canonical_class(name) == name and module != "builtins" and name not in self._orders:
                asked[program.get(program.import_(module), own)] = name
        self._steps += len(program.steps)
        for observation in self._engine.run(program) if asked else ():
            found = observation.value
            if observation.id in asked and isinstance(found, RemoteObject) and found.classes:
                self._orders[asked[observation.id]] = found.classes

    def _mirrored_exception(self, raised: Raised) -> BaseException:
        cls = self._mirrored_class(raised.classes)
        # Not by a call: a mirror's call makes an instance over there.  Nor by the first base in the
        # order of method resolution: of (ValueError, OSError), only the second can make an instance.
        base: Any = cls
        while isinstance(base, _Mirror):
            base = base.__base__
        error: BaseException = base.__new__(cls, *raised.args)
        error.args = raised.args
        for name, value in raised.attributes.items():
            with contextlib.suppress(AttributeError, TypeError):
                setattr(error, name, value)
        error.__remote__ = raised  # type: ignore[attr-defined]
        return error


def remote_text(error: BaseException) -> str:
    """What an exception of the implementation's interpreter says; empty for one of our own."""
    raised = getattr(error, "__remote__", None)
    return raised.text if isinstance(raised, Raised) else ""


def _releasing() -> Program:
    program = Program()
    program.release()
    return program


class _Mirror(type):
    """The class of mirrored exception classes: to call one makes an exception over there."""

    def __call__(cls, *args: object, **kwargs: object) -> Any:
        session: Session = cls.__session__  # type: ignore[attr-defined]
        identity: str | None = cls.__dict__.get("__remote_id__")
        if identity is not None:
            return session.run(lambda program: program.call(identity, None, args, kwargs))
        # Seen so far only as the class of what was raised, or as a base of it.
        return session.run(
            lambda program: program.call(program.import_(cls.__module__), cls.__name__, args, kwargs)
        )

    def __repr__(cls) -> str:
        return f"<class {cls.__module__}.{cls.__name__}>"


class Proxy:
    """Stands for an object in the implementation's interpreter."""

    def __init__(self, session: Session, remote: RemoteObject) -> None:
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_remote", remote)

    _session: Session
    _remote: RemoteObject

    @property
    def __remote_id__(self) -> str:
        return self._remote.id

    def __repr__(self) -> str:
        return repr(self._remote)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # what pytest asks of any object is not for the agent
        return self._session.run(lambda program: program.get(self._remote.id, name))

    def __setattr__(self, name: str, value: object) -> None:
        self._session.run(lambda program: program.set(self._remote.id, name, value))

    def __call__(self, *args: object, **kwargs: object) -> Any:  # noqa: D102
        return self._session.run(lambda program: program.call(self._remote.id, None, args, kwargs))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._session.run(lambda program: program.iterate(self._remote.id, MOST_ITEMS)))

    def __str__(self) -> str:
        return str(self._session.function("builtins", "str", self))

    def __len__(self) -> int:
        return int(self._session.function("builtins", "len", self))

    def __bool__(self) -> bool:
        return bool(self._session.function("builtins", "bool", self))

    def __getitem__(self, key: object) -> Any:
        if isinstance(key, slice):
            key = self._session.function("builtins", "slice", key.start, key.stop, key.step)
        return self._session.function("operator", "getitem", self, key)

    def __setitem__(self, key: object, value: object) -> None:
        self._session.function("operator", "setitem", self, key, value)

    def __delitem__(self, key: object) -> None:
        self._session.function("operator", "delitem", self, key)

    def __contains__(self, key: object) -> bool:
        return bool(self._session.function("operator", "contains", self, key))

    def __eq__(self, other: object) -> bool:
        return bool(isinstance(other, Proxy) and self._session.function("operator", "eq", self, other))

    def __hash__(self) -> int:
        return hash(self._remote.id)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, Proxy) and self._own_class() in instance._remote.type

    def __subclasscheck__(self, cls: object) -> bool:
        return isinstance(cls, Proxy) and self._own_class() in (cls._remote.classes or ())

    def _own_class(self) -> str:
        if self._remote.classes is None:
            raise WrongKind(f"{self!r} is not a class")
        return self._remote.classes[0]


class Module:
    """The implementation's module."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        self._name = name

    def __repr__(self) -> str:
        return f"<module {self._name}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._session.run(lambda program: program.get(IMPLEMENTATION, name))
        except AttributeError as error:
            raise MissingName(f"the module {self._name!r} has no name {name!r}") from error


class Python:
    """The implementation's interpreter, for what a case needs of it besides the implementation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def module(self, name: str) -> Any:
        """Import a module of the interpreter; `builtins` is known by this name on Python 2 as well."""
        return self._session.run(lambda program: program.import_(name))

    def define(self, source: str) -> Any:
        """Run Python source that both versions understand, and give what it defines, as attributes."""
        return self._session.run(lambda program: program.define(source))

    def take_printed(self) -> str:
        """What was printed since the last time."""
        return self._session.take_printed()
