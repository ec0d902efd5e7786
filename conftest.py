pytest_plugins = ["tests.covering", "tests.databases"]
