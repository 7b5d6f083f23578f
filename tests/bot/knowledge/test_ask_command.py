"""`commonplace ask`: the contract of the terminal face."""

import json
from pathlib import Path

import pytest

from benchmarks._questions import KNOWLEDGE
from bot.cli import main
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("kept_vectors")

SMALL = ROOT / "tests" / "cogs" / "knowledge"
MATCH = {"entry", "question", "sources", "score"}


def run(
    capsys: pytest.CaptureFixture[str], *arguments: str, knowledge: Path = KNOWLEDGE
) -> tuple[int, str, str]:
    try:
        status = main(["ask", *arguments, "--knowledge", str(knowledge)])
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
        if isinstance(stop.code, str):
            print(stop.code)
    told = capsys.readouterr()
    return status, told.out, told.err


def batch(path: Path, *lines: str) -> str:
    file = path / "in.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return str(file)


def test_a_batch_answers_each_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    asked = ["can i revoke my license", "best pizza dough", "", "🙂", "nc " * 3_000]
    lines = [json.dumps({"id": f"q{at}", "q": text}) for at, text in enumerate(asked)]

    status, out, err = run(capsys, "--batch", batch(tmp_path, *lines, ""), "--json")

    found = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert err == ""
    assert [one["id"] for one in found] == ["q0", "q1", "q2", "q3", "q4"]
    for one in found:
        assert set(one) >= {"id", "outcome", "confidence", "matches", "milliseconds"}
        assert one["outcome"] in ("answer", "suggestions", "unknown")
        assert 0 <= one["confidence"] <= 1
        assert one["milliseconds"] >= 0
        assert len(one["matches"]) <= 5
        scores = [match["score"] for match in one["matches"]]
        assert scores == sorted(scores, reverse=True)
        for match in one["matches"]:
            assert set(match) == MATCH
            assert all(source for source in match["sources"])
    assert found[0]["outcome"] == "answer"
    assert found[0]["matches"][0]["entry"] == "change-mind"
    assert any("#" in source for source in found[0]["matches"][0]["sources"])
    assert found[1]["outcome"] == found[2]["outcome"] == "unknown"


@pytest.mark.parametrize(
    "bad", ["not json", "[]", "3", '{"id": "a"}', '{"q": "a"}', '"text"', "{", "null"]
)
def test_a_line_that_is_no_question_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: str
):
    good = json.dumps({"id": 1, "q": "what is cc0"})

    asked = batch(tmp_path, good, bad, good)
    status, out, err = run(capsys, "--batch", asked, "--json", knowledge=SMALL)

    assert status == 1
    assert len(out.splitlines()) == 1  # what came before it is answered
    assert "line 2" in err
    assert "Traceback" not in err


def test_a_batch_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    status, out, err = run(capsys, "--batch", str(tmp_path / "none.jsonl"), "--json")

    assert status == 1
    assert out == ""
    assert "none.jsonl" in err


def test_one_question_is_shown_as_text_or_json(capsys: pytest.CaptureFixture[str]):
    status, out, _err = run(capsys, "what is cc0")
    assert status == 0
    assert "information, not legal advice" in out

    status, out, _err = run(capsys, "what is cc0", "--json")
    assert status == 0
    assert json.loads(out)["matches"][0]["entry"] == "cc0"


def test_neither_or_both_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(capsys)[0] == 2
    assert run(capsys, "what is cc0", "--batch", batch(tmp_path, "{}"))[0] == 2
