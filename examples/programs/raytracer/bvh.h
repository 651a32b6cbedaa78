// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A bounding volume hierarchy over shapes of any type that has bounds.
//
// The shapes are split in two halves along the widest axis of their centers,
// again and again, until few are left.  The nodes lie in one array in the order
// of a walk from the root, so the first child follows its parent and only the
// place of the second is stored.  A search keeps the nodes still to visit on a
// small stack and skips every box that the ray misses or reaches only after the
// nearest hit so far; the child on the side the ray comes from goes first.

#ifndef EXAMPLES_RAYTRACER_BVH_H_
#define EXAMPLES_RAYTRACER_BVH_H_

#include <array>
#include <concepts>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "geometry.h"

namespace raytracer {

template <typename T>
concept Traceable = requires(const T& shape, const Ray& ray, double far) {
  { shape.bounds() } -> std::convertible_to<std::optional<Box>>;
  { shape.hit(ray, far)->distance } -> std::convertible_to<double>;
};

template <Traceable T>
class Bvh {
 public:
  Bvh() = default;

  explicit Bvh(std::span<const T* const> shapes) {
    std::vector<Item> items;
    for (const T* shape : shapes) {
      if (std::optional<Box> box = shape->bounds()) {
        items.push_back({shape, *box, items.size()});
      } else {
        endless_.push_back(shape);
      }
    }
    if (!items.empty()) build(items);
  }

  auto hit(const Ray& ray, double far) const
      -> decltype(std::declval<const T&>().hit(ray, far)) {
    decltype(std::declval<const T&>().hit(ray, far)) nearest;
    auto try_shape = [&](const T* shape) {
      if (auto found = shape->hit(ray, far)) {
        far = found->distance;
        nearest = found;
      }
    };
    for (const T* shape : endless_) try_shape(shape);
    if (nodes_.empty()) return nearest;

    Vec3 inverse{1.0 / ray.direction.x, 1.0 / ray.direction.y,
                 1.0 / ray.direction.z};
    std::array<std::uint32_t, kMaxDepth> pending;
    std::size_t depth = 0;
    pending[depth++] = 0;
    while (depth > 0) {
      std::uint32_t at = pending[--depth];
      const Node& node = nodes_[at];
      if (!node.box.is_hit(ray, inverse, far)) continue;
      if (node.count > 0) {
        for (std::uint32_t i = 0; i < node.count; i++) {
          try_shape(leaves_[node.first + i]);
        }
      } else if (ray.direction[node.axis] < 0) {
        pending[depth++] = at + 1;
        pending[depth++] = node.first;
      } else {
        pending[depth++] = node.first;
        pending[depth++] = at + 1;
      }
    }
    return nearest;
  }

  std::size_t node_count() const { return nodes_.size(); }

 private:
  static constexpr std::size_t kLeafSize = 2;
  // Halving leaves at most one pending node for each level of the tree.
  static constexpr std::size_t kMaxDepth = 64;

  struct Item {
    const T* shape;
    Box box;
    std::size_t number;
  };
  struct Node {
    Box box;
    std::uint32_t first = 0;  // second child, or first shape of a leaf
    std::uint32_t count = 0;  // of shapes; 0 for an inner node
    int axis = 0;
  };

  void build(std::span<Item> items) {
    std::size_t at = nodes_.size();
    nodes_.emplace_back();
    Box centers;
    for (const Item& item : items) {
      nodes_[at].box.include(item.box);
      centers.include(item.box.center());
    }
    if (items.size() <= kLeafSize) {
      nodes_[at].first = static_cast<std::uint32_t>(leaves_.size());
      nodes_[at].count = static_cast<std::uint32_t>(items.size());
      for (const Item& item : items) leaves_.push_back(item.shape);
      return;
    }
    int axis = centers.widest_axis();
    // The number decides between equal centers, so that the order does not
    // depend on the library.
    std::sort(items.begin(), items.end(), [axis](const Item& a, const Item& b) {
      double left = a.box.center()[axis];
      double right = b.box.center()[axis];
      return left != right ? left < right : a.number < b.number;
    });
    std::size_t half = items.size() / 2;
    nodes_[at].axis = axis;
    build(items.first(half));
    nodes_[at].first = static_cast<std::uint32_t>(nodes_.size());
    build(items.subspan(half));
  }

  std::vector<Node> nodes_;
  std::vector<const T*> leaves_;
  std::vector<const T*> endless_;
};

}  // namespace raytracer

#endif  // EXAMPLES_RAYTRACER_BVH_H_
