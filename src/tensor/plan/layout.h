// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the elements of a tensor stand.
#pragma once

#include <cstdint>

#include "tensor/dim.h"

namespace hone::tensor {

// Zeros around each plane, in pixels.
struct Halo {
  int64_t top = 0, left = 0, bottom = 0, right = 0;
  bool operator==(const Halo&) const = default;
};

// Whether `have` has all pixels of `want`.
inline bool covers(const Halo& have, const Halo& want) {
  return have.top >= want.top && have.left >= want.left &&
         have.bottom >= want.bottom && have.right >= want.right;
}

// Channels of a block: one vector of x86-64-v4. Smaller vectors take a block in
// several parts, so that weights and activations stand alike for all targets.
inline constexpr int kBlock = 16;

enum class LayoutKind {
  Plain,    // dense, row-major
  Planar,   // [N][C][H][W] with a halo
  Blocked,  // [N][C / kBlock][H][W][kBlock] with a halo; channels behind the
            // last are 0, or what an expression makes of 0
};

// `Size`: Dim while the plan is made, int64_t in the plan.
template <typename Size>
struct LayoutOf {
  using Kind = LayoutKind;
  Kind kind = Kind::Plain;
  // Of Planar and Blocked; of Plain, width is the number of elements.
  Size images = 1;
  int64_t channels = 1;
  Size height = 1, width = 1;
  Halo halo = {};
  // Of a part of a concatenation: the planes of an image of the whole.
  int64_t joined = 0;

  // In elements.
  int64_t pixel() const { return kind == Kind::Blocked ? kBlock : 1; }
  Size row() const { return (halo.left + width + halo.right) * pixel(); }
  Size plane() const { return (halo.top + height + halo.bottom) * row(); }
  int64_t planes() const {
    return kind == Kind::Blocked ? (channels + kBlock - 1) / kBlock : channels;
  }
  Size image() const { return (joined > 0 ? joined : planes()) * plane(); }
  Size size() const { return images * image(); }
  // Of the first element that is not halo.
  Size inside() const { return halo.top * row() + halo.left * pixel(); }

  bool operator==(const LayoutOf&) const = default;
};
using Layout = LayoutOf<Dim>;
// Numbers, or slots.
using PlanLayout = LayoutOf<int64_t>;

}  // namespace hone::tensor
