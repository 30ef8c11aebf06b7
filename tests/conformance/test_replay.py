"""Replay what the real TensorFlow answered (``data/``) with our package. See README.md in this directory."""

from __future__ import annotations

import json
import traceback
from functools import cache
from typing import Any

import pytest
from conformance_kit.codec import compare
from conformance_kit.run import answer, fingerprint
from conformance_kit.spec import DATA, Spec, all_specs, families, load_all
from pending import pending

import tfcompat_tape as tf

# A derivative goes through more rounded steps than a value does.
WIDEN = {"value": 1.0, "grad": 2.0, "grad2": 4.0}


def how(family: str) -> str:
    return f"record again with a Python that has tensorflow: python tests/conformance/record.py {family}"


@cache
def recorded(family: str) -> dict[str, Any]:
    path = DATA / f"{family}.json"
    if not path.exists():
        pytest.fail(f"{path.name} is missing; {how(family)}", pytrace=False)
    return json.loads(path.read_text())["answers"]


@pytest.mark.parametrize("family", families())
def test_data_matches_the_cases(family: str) -> None:
    specs, data = load_all(family), recorded(family)
    assert specs, f"cases/{family}.py has no cases"
    missing, extra = sorted(specs.keys() - data.keys()), sorted(data.keys() - specs.keys())
    assert not missing and not extra, f"no answer for {missing[:5]}, no case for {extra[:5]}; {how(family)}"


def test_no_data_without_cases() -> None:
    assert sorted(p.stem for p in DATA.glob("*.json")) == families()


PENDING = pending()


def _param(spec: Spec) -> Any:
    name = f"{spec.family}:{spec.id}"
    marks = [pytest.mark.xfail(reason=PENDING[name], strict=True)] if name in PENDING else []
    return pytest.param(spec, id=name, marks=marks)


def test_what_is_pending_exists() -> None:
    assert not PENDING.keys() - {f"{s.family}:{s.id}" for s in all_specs()}


@pytest.mark.parametrize("spec", [_param(s) for s in all_specs()])
def test_replay(spec: Spec, device: Any) -> None:
    data = recorded(spec.family)
    if spec.id not in data:
        pytest.fail(f"no recorded answer for {spec.id!r}; {how(spec.family)}", pytrace=False)
    want = dict(data[spec.id])
    if want.pop("in") != fingerprint(spec):
        pytest.fail(
            f"the inputs of {spec.id!r} changed since they were recorded; {how(spec.family)}", pytrace=False
        )
    caught: list[Exception] = []
    got = answer(tf, spec, caught)
    lines: list[str] = []
    for part, widen in WIDEN.items():
        lines += compare(want.get(part), got.get(part), spec.tol, widen, part)
    if lines:
        lines += ["".join(traceback.format_exception(e)[-3:]) for e in caught]
        pytest.fail("\n".join(lines), pytrace=False)
