"""The command line: `python -m benchmarks [NAME …]`."""

import argparse
import importlib
import pkgutil
import sys
from types import ModuleType

import benchmarks


def discover() -> dict[str, ModuleType]:
    """Return the benchmarks by name: each module of this package that has a `run`."""
    found = {}
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"benchmarks.{module.name}")
            if hasattr(loaded, "run"):
                found[module.name.replace("_", "-")] = loaded
    return dict(sorted(found.items()))


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks that are named, or all; return the exit status."""
    found = discover()
    lines = [f"  {name:18} {(one.__doc__ or '').splitlines()[0]}" for name, one in found.items()]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the desk.",
        epilog="benchmarks:\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run (default: all)")
    names = [name.replace("_", "-") for name in parser.parse_args(arguments).names]
    unknown = [name for name in names if name not in found]
    if unknown:
        print(
            f"There is no benchmark {unknown[0]!r}; there are {', '.join(found)}.", file=sys.stderr
        )
        return 2
    if not names:
        names = [name for name, one in found.items() if not getattr(one, "BY_NAME_ONLY", False)]
    for name in names:
        print(f"== {name}: {(found[name].__doc__ or '').splitlines()[0]}\n", flush=True)
        found[name].run()
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
