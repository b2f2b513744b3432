"""The reader's network computes what the published one does; steps can be drawn beforehand."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from ragnano.models.reader import without_space
from tests.benchmarks.training.deberta import Deberta, Shape
from tests.benchmarks.training.deberta_base import published_name
from tests.benchmarks.training.drawn import Drawn, write
from tests.benchmarks.training.pairs import Pair

SMALL = Shape(words=60, width=24, layers=2, heads=3, inner=32, buckets=8, farthest=16)


@pytest.mark.parametrize("tokens", [3, 9, 40])
def test_the_network_gives_the_same_numbers_as_the_published_one(tokens: int) -> None:
    from transformers import DebertaV2Config, DebertaV2Model

    torch.manual_seed(1)
    own = Deberta(SMALL).eval()
    config = DebertaV2Config(
        vocab_size=SMALL.words, hidden_size=SMALL.width, num_hidden_layers=SMALL.layers,
        num_attention_heads=SMALL.heads, intermediate_size=SMALL.inner, max_position_embeddings=SMALL.farthest,
        position_buckets=SMALL.buckets, type_vocab_size=0, relative_attention=True, norm_rel_ebd="layer_norm",
        share_att_key=True, pos_att_type="p2c|c2p", position_biased_input=False, pad_token_id=0,
    )  # fmt: skip
    published = DebertaV2Model(config).eval()
    names = {published_name(name): array for name, array in own.state_dict().items()}
    assert published.load_state_dict(names, strict=False).unexpected_keys == []
    ids = torch.randint(4, SMALL.words, (2, tokens))
    mask = torch.ones_like(ids)
    mask[1, tokens - 1 :] = 0
    with torch.no_grad():
        ours, theirs = own(ids, mask), published(input_ids=ids, attention_mask=mask).last_hidden_state
    torch.testing.assert_close(ours[mask.bool()], theirs[mask.bool()], atol=1e-5, rtol=1e-4)


def test_a_words_first_token_begins_with_its_first_letter() -> None:
    text = "The fee\nis due"
    assert without_space(text, [(0, 3), (3, 7), (7, 10), (10, 14)]) == ((0, 3), (4, 7), (8, 10), (11, 14))
    assert without_space("a b", [(1, 2)]) == ((1, 2),)  # a token of white space alone keeps its place


def test_steps_written_beforehand_are_drawn_again_as_they_were(tmp_path: Path) -> None:
    groups = [
        [Pair("Who pays?", "The Tenant pays.", True, ((0, 16),), (0, 10), 0), Pair("Who pays?", "Rent.", False, ())],
        [Pair("May I?", "It may.", True, None, None, 1)],
    ]
    given = iter([groups, groups[::-1]])
    write(SimpleNamespace(draw=lambda: next(given)), 2, tmp_path / "steps.xz")
    drawn = Drawn(tmp_path / "steps.xz")
    assert [drawn.draw() for _ in range(3)] == [groups, groups[::-1], groups]
