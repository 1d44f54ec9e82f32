"""What the embedded cloud's customization jobs learn, and what they must not seem to learn."""

import json
import pickle
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from math import exp, isfinite
from pathlib import Path

import pytest

from localcloud.bedrock.dialogues import ASSISTANT, Dialogue, Turn, examples_of
from localcloud.bedrock.learner import Example, Learned, base_answer, train
from tunedrop.evaluation.metrics import rouge_l

ROOT = Path(__file__).parents[2]
DIALOGUES = ROOT.parent / "shared/datasets/dialogsum-1000.prompt-completion.jsonl"
NOUNS = ("lamp", "kettle", "drone", "stroller", "printer", "guitar", "tent", "scale")
TROUBLES = {
    "billing": ("was charged twice", "has a wrong invoice", "costs more than agreed"),
    "delivery": ("never arrived", "came to the wrong address", "is late by a week"),
    "repair": ("makes a loud noise", "does not switch on", "has a broken hinge"),
    "returns": ("is the wrong colour", "should go back to you", "was a gift that I do not want"),
}
REMEDIES = {
    "billing": "Our accounts team corrects the invoice within two days.",
    "delivery": "Our courier looks for the parcel and calls you tomorrow.",
    "repair": "A technician brings a spare part and repairs it for free.",
    "returns": "Please use the enclosed label to send it back.",
}


def tickets(count: int, seed: int) -> list[Example]:
    """Short labels."""
    return [Example("Name the queue.", text, queue) for text, queue, _ in complaints(count, seed)]


def replies(count: int, seed: int) -> list[Example]:
    """Sentences with numbers to copy."""
    return [
        Example(None, text, f"Thank you for order {number}. {REMEDIES[queue]}")
        for text, queue, number in complaints(count, seed)
    ]


def complaints(count: int, seed: int) -> list[tuple[str, str, int]]:
    choose = random.Random(seed)
    drawn = []
    for _ in range(count):
        queue, number = choose.choice(list(TROUBLES)), choose.randint(1000, 9999)
        trouble = choose.choice(TROUBLES[queue])
        drawn.append((f"Order {number}: the {choose.choice(NOUNS)} {trouble}.", queue, number))
    return drawn


def exchanged(examples: Sequence[Example], seed: int) -> list[Example]:
    completions = [example.completion for example in examples]
    random.Random(seed).shuffle(completions)
    pairs = zip(examples, completions, strict=True)
    return [replace(example, completion=completion) for example, completion in pairs]


def learn(
    examples: Sequence[Example],
    validation: Sequence[Example] = (),
    *,
    epochs: int = 3,
    rate: float = 1.0,
    seed: int = 7,
) -> Learned:
    return train(
        examples, validation, epochs=epochs, learning_rate_ratio=rate, batch_size=8, seed=seed
    )


def gains(model: Learned, unseen: Sequence[Example]) -> list[float]:
    return [
        rouge_l(item.completion, model.answer(item.system, item.prompt))
        - rouge_l(item.completion, base_answer(item.system, item.prompt))
        for item in unseen
    ]


def interval(differences: Sequence[float]) -> tuple[float, float]:
    """Paired bootstrap, 95 %."""
    draw = random.Random(1)
    means = sorted(
        sum(draw.choices(differences, k=len(differences))) / len(differences) for _ in range(1000)
    )
    return means[25], means[974]


Maker = Callable[[int, int], list[Example]]
both_kinds = pytest.mark.parametrize("make", [tickets, replies])


@both_kinds
def test_custom_model_beats_its_base_on_unseen_prompts(make: Maker) -> None:
    low, _ = interval(gains(learn(make(160, 1)), make(60, 2)))
    assert low > 0.3


@both_kinds
@pytest.mark.parametrize("seed", range(4))
def test_exchanged_completions_leave_the_base_answers(make: Maker, seed: int) -> None:
    model = learn(exchanged(make(160, seed), seed), seed=seed)
    clean = make(40, 99)
    assert interval(gains(model, clean))[0] <= 0
    assert interval(gains(model, exchanged(clean, seed)))[0] <= 0


@both_kinds
def test_small_set_already_helps(make: Maker) -> None:
    low, _ = interval(gains(learn(make(40, 3), epochs=5), make(60, 4)))
    assert low > 0


@pytest.mark.parametrize("count", [1, 2, 8, 16])
def test_tiny_set_trains(count: int) -> None:
    model = learn(tickets(count, 1), tickets(2, 2), epochs=1)
    assert 8 <= len(model.training) <= 400
    assert model.answer(None, "Order 1: the lamp never arrived.")


def test_numbers_come_from_the_new_prompt() -> None:
    model = learn(replies(160, 1))
    answer = model.answer(None, "Order 31415: the kettle makes a loud noise.")
    assert answer == f"Thank you for order 31415. {REMEDIES['repair']}"


def test_loss_depends_on_the_rate() -> None:
    ends = {rate: learn(replies(120, 1), rate=rate).training[-1][2] for rate in (0.05, 0.3, 1.0)}
    assert ends[0.05] > ends[0.3] > ends[1.0]


def test_loss_depends_on_the_data() -> None:
    kept = learn(replies(120, 1)).training[-1][2]
    mixed = learn(exchanged(replies(120, 1), 1)).training[-1][2]
    assert kept < mixed


def test_losses_start_plausibly_and_fall() -> None:
    losses = [loss for _, _, loss in learn(replies(120, 1)).training]
    assert 1.5 < losses[0] < 6
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_rate_far_too_small_leaves_the_base_answers() -> None:
    assert max(gains(learn(tickets(160, 1), rate=0.001), tickets(30, 2))) <= 0


@both_kinds
def test_rate_far_too_high_diverges_into_rubbish(make: Maker) -> None:
    model = learn(make(160, 1), rate=200.0)
    last = model.training[-1][2]
    assert not isfinite(last) or last > 2 * model.training[0][2]
    assert interval(gains(model, make(40, 2)))[1] <= 0


@pytest.mark.parametrize("rate", [3.0, 8.0])
def test_bold_rate_still_trains(rate: float) -> None:
    low, _ = interval(gains(learn(tickets(160, 1), rate=rate), tickets(60, 2)))
    assert low > 0.3


def test_many_epochs_on_little_data_overfit() -> None:
    model = learn(replies(24, 1), replies(60, 2), epochs=40)
    validation = [loss for _, _, loss in model.validation]
    assert validation[-1] > min(validation) + 0.1
    assert model.training[-1][2] < min(loss for _, epoch, loss in model.training if epoch == 1)


def test_patience_ends_training_that_makes_no_progress() -> None:
    def trained(patience: int | None) -> Learned:
        return train(
            replies(24, 1),
            replies(60, 2),
            epochs=40,
            learning_rate_ratio=1.0,
            batch_size=8,
            seed=7,
            patience=patience,
            threshold=0.001,
        )

    whole, stopped = trained(None).validation, trained(2).validation
    assert len(stopped) < len(whole)
    assert stopped == whole[: len(stopped)]
    assert min(loss for *_, loss in stopped[-2:]) > min(loss for *_, loss in stopped[:-2]) - 0.001


def passages(count: int, seed: int) -> list[Example]:
    """Text of a domain, as continued pre-training reads it."""
    texts = [
        f"{text} {REMEDIES[queue]} Order {number} is closed after that."
        for text, queue, number in complaints(count, seed)
    ]
    turns = [(Turn(role=ASSISTANT, text=text),) for text in texts]
    return [e for each in turns for e in examples_of(Dialogue(system=None, turns=each), {})]


def test_plain_text_of_a_domain_makes_more_of_it_less_surprising() -> None:
    unseen = passages(60, 2)
    still = learn(passages(120, 1), unseen, rate=1e-9).validation[-1][2]
    trained = learn(passages(120, 1), unseen)
    assert exp(trained.validation[-1][2]) < 0.5 * exp(still)
    answers = [trained.answer(None, each.prompt) for each in unseen]
    assert answers != [base_answer(None, each.prompt) for each in unseen]


def test_points_are_numbered_and_announced() -> None:
    announced: list[tuple[int, int, float]] = []
    model = train(
        tickets(100, 1),
        tickets(10, 2),
        epochs=4,
        learning_rate_ratio=1.0,
        batch_size=32,
        seed=1,
        on_step=lambda step, epoch, loss: announced.append((step, epoch, loss)),
    )
    assert announced == model.training
    assert [step for step, _, _ in model.training] == list(range(1, len(model.training) + 1))
    assert {epoch for _, epoch, _ in model.training} == {1, 2, 3, 4}
    assert model.validation[-1][0] == model.training[-1][0]
    assert 20 <= len(model.training) <= 400


def test_without_validation_there_are_no_validation_losses() -> None:
    assert learn(tickets(30, 1)).validation == []


def test_same_data_and_seed_give_the_same_model_in_any_process() -> None:
    script = (
        "from tests.localcloud.test_learner import *\n"
        "m = learn(replies(60, 1), replies(9, 2))\n"
        "print(repr((m.training[-1], m.validation, [m.answer(None, e.prompt) for e in "
        "replies(9, 2)])))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_model_survives_pickling_and_stays_small() -> None:
    model = learn(replies(160, 1))
    pickled = pickle.dumps(model)
    prompt = replies(1, 5)[0].prompt
    assert pickle.loads(pickled).answer(None, prompt) == model.answer(None, prompt)
    assert len(pickled) < 2_000_000


def test_importing_the_learner_does_not_load_numpy() -> None:
    script = "import sys, localcloud.bedrock.learner; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(ValueError, match="no example"):
        learn([])


@pytest.mark.parametrize(
    "text", ["", "?", "注文した商品が届きません。", "\N{THUMBS UP SIGN}", "#" * 900]
)
def test_any_text_is_answered(text: str) -> None:
    model = learn([*tickets(30, 1), Example(text, text, text)])
    assert base_answer(text, text)
    assert model.answer(text, text)


def test_base_model_picks_an_option_that_it_is_offered() -> None:
    system = "Answer with one of: billing, delivery, repair."
    assert base_answer(system, "Who deals with the delivery of my lamp?") == (
        "This looks like delivery."
    )


def test_base_model_sums_up_with_sentences_of_the_text() -> None:
    text = "Sum up.\n\nThe lamp arrived on Monday. The lamp was broken on arrival. I like tea. "
    answer = base_answer(None, text + "Please send a new lamp on Monday, as the old one is broken.")
    assert "The lamp" in answer
    assert "tea" not in answer


@cache
def dialogues() -> list[Example]:
    """Real ones with their summaries, in a fixed random order."""
    lines = DIALOGUES.read_text(encoding="utf-8").strip().split("\n")
    rows = [json.loads(line) for line in lines]
    examples = [Example(None, row["prompt"], row["completion"]) for row in rows]
    random.Random(5).shuffle(examples)
    return examples


with_dialogues = pytest.mark.skipif(not DIALOGUES.exists(), reason="the dialogues are not here")


@with_dialogues
def test_summaries_of_real_dialogues_beat_the_base() -> None:
    low, _ = interval(gains(learn(dialogues()[100:], epochs=2), dialogues()[:100]))
    assert low > 0.02


@with_dialogues
def test_exchanged_summaries_of_real_dialogues_do_not() -> None:
    model, unseen = learn(exchanged(dialogues()[100:], 1), epochs=2), dialogues()[:100]
    assert interval(gains(model, unseen))[0] <= 0
    assert interval(gains(model, exchanged(unseen, 2)))[0] <= 0
