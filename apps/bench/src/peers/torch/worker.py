"""PyTorch as a peer of the benchmark: a process that answers one line of JSON with one line of JSON. It times its own runs."""

import base64
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.backends.cudnn.allow_tf32 = False
constants = {}


def array(given):
    flat = torch.frombuffer(bytearray(base64.b64decode(given["data"])), dtype=torch.float32)
    return flat.reshape(given["shape"]).to(answer.device, copy=True)


def channels_first(x):
    return x.permute(0, 3, 1, 2).contiguous()


def channels_last(x):
    return x.permute(0, 2, 3, 1)


def filter_of(w):
    return w.permute(3, 2, 0, 1).contiguous()


def filter_back(w):
    return w.permute(2, 3, 1, 0)


def depthwise_filter(w):
    return w.permute(2, 0, 1).unsqueeze(1).contiguous()


def stored(x):
    return x.t() if x.ndim == 2 else filter_of(x) if x.ndim == 4 else x


def given_back(x):
    return x.t() if x.ndim == 2 else filter_back(x) if x.ndim == 4 else x


def same(x):
    return x


def of(function, *layouts):
    """Without gradients; each input laid out before anything is timed."""

    def prepare(*inputs):
        laid = [layout(x) for layout, x in zip(layouts + (same,) * len(inputs), inputs)]

        def run():
            with torch.no_grad():
                return function(*laid)

        return run

    return prepare


def step(loss, layouts=(), shown=()):
    """A loss and its gradients in all inputs."""

    def prepare(*inputs):
        laid = [layout(x).requires_grad_() for layout, x in zip(tuple(layouts) + (same,) * len(inputs), inputs)]

        def run():
            value = loss(*laid)
            gradients = torch.autograd.grad(value, laid)
            return [value] + [show(g) for show, g in zip(tuple(shown) + (same,) * len(laid), gradients)]

        return run

    return prepare


def mean_square(x):
    return x.square().mean()


def gelu_chain(x):
    return x * 0.5 * ((x + x * x * x * constants["cubic"]) * constants["scale"]).tanh().add(1)


def additions(x):
    y = x
    for _ in range(constants["additions"]):
        y = y + x
    return [y]


def additions_recorded(x):
    x.requires_grad_()
    return lambda: additions(x)


def tiny():
    def graph():
        x = torch.ones(2, 2, requires_grad=True, device=answer.device)
        loss = ((x + 2) ** 2 * 3).mean()
        loss.backward()
        return [loss, x.grad]

    def run():
        for _ in range(1, constants["graphs"]):
            graph()
        return graph()

    return run


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.out = nn.Linear(7 * 7 * 32, 10)

    def forward(self, x):
        one = F.max_pool2d(F.relu(self.conv1(x.permute(0, 3, 1, 2))), 2)
        two = F.max_pool2d(F.relu(self.conv2(one)), 2)
        return self.out(two.permute(0, 2, 3, 1).flatten(1))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        width = constants["width"]
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        batch, length, width, heads = (constants[name] for name in ("batch", "time", "width", "heads"))
        q, k, v = (part.reshape(batch, length, heads, width // heads).transpose(1, 2) for part in self.qkv(self.norm1(x)).chunk(3, 1))
        weights = (q @ k.transpose(-2, -1) * (width // heads) ** -0.5).softmax(-1)
        attended = x + self.out((weights @ v).transpose(1, 2).reshape(batch * length, width))
        return attended + self.down(F.relu(self.up(self.norm2(attended))))


def load(model, values):
    parameters = list(model.parameters())
    with torch.no_grad():
        for parameter, value in zip(parameters, values):
            parameter.copy_(stored(value))
    return parameters


def training(make):
    def prepare(x, labels, *values):
        model = make().to(answer.device)
        parameters = load(model, values)
        classes = labels.long()
        optimizer = torch.optim.SGD(parameters, lr=constants["learningRate"])

        def run():
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), classes)
            loss.backward()
            optimizer.step()
            return [loss] + [given_back(parameter.grad) for parameter in parameters]

        return run

    return prepare


def mlp():
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


def transformer(x, *values):
    model = Block().to(answer.device)
    parameters = load(model, values)
    x.requires_grad_()

    def run():
        model.zero_grad()
        x.grad = None
        loss = mean_square(model(x))
        loss.backward()
        return [loss, x.grad] + [given_back(parameter.grad) for parameter in parameters]

    return run


def conv(x, w):
    return F.conv2d(x, w, padding=1)


def depthwise(x, w):
    return F.conv2d(x, w, padding=1, groups=x.shape[1])


def gather_rows(x, rows):
    return of(lambda x, rows: [x.index_select(0, rows)], same, torch.Tensor.long)(x, rows)


def scatter_add(x, rows):
    start = torch.zeros(constants["rows"], x.shape[1], device=answer.device)
    return of(lambda x, rows: [start.index_add(0, rows, x)], same, torch.Tensor.long)(x, rows)


programs = {
    "matmul": of(lambda x, y: [x @ y]),
    "add": of(lambda x, y: [x + y]),
    "geluChain": of(lambda x: [gelu_chain(x)]),
    "geluChainStep": step(lambda x: gelu_chain(x).sum()),
    "gelu": of(lambda x: [F.gelu(x, approximate="tanh")]),
    "sumDim0": of(lambda x: [x.sum(0)]),
    "sumDim1": of(lambda x: [x.sum(1)]),
    "sumAll": of(lambda x: [x.sum()]),
    "softmax": of(lambda x: [x.softmax(-1)]),
    "layerNorm": of(lambda x, weight, bias: [F.layer_norm(x, weight.shape, weight, bias, constants["epsilon"])]),
    "conv": of(lambda x, w: [channels_last(conv(x, w))], channels_first, filter_of),
    "convStep": step(lambda x, w: mean_square(conv(x, w)), (channels_first, filter_of), (channels_last, filter_back)),
    "depthwise": of(lambda x, w: [channels_last(depthwise(x, w))], channels_first, depthwise_filter),
    "depthwiseStep": step(lambda x, w: mean_square(depthwise(x, w)), (channels_first, depthwise_filter), (channels_last, lambda g: g.squeeze(1).permute(1, 2, 0))),
    "maxpool": of(lambda x: [channels_last(F.max_pool2d(x, 2))], channels_first),
    "maxpoolStep": step(lambda x: mean_square(F.max_pool2d(x, 2)), (channels_first,), (channels_last,)),
    "sort": of(lambda x: [x.sort().values]),
    "topk": of(lambda x: [x.topk(constants["most"]).values]),
    "argmax": of(lambda x: [x.argmax(1).float()]),
    "cumsum": of(lambda x: [x.cumsum(1)]),
    "gatherRows": gather_rows,
    "scatterAdd": scatter_add,
    "adds": of(additions),
    "addsRecorded": additions_recorded,
    "tiny": tiny,
    "mlp": training(mlp),
    "cnn": training(Cnn),
    "transformer": transformer,
}


def answer(request):
    global constants
    ask = request["ask"]
    if ask == "open":
        constants = request["constants"]
        answer.device = torch.device(request["device"])
        torch.zeros(1, device=answer.device)
        return {"version": torch.__version__}
    if ask == "prepare":
        answer.run = programs[request["kind"]](*[array(x) for x in request["inputs"]])
        return {}
    if ask == "results":
        return [base64.b64encode(x.detach().contiguous().cpu().numpy().tobytes()).decode() for x in answer.run()]
    if ask == "run":
        start = time.perf_counter()
        for _ in range(request["count"]):
            answer.run()
            if answer.device.type == "cuda":
                torch.cuda.synchronize()
        return (time.perf_counter() - start) * 1000
    raise ValueError(ask)


for line in sys.stdin:
    try:
        reply = {"ok": answer(json.loads(line))}
    except Exception as error:  # The benchmark reports it as this peer's reason.
        reply = {"error": str(error).split("\n")[0]}
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()
