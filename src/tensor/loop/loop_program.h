// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loop trees: what is computed (an annotated dataflow), and in which order (an
// explicit tree of loops).
//
//   loops mm {
//     size N = 256
//     input a[N, N]
//     input b[N, N]
//     output c[N, N]
//     node mm: c[i, j] += a[i, k] * b[k, j] over i < N, j < N, k < N
//     tree {
//       for i < N {
//         for j < N {
//           mm_init: c[i, j] = 0
//           for k < N {
//             mm: c[i, j] += a[i, k] * b[k, j]
//           }
//         }
//       }
//     }
//   }
//
// A node says one element of a tensor by others; its domain is a box, its
// indices are quasi-affine. Contractions, convolutions, pooling, padding,
// concatenation and gathers differ only in indices, conditions and what they
// reduce by. Nodes do not change: transformations (transform.h) edit the tree,
// whose leaves say which node they do a part of. A sum may be taken in any
// order.
//
// Sizes are symbols with a value to run with; facts about them help to prove
// that a check is not needed.
//
// Dataflow above and loop tree below: LoopTool (Wasti et al., arXiv
// 2205.00618, section 3), where the tree is derived from annotations; here it
// is the thing that is edited.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "tensor/loop/scalar.h"

namespace hone::tensor {

struct LoopSize {
  std::string name;
  int64_t value = 0;  // to run with
};

struct LoopTensor {
  enum class Role {
    Input,
    Output,
    Local,     // between nodes: scratch memory, an argument like the others
    Register,  // made by transformations; see stage_tensor()
  };
  std::string name;
  Role role = Role::Input;
  Element element = Element::F32;
  std::vector<Index> extents;  // of sizes only
  // Where not empty: every iteration of this loop has a tensor of its own.
  std::string home = {};
};

enum class LoopReduction { None, Sum, Max, Min };

struct LoopVariable {
  std::string name;
  Index extent;  // of sizes only
};

struct LoopNode {
  std::string name;
  Place target;
  LoopReduction reduction = LoopReduction::None;
  Scalar value;
  std::vector<LoopVariable> domain;

  // Whether the variable stands in the target, and so is not reduced over.
  bool is_parallel(std::string_view variable) const;
};

// A statement at one place of the tree.
struct LoopLeaf {
  std::string name;
  Place target;
  LoopReduction reduction = LoopReduction::None;  // None: assigns
  Scalar value;
  std::vector<Condition> guards;  // it is done where all hold
};

struct LoopTree {
  enum class Mark { None, Unroll, Vector, Parallel };
  // A leaf has no body.
  bool is_loop = true;
  std::string variable;
  Index extent;  // of sizes and outer loops
  Mark mark = Mark::None;
  // Iterations may do again, to the same bits, what others have done.
  bool overlaps = false;
  std::vector<LoopTree> body;
  LoopLeaf leaf;
};

struct LoopProgram {
  std::string name;
  std::vector<LoopSize> sizes;
  std::vector<Condition> facts;  // about sizes
  std::vector<LoopTensor> tensors;
  std::vector<LoopNode> nodes;
  std::vector<LoopTree> tree;

  const LoopTensor* find_tensor(std::string_view name) const;
  LoopTensor* find_tensor(std::string_view name);
  const LoopNode* find_node(std::string_view name) const;
};

// An index of sizes, for the sizes' values.
int64_t value_of(const LoopProgram& program, const Index& index);

// The same with numbers in place of sizes: what one run of it does. Without
// nodes and facts.
LoopProgram bind_sizes(LoopProgram program);

// What a reduction begins with.
double identity_of(LoopReduction reduction);
// "+=", "max=", "min=", "=".
std::string_view reduction_sign(LoopReduction reduction);

// Every node by itself, in order: its parallel loops, then what it begins
// with, then its reduced loops.
std::vector<LoopTree> default_tree(const LoopProgram& program);
LoopTree default_nest(const LoopProgram& program, const LoopNode& node,
                      const std::vector<LoopTree>& beside);

// The text form; sizes' values count, comments do not.
Hash128 program_hash(const LoopProgram& program);

// A name that neither a loop, a size, a tensor nor a leaf has yet.
std::string unused_name(const LoopProgram& program,
                        const std::vector<LoopTree>& beside,
                        std::string_view wish);

// Visits loops and leaves from top to bottom.
void visit_tree(const std::vector<LoopTree>& tree,
                const std::function<void(const LoopTree&)>& visit);
void visit_tree(std::vector<LoopTree>& tree,
                const std::function<void(LoopTree&)>& visit);

// Changes every index below (extents, places, guards).
void map_indices(LoopTree& tree, const IndexMap& map);

}  // namespace hone::tensor
