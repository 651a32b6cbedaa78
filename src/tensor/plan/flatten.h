// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Control flow as one list of nodes: the bodies of If, Loop and Scan stand
// where the node was, between marks that say where the program branches and
// what is carried around. Values of the graph keep their ids; those of bodies
// get new ones behind them.
//
//   If(%c)           mark If      %c
//                    nodes of then_branch
//                    mark Else    results := what the branch gives
//                    nodes of else_branch
//                    mark EndIf   results := what the branch gives
#pragma once

#include <vector>

#include "tensor/graph.h"

namespace hone::tensor {

// What a loop carries from one turn to the next.
struct CarriedState {
  ValueId first = kNone;   // before the loop
  ValueId inside = kNone;  // as the body reads it
  ValueId next = kNone;    // what the body gives
  ValueId result = kNone;  // behind the loop; kNone: not asked for
  // Of the type of `inside`: what the body gave, until all states are read.
  ValueId between = kNone;
};

// One slice of a tensor for each turn, read (source to slice) or written.
struct ScannedSlice {
  ValueId whole = kNone;
  ValueId slice = kNone;
  int64_t axis = 0;
  bool backward = false;
};

struct ControlMark {
  enum class Kind { If, Else, EndIf, Loop, EndLoop };
  Kind kind = Kind::If;
  int node = 0;    // it stands before this node of FlatGraph::graph
  int begin = -1;  // of Else, EndIf, EndLoop: the mark that opened
  Node control;    // of If and Loop
  // If: the condition. Loop: what decides about another turn, true at first
  // where it is kNone.
  ValueId condition = kNone;
  // Else, EndIf: a branch's values, for the results of the If.
  std::vector<ValueId> values;
  // Else, EndIf: the branch can only fail, so its nodes are left out.
  bool fails = false;
  // Loop:
  ValueId turn = kNone;          // i64[], the number of the turn
  ValueId goes_on = kNone;       // bool[], computed before each turn
  ValueId trips = kNone;         // i64[] or kNone: no limit
  ValueId condition_in = kNone;  // bool[], the condition inside
  ValueId condition_out = kNone;
  std::vector<CarriedState> states;
  std::vector<ScannedSlice> reads, writes;
};

struct FlatGraph {
  Graph graph;
  std::vector<ControlMark> marks;  // in the order of nodes
};

// Unsupported where a body does not fit its node.
Result<FlatGraph> flatten_control(const Graph& graph);

}  // namespace hone::tensor
