# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The attentions of com.microsoft, of random sizes (contrib_cases.py)."""

import numpy as np
from contrib_values import f, i8, scale, size, u8, weight, zero

CASES = []


def key_mask(r, form, batch, queries, keys):
    """mask_index in one of the forms that the CPU kernel takes."""
    if form == "ends":
        return r.randint(1, keys + 1, [batch]).astype(np.int32)
    if form == "ends and starts":
        ends = r.randint(1, keys + 1, [batch])
        return np.concatenate([ends, r.randint(0, ends)]).astype(np.int32)
    dims = {"keys": [batch, keys], "queries": [batch, queries, keys]}[form]
    mask = (r.rand(*dims) < 0.7).astype(np.int32)
    mask[..., 0] = 1
    return mask


def attention(r, mask=None, past=False, added=False, **attributes):
    b, s, heads, width, x, p = size(r, 1, 3), size(r), size(r, 1, 4), 4 * size(r, 1, 4), size(r, 1, 20), size(r)
    p = p if past else 0
    h = heads * width
    inputs = [f(r, b, s, x), weight(f(r, x, 3 * h)), weight(f(r, 3 * h))]
    inputs.append(key_mask(r, mask, b, s, p + s) if mask else None)
    inputs.append(f(r, 2, b, heads, p, width) if past else None)
    inputs.append(f(r, r.choice([1, b]), r.choice([1, heads]), s, p + s) if added else None)
    return ("Attention", {"num_heads": heads, **attributes}, inputs, ["y", "present"] if past else ["y"])


# Without a bias, ONNX Runtime 1.31 ends with a segmentation fault.
CASES += [
    attention,
    lambda r: attention(r, scale=0.4),
    lambda r: attention(r, unidirectional=1),
    lambda r: attention(r, mask="ends"),
    lambda r: attention(r, mask="ends and starts", mask_filter_value=-50.0),
    lambda r: attention(r, mask="keys", unidirectional=1),
    lambda r: attention(r, mask="queries"),
    lambda r: attention(r, past=True),
    lambda r: attention(r, past=True, unidirectional=1),
    lambda r: attention(r, past=True, mask="keys", unidirectional=1),
    lambda r: attention(r, past=True, mask="queries"),
    lambda r: attention(r, added=True),
]


def attention_of_other_value_sizes(r):
    b, s, heads, x = size(r, 1, 3), size(r), size(r, 1, 4), size(r, 1, 20)
    q, v = heads * 4 * size(r, 1, 3), heads * 4 * size(r, 1, 3)
    inputs = [f(r, b, s, x), weight(f(r, x, 2 * q + v)), weight(f(r, 2 * q + v))]
    return ("Attention", {"num_heads": heads, "qkv_hidden_sizes": [q, q, v]}, inputs, ["y"])


CASES.append(attention_of_other_value_sizes)


def quantized_attention(r, mask=None, past=False, columns=False, **attributes):
    b, s, heads, width, x, p = size(r, 1, 3), size(r), size(r, 1, 4), 4 * size(r, 1, 3), size(r, 1, 20), size(r)
    p = p if past else 0
    h = 3 * heads * width
    scales = weight(r.uniform(0.005, 0.01, [h]).astype(np.float32)) if columns else scale(0.007)
    zeros = weight(i8(r, h) // 16) if columns else zero(3, np.int8)
    inputs = [u8(r, b, s, x), weight(i8(r, x, h)), weight(f(r, h)), scale(0.004), scales]
    inputs += [key_mask(r, mask, b, s, p + s) if mask else None, zero(120), zeros]
    inputs += [f(r, 2, b, heads, p, width)] if past else []
    return ("QAttention", {"num_heads": heads, **attributes}, inputs, ["y", "present"] if past else ["y"])


CASES += [
    quantized_attention,
    lambda r: quantized_attention(r, mask="ends", columns=True),
    lambda r: quantized_attention(r, past=True, unidirectional=1),
]


def multi_head(r, mask=None, past=False, bias=False, added=False, form="", **attributes):
    b, s, heads, width, p = size(r, 1, 3), size(r), size(r, 1, 4), 4 * size(r, 1, 4), size(r)
    values = width if past or form else 4 * size(r, 1, 4)
    keys = s if form == "qkv" or past else size(r)
    p = p if past else 0
    q, k, v = f(r, b, s, heads * width), f(r, b, keys, heads * width), f(r, b, keys, heads * values)
    rest = [weight(f(r, heads * (2 * width + values))) if bias else None]
    rest += [key_mask(r, mask, b, s, p + keys) if mask else None]
    rest += [f(r, r.choice([1, b]), r.choice([1, heads]), s, p + keys) if added else None]
    rest += [f(r, b, heads, p, width), f(r, b, heads, p, values)] if past else []
    while rest and rest[-1] is None:
        rest.pop()
    wanted = ["y", "pk", "pv"] if past else ["y"]
    plain = [q, k, v, *rest]
    options = {}
    if form == "qkv":  # which the CPU kernel does not take
        apart = [a.reshape(b, s, heads, 1, width) for a in (q, k, v)]
        inputs, options = [np.concatenate(apart, 3), None, None, *rest], {"peer": plain}
    elif form == "kv":
        apart = [a.reshape(b, keys, heads, 1, width) for a in (k, v)]
        inputs, options = [q, np.concatenate(apart, 3), None, *rest], {"peer": plain}
    elif form == "heads":
        inputs = [q] + [a.reshape(b, keys, heads, width).transpose(0, 2, 1, 3).copy() for a in (k, v)] + rest
    else:
        inputs = plain
    return ("MultiHeadAttention", {"num_heads": heads, **attributes}, inputs, wanted, options)


CASES += [
    multi_head,
    lambda r: multi_head(r, scale=0.3, bias=True, added=True),
    lambda r: multi_head(r, mask="ends", bias=True),
    lambda r: multi_head(r, mask="keys"),
    lambda r: multi_head(r, mask="queries"),
    lambda r: multi_head(r, past=True),
    lambda r: multi_head(r, past=True, mask="keys", unidirectional=1),
    lambda r: multi_head(r, past=True, bias=True, added=True),
    lambda r: multi_head(r, form="qkv"),
    lambda r: multi_head(r, form="kv"),
    lambda r: multi_head(r, form="heads"),
    lambda r: multi_head(r, form="heads", mask="keys"),
]


def group_query(r, kind="prompt", packed=False, rotary=False, window=False, sink=False, added=False, **attributes):
    b, kv, shared, width = size(r, 1, 3), size(r, 1, 3), size(r, 1, 3), 16 * size(r, 1, 2)
    heads = kv * shared
    # A prompt; one more key for each, of other lengths; several more, of one.
    if kind == "prompt":
        s, past = size(r), 0
        lengths, total = np.full([b], s - 1), s
    elif kind == "step":
        s, past = 1, size(r)
        lengths = r.randint(1, past + 1, [b])
        lengths[0] = past
        total = int(lengths.max()) + 1
    else:
        b, s, past = 1, size(r, 2, 5), size(r)
        lengths, total = np.full([b], past + s - 1), past + s
    room = max(past, total)
    q, k, v = f(r, b, s, heads * width), f(r, b, s, kv * width), f(r, b, s, kv * width)
    inputs = [np.concatenate([q, k, v], 2), None, None] if packed else [q, k, v]
    inputs += [f(r, b, kv, past, width) if kind != "prompt" else None for _ in range(2)]
    inputs += [lengths.astype(np.int32), np.array(total, np.int32)]
    turned = 16 if rotary == "part" else width
    inputs += [weight(f(r, 32, turned // 2)) if rotary else None for _ in range(2)]
    inputs += [None, f(r, r.choice([1, b]), r.choice([1, heads]), s, total) if added else None]
    inputs += [weight(f(r, heads))] if sink else []
    while inputs[-1] is None:
        inputs.pop()
    given = {"num_heads": heads, "kv_num_heads": kv, "do_rotary": int(bool(rotary)), **attributes}
    if window:
        given["local_window_size"] = size(r, 1, max(1, room))
    return ("GroupQueryAttention", given, inputs, ["y", "pk", "pv"])


CASES += [
    group_query,
    lambda r: group_query(r, packed=True, rotary=True),
    lambda r: group_query(r, rotary=True, rotary_interleaved=1, scale=0.3),
    lambda r: group_query(r, window=True, softcap=2.0),
    lambda r: group_query(r, "step", rotary=True),
    lambda r: group_query(r, "step", packed=True, rotary=True, window=True),
    lambda r: group_query(r, "step", softcap=3.0),
    lambda r: group_query(r, "step", sink=True),
    lambda r: group_query(r, "more", rotary=True),
    lambda r: group_query(r, "more", rotary="part"),
    lambda r: group_query(r, "more", packed=True, window=True),
    lambda r: group_query(r, "more", smooth_softmax=1),
    lambda r: group_query(r, "more", added=True),
    lambda r: group_query(r, added=True, softcap=1.5),
    lambda r: group_query(r, sink=True, packed=True),
]


def rotary(r, heads_first=False, one=False, part=False, **attributes):
    b, s, heads, width, most = size(r, 1, 3), size(r), size(r, 1, 3), 16 * size(r, 1, 2), 20
    turned = 16 if part else width
    x = f(r, b, heads, s, width) if heads_first else f(r, b, s, heads * width)
    at = np.array([3]) if one else r.randint(0, most, [b, s])
    if part:
        attributes |= {"num_heads": heads, "rotary_embedding_dim": turned}
    angles = [weight(f(r, most, turned // 2)) for _ in range(2)]
    return ("RotaryEmbedding", attributes, [x, at.astype(np.int64), *angles], ["y"])


CASES += [
    rotary,
    lambda r: rotary(r, interleaved=1, one=True),
    lambda r: rotary(r, heads_first=True),
    lambda r: rotary(r, part=True, interleaved=1),
]
