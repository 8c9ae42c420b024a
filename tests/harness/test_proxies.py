"""Proxies: what a case in Python sees of what happens in the implementation's interpreter."""

import http.client
import sys
from types import ModuleType

import pytest
from httplib_conformance.engine import Engine, Target
from httplib_conformance.evidence import Unsupported
from httplib_conformance.protocol import Observation, Program, Raised
from httplib_conformance.proxies import MissingName, Module, Proxy, Python, Session, WrongKind
from httplib_conformance.values import Native, Text

SECONDS = 60


class HTTPException(Exception):
    """Derives from no OSError, whatever its derived classes do."""


class BadLine(HTTPException):
    def __init__(self, line, more=None):
        super().__init__(line)
        self.line, self.more = line, more


class Timeout(Exception):
    pass


class Odd(HTTPException, Timeout, ConnectionResetError):
    """Its order of method resolution alone does not tell whose base is whose."""

    strange = property(lambda self: 1)


class Thing:
    def __init__(self, items=()):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value

    def __delitem__(self, index):
        del self.items[index]

    def __str__(self):
        return f"thing of {len(self.items)}"

    def __eq__(self, other):
        return isinstance(other, Thing) and self.items == other.items

    def __hash__(self):
        return 1

    def fail(self, error=BadLine):
        raise error("x")

    def speak(self):
        print("spoken")


class Special(Thing):
    pass


def make(*items):
    return Thing(items)


@pytest.fixture
def session(request, monkeypatch):
    module = ModuleType("tried_here")
    vars(module).update(vars(sys.modules[__name__]))
    monkeypatch.setitem(sys.modules, "tried_here", module)
    engine = Engine(Target(module="tried_here", in_process=True))
    with engine.case(SECONDS):
        yield Session(engine)
    engine.close()


@pytest.fixture
def httplib_(session):
    return Module(session, "tried_here")


@pytest.fixture
def python_(session):
    return Python(session)


# -- values and objects


def test_plain_values_are_plain(httplib_):
    assert httplib_.SECONDS == 60
    assert type(httplib_.make(1, b"x", "y").items) is list
    assert httplib_.make(1, b"x", "y", None, (1,)).items == [1, b"x", "y", None, (1,)]


def test_objects_in_containers_are_proxies(httplib_):
    inner = httplib_.make([httplib_.make(1)], {"a": httplib_.make(2)}, (httplib_.make(3),)).items
    assert [len(inner[0][0]), len(inner[1]["a"]), len(inner[2][0])] == [1, 1, 1]
    assert isinstance(inner[0][0], Proxy)


def test_attributes_and_items(httplib_):
    thing = httplib_.make(1, 2, 3)
    thing.name = "n"
    assert thing.name == "n"
    thing[0] = 7
    del thing[1]
    assert thing[0] == 7
    assert list(thing) == [7, 3]
    assert len(thing) == 2
    assert 3 in thing
    assert 2 not in thing
    assert thing[:1] == [7]
    assert str(thing) == "thing of 2"
    assert bool(thing)
    assert not httplib_.make()
    assert repr(thing) == f"<{__name__}.Thing object>"


def test_objects_are_equal_if_they_say_so(httplib_):
    one, same, other = httplib_.make(1), httplib_.make(1), httplib_.make(2)
    assert one == same
    assert one != other
    assert one != 1
    assert len({one, same}) == 2, "by what they stand for"


def test_classes(httplib_):
    special = httplib_.Special([1])
    assert isinstance(special, httplib_.Special)
    assert isinstance(special, httplib_.Thing)
    assert not isinstance(httplib_.make(), httplib_.Special)
    assert not isinstance(1, httplib_.Thing)
    assert issubclass(httplib_.Special, httplib_.Thing)
    assert not issubclass(httplib_.Thing, httplib_.Special)
    assert not issubclass(int, httplib_.Thing)
    assert not issubclass(special, httplib_.Thing), "it is no class"
    assert repr(httplib_.Special) == f"<class {__name__}.Special>"
    with pytest.raises(WrongKind, match="is not a class"):
        isinstance(special, httplib_.make())


def test_what_is_asked_of_any_object_is_not_for_the_agent(httplib_):
    for each in (httplib_, httplib_.make()):
        assert not hasattr(each, "__no_such__")
        assert not hasattr(each, "nope")
    assert repr(httplib_) == "<module tried_here>"


def test_a_missing_name_says_so(httplib_):
    with pytest.raises(MissingName, match="the module 'tried_here' has no name 'nope'"):
        httplib_.nope  # noqa: B018
    with pytest.raises(AttributeError) as caught:
        httplib_.make().nope  # noqa: B018
    assert not isinstance(caught.value, MissingName)


def test_prints(httplib_, python_):
    httplib_.make().speak()
    httplib_.make().speak()
    assert python_.take_printed() == "spoken\nspoken\n"
    assert python_.take_printed() == ""


def test_modules_and_definitions(python_):
    assert python_.module("os.path").sep == "/"
    assert python_.module("builtins").len((1, 2)) == 2
    assert python_.define("def double(x):\n    return 2 * x").double(4) == 8


def test_functions_of_the_runner_cannot_be_sent(httplib_):
    with pytest.raises(TypeError, match="cannot be sent to an agent"):
        httplib_.make(print)


def test_kinds_of_strings(httplib_):
    assert httplib_.make("native", Text("text"), b"data").items == ["native", "text", b"data"]
    assert (Native("a") == b"a", Native("a") == "a", Native("a") != b"b", b"a" in Native("bab")) == (
        True,
    ) * 4
    assert "a" in Native("a")
    assert 1 not in {Native("a"): 2}
    assert (1 in Native("1")) is False
    assert hash(Native("a")) == hash("a")


def test_release(session, httplib_):
    thing = httplib_.make()
    session.release()
    with pytest.raises(Exception, match="nothing is known as"):
        thing.speak()


def test_what_an_agent_does_not_support(session):
    class Poor:
        def run(self, program):
            return [Observation(step["id"], unsupported="no such step") for step in program.steps]

    with pytest.raises(Unsupported, match="no such step"):
        Python(Session(Poor())).module("os")


# -- exceptions


def test_an_exception_is_caught_as_the_implementations_class(httplib_):
    thing = httplib_.make()
    with pytest.raises(httplib_.BadLine) as caught:
        thing.fail()
    assert caught.value.args == ("x",)
    assert caught.value.line == "x"
    assert caught.value.more is None
    assert type(caught.value) is httplib_.BadLine
    assert repr(httplib_.BadLine) == f"<class {__name__}.BadLine>"
    with pytest.raises(httplib_.HTTPException):
        thing.fail()
    with pytest.raises(Exception, match="x"):
        thing.fail()


def test_an_exception_that_was_raised_before_its_class_was_looked_at(httplib_):
    try:
        httplib_.make().fail()
    except httplib_.HTTPException as error:
        assert isinstance(error, httplib_.BadLine)  # noqa: PT017 (that is how cases are written)
    else:
        pytest.fail("nothing was raised")


def test_hierarchies(httplib_):
    assert issubclass(httplib_.BadLine, httplib_.HTTPException)
    assert not issubclass(httplib_.HTTPException, httplib_.BadLine)
    assert issubclass(httplib_.HTTPException, Exception)
    assert not issubclass(httplib_.BadLine, OSError)


@pytest.mark.parametrize("raised_first", [True, False])
def test_several_bases(httplib_, raised_first):
    """A base of a class is not taken for a base of the class's other bases."""
    thing = httplib_.make()
    if raised_first:
        with pytest.raises(ConnectionResetError) as caught:
            thing.fail(httplib_.Odd)
        assert isinstance(caught.value, httplib_.HTTPException)
        assert isinstance(caught.value, httplib_.Timeout)
    assert issubclass(httplib_.Odd, httplib_.HTTPException)
    assert issubclass(httplib_.Odd, httplib_.Timeout)
    assert issubclass(httplib_.Odd, OSError)
    assert not issubclass(httplib_.HTTPException, httplib_.Timeout)
    assert not issubclass(httplib_.HTTPException, OSError)
    assert not issubclass(httplib_.Timeout, OSError)


def test_several_bases_seen_only_from_what_was_raised(session, httplib_):
    define = "from tried_here import Odd\ndef fail(): raise Odd('x')"
    made = Python(session).define(define)
    with pytest.raises(ConnectionResetError) as caught:
        made.fail()
    assert not issubclass(httplib_.HTTPException, OSError)
    assert isinstance(caught.value, httplib_.HTTPException)


def test_bases_that_cannot_be_asked_for_are_taken_as_they_stand(session):
    made = Python(session).define(
        "def fail():\n"
        "    class Base(Exception): pass\n"
        "    class Other(Exception): pass\n"
        "    class Error(Base, Other): pass\n"
        "    raise Error('x')"
    )
    with pytest.raises(Exception, match="x") as caught:
        made.fail()
    assert [cls.__name__ for cls in type(caught.value).__mro__[:3]] == ["Error", "Base", "Other"]


def test_the_class_of_remote_disconnected():
    """It is a BadStatusLine and a ConnectionResetError, and the two have nothing to do with each other."""
    engine = Engine(Target(module="http.client", in_process=True))
    with engine.case(SECONDS):
        client = Module(Session(engine), "http.client")
        with pytest.raises(client.RemoteDisconnected) as caught:
            Python(client._session).define(
                "import http.client\ndef fail(): raise http.client.RemoteDisconnected('gone')"
            ).fail()
        assert isinstance(caught.value, client.BadStatusLine)
        assert isinstance(caught.value, ConnectionResetError)
        assert not issubclass(client.BadStatusLine, ConnectionError)
        assert http.client.RemoteDisconnected not in type(caught.value).__mro__
    engine.close()


def test_making_an_exception(httplib_):
    """To call a mirrored class makes an instance over there."""
    made = httplib_.BadLine("x", more=1)
    assert isinstance(made, Proxy)
    assert (made.line, made.more) == ("x", 1)


def test_making_an_exception_of_a_class_that_was_only_seen_raised(httplib_):
    with pytest.raises(Exception, match="x") as caught:
        httplib_.make().fail()
    assert type(caught.value)("y", more=2).more == 2
    assert isinstance(type(caught.value).__mro__[1]("z"), Proxy)


def test_exceptions_of_python_are_pythons_own(httplib_):
    with pytest.raises(IndexError):
        httplib_.make()[3]
    with pytest.raises(TypeError):
        httplib_.make().fail(7)


@pytest.fixture
def raise_it():
    """Returns a function that has a session raise what an agent told of."""

    def run(*names, **attributes):
        class Told:
            def run(self, program):
                raised = Raised(names, ("a",), attributes, "a")
                return [Observation(step["id"], raised=raised) for step in program.steps]

        def add(program: Program) -> str:
            return program.import_("x")

        Session(Told()).run(add)

    return run


def test_exceptions_of_python_2(raise_it):
    with pytest.raises(OSError, match="a"):
        raise_it("socket.error", "exceptions.IOError", "exceptions.StandardError", "exceptions.Exception")
    with pytest.raises(TimeoutError):
        raise_it("socket.timeout", "socket.error", "exceptions.IOError", "exceptions.Exception")
    with pytest.raises(ValueError, match="a"):
        raise_it(
            "exceptions.ValueError", "exceptions.StandardError", "exceptions.Exception", "__builtin__.object"
        )
    with pytest.raises(Exception, match="a") as caught:
        raise_it(
            "httplib.HTTPException", "exceptions.Exception", "exceptions.BaseException", "__builtin__.object"
        )
    assert type(caught.value).__name__ == "HTTPException"
    with pytest.raises(Exception, match="a") as caught:
        raise_it("m.E", "exceptions.StandardError", "exceptions.Exception")
    assert [cls.__name__ for cls in type(caught.value).__mro__[:3]] == ["E", "StandardError", "Exception"]


def test_an_exception_whose_first_base_cannot_make_it(raise_it):
    bases = "exceptions.ValueError", "exceptions.IOError", "exceptions.EnvironmentError"
    with pytest.raises(ValueError, match="a") as caught:
        raise_it("io.UnsupportedOperation", *bases, "exceptions.StandardError", "exceptions.Exception")
    assert (type(caught.value).__name__, isinstance(caught.value, OSError)) == ("UnsupportedOperation", True)


def test_an_attribute_that_cannot_be_set_is_left_out(raise_it):
    with pytest.raises(UnicodeError) as caught:
        raise_it("builtins.UnicodeError", "builtins.ValueError", "builtins.Exception", __class__=1, other=2)
    assert caught.value.other == 2


def test_an_exception_keeps_what_it_was(raise_it):
    with pytest.raises(OSError, match="a") as caught:
        raise_it("builtins.OSError", "builtins.Exception", errno=7)
    assert caught.value.errno == 7
    assert caught.value.__remote__.text == "a"
    assert caught.value.args == ("a",)
