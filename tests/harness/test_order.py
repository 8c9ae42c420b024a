"""The order of the cases: that of the files, or another one that a seed makes."""

import re

import pytest

NAMES = [f"case-{letter}" for letter in "abcdefgh"]


@pytest.fixture
def order_of(command, write_cases, tmp_path):
    """Returns a function that runs cases, and gives the order in which they ran."""
    told = tmp_path / "told"
    command.use(
        write_cases(
            "\n".join(
                f"@case({name!r}, 'module.name')\n"
                f"def test_{number}(httplib):\n"
                f"    with open({str(told)!r}, 'a') as told:\n"
                f"        told.write('{name} ')\n"
                for number, name in enumerate(NAMES)
            )
        )
    )

    def run(*args):
        told.write_text("")
        ran = command("run", *args)
        assert ran.exit_code == 0, ran.output
        return told.read_text().split(), ran.stdout

    return run


def test_the_usual_order(order_of):
    order, told = order_of()
    assert order == NAMES
    assert "shuffled" not in told


def test_a_seed_makes_another_order(order_of):
    order, told = order_of("--shuffle", 27)
    assert order != NAMES
    assert sorted(order) == NAMES
    assert "order           shuffled with the seed 27\n" in told
    assert order_of("--shuffle", 27)[0] == order
    assert order_of("--shuffle", 28)[0] != order


def test_the_order_stays_when_cases_are_left_out(order_of):
    order = order_of("--shuffle", 27)[0]
    some = [name for name in order if name[-1] in "bdeg"]
    selected = [arg for name in some for arg in ("--case", name)]
    assert order_of("--shuffle", 27, *selected)[0] == some


def test_a_seed_may_be_drawn(order_of):
    order, told = order_of("--shuffle", "random")
    (seed,) = re.findall(r"shuffled with the seed (\d+)\n", told)
    assert order_of("--shuffle", seed)[0] == order


def test_with_several_jobs(order_of):
    order, told = order_of("--shuffle", 27, "--jobs", 2)
    assert sorted(order) == NAMES
    assert "shuffled with the seed 27\n" in told


def test_what_is_no_seed(command):
    ran = command("run", "--shuffle", "often")
    assert ran.exit_code == 2
    assert "the seed 'often' is neither a number nor 'random'" in ran.stderr
