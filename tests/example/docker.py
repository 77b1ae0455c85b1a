"""Builds the example's Dockerfiles with buildah, without a Docker engine, and runs the checklist inside the images.

    python3 tests/example/run.py docker

Needs root, and Debian's buildah and debootstrap; Debian 13 stands in for the images of Node and Python. All of it is
below target/docker, or in the directory that HASHSTATIC_DOCKER_DIR names, such as one in memory: some 4 GB.
Where the kernel mounts no overlays there, STORAGE_DRIVER=vfs does with copies, slowly.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from deployment import EXAMPLE, IGNORED, ORIGINS, PROJECT, SECRET_KEY, runs

HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("HASHSTATIC_DOCKER_DIR", PROJECT / "target" / "docker")).resolve()
RUST = "/opt/rust"
PACKAGES = "python3 python3-venv python-is-python3 nodejs npm"
DOCKERFILES = ["Dockerfile", "Dockerfile.collectstatic"]
BROTLI = "brotli==1.2.1"
SETTINGS = [
    f"--env=SECRET_KEY={SECRET_KEY}",
    f"--env=CSRF_TRUSTED_ORIGINS={ORIGINS}",
    "--env=ALLOWED_HOSTS=example.com",
]
BUILDAH = [
    "buildah",
    f"--root={TARGET / 'store'}",
    f"--runroot={TARGET / 'run'}",
    f"--storage-driver={os.environ.get('STORAGE_DRIVER', 'overlay')}",
]


def buildah(*arguments):
    # The cache mounts are in the temporary directory, under the name of the path they are mounted at: another clone's
    # would be taken for ours.
    environment = {**os.environ, "TMPDIR": str(TARGET / "tmp")}
    return subprocess.run([*BUILDAH, *map(str, arguments)], capture_output=True, text=True, env=environment)


def build(tag, context, *arguments):
    bases = [f"--build-arg={name}=localhost/base" for name in ("NODE_IMAGE", "PYTHON_IMAGE")]
    bases.append("--build-arg=HASHSTATIC_IMAGE=localhost/hashstatic")
    options = ["--format=docker", "--isolation=chroot", "--layers", "--force-rm"]
    return buildah("bud", *options, *bases, *arguments, "--tag", tag, context)


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
    (scratch / "Rust").write_text(f"FROM localhost/base\nENV PATH={RUST}/bin:$PATH CARGO_HOME=/usr/local/cargo\n")
    built("rust", scratch, f"--file={scratch / 'Rust'}")
    volume = f"--volume={sysroot}:{RUST}:ro"
    built("hashstatic", PROJECT, "--no-cache", "--build-arg=RUST_IMAGE=localhost/rust", volume)


def run(image, *command, options=()):
    container = buildah("from", image).stdout.strip()
    try:
        return buildah("run", "--isolation=chroot", *SETTINGS, *options, container, *command)
    finally:
        buildah("rm", container)


def check(image):
    checked = run(image, "/app/deploy-check.sh")
    print(image, checked.stdout, sep="\n", end="", flush=True)
    assert checked.returncode == 0, checked.stderr
    who = run(image, "sh", "-c", "id -u; touch /app/x")
    assert who.stdout == "10001\n", who.stdout
    assert "Permission denied" in who.stderr, who.stderr


def replace(file, old, new):
    text = file.read_text()
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new))


def check_faults(scratch):
    """What is missing, empty or misspelt stops the image of either Dockerfile, and the message names the file."""
    faults = {  # with the message of each Dockerfile: the second asks Django first
        # The css stage is left out, as nothing asks for it: no Node runs.
        "without Node": (
            "Dockerfile",
            "COPY --from=css /app/static/css",
            "# COPY --from=css /app/static/css",
            "error: css/output.css: required, but in no source root",
            "error: css/output.css: required, but not in the manifest or not there",
        ),
        "an empty output.css": (
            "package.json",
            "postcss frontend/input.css --output static/css/output.css",
            "mkdir -p static/css && : > static/css/output.css",
            "error: css/output.css: required, but empty",
            "error: css/output.css: required, but empty",
        ),
        "a misspelt url()": (
            "frontend/input.css",
            "leaf.svg",
            "laef.svg",
            '"../img/laef.svg" resolves to img/laef.svg, which is not in any source root',
            "'css/output.css' contains this reference 'url(../img/laef.svg)'",
        ),
    }
    for dockerfile in DOCKERFILES:
        for fault, (file, old, new, *messages) in faults.items():
            context = scratch / "broken"
            shutil.copytree(EXAMPLE, context, ignore=IGNORED)
            replace(context / (dockerfile if file == "Dockerfile" else file), old, new)
            failed = build("broken", context, f"--file={context / dockerfile}")
            said = failed.stdout + failed.stderr
            assert failed.returncode != 0, f"{dockerfile}, {fault}: was built"
            message = messages[DOCKERFILES.index(dockerfile)]
            assert message in said, f"{dockerfile}, {fault}: {said[-2000:]}"
            assert ("npm run" in said) == (fault != "without Node"), said[-2000:]
            assert buildah("inspect", "--type=image", "broken").returncode != 0, "a half-made image is left"
            left = buildah("containers", "--quiet").stdout
            assert left == "", f"{dockerfile}, {fault}: containers are left: {left}"
            shutil.rmtree(context)
            line = next(line.strip() for line in said.splitlines() if message in line)
            print(f"{dockerfile}, {fault}: stopped by\n        {line}", flush=True)


def layers(image):
    """The bytes of its layers, as they are unpacked."""
    manifest = json.loads(buildah("inspect", "--type=image", "--format={{.Manifest}}", image).stdout)
    return [layer["size"] for layer in manifest["layers"]]


def static_root(image):
    """Its files, their bytes, and their bytes with hard links counted once."""
    container = buildah("from", image).stdout.strip()
    try:
        root = Path(buildah("mount", container).stdout.strip()) / "app/staticfiles"
        found = [path.stat() for path in root.rglob("*") if path.is_file()]
    finally:
        buildah("rm", container)
    once = {status.st_ino: status.st_size for status in found}
    return len(found), sum(status.st_size for status in found), sum(once.values())


def sizes(context, scratch):
    """The rows of the table: the image of the Dockerfile with other options of `hashstatic build`."""
    rows = []
    base = sum(layers("base"))
    for number, options in enumerate(("--keep-only-hashed", "--link-mode hardlink", "--link-mode copy")):
        file = scratch / "Dockerfile.sizes"
        shutil.copy(context / "Dockerfile", file)
        if number == 0:
            image = "meadow"
        else:
            image = "meadow-sizes"
            replace(file, "--keep-only-hashed", options)
            built(image, context, f"--file={file}")
            check(image)
        whole = sum(layers(image))
        rows.append((options, whole, whole - base, *static_root(image)))
        if number > 0:
            buildah("rmi", image)
    hashed, links, copies = rows
    assert hashed[3] < links[3] == copies[3], rows
    assert hashed[4] < links[4] == copies[4], rows
    assert links[5] < links[4] and copies[5] == copies[4], f"the image has lost the hard links: {rows}"
    return rows


def seconds():
    """What static_step.py has to say. WhiteNoise compresses with Brotli where its package is there."""
    command = runs("Dockerfile", "static")[0].partition("&&")[0].strip()
    script = f"pip install --quiet {BROTLI} && cd /app && python /static_step.py '{command}'"
    options = ["--user=root", f"--volume={HERE / 'static_step.py'}:/static_step.py:ro"]
    timed = run("meadow-collectstatic", "sh", "-c", script, options=options)
    assert timed.returncode == 0, timed.stderr[-2000:]
    return json.loads(timed.stdout.splitlines()[-1])


def report(rows, timed):
    print("\nThe image of Dockerfile, in bytes; the base is Debian 13 with Python and Node")
    print(f"{'hashstatic build …':22} {'image':>13} {'over the base':>13} {'static root: files':>19} {'bytes':>10} "
          f"{'links once':>10}")  # fmt: skip
    for options, whole, own, files, total, once in rows:
        print(f"{options:22} {whole:13,} {own:13,} {files:19,} {total:10,} {once:10,}")
    turns = len(next(iter(timed["seconds"].values())))
    print(f"\nThe static step inside the image, {timed['assets']} assets, seconds: median of {turns}, least, most")
    for label, taken in timed["seconds"].items():
        root = timed["roots"][label]
        print(f"{label:29} {statistics.median(taken):7.2f} {min(taken):7.2f} {max(taken):7.2f}"
              f"   {root['files']:,} files of {root['bytes']:,} bytes")  # fmt: skip
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors, load {load}")


def main():
    (TARGET / "tmp").mkdir(parents=True, exist_ok=True)
    buildah("rm", "--all")  # what an interrupted run has left
    with tempfile.TemporaryDirectory(dir=TARGET) as directory:
        scratch = Path(directory)
        make_base(scratch)
        make_hashstatic(scratch)
        context = scratch / "context"
        shutil.copytree(EXAMPLE, context, ignore=IGNORED)

        for image, dockerfile in zip(("meadow", "meadow-collectstatic"), DOCKERFILES, strict=True):
            # Every step runs once; the builds after these take from their layers what is the same.
            built(image, context, "--no-cache", f"--file={context / dockerfile}")
            check(image)
        check_faults(scratch)
        rows = sizes(context, scratch)
        timed = seconds()

        css = context / "frontend/input.css"
        css.write_text(css.read_text() + "\n.release-2 { order: 2; }\n")
        built("meadow-2", context, "--build-arg=PREVIOUS=localhost/meadow")
        check("meadow-2")
        listed = run("meadow-2", "sh", "-c", "ls ../staticfiles/css/output.*.css").stdout.split()
        assert len(listed) == 2, listed
        pruned = buildah("rmi", "--prune", "--force")  # the layers that the next run would not take, either
        assert pruned.returncode == 0, pruned.stderr
        print(buildah("images").stdout, end="")
        report(rows, timed)


if __name__ == "__main__":
    main()
