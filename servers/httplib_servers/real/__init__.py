"""Real servers on loopback, each started from its package, on a free port, and stopped again.

    recipe = find("nginx")
    with recipe.start() as server:
        ...  # talk to server.host, server.port
    recipe.version()

All serve the same small site (sites/small_site.py). Nothing here depends on their being installed: a server
that is missing is `Missing`, with a sentence that says what to install.
"""

from httplib_servers.real.process import CannotStart
from httplib_servers.real.recipe import RECIPES, Missing, Recipe, Running, find

__all__ = ["RECIPES", "CannotStart", "Missing", "Recipe", "Running", "find"]
