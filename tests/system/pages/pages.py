"""What the tests of pages share: playwright-core from npm, once a build folder, and scripts that drive Debian's Chromium."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from hubbub import PROGRAM, ROOT  # noqa: E402  (what the system tests share)


def browser_folder():
    folder = os.path.join(os.path.dirname(os.path.dirname(PROGRAM)), "npm-pages")
    os.makedirs(folder, exist_ok=True)
    for file in (ROOT / "tests/system/pages").iterdir():
        if file.suffix in (".mjs", ".json"):
            shutil.copy(file, folder)
    if not os.path.isdir(os.path.join(folder, "node_modules", "playwright-core")):
        assert shutil.which("npm"), "npm is needed: apt-get install npm"
        subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=300)
    return folder


def drive(script, *arguments, timeout=180):
    """Runs one of the scripts; raises when it finds something wrong."""
    subprocess.run(["node", os.path.join(browser_folder(), script), *map(str, arguments)], check=True, timeout=timeout)
