"""Output depends on inputs and options alone."""

import os
import random
import shutil

import pytest
from harness import build, tree

MODES = [(), ("--django-exact",), ("--keep-only-hashed",), ("--minify", "full")]


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
@pytest.mark.parametrize("name", ["Django", "jquery-ui-dist"])
def test_the_same_bytes_for_any_number_of_threads_and_order_of_files(name, mode, corpora, tmp_path):
    outputs = []
    for jobs, seed in [(1, None), (8, None), (2, 1)]:
        source = corpora[name]
        if seed is not None:
            source = shuffled(source, tmp_path / "shuffled", seed)
        out = tmp_path / f"out-{jobs}"
        build(source, "-o", out, "--jobs", jobs, "--brotli-quality", "5", "--zstd", *mode, check=True)
        outputs.append(tree(out))
    assert outputs[0] == outputs[1]
    assert outputs[0] == outputs[2]


def shuffled(source, into, seed):
    """The same files, made in another order."""
    files = sorted(tree(source))
    random.Random(seed).shuffle(files)
    for name in files:
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(os.path.join(source, name), target)
    return into
