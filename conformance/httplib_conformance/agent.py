"""The agent: carries out programs inside the implementation's interpreter.

One file, standard library only, the same on CPython 2.7, 3.6 and later, PyPy and Jython.
It reads one JSON object a line and answers each with one JSON object a line, as
docs/agent-protocol.md lays down.  In-process the runner imports this file and hands the same
lines to `Agent.answer_line`, so there is one engine and not two.

Python 2 has one type for text and data.  A string therefore travels with its kind:

    {"text": "..."}     unicode on Python 2, str on Python 3
    {"data": "..."}     str on Python 2, bytes on Python 3; one character for each byte
    {"native": "..."}   str on both: on Python 2 it is text as well as data
"""

import sys

FROM_CURRENT_FOLDER = __name__ == "__main__" and not getattr(sys.flags, "safe_path", False)
if FROM_CURRENT_FOLDER:
    # The folder of this file holds modules whose names could hide others: it is not for imports.
    del sys.path[0]  # pragma: no cover (in the agent's own process only)

import gc
import json
import os
import platform
import types

if FROM_CURRENT_FOLDER:
    # The implementation is found as `python -m` finds it, from the current folder on.  What the
    # agent itself needs is there by now: no json.py of that folder can stand in for it.
    sys.path.insert(0, "")  # pragma: no cover (in the agent's own process only)

# Taken now: the setup may put something else in their place.
read_json, write_json = json.loads, json.dumps

PROTOCOL = 1
NAME = "httplib-conformance python agent"

PYTHON_2 = sys.version_info[0] == 2
if PYTHON_2:  # pragma: no cover (the runner is Python 3)
    text_type = unicode  # type: ignore[name-defined]  # noqa: F821
    integer_types = (int, long)  # type: ignore[name-defined]  # noqa: F821
    class_types = (type, types.ClassType)  # type: ignore[attr-defined]
else:
    text_type = str
    integer_types = (int,)  # type: ignore[assignment]
    class_types = (type,)  # type: ignore[assignment]

# What a step may ask for; each is carried out by the method `_do_...`.
DOINGS = ("import", "get", "set", "call", "iterate", "describe", "define", "release")

# The object that every program may refer to without having made it: the implementation's module.
IMPLEMENTATION = "0"

# Values nested deeper than this travel as objects: a list may contain itself.
DEEPEST = 20

# Whole numbers from here on travel in hexadecimal: not every reader of JSON takes them, and Python
# itself writes only so many digits.
LARGE = 1 << 63

# By this name tracebacks know the setup.
SETUP = "<setup>"

# The modules whose frames stand in a traceback between an import and what it imports.
IMPORTING = (
    "importlib",
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "_frozen_importlib",
    "_frozen_importlib_external",
)

# Interpreters that do not count references close what a case left open only when they collect.
COLLECT_EVERY = 25


class BadRequest(Exception):
    """The runner sent something that the protocol does not allow."""


class Skipped(Exception):
    """The step needs what an earlier step, which raised, did not give."""


class Capture(object):
    """Stands in for sys.stdout and keeps what is printed, as text."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self):
        self._pieces = []

    def write(self, piece):
        if not isinstance(piece, text_type):
            if not PYTHON_2:
                raise TypeError("write() argument must be str, not %s" % type(piece).__name__)
            piece = piece.decode("latin-1")  # pragma: no cover (Python 2)
        self._pieces.append(piece)
        return len(piece)

    def writelines(self, pieces):
        for piece in pieces:
            self.write(piece)

    def flush(self):
        pass

    def isatty(self):
        return False

    def take(self):
        """What was printed since the last time."""
        taken = "".join(self._pieces)
        self._pieces = []
        return taken


def class_names(cls):
    """The dotted names of a class and of all its bases, in the order of method resolution."""
    if isinstance(cls, type):
        order = cls.__mro__
    else:  # pragma: no cover (classic classes: Python 2)
        import inspect

        order = inspect.getmro(cls)
    return ["%s.%s" % (getattr(each, "__module__", "?"), each.__name__) for each in order]


def class_of(value):
    """The class that a value says it has: for a classic instance its own, not `instance`."""
    return getattr(value, "__class__", type(value))


class Agent(object):
    """Carries out programs and remembers the objects that they made, until they are released."""

    def __init__(self):
        self.stopped = False
        self._objects = {}
        self._missing = {}
        self._capture = Capture()
        self._releases = 0

    # -- messages

    def answer_line(self, line):
        """Answer one line of JSON (bytes) with another, without its end of line."""
        identity = None
        try:
            try:
                message = read_json(line.decode("ascii"))
            except (ValueError, RuntimeError) as error:  # the latter: nested too deep
                raise BadRequest("not a line of ASCII-only JSON: %s" % error)
            if not isinstance(message, dict):
                raise BadRequest("not a JSON object")
            identity = message.get("id")
            if not isinstance(identity, integer_types) or isinstance(identity, bool) or identity < 0:
                identity = None
                raise BadRequest("a message needs an 'id', an integer from 0 on")
            answer = self._answer(message)
        except BadRequest as error:
            answer = failure("request", error)
        answer["id"] = identity
        return write_json(answer).encode("ascii")

    def _answer(self, message):
        command = message.get("command")
        if command == "start":
            return self._start(message)
        if command == "run":
            if IMPLEMENTATION not in self._objects:
                raise BadRequest("'run' before 'start'")
            steps = message.get("steps")
            if not isinstance(steps, list):
                raise BadRequest("'run' needs 'steps', a list")
            self._capture.take()  # what a program printed that was refused half-way
            return {"observations": [self._observe(step) for step in steps]}
        if command == "stop":
            self.stopped = True
            return {"stopped": True}
        raise BadRequest("the command is one of 'start', 'run' and 'stop', not %r" % (command,))

    def _start(self, message):
        if message.get("protocol") != PROTOCOL:
            return failure(
                "protocol",
                "this agent speaks version %d of the protocol, not %r" % (PROTOCOL, message.get("protocol")),
            )
        module_name = message.get("module")
        if not isinstance(module_name, text_type) or not module_name:
            raise BadRequest("'start' needs 'module', the name of a module")
        module_name = str(module_name)
        kind, printing = "setup", sys.stdout
        sys.stdout = self._capture
        try:
            if message.get("setup"):
                exec(compile(message["setup"], SETUP, "exec"), {"__name__": "__setup__"})
            kind = "import"
            __import__(module_name)
            module = sys.modules[module_name]
            file, version = text_of(module, "__file__"), text_of(module, "__version__")
        except BaseException as error:
            words = (class_of(error).__name__ + ": " + in_words(error)).rstrip(": ")
            return failure(kind, words + place_of_failure(kind))
        finally:
            sys.stdout = printing
        self._objects[IMPLEMENTATION] = module
        return {
            "started": {
                "protocol": PROTOCOL,
                "agent": NAME,
                "module": module_name,
                "file": file,
                "version": version,
                "interpreter": {
                    "name": platform.python_implementation(),
                    "version": platform.python_version(),
                    "executable": sys.executable,
                    "platform": sys.platform,
                },
                "printed": self._capture.take(),
            }
        }

    # -- steps

    def _observe(self, step):
        """Carry out one step; whatever it does, it gives an observation."""
        if not isinstance(step, dict) or not isinstance(step.get("id"), text_type):
            raise BadRequest("a step is an object with an 'id', a string; got %r" % (step,))
        identity = step["id"]
        if step.get("do") not in DOINGS:
            raise BadRequest("step %s: %r is nothing that can be done" % (identity, step.get("do")))
        work = getattr(self, "_do_%s" % step["do"])
        printing = sys.stdout
        sys.stdout = self._capture
        try:
            value = work(step)
            observation = {"value": self._encode(value, identity)}
            self._objects[identity] = value
        except BadRequest:
            raise
        except Skipped as missing:
            observation = {"skipped": missing.args[0]}
        except BaseException as error:
            observation = {"raised": self._describe_exception(error, identity)}
        finally:
            sys.stdout = printing
        if PYTHON_2:  # pragma: no cover (Python 3 forgets an exception by itself)
            sys.exc_clear()
        if "value" in observation:
            self._missing.pop(identity, None)
        else:
            self._missing[identity] = observation.get("skipped", identity)
        observation["id"] = identity
        printed = self._capture.take()
        if printed:
            observation["printed"] = printed
        return observation

    def _do_import(self, step):
        name = str(part(step, "module", text_type))
        if PYTHON_2 and name == "builtins":  # pragma: no cover
            name = "__builtin__"
        __import__(name)
        return sys.modules[name]

    def _do_get(self, step):
        return getattr(self._decode(step.get("of")), str(part(step, "name", text_type)))

    def _do_set(self, step):
        setattr(
            self._decode(step.get("of")),
            str(part(step, "name", text_type)),
            self._decode(step.get("value")),
        )

    def _do_call(self, step):
        target = self._decode(step.get("of"))
        if "name" in step:
            target = getattr(target, str(part(step, "name", text_type)))
        args = [self._decode(each) for each in part(step, "args", list, [])]
        kwargs = part(step, "kwargs", dict, {})
        return target(*args, **dict((str(name), self._decode(kwargs[name])) for name in kwargs))

    def _do_iterate(self, step):
        most = part(step, "most", int)
        items = []
        for item in self._decode(step.get("of")):
            if len(items) == most:
                break
            items.append(item)
        return items

    def _do_describe(self, step):
        described = self._decode(step.get("of"))
        return {
            "repr": repr(described),
            "callable": callable(described),
            "names": sorted(name for name in dir(described) if not name.startswith("_")),
        }

    def _do_define(self, step):
        """Run source code; what it defined can be had by `get`."""
        namespace = types.ModuleType("defined")
        exec(compile(part(step, "source", text_type), "<defined>", "exec"), namespace.__dict__)
        return namespace

    def _do_release(self, step):
        """Forget objects, all unless some are named, and close those that can be closed."""
        if "objects" in step:
            names = part(step, "objects", list)
            if not all(isinstance(name, text_type) and name != IMPLEMENTATION for name in names):
                raise BadRequest("step %s: 'objects' are the ids of objects that steps made" % step["id"])
            self.release(names)
        else:
            self._missing.clear()
            self.release([name for name in self._objects if name != IMPLEMENTATION])

    def release(self, names):
        """Forget objects and close those that can be closed, the youngest first."""
        for name in sorted(names, key=age, reverse=True):
            close_quietly(self._objects.pop(name, None))
        self._releases += 1
        if platform.python_implementation() != "CPython" and self._releases % COLLECT_EVERY == 0:
            gc.collect()  # pragma: no cover (the runner is CPython)

    # -- values

    def _decode(self, value):
        """Make the object that a value of the protocol stands for."""
        if value is None or isinstance(value, (bool, float) + integer_types):
            return value
        if isinstance(value, dict) and len(value) == 1:
            ((kind, content),) = value.items()
            if isinstance(content, text_type):
                return self._decode_string(kind, content, value)
            if isinstance(content, list):
                if kind == "list":
                    return [self._decode(each) for each in content]
                if kind == "tuple":
                    return tuple([self._decode(each) for each in content])
                if kind == "dict" and all(isinstance(each, list) and len(each) == 2 for each in content):
                    return dict((self._decode(key), self._decode(each)) for key, each in content)
        raise BadRequest("not a value: %s" % write_json(value))

    def _decode_string(self, kind, content, value):
        if kind == "ref":
            if content in self._missing:
                raise Skipped(self._missing[content])
            if content not in self._objects:
                raise BadRequest("nothing is known as %r" % (content,))
            return self._objects[content]
        if kind == "text":
            return content
        if kind == "float" and content in ("inf", "-inf", "nan"):
            return float(content)
        if kind == "native" and not PYTHON_2:
            return content
        if kind == "hexadecimal":
            try:
                return int(content, 16)
            except ValueError:
                pass
        if kind in ("native", "data"):
            try:
                return content.encode("latin-1")
            except UnicodeError:
                pass
        raise BadRequest("not a value: %s" % write_json(value))

    def _encode(self, value, identity, depth=0):
        """The value of the protocol that stands for an object, which is kept if it has no other."""
        if value is None or value is True or value is False:
            return value
        if isinstance(value, integer_types):
            value = int(value)
            return value if -LARGE < value < LARGE else {"hexadecimal": "%x" % value}
        if isinstance(value, float):
            return value if value - value == 0 else {"float": repr(float(value))}
        if isinstance(value, text_type):
            return {"text": text_type().join([value])}  # a derived class may have its own __str__
        if isinstance(value, bytes):
            return {"native" if PYTHON_2 else "data": value.decode("latin-1")}
        if depth < DEEPEST:
            encode = self._encode_each(identity, depth + 1)
            # Derived ones are as good: a list of named tuples is a list of tuples.
            if isinstance(value, list):
                return {"list": [encode(each) for each in value]}
            if isinstance(value, tuple):
                return {"tuple": [encode(each) for each in value]}
            if type(value) is dict:
                return {"dict": [[encode(key), encode(value[key])] for key in value]}
        self._objects[identity] = value
        described = {"object": identity, "type": class_names(class_of(value))}
        if isinstance(value, class_types):
            described["class"] = class_names(value)
        return described

    def _encode_each(self, identity, depth):
        """An encoder that gives each nested object a name of its own."""
        count = [0]

        def encode(value):
            count[0] += 1
            return self._encode(value, "%s.%d" % (identity, count[0]), depth)

        return encode

    def _describe_exception(self, error, identity):
        encode = self._encode_each(identity, 0)
        try:
            own = getattr(error, "__dict__", {})
            attributes = dict((name, own[name]) for name in own if not name.startswith("_"))
            for name in ("errno", "strerror"):
                if getattr(error, name, None) is not None:
                    attributes[name] = getattr(error, name)
            args = [encode(each) for each in getattr(error, "args", ())]
            attributes = dict((name, encode(attributes[name])) for name in sorted(attributes))
        except Exception:  # an exception may be so odd that it cannot be looked at
            args, attributes = [], {}
        return {
            "class": class_names(class_of(error)),
            "args": args,
            "attributes": attributes,
            "text": in_words(error),
        }


def part(step, name, kind, *default):
    """One part of a step, which must be of a kind, and must be there unless there is a default."""
    if name not in step and default:
        return default[0]
    if not isinstance(step.get(name), kind) or isinstance(step[name], bool):
        raise BadRequest(
            "step %s needs %r, of type %s, not %r" % (step["id"], name, kind.__name__, step.get(name))
        )
    return step[name]


def age(name):
    """The ids of objects are numbers, with those of objects inside behind a dot: 10 is younger than 9."""
    return [int(each) if each.isdigit() else -1 for each in name.split(".")]


def failure(kind, message):
    return {"failed": {"kind": kind, "message": text_type(message)}}


def place_of_failure(kind):
    """Where the exception that is being handled came from: in the setup, or in what was imported."""
    where, entry = "", sys.exc_info()[2]
    while entry is not None:
        file, module = entry.tb_frame.f_code.co_filename, entry.tb_frame.f_globals.get("__name__")
        if file == SETUP if kind == "setup" else not (is_ours(file) or module in IMPORTING):
            file = file if isinstance(file, text_type) else file.decode("utf-8", "replace")
            where = " (%s, line %d)" % (file, entry.tb_lineno)
        entry = entry.tb_next
    return where


def is_ours(file):
    """Whether a file of source code is the agent, or one beside it."""
    return os.path.dirname(file) == os.path.dirname(is_ours.__code__.co_filename)


def text_of(module, name):
    """An attribute of a module if it is text, else None: a module may be any object, and do anything."""
    try:
        value = getattr(module, name, None)
    except Exception:
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return text_type().join([value]) if isinstance(value, text_type) else None


def in_words(error):
    """What an exception says; an exception may fail even at that."""
    try:
        words = str(error)
    except Exception:
        return "(its text cannot be had)"
    return words if isinstance(words, text_type) else words.decode("latin-1")


def close_quietly(released):
    """Close what a case left open; modules and classes have a `close` that is meant otherwise."""
    # Jython's sys is no ModuleType, and to close it ends the interpreter's sockets.
    if released is sys or isinstance(released, class_types + (types.ModuleType,)):
        return
    try:
        released.close()
    except Exception:
        pass


def take_streams():  # pragma: no cover (in the agent's own process only)
    """Set the protocol's two streams aside, so that nothing else can read or write them."""
    try:
        source = os.fdopen(os.dup(0), "rb")
        sink = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
    except (AttributeError, NotImplementedError, OSError):
        # Jython has no dup: there, only the streams of sys can be kept apart.
        source = getattr(sys.stdin, "buffer", sys.stdin)
        sink = getattr(sys.stdout, "buffer", sys.stdout)
    sys.stdin = sys.__stdin__ = open(os.devnull)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = sys.stderr  # type: ignore[misc]
    return source, sink


def main():  # pragma: no cover (in the agent's own process only)
    source, sink = take_streams()
    agent = Agent()
    while not agent.stopped:
        line = source.readline()
        if not line:
            break
        sink.write(agent.answer_line(line) + b"\n")
        sink.flush()


if __name__ == "__main__":  # pragma: no cover (in the agent's own process only)
    main()
