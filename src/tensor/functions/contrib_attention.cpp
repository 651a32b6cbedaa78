// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The attentions of com.microsoft, as ONNX's with what they mask added to the
// scores.
#include <fmt/format.h>

#include "tensor/functions/contrib_bodies.h"

namespace hone::tensor::contrib {

namespace {

// %keybias, batch x 1 x (queries or 1) x keys, of the mask %m, input `i`: 0
// where a key is seen. `keys` is a list of one, how many there are.
std::string key_mask(FunctionCall& c, size_t i, std::string_view keys,
                     float masked) {
  std::string text = "%m64 = Cast(%m) {to = 7}\n%mnone: i64[] = const [0]\n";
  switch (c.need_rank(i)) {
    case 1:
      // Where keys end, and behind that, maybe, where they begin.
      text += fmt::format(
          "%mzero: i64[1] = const [0]\n%mone: i64[] = const [1]\n"
          "%mall: i64[0] = const []\n%mbatch = Shape(%x) {{end = 1}}\n"
          "%mtwice = Add(%mbatch, %mbatch)\n"
          "%mnothing = Expand(%mnone, %mbatch)\n"
          "%mlong = Concat(%m64, %mnothing) {{axis = 0}}\n"
          "%mline: i64[4] = const [-1, 1, 1, 1]\n"
          "%mend0 = Slice(%mlong, %mzero, %mbatch)\n"
          "%mstart0 = Slice(%mlong, %mbatch, %mtwice)\n"
          "%mend = Reshape(%mend0, %mline)\n"
          "%mstart = Reshape(%mstart0, %mline)\n"
          "%mcount = Reshape({}, %mall)\n"
          "%mat = Range(%mnone, %mcount, %mone)\n"
          "%mbefore = Less(%mat, %mend)\n"
          "%mbehind = GreaterOrEqual(%mat, %mstart)\n"
          "%mseen = And(%mbefore, %mbehind)\n",
          keys);
      if (const Shape *m = c.shape(i), *x = c.shape(0);
          m != nullptr && x != nullptr && m->front().is_constant() &&
          x->front().is_constant() &&
          m->front().value() != x->front().value() &&
          m->front().value() != 2 * x->front().value())
        c.refuse("a mask of one dimension that is not one or two a batch");
      break;
    case 2:
      text +=
          "%maxes: i64[2] = const [1, 2]\n%mwide = Unsqueeze(%m64, %maxes)\n"
          "%mseen = Greater(%mwide, %mnone)\n";
      break;
    case 3:
      text +=
          "%maxes: i64[1] = const [1]\n%mwide = Unsqueeze(%m64, %maxes)\n"
          "%mseen = Greater(%mwide, %mnone)\n";
      break;
    default:
      c.refuse("a mask of other than one to three dimensions");
  }
  return text + fmt::format("%moff32: f32[] = const [{}]\n", masked) +
         "%moff = CastLike(%moff32, %x)\n%mon32: f32[] = const [0]\n"
         "%mon = CastLike(%mon32, %x)\n%keybias = Where(%mseen, %mon, %moff)\n";
}

// ONNX's attention over %q, %k and %v, with masks and the past where there are
// any; %total is how many keys there are, a list of one.
std::string attend(FunctionCall& c, size_t mask, size_t bias, bool past) {
  const int64_t heads = c.integer("num_heads");
  if (heads < 1) c.refuse("num_heads");
  std::string with = fmt::format(
      "q_num_heads = {0}, kv_num_heads = {0}, is_causal = {1}, "
      "qk_matmul_output_mode = 2",
      heads, c.integer("unidirectional") != 0 ? 1 : 0);
  if (const float scale = c.number("scale", 0); scale != 0)
    with += fmt::format(", scale = {}", scale);
  const float masked = c.number("mask_filter_value", -10000.0f);
  std::string text, added = "_";
  if (c.has(mask)) {
    text += "%now = Shape(%k) {start = 1, end = 2}\n";
    text += past ? "%gone = Shape(%pastk) {start = 2, end = 3}\n"
                   "%total = Add(%now, %gone)\n"
                 : "%total = Identity(%now)\n";
    text += key_mask(c, mask, "%total", masked);
    added = "%keybias";
  }
  if (c.has(bias)) {
    if (c.has(mask)) text += "%sumbias = Add(%keybias, %bias)\n";
    added = c.has(mask) ? "%sumbias" : "%bias";
  }
  return text + fmt::format(
                    "%y, %presentk, %presentv, %qk = Attention(%q, %k, %v, "
                    "{}{}) {{{}}}\n",
                    added, past ? ", %pastk, %pastv" : "", with);
}

// Keys and values of before, %past, lie on top of each other; so do those of
// now, %present.
std::string stacked_past(bool has) {
  return has ? "%0: i64[] = const [0]\n%1: i64[] = const [1]\n"
               "%pastk = Gather(%past, %0)\n%pastv = Gather(%past, %1)\n"
             : "";
}

constexpr char kStackedPresent[] =
    "%first: i64[1] = const [0]\n%ku = Unsqueeze(%presentk, %first)\n"
    "%vu = Unsqueeze(%presentv, %first)\n"
    "%present = Concat(%ku, %vu) {axis = 0}\n";

// %q, %k and %v of %all, by the sizes of each.
std::string projections(FunctionCall& c) {
  const std::vector<int64_t> sizes = c.integers("qkv_hidden_sizes");
  if (sizes.empty())
    return "%q, %k, %v = Split(%all) {axis = -1, num_outputs = 3}\n";
  if (sizes.size() != 3) c.refuse("qkv_hidden_sizes that are not three");
  return list_constant("sizes", sizes) +
         "%q, %k, %v = Split(%all, %sizes) {axis = -1}\n";
}

}  // namespace

std::string attention(FunctionCall& c) {
  if (c.integer("do_rotary") != 0) c.refuse("do_rotary");
  c.ignore("rotary_embedding_dim");  // of do_rotary
  if (c.integer("past_present_share_buffer") != 0 || c.has(6))
    c.refuse("one memory for past and present");
  return "(%x, %w, %b, %m, %past, %bias) -> (%y, %present) {\n"
         "%p = MatMul(%x, %w)\n" +
         std::string(c.has(2) ? "%all = Add(%p, %b)\n"
                              : "%all = Identity(%p)\n") +
         projections(c) + stacked_past(c.has(4)) + attend(c, 3, 5, c.has(4)) +
         kStackedPresent + "}";
}

std::string quantized_attention(FunctionCall& c) {
  if (c.integer("do_rotary") != 0) c.refuse("do_rotary");
  if (c.integer("past_present_share_buffer") != 0)
    c.refuse("one memory for past and present");
  return "(%x0, %w0, %b, %xs, %ws, %m, %xz, %wz, %past) -> (%y, %present) {\n"
         "%x = DequantizeLinear(%x0, %xs, %xz)\n"
         "%w = DequantizeLinear(%w0, %ws, %wz) {axis = 1}\n"
         "%p = MatMul(%x, %w)\n%all = Add(%p, %b)\n" +
         projections(c) + stacked_past(c.has(8)) +
         attend(c, 5, SIZE_MAX, c.has(8)) + kStackedPresent + "}";
}

std::string multi_head_attention(FunctionCall& c) {
  for (size_t i = 8; i < 10; ++i)
    if (c.has(i)) c.refuse("one memory for past and present, or its order");
  std::string text =
      "(%x, %k0, %v0, %b, %m, %bias, %pastk, %pastv) -> (%y, %presentk, "
      "%presentv, %qk) {\n%flat: i64[3] = const [0, 0, -1]\n";
  // Each as batch x places x heads * size.
  const auto apart = [&](std::string_view from, std::string_view names,
                         std::string_view all) {
    text += fmt::format(
        "%third: i64[1] = const [3]\n"
        "{} = Split(%{}) {{axis = 3, num_outputs = {}}}\n",
        names, from, all.size());
    for (const char name : all)
      text += fmt::format("%{0}1 = Reshape(%{0}five, %flat)\n", name);
  };
  const bool heads_first = c.has(1) && c.rank(1) == 4;
  if (c.need_rank(0) == 5) {
    apart("x", "%qfive, %kfive, %vfive", "qkv");
  } else {
    text += "%q1 = Identity(%x)\n";
    if (!c.has(1)) {
      c.refuse("queries without keys that are not packed");
    } else if (c.need_rank(1) == 5) {
      apart("k0", "%kfive, %vfive", "kv");
    } else if (!c.has(2)) {
      c.refuse("keys without values that are not packed");
    } else {
      for (const char name : {'k', 'v'})
        text += heads_first ? fmt::format(
                                  "%{0}t = Transpose(%{0}0) {{perm = [0, 2, 1, "
                                  "3]}}\n%{0}1 = Reshape(%{0}t, %flat)\n",
                                  name)
                            : fmt::format("%{0}1 = Identity(%{0}0)\n", name);
    }
  }
  if (c.has(3) && heads_first) c.refuse("a bias of keys that have their heads");
  if (c.has(3)) {
    const auto q = c.size(0, 2), v = c.size(2, 2);
    if (c.rank(0) == 3 && c.rank(2) == 3 && q && v && *q != *v)
      text += list_constant("bsizes", {*q, *q, *v}) +
              "%qb, %kb, %vb = Split(%b, %bsizes) {axis = 0}\n";
    else
      text += "%qb, %kb, %vb = Split(%b) {axis = 0, num_outputs = 3}\n";
  }
  for (const char name : {'q', 'k', 'v'})
    text += c.has(3) ? fmt::format("%{0} = Add(%{0}1, %{0}b)\n", name)
                     : fmt::format("%{0} = Identity(%{0}1)\n", name);
  if (c.has(6) != c.has(7)) c.refuse("past keys without past values");
  return text + attend(c, 4, 5, c.has(6)) + "}";
}

// The cache is as long as it was, or as all keys are; the new ones go behind
// those of each batch, and what is behind them is 0.
std::string group_query_attention(FunctionCall& c) {
  const int64_t heads = c.integer("num_heads");
  const int64_t kv_heads = c.integer("kv_num_heads");
  if (heads < 1 || kv_heads < 1 || heads % kv_heads != 0)
    c.refuse("heads that do not fit each other");
  if (c.text("k_quant_type", "NONE") != "NONE" ||
      c.text("v_quant_type", "NONE") != "NONE" || c.has(12) || c.has(13))
    c.refuse("a quantised cache");
  c.ignore("kv_cache_bit_width");
  if (c.integer("sliding_window_cache") != 0) c.refuse("sliding_window_cache");
  if (c.integer("qk_output") != 0 || c.wants(3)) c.refuse("qk_output");
  if (c.has(14) || c.has(15)) c.refuse("weights of norms of heads");
  c.ignore("qk_norm_epsilon");
  const bool smooth = c.integer("smooth_softmax") > 0;
  const int64_t window = c.integer("local_window_size", -1);
  const bool causal = c.integer("causal", 1) != 0;
  const bool past = c.has(3);
  std::string text =
      "(%x, %k0, %v0, %pastk, %pastv, %lengths, %most, %cos, %sin, %at, %bias, "
      "%sink) -> (%y, %presentk, %presentv) {\n"
      "%0: i64[] = const [0]\n%1: i64[] = const [1]\n"
      "%all: i64[0] = const []\n%list: i64[1] = const [1]\n"
      "%axis2: i64[1] = const [2]\n%none: i64[1] = const [0]\n"
      "%column: i64[2] = const [-1, 1]\n";
  if (c.has(1)) {
    text += "%q1 = Identity(%x)\n%k1 = Identity(%k0)\n%v1 = Identity(%v0)\n";
  } else {
    // All heads one behind the other.
    text += list_constant("apart", {0, 0, heads + 2 * kv_heads, -1}) +
            list_constant("parts", {heads, kv_heads, kv_heads}) +
            "%x4 = Reshape(%x, %apart)\n"
            "%q4, %k4, %v4 = Split(%x4, %parts) {axis = 2}\n"
            "%flat0: i64[3] = const [0, 0, -1]\n";
    for (const char name : {'q', 'k', 'v'})
      text += fmt::format("%{0}1 = Reshape(%{0}4, %flat0)\n", name);
  }
  // How many keys each batch had before.
  text +=
      "%batch = Shape(%x) {end = 1}\n%queries = Shape(%x) {start = 1, end = "
      "2}\n%most64 = Cast(%most) {to = 7}\n%total = Reshape(%most64, %list)\n"
      "%l64 = Cast(%lengths) {to = 7}\n%each0 = Add(%l64, %1)\n"
      "%one1: i64[1] = const [-1]\n%each = Reshape(%each0, %one1)\n"
      "%before = Sub(%each, %queries)\n%prompt = Equal(%queries, %total)\n"
      "%gone = Where(%prompt, %0, %before)\n"
      "%count = Reshape(%queries, %all)\n%order = Range(%0, %count, %1)\n"
      "%gonecol = Reshape(%gone, %column)\n%places = Add(%gonecol, %order)\n";
  if (c.integer("do_rotary") != 0) {
    const int64_t turned = 2 * c.need_size(7, 1);
    if (c.has(9)) text += "%ids = Identity(%at)\n";
    // Places that no angle is kept for are not read.
    else
      text +=
          "%angles = Shape(%cos) {end = 1}\n%lastat = Sub(%angles, %1)\n"
          "%ids0 = Max(%places, %0)\n%ids = Min(%ids0, %lastat)\n";
    for (const char name : {'q', 'k'})
      text += fmt::format(
          "%{0}2 = RotaryEmbedding(%{0}1, %cos, %sin, %ids) {{num_heads = {1}, "
          "interleaved = {2}, rotary_embedding_dim = {3}}}\n",
          name, name == 'q' ? heads : kv_heads, c.integer("rotary_interleaved"),
          turned);
  } else {
    c.ignore("rotary_interleaved");
    text += "%q2 = Identity(%q1)\n%k2 = Identity(%k1)\n";
  }
  text += "%v2 = Identity(%v1)\n";
  for (const char name : {'q', 'k', 'v'})
    text += list_constant(fmt::format("{}sizes", name),
                          {0, 0, name == 'q' ? heads : kv_heads, -1}) +
            fmt::format(
                "%{0}3 = Reshape(%{0}2, %{0}sizes)\n"
                "%{0} = Transpose(%{0}3) {{perm = [0, 2, 1, 3]}}\n",
                name);
  text += past ? "%had = Shape(%pastk) {start = 2, end = 3}\n"
               : "%had = Identity(%none)\n";
  text +=
      "%room = Max(%had, %total)\n%roomn = Reshape(%room, %all)\n"
      "%keyat = Range(%0, %roomn, %1)\n%reach = Add(%gone, %queries)\n"
      "%reach4: i64[4] = const [-1, 1, 1, 1]\n"
      "%reachc = Reshape(%reach, %reach4)\n%keycol0: i64[2] = const [-1, 1]\n"
      "%keycol = Reshape(%keyat, %keycol0)\n%filled = Less(%keycol, "
      "%reachc)\n"
      "%gonec = Reshape(%gone, %reach4)\n"
      "%isnew = GreaterOrEqual(%keycol, %gonec)\n"
      "%behind = Sub(%keycol, %gonec)\n%newest = Sub(%queries, %1)\n"
      "%row0 = Max(%behind, %0)\n%row = Min(%row0, %newest)\n" +
      scalar_like("empty", 0, "x");
  for (const char name : {'k', 'v'}) {
    text += past ? fmt::format(
                       "%{0}more = Sub(%room, %had)\n"
                       "%{0}pads = Concat(%none, %{0}more) {{axis = 0}}\n"
                       "%{0}cache = Pad(%past{0}, %{0}pads, _, %axis2)\n",
                       name)
                 : fmt::format(
                       "%{0}more = Sub(%room, %queries)\n"
                       "%{0}h = Shape(%{0}) {{start = 1, end = 2}}\n"
                       "%{0}w = Shape(%{0}) {{start = 3}}\n"
                       "%{0}all = Concat(%batch, %{0}h, %room, %{0}w) {{axis = "
                       "0}}\n%{0}cache = Expand(%empty, %{0}all)\n",
                       name);
    // One batch is rows behind each other; of several, each place picks one.
    text += c.size(0, 0) == 1
                ? fmt::format(
                      "%{0}old = Slice(%{0}cache, %none, %gone, %axis2)\n"
                      "%{0}new = Slice(%{0}cache, %reach, %room, %axis2)\n"
                      "%{0}newsizes = Shape(%{0}new)\n"
                      "%{0}zero = Expand(%empty, %{0}newsizes)\n"
                      "%present{0} = Concat(%{0}old, %{0}, %{0}zero) {{axis = "
                      "2}}\n",
                      name)
                : fmt::format(
                      "%{0}heads = Shape(%{0}) {{start = 1, end = 2}}\n"
                      "%{0}width = Shape(%{0}) {{start = 3}}\n"
                      "%{0}all0 = Concat(%batch, %{0}heads, %room, %{0}width) "
                      "{{axis = 0}}\n%{0}from = Expand(%row, %{0}all0)\n"
                      "%{0}moved = GatherElements(%{0}, %{0}from) {{axis = "
                      "2}}\n%{0}joined = Where(%isnew, %{0}moved, "
                      "%{0}cache)\n"
                      "%present{0} = Where(%filled, %{0}joined, %empty)\n",
                      name);
  }
  // Which keys a query sees.
  text +=
      "%place0: i64[2] = const [1, 3]\n"
      "%place = Unsqueeze(%places, %place0)\n" +
      std::string(causal ? "%seen0 = LessOrEqual(%keyat, %place)\n"
                         : "%eachc = Reshape(%each, %reach4)\n"
                           "%seen0 = Less(%keyat, %eachc)\n");
  if (window >= 0)
    text += fmt::format(
        "%window: i64[] = const [{}]\n%oldest = Sub(%place, %window)\n"
        "%near = Greater(%keyat, %oldest)\n%seen = And(%seen0, %near)\n",
        window);
  else
    text += "%seen = Identity(%seen0)\n";
  text += scalar_like("never", -INFINITY, "x") +
          "%mask0 = Where(%seen, %empty, %never)\n";
  if (c.has(10))
    text +=
        "%biaswide = Shape(%bias) {start = 3}\n"
        "%biasless = Sub(%room, %biaswide)\n"
        "%biaspads = Concat(%none, %biasless) {axis = 0}\n"
        "%axis3: i64[1] = const [3]\n"
        "%biasall = Pad(%bias, %biaspads, _, %axis3)\n"
        "%mask1 = Add(%mask0, %biasall)\n";
  else
    text += "%mask1 = Identity(%mask0)\n";
  std::string keys = "k", values = "v";
  if (smooth || c.has(11)) {
    // One more key, of no size and no value, whose score is the sink's.
    text +=
        "%sinkwide = Shape(%presentk) {start = 3}\n"
        "%sinkheads = Shape(%presentk) {start = 1, end = 2}\n"
        "%sinkshape = Concat(%batch, %sinkheads, %list, %sinkwide) {axis = "
        "0}\n%sinkkey = Expand(%empty, %sinkshape)\n"
        "%presentks = Concat(%presentk, %sinkkey) {axis = 2}\n"
        "%presentvs = Concat(%presentv, %sinkkey) {axis = 2}\n"
        "%sinkbias: i64[4] = const [1, -1, 1, 1]\n";
    text += c.has(11) ? "%sinkscore = Reshape(%sink, %sinkbias)\n"
                      : "%sinkscore = Reshape(%empty, %sinkbias)\n";
    text += list_constant("headcount", {heads}) +
            "%masksizes = Concat(%batch, %headcount, %queries, %room) {axis = "
            "0}\n%maskfull = Expand(%mask1, %masksizes)\n"
            "%sinksizes = Concat(%batch, %headcount, %queries, %list) {axis = "
            "0}\n%sinkcolumn = Expand(%sinkscore, %sinksizes)\n"
            "%mask = Concat(%maskfull, %sinkcolumn) {axis = 3}\n";
    keys = "ks";
    values = "vs";
  } else {
    text += "%mask = Identity(%mask1)\n";
  }
  std::string with =
      fmt::format("q_num_heads = {}, kv_num_heads = {}, softcap = {:#}", heads,
                  kv_heads, c.number("softcap", 0));
  if (const float scale = c.number("scale", 0); scale != 0)
    with += fmt::format(", scale = {:#}", scale);
  return text +
         fmt::format(
             "%y4 = Attention(%q, %present{}, %present{}, %mask) {{{}}}\n"
             "%y3 = Transpose(%y4) {{perm = [0, 2, 1, 3]}}\n"
             "%flat: i64[3] = const [0, 0, -1]\n"
             "%y = Reshape(%y3, %flat)\n}}",
             keys, values, with);
}

}  // namespace hone::tensor::contrib
