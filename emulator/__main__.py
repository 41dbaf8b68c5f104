"""`python -m emulator --config FILE` serves the emulator until it is stopped."""

import argparse
import json
import sys
from pathlib import Path

from aiohttp import web

from .app import make_app
from .config import Config, ConfigError


def main() -> int:
    parser = argparse.ArgumentParser(prog="emulator", description="A stand-in for WeChat's servers and phones.")
    parser.add_argument("--config", type=Path, required=True, help="TOML or JSON, by suffix")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--host", default="127.0.0.1")
    wanted = parser.parse_args()
    try:
        config = Config.load(wanted.config)
    except (ConfigError, OSError, ValueError) as error:
        sys.stderr.write(f"emulator: {wanted.config}: {error}\n")
        return 2
    base = f"http://{wanted.host}:{wanted.port}"

    def announce(_: object) -> None:
        sys.stdout.write(json.dumps({"page": f"{base}/", "api": base, "control": f"{base}/sim/"}) + "\n")
        sys.stdout.flush()

    web.run_app(make_app(config), host=wanted.host, port=wanted.port, print=announce, access_log=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
