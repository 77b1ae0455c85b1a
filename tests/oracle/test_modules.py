"""`--js-modules` on packages that really are modules, with chains of imports longer than Django's five passes.

Depth alone is no failure of ours, so Django gets as many passes as it needs. The whole of `three` would take it minutes.
"""

import pytest
from builds import corpus
from harness import VERSIONS, compare

MANY_PASSES = 30

# Below 30 s each in 6.1, which accepts all but the examples (they import what is elsewhere); 5.2 refuses them all.
ROOTS = ["three/src", "three/examples/jsm", "echarts/lib", "echarts/dist"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("root", ROOTS)
def test_long_chains(root, version, djangos, tmp_path):
    assert compare(djangos[version], version, corpus(root), tmp_path, js_modules=True, max_passes=MANY_PASSES) == []


def test_six_levels_need_more_passes_than_django_has(djangos, tmp_path):
    """The premise of the above: or `max_passes` would not be there. Links go up the tree, where Django starts deep down."""
    source = tmp_path / "source"
    for level in range(9):
        path = source.joinpath(*["d"] * (9 - level), "m.js")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('import "../m.js";\n' if level < 8 else "1\n")
    answer = djangos["6.1"].collect(source, tmp_path / "five", js_modules=True)
    assert answer["error"] == "Max post-process passes exceeded."
    assert compare(djangos["6.1"], "6.1", source, tmp_path, js_modules=True, max_passes=MANY_PASSES) == []
