// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies of operators that move elements, or make them of nothing but sizes.
#include <fmt/format.h>

#include <numbers>

#include "tensor/functions/written_bodies.h"

namespace hone::tensor {

// Coordinates of the places along each axis, side by side with 1, times theta.
std::string affine_grid_body(FunctionCall& c) {
  const int64_t axes = c.need_size(0, 1);
  if (axes != 2 && axes != 3) {
    c.refuse("theta of other sizes than N x 2 x 3 and N x 3 x 4");
    return "";
  }
  const bool align = c.node().integer("align_corners") != 0;
  // The last axis is x, the first coordinate.
  const std::string names = axes == 2 ? "hw" : "dhw";
  std::string text = fmt::format(
      "(%theta, %size0) -> (%y) {{\n%size = Cast(%size0) {{to = 7}}\n"
      "%n, %c, {} = Split(%size) {{axis = 0, num_outputs = {}}}\n"
      "%0: f64[] = const [0]\n%1: f64[] = const [1]\n%2: f64[] = const [2]\n"
      "%last: i64[1] = const [-1]\n%all: i64[0] = const []\n"
      "%places = Concat({}) {{axis = 0}}\n",
      axes == 2 ? "%h, %w" : "%d, %h, %w", axes + 2,
      axes == 2 ? "%h, %w" : "%d, %h, %w");
  std::string columns;
  for (int64_t i = 0; i < axes; ++i) {
    const char a = names[i];
    text += fmt::format(
        "%{0}s0 = Reshape(%{0}, %all)\n%{0}s = Cast(%{0}s0) {{to = 11}}\n"
        "%{0}i = Range(%0, %{0}s, %1)\n%{0}i2 = Mul(%{0}i, %2)\n",
        a);
    text += align
                // One place alone is -1.
                ? fmt::format(
                      "%{0}m = Sub(%{0}s, %1)\n%{0}b = Max(%{0}m, %1)\n"
                      "%{0}q = Div(%{0}i2, %{0}b)\n%{0}x = Sub(%{0}q, %1)\n",
                      a)
                : fmt::format(
                      "%{0}m = Add(%{0}i2, %1)\n%{0}q = Div(%{0}m, %{0}s)\n"
                      "%{0}x = Sub(%{0}q, %1)\n",
                      a);
    std::vector<int64_t> shape(axes, 1);
    shape[i] = -1;
    text += list_constant(fmt::format("{}shape", a), shape);
    text += fmt::format(
        "%{0}r = Reshape(%{0}x, %{0}shape)\n%{0}e = Expand(%{0}r, %places)\n"
        "%{0}u = Unsqueeze(%{0}e, %last)\n",
        a);
    columns = fmt::format("%{}u, ", a) + columns;
  }
  return text + fmt::format(
                    "%ones = Mul(%{0}u, %0)\n%one = Add(%ones, %1)\n"
                    "%grid = Concat({1}%one) {{axis = -1}}\n"
                    "%flat: i64[2] = const [-1, {2}]\n"
                    "%rows = Reshape(%grid, %flat)\n"
                    "%theta64 = Cast(%theta) {{to = 11}}\n"
                    "%turned = Transpose(%theta64) {{perm = [0, 2, 1]}}\n"
                    "%made = MatMul(%rows, %turned)\n"
                    "%axes: i64[1] = const [{3}]\n"
                    "%sizes = Concat(%n, %places, %axes) {{axis = 0}}\n"
                    "%shaped = Reshape(%made, %sizes)\n"
                    "%y = CastLike(%shaped, %theta)\n}}",
                    names.back(), columns, axes + 1, axes);
}

// What is too much is cut off, half of it in front; then zeros are put around
// what is too little.
std::string center_crop_pad_body(FunctionCall& c) {
  const bool some = c.node().has("axes");
  std::string text =
      "(%x, %given) -> (%y) {\n%wanted = Cast(%given) {to = 7}\n"
      "%0: i64[] = const [0]\n%2: i64[] = const [2]\n%all = Shape(%x)\n";
  if (some)
    text += list_constant("axes", c.node().integers("axes")) +
            "%now = Gather(%all, %axes)\n";
  else
    text += "%now = Identity(%all)\n";
  return text + fmt::format(
                    "%more = Sub(%now, %wanted)\n%less = Neg(%more)\n"
                    "%cut = Max(%more, %0)\n%start = Div(%cut, %2)\n"
                    "%end = Add(%start, %wanted)\n"
                    "%inner = Slice(%x, %start, %end{0})\n"
                    "%lack = Max(%less, %0)\n%before = Div(%lack, %2)\n"
                    "%after = Sub(%lack, %before)\n"
                    "%pads = Concat(%before, %after) {{axis = 0}}\n"
                    "%y = Pad(%inner, %pads{1})\n}}",
                    some ? ", %axes" : "", some ? ", _, %axes" : "");
}

namespace {

// Takes the axes of four apart, turns them, and puts them together again.
std::string turned(const FunctionCall& c, std::string_view first,
                   std::string_view perm, std::string_view second) {
  return fmt::format(
      "(%x) -> (%y) {{\n%sizes = Shape(%x)\n"
      "%n, %c, %h, %w = Split(%sizes) {{axis = 0, num_outputs = 4}}\n"
      "%b: i64[1] = const [{0}]\n%bb = Mul(%b, %b)\n"
      "%cb = Mul(%c, %bb)\n%hb = Mul(%h, %b)\n%wb = Mul(%w, %b)\n"
      "%c_b = Div(%c, %bb)\n%h_b = Div(%h, %b)\n%w_b = Div(%w, %b)\n"
      "%wide = Concat({1}) {{axis = 0}}\n%apart = Reshape(%x, %wide)\n"
      "%turned = Transpose(%apart) {{perm = [{2}]}}\n"
      "%narrow = Concat({3}) {{axis = 0}}\n"
      "%y = Reshape(%turned, %narrow) {{allowzero = 1}}\n}}",
      c.node().integer("blocksize"), first, perm, second);
}

}  // namespace

std::string depth_to_space_body(FunctionCall& c) {
  const bool crd = c.node().text("mode") == "CRD";
  return turned(
      c, crd ? "%n, %c_b, %b, %b, %h, %w" : "%n, %b, %b, %c_b, %h, %w",
      crd ? "0, 1, 4, 2, 5, 3" : "0, 3, 4, 1, 5, 2", "%n, %c_b, %hb, %wb");
}

std::string space_to_depth_body(FunctionCall& c) {
  const bool crd = c.node().text("mode") == "CRD";
  return turned(c, "%n, %c, %h_b, %b, %w_b, %b",
                crd ? "0, 1, 3, 5, 2, 4" : "0, 3, 5, 1, 2, 4",
                "%n, %cb, %h_b, %w_b");
}

// A sum of ones counts.
std::string range_body(FunctionCall& c) {
  const ElementType type = c.need_element(0);
  return fmt::format(
      "(%start0, %limit0, %step0) -> (%y) {{\n"
      "%none: f64[] = const [0]\n%all: i64[0] = const []\n"
      "%axis: i64[] = const [0]\n%shape: i64[1] = const [1]\n"
      "%start64 = Cast(%start0) {{to = 11}}\n"
      "%limit64 = Cast(%limit0) {{to = 11}}\n"
      "%step64 = Cast(%step0) {{to = 11}}\n"
      "%way = Sub(%limit64, %start64)\n%steps = Div(%way, %step64)\n"
      "%whole = Ceil(%steps)\n%count0 = Max(%whole, %none)\n"
      "%count1 = Cast(%count0) {{to = 7}}\n"
      "%count = Reshape(%count1, %shape)\n"
      "%ones = ConstantOfShape(%count) {{value = i64[1] [1]}}\n"
      "%turns = CumSum(%ones, %axis) {{exclusive = 1}}\n"
      "%at = Cast(%turns) {{to = {0}}}\n%step1 = Cast(%step0) {{to = {0}}}\n"
      "%start1 = Cast(%start0) {{to = {0}}}\n"
      "%start = Reshape(%start1, %all)\n%step = Reshape(%step1, %all)\n"
      "%gone = Mul(%at, %step)\n%place = Add(%start, %gone)\n"
      "%y = CastLike(%place, %start0)\n}}",
      is_float(type) ? 11 : 7);
}

// a0 - a1 cos(t) + a2 cos(2 t), t from 0 to a full turn.
std::string signal_window_body(FunctionCall& c) {
  double a0 = 0.5, a1 = 0.5, a2 = 0;
  if (c.node().op == Op::HammingWindow) {
    a0 = 25.0 / 46;
    a1 = 1 - a0;
  } else if (c.node().op == Op::BlackmanWindow) {
    a0 = 0.42;
    a2 = 0.08;
  }
  return fmt::format(
      "(%size0) -> (%y) {{\n%0: f64[] = const [0]\n%1: f64[] = const [1]\n"
      "%all: i64[0] = const []\n%size1 = Reshape(%size0, %all)\n"
      "%size = Cast(%size1) {{to = 11}}\n%i = Range(%0, %size, %1)\n"
      "%period = {0}\n%some = Max(%period, %1)\n"
      "%turn: f64[] = const [{1}]\n%two: f64[] = const [2]\n"
      "%a0: f64[] = const [{2}]\n%a1: f64[] = const [{3}]\n"
      "%a2: f64[] = const [{4}]\n%angle = Mul(%i, %turn)\n"
      "%t = Div(%angle, %some)\n%t2 = Mul(%t, %two)\n"
      "%c1 = Cos(%t)\n%c2 = Cos(%t2)\n%s1 = Mul(%c1, %a1)\n"
      "%s2 = Mul(%c2, %a2)\n%d = Sub(%a0, %s1)\n%window = Add(%d, %s2)\n"
      // One place alone has no period.
      "%alone = Equal(%period, %0)\n%known = Where(%alone, %1, %window)\n"
      "%y = Cast(%known) {{to = {5}}}\n}}",
      c.node().integer("periodic") != 0 ? "Identity(%size)" : "Sub(%size, %1)",
      2 * std::numbers::pi, a0, a1, a2, c.node().integer("output_datatype"));
}

}  // namespace hone::tensor
