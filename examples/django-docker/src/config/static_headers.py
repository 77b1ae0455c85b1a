"""How long browsers and the CDN may keep static files."""

from collections.abc import MutableMapping

YEAR = 365 * 24 * 60 * 60

# Also the hashed names of earlier generations, which the manifest no longer has.
IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}(\.[^./]+)?$"


def add_headers(headers: MutableMapping[str, str], path: str, url: str) -> None:
    """For WhiteNoise, which says ten years itself. What has no hash in its name is asked for again after a minute."""
    immutable = headers["Cache-Control"].endswith("immutable")
    headers["Cache-Control"] = f"max-age={YEAR}, public, immutable" if immutable else "max-age=60, public"
