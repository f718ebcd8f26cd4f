"""What the tests with peers from npm share: a folder of each in the build folder, installed once for each package.json."""
import os
import shutil
import subprocess

from hubbub import PROGRAM, ROOT


def npm_folder(name):
    """Scripts and package.json of tests/system/NAME, with what they need beside them: the folder's path."""
    source = ROOT / "tests/system" / name
    folder = os.path.join(os.path.dirname(os.path.dirname(PROGRAM)), "npm-" + name)
    os.makedirs(folder, exist_ok=True)
    wanted = (source / "package.json").read_text()
    done = os.path.join(folder, "installed.json")  # a copy of what was installed: written when all of it is there
    if not os.path.exists(done) or open(done).read() != wanted:
        shutil.copy(source / "package.json", folder)
        assert shutil.which("npm"), "npm is needed: apt-get install npm"
        subprocess.run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True, timeout=300)
        with open(done, "w") as file:
            file.write(wanted)
    for script in source.iterdir():
        if script.suffix in (".mjs", ".js"):
            shutil.copy(script, folder)
    return folder
