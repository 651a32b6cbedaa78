// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of com.microsoft on quantised tensors: what they compute lies
// between a DequantizeLinear and a QuantizeLinear.
#include <fmt/format.h>

#include "tensor/functions/contrib_bodies.h"

namespace hone::tensor::contrib {

namespace {

std::string dequantized(std::string_view name) {
  return fmt::format("%{0}f = DequantizeLinear(%{0}, %{0}s, %{0}z)\n", name);
}

// %y of %r, by %ys and %yz; as input `like` where no zero point says the type.
std::string quantized(const FunctionCall& c, size_t zero_point, size_t like) {
  std::string with;
  if (!c.has(zero_point) && c.element(like))
    with = fmt::format(" {{output_dtype = {}}}", onnx_number(*c.element(like)));
  return fmt::format("%y = QuantizeLinear(%r, %ys, %yz){}\n}}", with);
}

std::string qlinear_binary(const FunctionCall& c, std::string_view op) {
  return "(%a, %as, %az, %b, %bs, %bz, %ys, %yz) -> (%y) {\n" +
         dequantized("a") + dequantized("b") +
         fmt::format("%r = {}(%af, %bf)\n", op) + quantized(c, 7, 0);
}

std::string qlinear_unary(const FunctionCall& c, std::string_view nodes) {
  return "(%x, %xs, %xz, %ys, %yz) -> (%y) {\n" + dequantized("x") +
         std::string(nodes) + quantized(c, 4, 0);
}

// A permutation of `rank` axes that moves the second or the last one.
std::string channels(int64_t rank, bool to_front) {
  std::string perm = "0";
  if (to_front) perm += fmt::format(", {}", rank - 1);
  for (int64_t i = to_front ? 1 : 2; i < rank - (to_front ? 1 : 0); ++i)
    perm += fmt::format(", {}", i);
  if (!to_front) perm += ", 1";
  return " {perm = [" + perm + "]}";
}

// `node` of %FROMc as %rc, between transposes where channels come last.
std::string on_channels(FunctionCall& c, bool last, std::string_view from,
                        std::string_view node) {
  const auto turn = [&](std::string_view to, std::string_view x, bool front) {
    return last ? fmt::format("%{} = Transpose(%{}){}\n", to, x,
                              channels(c.need_rank(0), front))
                : fmt::format("%{} = Identity(%{})\n", to, x);
  };
  return turn(fmt::format("{}c", from), from, true) + std::string(node) +
         turn("r", "rc", false);
}

std::string biased(bool has) {
  return has ? "%y = Add(%p, %bias)\n}" : "%y = Identity(%p)\n}";
}

// %NAMEw: the numbers of `bits` bits that stand in the bytes of %NAME, the
// lowest first, along an axis of their own behind the others.
std::string unpacked(std::string_view name, int64_t bits) {
  if (bits == 8)
    return fmt::format(
        "%{0}u: i64[1] = const [-1]\n%{0}w = Unsqueeze(%{0}, %{0}u)\n", name);
  std::string text =
      fmt::format("%{0}u: i64[1] = const [-1]\n%{0}m: u8[] = const [{1}]\n",
                  name, (1 << bits) - 1);
  std::string parts;
  for (int64_t i = 0; i < 8 / bits; ++i) {
    text += fmt::format(
        "%{0}b{1}: u8[] = const [{2}]\n"
        "%{0}s{1} = BitShift(%{0}, %{0}b{1}) {{direction = \"RIGHT\"}}\n"
        "%{0}n{1} = BitwiseAnd(%{0}s{1}, %{0}m)\n"
        "%{0}d{1} = Unsqueeze(%{0}n{1}, %{0}u)\n",
        name, i, i * bits);
    parts += fmt::format("{}%{}d{}", i == 0 ? "" : ", ", name, i);
  }
  return text + fmt::format("%{}w = Concat({}) {{axis = -1}}\n", name, parts);
}

bool is_width(int64_t bits) { return bits == 2 || bits == 4 || bits == 8; }

}  // namespace

std::string qlinear_add(FunctionCall& c) { return qlinear_binary(c, "Add"); }

std::string qlinear_mul(FunctionCall& c) { return qlinear_binary(c, "Mul"); }

std::string qlinear_sigmoid(FunctionCall& c) {
  return qlinear_unary(c, "%r = Sigmoid(%xf)\n");
}

std::string qlinear_leaky_relu(FunctionCall& c) {
  return qlinear_unary(c, fmt::format("%r = LeakyRelu(%xf) {{alpha = {}}}\n",
                                      c.number("alpha", 0.01f)));
}

std::string qlinear_global_average_pool(FunctionCall& c) {
  return qlinear_unary(c, on_channels(c, c.integer("channels_last") != 0, "xf",
                                      "%rc = GlobalAveragePool(%xfc)\n"));
}

std::string qlinear_average_pool(FunctionCall& c) {
  const bool last = c.integer("channels_last") != 0;
  const std::string with =
      c.passed_on({"auto_pad", "ceil_mode", "count_include_pad", "kernel_shape",
                   "pads", "strides"});
  return qlinear_unary(
      c, on_channels(c, last, "xf",
                     fmt::format("%rc = AveragePool(%xfc){}\n", with)));
}

std::string nhwc_max_pool(FunctionCall& c) {
  const std::string with = c.passed_on({"auto_pad", "ceil_mode", "dilations",
                                        "kernel_shape", "pads", "strides"});
  return "(%x) -> (%r) {\n" +
         on_channels(c, true, "x",
                     fmt::format("%rc = MaxPool(%xc){}\n", with)) +
         "}";
}

std::string qlinear_conv(FunctionCall& c) {
  const bool last = c.integer("channels_last") != 0;
  const std::string with = c.passed_on(
      {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
  return "(%x, %xs, %xz, %w, %ws, %wz, %ys, %yz, %b) -> (%r) {\n" +
         on_channels(c, last, "x",
                     fmt::format("%rc = QLinearConv(%xc, %xs, %xz, %w, %ws, "
                                 "%wz, %ys, %yz, %b){}\n",
                                 with)) +
         "}";
}

// Before opset 13, all axes from the given one on were one.
std::string qlinear_softmax(FunctionCall& c) {
  const int64_t opset = c.integer("opset", 13);
  const int64_t axis = c.integer("axis", -1);
  if (opset >= 13)
    return qlinear_unary(
        c, fmt::format("%r = Softmax(%xf) {{axis = {}}}\n", axis));
  return qlinear_unary(
      c, fmt::format("%sizes = Shape(%x)\n%flat = Flatten(%xf) {{axis = {}}}\n"
                     "%shares = Softmax(%flat)\n"
                     "%r = Reshape(%shares, %sizes)\n",
                     axis));
}

std::string qlinear_where(FunctionCall& c) {
  return "(%which, %a, %as, %az, %b, %bs, %bz, %ys, %yz) -> (%y) {\n" +
         dequantized("a") + dequantized("b") +
         "%r = Where(%which, %af, %bf)\n" + quantized(c, 8, 1);
}

std::string qlinear_concat(FunctionCall& c) {
  const size_t count = (c.node().inputs.size() - 2) / 3;
  if (c.node().inputs.size() != 2 + 3 * count)
    c.refuse("inputs that are no triples of tensor, scale and zero point");
  std::string inputs = "(%ys, %yz", body, parts;
  for (size_t i = 0; i < count; ++i) {
    inputs += fmt::format(", %x{0}, %x{0}s, %x{0}z", i);
    body += dequantized(fmt::format("x{}", i));
    parts += fmt::format("{}%x{}f", i == 0 ? "" : ", ", i);
  }
  return inputs + ") -> (%y) {\n" + body +
         fmt::format("%r = Concat({}) {{axis = {}}}\n", parts,
                     c.integer("axis")) +
         quantized(c, 1, 2);
}

// C stands at the scale of the products.
std::string qgemm(FunctionCall& c) {
  const bool turned = c.integer("transB") != 0;
  const float alpha = c.number("alpha", 1);
  std::string text =
      "(%a, %as, %az, %b, %bs, %bz, %c, %ys, %yz) -> (%y) {\n" +
      dequantized("a") +
      fmt::format("%bf = DequantizeLinear(%b, %bs, %bz) {{axis = {}}}\n",
                  turned ? 0 : 1) +
      fmt::format(
          "%p = Gemm(%af, %bf) {{transA = {}, transB = {}, "
          "alpha = {}}}\n",
          c.integer("transA"), turned ? 1 : 0, alpha);
  if (c.has(6))
    text += fmt::format(
        "%alpha: f32[] = const [{}]\n%scale0 = Mul(%as, %bs)\n"
        "%scale = Mul(%scale0, %alpha)\n%whole = Cast(%c) {{to = 1}}\n"
        "%more = Mul(%whole, %scale)\n%r = Add(%p, %more)\n",
        alpha);
  else
    text += "%r = Identity(%p)\n";
  return text + (c.has(7) ? quantized(c, 8, 0) : "%y = Identity(%r)\n}");
}

std::string quantize(FunctionCall& c) {
  return fmt::format(
      "(%x, %s, %z) -> (%y) {{\n%y = QuantizeLinear(%x, %s, %z){}\n}}",
      c.passed_on({"axis", "block_size"}));
}

std::string dequantize(FunctionCall& c) {
  return fmt::format(
      "(%x, %s, %z) -> (%y) {{\n%y = DequantizeLinear(%x, %s, "
      "%z){}\n}}",
      c.passed_on({"axis", "block_size"}));
}

std::string dynamic_quantize_matmul(FunctionCall& c) {
  return "(%a, %b, %bs, %bz, %bias) -> (%y) {\n"
         "%aq, %aqs, %aqz = DynamicQuantizeLinear(%a)\n" +
         dequantized("aq") +
         "%bf = DequantizeLinear(%b, %bs, %bz) {axis = -1}\n"
         "%p = MatMul(%aqf, %bf)\n" +
         biased(c.has(4));
}

std::string matmul_integer_to_float(FunctionCall& c) {
  return "(%a, %b, %as, %bs, %az, %bz, %bias) -> (%y) {\n" + dequantized("a") +
         "%bf = DequantizeLinear(%b, %bs, %bz) {axis = -1}\n"
         "%p = MatMul(%af, %bf)\n" +
         biased(c.has(6));
}

std::string matmul_integer_16(FunctionCall&) {
  return "(%a, %b) -> (%y) {\n%a32 = Cast(%a) {to = 6}\n"
         "%b32 = Cast(%b) {to = 6}\n%y = MatMul(%a32, %b32)\n}";
}

// A row of the weights is blocks of numbers with a scale and a zero point each.
std::string matmul_n_bits(FunctionCall& c) {
  const int64_t bits = c.integer("bits", 4), block = c.integer("block_size");
  const int64_t n = c.integer("N"), k = c.integer("K");
  c.ignore("accuracy_level");  // how much a result may be off
  if (!is_width(bits)) c.refuse(fmt::format("{} bits", bits));
  if (n < 1 || k < 1 || block < 1) c.refuse("N, K and block_size below 1");
  if (c.integer("weight_prepacked") != 0) c.refuse("weight_prepacked");
  if (c.has(4)) c.refuse("an order of the groups (g_idx)");
  const int64_t blocks = block < 1 ? 1 : (k + block - 1) / block;
  std::string text = "(%a, %b, %s0, %z, %g, %bias) -> (%y) {\n" +
                     (is_width(bits) ? unpacked("b", bits) : "") +
                     list_constant("shape", {n, blocks, block}) +
                     list_constant("each", {n, blocks, 1}) +
                     list_constant("rows", {n, -1}) +
                     "%whole = Reshape(%bw, %shape)\n%s = Reshape(%s0, %each)\n"
                     "%weights0 = CastLike(%whole, %a)\n";
  const bool packed = c.has(3) && c.element(3) == ElementType::U8;
  if (packed) {
    if (is_width(bits)) text += unpacked("z", bits);
    // A row of zero points ends with a whole byte.
    text += list_constant("none", {0}) + list_constant("count", {blocks}) +
            list_constant("along", {1}) +
            "%zrows = Reshape(%zw, %rows)\n"
            "%zused = Slice(%zrows, %none, %count, %along)\n"
            "%zeach = Reshape(%zused, %each)\n%zero = CastLike(%zeach, %a)\n";
  } else if (c.has(3)) {
    text += "%zero = Reshape(%z, %each)\n";
  } else {
    text += scalar_like("zero", static_cast<double>(1 << (bits - 1)), "a");
  }
  text +=
      "%moved = Sub(%weights0, %zero)\n%scaled = Mul(%moved, %s)\n"
      "%line = Reshape(%scaled, %rows)\n";
  if (blocks * block != k)
    text += list_constant("kfirst", {0}) + list_constant("klast", {k}) +
            list_constant("kaxis", {1}) +
            "%used = Slice(%line, %kfirst, %klast, %kaxis)\n";
  else
    text += "%used = Identity(%line)\n";
  return text +
         "%turned = Transpose(%used) {perm = [1, 0]}\n"
         "%p = MatMul(%a, %turned)\n" +
         biased(c.has(5));
}

// The table as numbers, then rows of it.
std::string gather_block_quantized(FunctionCall& c) {
  const int64_t bits = c.integer("bits", 4);
  const int64_t block = c.integer("block_size", 128);
  const int64_t axis = c.integer("quantize_axis", 1);
  const int64_t along = c.integer("gather_axis", 0);
  std::string text = "(%d, %at, %s, %z) -> (%y) {\n";
  if (c.need_element(0) == ElementType::U8) {
    if (!is_width(bits)) c.refuse(fmt::format("{} bits", bits));
    const int64_t rank = c.need_rank(0);
    std::vector<int64_t> shape(rank, 0);
    shape.back() = -1;
    text += list_constant("wide", shape);
    for (const char name : {'d', 'z'}) {
      if (name == 'z' && !c.has(3)) continue;
      if (is_width(bits)) text += unpacked(std::string(1, name), bits);
      text += fmt::format("%{0}n = Reshape(%{0}w, %wide)\n", name);
    }
    if (c.has(3))
      // A row of zero points ends with a whole byte.
      text += list_constant("first", std::vector<int64_t>(rank, 0)) +
              "%zsizes = Shape(%s)\n%zero = Slice(%zn, %first, %zsizes)\n";
    else
      text += fmt::format(
          "%middle: u8[] = const [{}]\n%sizes = Shape(%s)\n"
          "%zero = Expand(%middle, %sizes)\n",
          1 << (bits - 1));
    text += fmt::format(
        "%table = DequantizeLinear(%dn, %s, %zero) {{axis = {}, block_size = "
        "{}}}\n",
        axis, block);
  } else {
    text += fmt::format(
        "%table = DequantizeLinear(%d, %s, %z) {{axis = {}, block_size = "
        "{}}}\n",
        axis, block);
  }
  return text +
         fmt::format("%y = Gather(%table, %at) {{axis = {}}}\n}}", along);
}

}  // namespace hone::tensor::contrib
