"""The occupancy network and its way into ONNX. Torch is needed to train, nowhere else."""

from pathlib import Path

import torch
from torch import Tensor, nn

from edge_agent.perception.thermal_image import MODEL_COLUMNS, MODEL_ROWS


class OccupancyNet(nn.Module):  # type: ignore[misc]
    """Convolutions over [rise, bed] of 24x32; a heat map of where people lie and stand, and the room's summary."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_conv(2, 20, 5, 2), _conv(20, 28, 3, 1))
        self.heat = nn.Conv2d(28, 2, 1)
        self.deep = nn.Sequential(_conv(30, 36, 3, 2), _conv(36, 40, 3, 1), _conv(40, 48, 3, 2), _conv(48, 24, 1, 1))
        self.head = nn.Sequential(nn.Linear(24 * 12, 48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 9))

    def forward(self, rise_k: Tensor, bed: Tensor) -> tuple[Tensor, ...]:
        """Logits: people [N,4], bed [N,1], bedside [N,1], two close [N,1], posture [N,2], heat [N,2,12,16]."""
        scaled = torch.clamp(rise_k, -4, 16) / 4
        features = self.stem(torch.cat([scaled, bed], 1))
        heat = self.heat(features)
        deep = self.deep(torch.cat([features, torch.sigmoid(heat)], 1))
        out = self.head(deep.flatten(1))
        return out[:, :4], out[:, 4:5], out[:, 5:6], out[:, 6:7], out[:, 7:9], heat


def _conv(inputs: int, outputs: int, kernel: int, stride: int) -> nn.Sequential:
    layer = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), nn.ReLU())


class Probabilities(nn.Module):  # type: ignore[misc]
    """The network as the device runs it: probabilities instead of logits."""

    def __init__(self, net: OccupancyNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, rise_k: Tensor, bed: Tensor) -> tuple[Tensor, ...]:
        """See the model card for the outputs."""
        people, *others = self.net(rise_k, bed)
        return (torch.softmax(people, 1), *(torch.sigmoid(other) for other in others))


def export(net: OccupancyNet, path: Path) -> None:
    """Write the network as ONNX, opset 17, batch size free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    inputs = (torch.zeros(1, 1, MODEL_ROWS, MODEL_COLUMNS), torch.zeros(1, 1, MODEL_ROWS, MODEL_COLUMNS))
    names = ["people", "bed_occupied", "bedside", "two_close", "posture", "heat"]
    torch.onnx.export(
        Probabilities(net).eval(),
        inputs,
        str(path),
        input_names=["rise_k", "bed"],
        output_names=names,
        dynamic_axes={name: {0: "n"} for name in ("rise_k", "bed", *names)},
        opset_version=17,
        dynamo=False,
    )
