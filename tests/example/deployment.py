"""The stages of the example's Dockerfile, run without Docker in a copy of the example."""

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = PROJECT / "examples" / "django-docker"
# What .dockerignore leaves out.
IGNORED = shutil.ignore_patterns(".env", "__pycache__", "db.sqlite3", "node_modules", "output.css", "staticfiles")
SCRIPTS = Path(sysconfig.get_path("scripts"))
ORIGINS = "https://example.com,https://www.example.com"
# As many and as various characters as `check --deploy` wants.
SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def instructions(dockerfile, stage):
    """The instructions of a stage, each on one line, without mounts."""
    text = (EXAMPLE / dockerfile).read_text()
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M)
    text = re.sub(r"\\\n\s*", " ", text)
    text = re.sub(r" --mount=\S+", "", text)
    _, _, after = text.partition(f" AS {stage}\n")
    return re.split(r"^FROM ", after, maxsplit=1, flags=re.M)[0].strip().splitlines()


def runs(dockerfile, stage):
    """The command lines that a stage runs."""
    return [line.removeprefix("RUN").strip() for line in instructions(dockerfile, stage) if line.startswith("RUN ")]


class Deployment:
    """`app` is what is /app in the images."""

    def __init__(self, directory):
        self.directory = directory
        self.app = directory / "app"
        shutil.copytree(EXAMPLE, self.app, ignore=IGNORED)
        # What the static stage finds in its PATH: no Python, no Node.
        self.bin = directory / "bin"
        self.bin.mkdir()
        (self.bin / "hashstatic").symlink_to(SCRIPTS / "hashstatic")
        self.static_root = self.app / "staticfiles"

    def build_css(self):
        """The Node stage."""
        for command in runs("Dockerfile", "css"):
            subprocess.run(command, shell=True, cwd=self.app, check=True, capture_output=True)

    def build_static(self):
        """The static stage, in the environment that it has: the completed process."""
        (command,) = runs("Dockerfile", "static")
        packages = "/venv/lib/python3.13/site-packages"
        assert packages in command
        command = command.replace(packages, sysconfig.get_path("purelib")).replace("/cache", f"{self.directory}/cache")
        environment = {"PATH": str(self.bin)}
        return subprocess.run(["/bin/sh", "-c", command], cwd=self.app, env=environment, capture_output=True, text=True)

    def environment(self, **changes):
        """What the production stage and docker-compose.prod.yml set. None takes a variable away."""
        environment = {
            "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "DATABASE_PATH": str(self.directory / "db.sqlite3"),
            "SECRET_KEY": SECRET_KEY,
            "CSRF_TRUSTED_ORIGINS": ORIGINS,
            "ALLOWED_HOSTS": "example.com,www.example.com",
            **changes,
        }
        return {name: value for name, value in environment.items() if value is not None}

    def run(self, *command, **changes):
        """Runs a command in the production stage."""
        command = [*map(str, command)]
        environment = self.environment(**changes)
        return subprocess.run(command, cwd=self.app / "src", env=environment, capture_output=True, text=True)

    def serve(self, **changes):
        return Server(self, self.environment(**changes))


class Server:
    """gunicorn, as the image starts it, on a port of its own."""

    def __init__(self, deployment, environment):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (arguments,) = (
            re.findall(r'"(.*?)"', line)
            for line in instructions("Dockerfile", "production")
            if line.startswith('CMD ["gunicorn"')
        )
        arguments[arguments.index("0.0.0.0:8000")] = f"127.0.0.1:{self.port}"
        self.log = deployment.directory / "gunicorn.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [str(SCRIPTS / arguments[0]), *arguments[1:]],
                cwd=deployment.app / "src",
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self):
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)


def main(directory):
    """Builds the example in `directory`, and checks the deployment."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    deployment = Deployment(directory)
    deployment.build_css()
    built = deployment.build_static()
    print(built.stdout, built.stderr, sep="", end="")
    if built.returncode != 0:
        return built.returncode
    checked = deployment.run(deployment.app / "deploy-check.sh")
    print(checked.stdout, checked.stderr, sep="", end="")
    return checked.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
