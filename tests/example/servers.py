"""nginx and Caddy from Debian, unpacked below target/example: nothing is installed, no service is started."""

import os
import shutil
import socket
import subprocess
import time

from deployment import PROJECT

DIRECTORY = PROJECT / "target" / "example" / "servers"
PACKAGES = ["nginx", "libnginx-mod-http-brotli-static", "caddy"]


def prepare():
    """Fetches the packages, once."""
    if (DIRECTORY / "complete").exists():
        return
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    DIRECTORY.mkdir(parents=True)
    download = ["apt-get", "download", "--quiet", *PACKAGES]
    if subprocess.run(download, cwd=DIRECTORY, capture_output=True).returncode != 0:
        subprocess.run(["apt-get", "update", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(download, cwd=DIRECTORY, check=True, stdout=subprocess.DEVNULL)
    for package in DIRECTORY.glob("*.deb"):
        subprocess.run(["dpkg-deb", "--extract", package, DIRECTORY], check=True)
    (DIRECTORY / "complete").touch()


class Server:
    """A server on a port of its own, with `configuration`, in which PORT and ROOT are replaced."""

    def __init__(self, root, scratch):
        scratch.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = scratch / "log"
        self.scratch = scratch
        file = scratch / "configuration"
        values = {"PORT": self.port, "ROOT": root, "SCRATCH": scratch, "PACKAGES": DIRECTORY}
        text = self.configuration
        for name, value in values.items():
            text = text.replace(name, str(value))
        file.write_text(text)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command(file), stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "HOME": str(scratch)}
            )

    def __enter__(self):
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)


class Nginx(Server):
    # Debian's nginx runs its workers as www-data, who cannot look into pytest's directories.
    configuration = """
        daemon off;
        USER
        worker_processes 1;
        pid SCRATCH/pid;
        error_log stderr;
        load_module PACKAGES/usr/lib/nginx/modules/ngx_http_brotli_static_module.so;
        events {}
        http {
            access_log off;
            client_body_temp_path SCRATCH/body;
            proxy_temp_path SCRATCH/proxy;
            fastcgi_temp_path SCRATCH/fastcgi;
            uwsgi_temp_path SCRATCH/uwsgi;
            scgi_temp_path SCRATCH/scgi;
            server {
                listen 127.0.0.1:PORT;
                location /static/ {
                    alias ROOT/;
                    include ROOT/.staticfiles.headers.nginx;
                    add_header X-Site own;
                }
            }
        }
    """.replace("USER", "user root;" if os.geteuid() == 0 else "")

    @staticmethod
    def cannot_name(name):
        return False

    def command(self, file):
        return [DIRECTORY / "usr/sbin/nginx", "-e", "stderr", "-p", self.scratch, "-c", file]


class Caddy(Server):
    configuration = """
        {
            admin off
            auto_https off
        }
        http://127.0.0.1:PORT {
            handle_path /static/* {
                root * ROOT
                import ROOT/.staticfiles.headers.caddy
                header X-Site own
            }
        }
    """

    @staticmethod
    def cannot_name(name):
        return "\\" in name

    def command(self, file):
        return [DIRECTORY / "usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", file]
