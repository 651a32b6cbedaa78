// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of com.microsoft that ONNX took over later, in other words.
#include <fmt/format.h>

#include "tensor/functions/contrib_bodies.h"

namespace hone::tensor::contrib {

// Pairs of rows: |a|^2 - 2 a b + |b|^2, from differences.
std::string cdist(FunctionCall& c) {
  const std::string metric = c.text("metric", "sqeuclidean");
  if (metric != "sqeuclidean" && metric != "euclidean")
    c.refuse(fmt::format("metric '{}'", metric));
  return fmt::format(
      "(%a, %b) -> (%y) {{\n%one: i64[1] = const [1]\n%none: i64[1] = const "
      "[0]\n%two: i64[1] = const [2]\n%ar = Unsqueeze(%a, %one)\n"
      "%br = Unsqueeze(%b, %none)\n%d = Sub(%ar, %br)\n%d2 = Mul(%d, %d)\n"
      "%s = ReduceSum(%d2, %two) {{keepdims = 0}}\n%y = {}(%s)\n}}",
      metric == "euclidean" ? "Sqrt" : "Identity");
}

std::string expand_dims(FunctionCall&) {
  return "(%x, %axis32) -> (%y) {\n%list: i64[1] = const [1]\n"
         "%axis64 = Cast(%axis32) {to = 7}\n%axis = Reshape(%axis64, %list)\n"
         "%y = Unsqueeze(%x, %axis)\n}";
}

std::string gather_nd(FunctionCall&) {
  return "(%x, %at0) -> (%y) {\n%at = Cast(%at0) {to = 7}\n"
         "%y = GatherND(%x, %at)\n}";
}

std::string grid_sample(FunctionCall& c) {
  const std::string mode = c.text("mode", "bilinear");
  const std::string now = mode == "bilinear"  ? "linear"
                          : mode == "bicubic" ? "cubic"
                                              : mode;
  return fmt::format(
      "(%x, %grid) -> (%y) {{\n%y = GridSample(%x, %grid) {{mode = \"{}\", "
      "align_corners = {}, padding_mode = \"{}\"}}\n}}",
      now, c.integer("align_corners"), c.text("padding_mode", "zeros"));
}

std::string pad(FunctionCall& c) {
  return fmt::format(
      "(%x, %pads0, %value) -> (%y) {{\n%list: i64[1] = const [-1]\n"
      "%pads = Reshape(%pads0, %list)\n%y = Pad(%x, %pads, %value){}\n}}",
      c.passed_on({"mode"}));
}

std::string range(FunctionCall& c) {
  std::string text =
      "(%start0, %limit0, %step0) -> (%y) {\n%all: i64[0] = const []\n"
      "%start = Reshape(%start0, %all)\n%limit = Reshape(%limit0, %all)\n";
  text += c.has(2) ? "%step = Reshape(%step0, %all)\n"
                   : "%step1: i64[] = const [1]\n"
                     "%step = CastLike(%step1, %start0)\n";
  return text + "%y = Range(%start, %limit, %step)\n}";
}

// One position for a whole batch is that of its first place. The size of a head
// is said by the heads, or else by the angles.
std::string rotary_embedding(FunctionCall& c) {
  const bool packed = c.need_rank(0) == 3;
  const int64_t turned = c.integer("rotary_embedding_dim");
  const int64_t heads = c.integer("num_heads");
  if (c.number("scale", 1) != 1) c.refuse("a scale");
  if (c.integer("is_packed_batching") != 0) c.refuse("is_packed_batching");
  std::string text = "(%x, %at, %cos, %sin) -> (%y) {\n";
  if (c.need_rank(1) == 1)
    text += fmt::format(
        "%batch = Shape(%x) {{end = 1}}\n"
        "%length = Shape(%x) {{start = {0}, end = {1}}}\n"
        "%0: i64[] = const [0]\n%1: i64[] = const [1]\n"
        "%all: i64[0] = const []\n%count = Reshape(%length, %all)\n"
        "%order = Range(%0, %count, %1)\n%here = Add(%order, %at)\n"
        "%many = Concat(%batch, %length) {{axis = 0}}\n"
        "%ids = Expand(%here, %many)\n",
        packed ? 1 : 2, packed ? 2 : 3);
  else
    text += "%ids = Identity(%at)\n";
  const std::string with =
      fmt::format("{{interleaved = {}, rotary_embedding_dim = {}}}",
                  c.integer("interleaved"), turned);
  if (!packed)
    return text + "%y = RotaryEmbedding(%x, %cos, %sin, %ids) " + with + "\n}";
  const std::vector<int64_t> apart =
      heads > 0 ? std::vector<int64_t>{0, 0, heads, -1}
                : std::vector<int64_t>{0, 0, -1, 2 * c.need_size(2, 1)};
  return text + list_constant("apart", apart) +
         list_constant("flat", {0, 0, -1}) +
         "%x4 = Reshape(%x, %apart)\n"
         "%xh = Transpose(%x4) {perm = [0, 2, 1, 3]}\n"
         "%yh = RotaryEmbedding(%xh, %cos, %sin, %ids) " +
         with +
         "\n%y4 = Transpose(%yh) {perm = [0, 2, 1, 3]}\n"
         "%y = Reshape(%y4, %flat)\n}";
}

std::string trilu(FunctionCall& c) {
  return fmt::format("(%x, %k) -> (%y) {{\n%y = Trilu(%x, %k){}\n}}",
                     c.passed_on({"upper"}));
}

std::string unique(FunctionCall&) {
  return "(%x) -> (%y, %at, %count) {\n"
         "%y, %first, %at, %count = Unique(%x) {sorted = 0}\n}";
}

}  // namespace hone::tensor::contrib
