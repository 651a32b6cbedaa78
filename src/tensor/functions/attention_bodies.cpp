// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies of attention and what belongs to it. Heads are an axis of their own,
// the second of four, between batches and places.
#include <fmt/format.h>

#include <cmath>

#include "tensor/functions/written_bodies.h"

namespace hone::tensor {

namespace {

// Input `i`, %NAME0, with heads as an axis: %NAME.
std::string with_heads(FunctionCall& c, size_t i, std::string_view name,
                       int64_t heads) {
  if (c.need_rank(i) == 4) return fmt::format("%{0} = Identity(%{0}0)\n", name);
  if (heads < 1) c.refuse("the number of heads is not given");
  return fmt::format(
      "%{0}sizes: i64[4] = const [0, 0, {1}, -1]\n"
      "%{0}split = Reshape(%{0}0, %{0}sizes)\n"
      "%{0} = Transpose(%{0}split) {{perm = [0, 2, 1, 3]}}\n",
      name, heads);
}

// How many heads the queries have for each one of keys.
int64_t sharing(FunctionCall& c) {
  const auto heads = [&](size_t i, std::string_view attribute) {
    return c.need_rank(i) == 4 && !c.node().has(attribute)
               ? c.need_size(i, 1)
               : c.node().integer(attribute);
  };
  const int64_t q = heads(0, "q_num_heads"), k = heads(1, "kv_num_heads");
  if (k < 1 || q % k != 0) c.refuse("heads that do not fit each other");
  return k < 1 ? 1 : q / k;
}

// %NAMEall: every head of %NAME `times` times, one behind the other.
std::string repeated(std::string_view name, int64_t times) {
  if (times == 1) return fmt::format("%{0}all = Identity(%{0})\n", name);
  return fmt::format(
      "%{0}axis: i64[1] = const [2]\n"
      "%{0}times: i64[5] = const [1, 1, {1}, 1, 1]\n"
      "%{0}count: i64[1] = const [{1}]\n"
      "%{0}apart = Unsqueeze(%{0}, %{0}axis)\n"
      "%{0}many = Expand(%{0}apart, %{0}times)\n"
      "%{0}batch = Shape(%{0}) {{end = 1}}\n"
      "%{0}heads = Shape(%{0}) {{end = 2, start = 1}}\n"
      "%{0}rest = Shape(%{0}) {{start = 2}}\n"
      "%{0}more = Mul(%{0}heads, %{0}count)\n"
      "%{0}whole = Concat(%{0}batch, %{0}more, %{0}rest) {{axis = 0}}\n"
      "%{0}all = Reshape(%{0}many, %{0}whole)\n",
      name, times);
}

// %masked: which keys a query may not see, where anything says so.
std::string masked_places(const FunctionCall& c) {
  const Node& node = c.node();
  const int64_t left = node.integer("left_window_size");
  const int64_t right = node.integer("right_window_size");
  const bool causal = node.integer("is_causal") != 0;
  std::string text;
  std::vector<std::string> reasons;
  if (c.has(6)) {
    text +=
        "%many: i64[4] = const [-1, 1, 1, 1]\n%valid0 = Cast(%lengths) {to = "
        "7}\n%valid = Reshape(%valid0, %many)\n"
        "%beyond = GreaterOrEqual(%keyat, %valid)\n";
    reasons.emplace_back("%beyond");
  }
  if (causal || left >= 0 || right >= 0) {
    // Where a query stands among the keys: %place, .. x queries x 1.
    text +=
        "%queries = Shape(%q) {end = 3, start = 2}\n"
        "%queries0 = Reshape(%queries, %scalar)\n"
        "%order0 = Range(%zero, %queries0, %one)\n%down: i64[1] = const [1]\n"
        "%order = Unsqueeze(%order0, %down)\n";
    if (c.has(4))
      text +=
          "%gone = Shape(%pastk) {end = 3, start = 2}\n"
          "%place = Add(%order, %gone)\n";
    else if (c.has(6))
      text += "%gone = Sub(%valid, %queries)\n%place = Add(%order, %gone)\n";
    else
      text += "%place = Identity(%order)\n";
  }
  if (causal) {
    text += "%later = Greater(%keyat, %place)\n";
    reasons.emplace_back("%later");
  }
  if (left >= 0) {
    text += fmt::format(
        "%left: i64[] = const [{}]\n%behind = Sub(%place, %keyat)\n"
        "%old = Greater(%behind, %left)\n",
        left);
    reasons.emplace_back("%old");
  }
  if (right >= 0) {
    text += fmt::format(
        "%right: i64[] = const [{}]\n%ahead = Sub(%keyat, %place)\n"
        "%new = Greater(%ahead, %right)\n",
        right);
    reasons.emplace_back("%new");
  }
  if (reasons.empty()) return text;
  // Positions of keys.
  text =
      "%zero: i64[] = const [0]\n%one: i64[] = const [1]\n"
      "%scalar: i64[0] = const []\n"
      "%keys = Shape(%allk) {end = 3, start = 2}\n"
      "%keys0 = Reshape(%keys, %scalar)\n%keyat = Range(%zero, %keys0, "
      "%one)\n" +
      text;
  std::string sum = reasons[0];
  for (size_t i = 1; i < reasons.size(); ++i) {
    text += fmt::format("%reason{} = Or({}, {})\n", i, sum, reasons[i]);
    sum = fmt::format("%reason{}", i);
  }
  return text + fmt::format("%masked = Identity({})\n", sum);
}

// %bias of the mask that is given: numbers to add, with keys beyond a shorter
// one masked.
std::string given_mask(FunctionCall& c) {
  std::string text = c.need_element(3) == ElementType::Bool
                         ? "%bias0 = Where(%mask, %nothing, %never)\n"
                         : "%bias0 = CastLike(%mask, %q)\n";
  // A last axis of 1 is for all keys.
  if (c.size(3, -1) == 1) return text + "%bias = Identity(%bias0)\n";
  return text +
         "%behind1: i64[1] = const [-1]\n%front: i64[1] = const [0]\n"
         "%onlyone: i64[1] = const [1]\n"
         "%masksizes = Shape(%bias0) {start = -1}\n"
         "%allkeys = Shape(%allk) {end = 3, start = 2}\n"
         "%short0 = Sub(%allkeys, %masksizes)\n"
         "%foreach = Equal(%masksizes, %onlyone)\n"
         "%short1 = Where(%foreach, %front, %short0)\n"
         "%short = Max(%short1, %front)\n"
         "%around = Concat(%front, %short) {axis = 0}\n"
         "%bias = Pad(%bias0, %around, %never, %behind1)\n";
}

}  // namespace

std::string attention_body(FunctionCall& c) {
  const Node& node = c.node();
  const ElementType type = c.need_element(0);
  const int64_t shared = sharing(c);
  const bool packed = c.need_rank(0) == 3;
  const int64_t mode = node.integer("qk_matmul_output_mode");
  std::string text =
      "(%q0, %k0, %v0, %mask, %pastk, %pastv, %lengths) -> (%y, %allk, %allv, "
      "%shown) {\n" +
      with_heads(c, 0, "q", node.integer("q_num_heads")) +
      with_heads(c, 1, "k", node.integer("kv_num_heads")) +
      with_heads(c, 2, "v", node.integer("kv_num_heads")) +
      scalar_like("nothing", 0, "q") + scalar_like("never", -INFINITY, "q");
  for (const char name : {'k', 'v'})
    text += c.has(4)
                ? fmt::format("%all{0} = Concat(%past{0}, %{0}) {{axis = 2}}\n",
                              name)
                : fmt::format("%all{0} = Identity(%{0})\n", name);
  if (node.has("scale"))
    text += scalar_like(
        "root", std::sqrt(static_cast<double>(node.number("scale"))), "q");
  else
    text +=
        "%width = Shape(%q) {start = 3}\n%width64 = Cast(%width) {to = 11}\n"
        "%once = Sqrt(%width64)\n%twice = Sqrt(%once)\n"
        "%part = Reciprocal(%twice)\n%root = CastLike(%part, %q)\n";
  text +=
      repeated("allk", shared) + repeated("allv", shared) +
      "%qs = Mul(%q, %root)\n%ks = Mul(%allkall, %root)\n"
      "%kt = Transpose(%ks) {perm = [0, 1, 3, 2]}\n%s0 = MatMul(%qs, %kt)\n";
  if (const float cap = node.number("softcap"); cap > 0)
    text += scalar_like("cap", cap, "q") +
            "%capped0 = Div(%s0, %cap)\n%capped = Tanh(%capped0)\n"
            "%s1 = Mul(%capped, %cap)\n";
  else
    text += "%s1 = Identity(%s0)\n";
  text += c.has(3) ? given_mask(c) + "%s2 = Add(%s1, %bias)\n"
                   : "%s2 = Identity(%s1)\n";
  const std::string masked = masked_places(c);
  text += masked + (masked.empty() ? "%s3 = Identity(%s2)\n"
                                   : "%s3 = Where(%masked, %never, %s2)\n");
  const int64_t precision = node.has("softmax_precision")
                                ? node.integer("softmax_precision")
                                : onnx_number(type);
  text += fmt::format("%s4 = Cast(%s3) {{to = {}}}\n%p0 = Softmax(%s4)\n",
                      precision);
  // A query that may see no key gets nothing.
  text +=
      "%along: i64[1] = const [-1]\n%most = ReduceMax(%s4, %along)\n"
      "%blind = IsInf(%most) {detect_positive = 0}\n"
      "%dark = CastLike(%nothing, %p0)\n%p1 = Where(%blind, %dark, %p0)\n"
      "%p = CastLike(%p1, %q)\n";
  if (mode < 0 || mode > 3)
    c.refuse(fmt::format("qk_matmul_output_mode {}", mode));
  constexpr const char* kShown[] = {"s0", "s1", "s3", "p"};
  text += fmt::format("%shown = Identity(%{})\n%y4 = MatMul(%p, %allvall)\n",
                      kShown[mode & 3]);
  return text + (packed ? "%y3 = Transpose(%y4) {perm = [0, 2, 1, 3]}\n"
                          "%flat: i64[3] = const [0, 0, -1]\n"
                          "%y = Reshape(%y3, %flat)\n}"
                        : "%y = Identity(%y4)\n}");
}

// One step after the other: a state of keys x values a head, which decays, is
// corrected, and is asked.
std::string linear_attention_body(FunctionCall& c) {
  const Node& node = c.node();
  const int64_t heads = node.integer("kv_num_heads");
  const int64_t q_heads = node.integer("q_num_heads");
  const std::string rule = node.text("update_rule");
  const bool gated = rule == "gated" || rule == "gated_delta";
  const bool delta = rule == "delta" || rule == "gated_delta";
  if (!gated && !delta && rule != "linear")
    c.refuse(fmt::format("update_rule '{}'", rule));
  if (heads < 1 || q_heads % heads != 0)
    c.refuse("heads that do not fit each other");
  if ((gated && !c.has(4)) || (delta && !c.has(5)))
    c.refuse("a decay or beta that is not given");
  const int64_t to =
      onnx_number(c.need_element(0) == ElementType::F64 ? ElementType::F64
                                                        : ElementType::F32);
  const auto taken = [&](std::string_view name, std::string_view sizes) {
    return fmt::format(
        "%{0}64 = Cast(%{0}0) {{to = {1}}}\n%{0}sizes: i64[5] = const [{2}]\n"
        "%{0} = Reshape(%{0}64, %{0}sizes)\n",
        name, to, sizes);
  };
  std::string text = "(%q0, %k0, %v0, %past0, %g0, %b0) -> (%y, %present) {\n" +
                     taken("q", fmt::format("0, 0, {}, {}, -1", heads,
                                            heads < 1 ? 1 : q_heads / heads)) +
                     taken("k", fmt::format("0, 0, {}, -1, 1", heads)) +
                     taken("v", fmt::format("0, 0, {}, 1, -1", heads));
  if (gated) text += taken("g", fmt::format("0, 0, {}, -1, 1", heads));
  if (delta) text += taken("b", "0, 0, -1, 1, 1");
  if (c.has(3))
    text += fmt::format("%past = Cast(%past0) {{to = {}}}\n", to);
  else
    text += fmt::format(
        "%batch = Shape(%k) {{end = 1}}\n%heads: i64[1] = const [{}]\n"
        "%rows = Shape(%k) {{end = 4, start = 3}}\n"
        "%columns = Shape(%v) {{start = 4}}\n"
        "%sizes = Concat(%batch, %heads, %rows, %columns) {{axis = 0}}\n"
        "%past1 = ConstantOfShape(%sizes)\n%past = Cast(%past1) {{to = {}}}\n",
        heads, to);
  const std::string more =
      std::string(gated ? ", %g" : "") + (delta ? ", %b" : "");
  const std::string more_in =
      std::string(gated ? ", %gt" : "") + (delta ? ", %bt" : "");
  const int count = 3 + gated + delta;
  text += fmt::format(
      "%last, %steps = Scan(%past, %q, %k, %v{0}) {{num_scan_inputs = {1}, "
      "scan_input_axes = [{2}], scan_output_axes = [1], "
      "body = graph \"step\" (%s, %qt, %kt, %vt{3}) -> (%after, %yt) {{\n",
      more, count, std::string("1, 1, 1, 1, 1").substr(0, 3 * count - 2),
      more_in);
  text += gated ? "%keep = Exp(%gt)\n%kept = Mul(%s, %keep)\n"
                : "%kept = Identity(%s)\n";
  text += delta ? "%axis: i64[1] = const [2]\n%parts = Mul(%kept, %kt)\n"
                  "%known = ReduceSum(%parts, %axis)\n"
                  "%news = Sub(%vt, %known)\n%change = Mul(%news, %bt)\n"
                : "%change = Identity(%vt)\n";
  text +=
      "%add = Mul(%kt, %change)\n%after = Add(%kept, %add)\n"
      "%yt = MatMul(%qt, %after)\n}}\n";
  if (const float scale = node.number("scale"); scale != 0)
    text += scalar_like("factor", scale, "steps");
  else
    text +=
        "%width = Shape(%k) {end = 4, start = 3}\n"
        "%width64 = Cast(%width) {to = 11}\n%root = Sqrt(%width64)\n"
        "%part = Reciprocal(%root)\n%factor = CastLike(%part, %steps)\n";
  return text +
         fmt::format(
             "%scaled = Mul(%steps, %factor)\n%flat: i64[3] = const [0, 0, "
             "-1]\n"
             "%line = Reshape(%scaled, %flat)\n%y = CastLike(%line, %q0)\n"
             "%present = CastLike(%last, {})\n}}",
             c.has(3) ? "%past0" : "%q0");
}

// Two halves of the numbers that are turned; the rest stays.
std::string rotary_embedding_body(FunctionCall& c) {
  const Node& node = c.node();
  const int64_t given = node.integer("rotary_embedding_dim");
  const bool neighbours = node.integer("interleaved") != 0;
  const bool packed = c.need_rank(0) == 3;
  const int64_t heads = node.integer("num_heads");
  if (packed && heads < 1) c.refuse("the number of heads is not given");
  const int64_t to =
      onnx_number(c.need_element(0) == ElementType::F64 ? ElementType::F64
                                                        : ElementType::F32);
  std::string text = fmt::format(
      "(%x0, %cos0, %sin0, %ids) -> (%y) {{\n%x1 = Cast(%x0) {{to = {0}}}\n"
      "%cos1 = Cast(%cos0) {{to = {0}}}\n%sin1 = Cast(%sin0) {{to = {0}}}\n"
      "%last: i64[1] = const [-1]\n%line: i64[1] = const [{1}]\n",
      to, packed ? 2 : 1);
  text += packed ? fmt::format(
                       "%apart: i64[4] = const [0, 0, {}, -1]\n"
                       "%x = Reshape(%x1, %apart)\n",
                       heads)
                 : "%x = Identity(%x1)\n";
  for (const char* name : {"cos", "sin"})
    text += c.has(3) ? fmt::format(
                           "%{0}2 = Gather(%{0}1, %ids)\n"
                           "%{0} = Unsqueeze(%{0}2, %line)\n",
                           name)
                     : fmt::format("%{0} = Unsqueeze(%{0}1, %line)\n", name);
  if (given > 0)
    text += fmt::format(
        "%none: i64[1] = const [0]\n%end: i64[1] = const [{}]\n"
        "%all: i64[1] = const [{}]\n%t = Slice(%x, %none, %end, %last)\n"
        "%rest = Slice(%x, %end, %all, %last)\n",
        given, kToTheEnd);
  else
    text += "%t = Identity(%x)\n";
  text += neighbours ? "%pairs: i64[5] = const [0, 0, 0, -1, 2]\n"
                       "%two = Reshape(%t, %pairs)\n"
                       "%a0, %b0 = Split(%two) {axis = -1, num_outputs = 2}\n"
                       "%a = Squeeze(%a0, %last)\n%b = Squeeze(%b0, %last)\n"
                     : "%a, %b = Split(%t) {axis = -1, num_outputs = 2}\n";
  text +=
      "%ca = Mul(%cos, %a)\n%sb = Mul(%sin, %b)\n%first = Sub(%ca, %sb)\n"
      "%sa = Mul(%sin, %a)\n%cb = Mul(%cos, %b)\n%second = Add(%sa, %cb)\n";
  text +=
      neighbours
          ? "%f1 = Unsqueeze(%first, %last)\n%s1 = Unsqueeze(%second, %last)\n"
            "%woven = Concat(%f1, %s1) {axis = -1}\n"
            "%flat: i64[4] = const [0, 0, 0, -1]\n"
            "%turned = Reshape(%woven, %flat)\n"
          : "%turned = Concat(%first, %second) {axis = -1}\n";
  text += given > 0 ? "%joined = Concat(%turned, %rest) {axis = -1}\n"
                    : "%joined = Identity(%turned)\n";
  text += packed ? "%flat3: i64[3] = const [0, 0, -1]\n"
                   "%back = Reshape(%joined, %flat3)\n"
                 : "%back = Identity(%joined)\n";
  return text + "%y = CastLike(%back, %x0)\n}";
}

}  // namespace hone::tensor
