"""Builds the example's Dockerfiles with buildah, without a Docker engine, and runs the checklist inside the images.

    python3 tests/example/run.py docker

Needs root, and Debian's buildah and debootstrap; Debian 13 stands in for the images of Node and Python. All of it is
below target/docker, or in the directory that HASHSTATIC_DOCKER_DIR names, such as one in memory: some 4 GB.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from deployment import EXAMPLE, IGNORED, ORIGINS, PROJECT, SECRET_KEY

TARGET = Path(os.environ.get("HASHSTATIC_DOCKER_DIR", PROJECT / "target" / "docker")).resolve()
RUST = "/opt/rust"
PACKAGES = "python3 python3-venv python-is-python3 nodejs npm"
SETTINGS = [
    f"--env=SECRET_KEY={SECRET_KEY}",
    f"--env=CSRF_TRUSTED_ORIGINS={ORIGINS}",
    "--env=ALLOWED_HOSTS=example.com",
]
BUILDAH = [
    "buildah",
    f"--root={TARGET / 'store'}",
    f"--runroot={TARGET / 'run'}",
    "--storage-driver=vfs",
]


def buildah(*arguments):
    return subprocess.run([*BUILDAH, *map(str, arguments)], capture_output=True, text=True)


def build(tag, context, *arguments):
    bases = [f"--build-arg={name}=localhost/base" for name in ("NODE_IMAGE", "PYTHON_IMAGE")]
    bases.append("--build-arg=HASHSTATIC_IMAGE=localhost/hashstatic")
    return buildah("bud", "--format=docker", "--isolation=chroot", *bases, *arguments, "--tag", tag, context)


def built(*arguments):
    result = build(*arguments)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


def make_base(scratch):
    """Debian with Python, Node and the certificates of this machine."""
    root = TARGET / "debian"
    if not (root / "usr/bin/npm").exists():
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", "--include=ca-certificates", "trixie", root],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        shutil.copy("/etc/resolv.conf", root / "etc")
        local = "usr/local/share/ca-certificates"
        shutil.copytree(f"/{local}", root / local, dirs_exist_ok=True)
        install = f"update-ca-certificates && apt-get update && apt-get install -y --no-install-recommends {PACKAGES}"
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["chroot", root, "sh", "-c", install], check=True, stdout=subprocess.DEVNULL, env=environment)
    (scratch / "Base").write_text("FROM scratch\nADD debian /\n")
    built("base", TARGET, f"--file={scratch / 'Base'}")


def make_hashstatic(scratch):
    """The Dockerfile of the project. Debian 13's Rust is too old: this machine's is a volume of the image of Rust."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()
    (scratch / "Rust").write_text(f"FROM localhost/base\nENV PATH={RUST}/bin:$PATH\n")
    built("rust", scratch, f"--file={scratch / 'Rust'}")
    built("hashstatic", PROJECT, "--build-arg=RUST_IMAGE=localhost/rust", f"--volume={sysroot}:{RUST}:ro")


def run(image, *command):
    container = buildah("from", image).stdout.strip()
    try:
        return buildah("run", "--isolation=chroot", *SETTINGS, container, *command)
    finally:
        buildah("rm", container)


def check(image):
    checked = run(image, "/app/deploy-check.sh")
    print(image, checked.stdout, sep="\n", end="", flush=True)
    assert checked.returncode == 0, checked.stderr
    who = run(image, "sh", "-c", "id -u; touch /app/x")
    assert who.stdout == "10001\n", who.stdout
    assert "Permission denied" in who.stderr, who.stderr


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET) as directory:
        scratch = Path(directory)
        make_base(scratch)
        make_hashstatic(scratch)
        context = scratch / "context"
        shutil.copytree(EXAMPLE, context, ignore=IGNORED)

        built("meadow", context)
        check("meadow")
        built("meadow-collectstatic", context, f"--file={context / 'Dockerfile.collectstatic'}")
        check("meadow-collectstatic")

        css = context / "frontend/input.css"
        text = css.read_text()
        css.write_text(text + "\n.release-2 { order: 2; }\n")
        built("meadow-2", context, "--build-arg=PREVIOUS=localhost/meadow")
        check("meadow-2")
        listed = run("meadow-2", "sh", "-c", "ls ../staticfiles/css/output.*.css").stdout.split()
        assert len(listed) == 2, listed

        css.write_text(text.replace("leaf.svg", "laef.svg"))
        failed = build("broken", context)
        assert failed.returncode != 0
        assert '"../img/laef.svg" resolves to img/laef.svg' in failed.stderr + failed.stdout
        print("a misspelt url() stops the image")
        package = context / "package.json"
        package.write_text(package.read_text().replace("postcss frontend", "true frontend"))
        dockerfile = context / "Dockerfile"
        command = "RUN npm run build:css"
        dockerfile.write_text(dockerfile.read_text().replace(command, f"{command} && mkdir -p static/css"))
        failed = build("broken", context)
        assert failed.returncode != 0
        assert "error: css/output.css: required, but in no source root" in failed.stderr + failed.stdout
        print("a Tailwind that never ran stops the image")
        print(buildah("images").stdout, end="")


if __name__ == "__main__":
    main()
