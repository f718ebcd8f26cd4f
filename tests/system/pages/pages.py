"""What the tests of pages share: playwright-core from npm, once a build folder, and scripts that drive Debian's Chromium."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from hubbub import PROGRAM  # noqa: E402,F401  (what the system tests share)
from npm import npm_folder  # noqa: E402


def drive(script, *arguments, timeout=180):
    """Runs one of the scripts; raises when it finds something wrong."""
    subprocess.run(["node", os.path.join(npm_folder("pages"), script), *map(str, arguments)], check=True, timeout=timeout)
