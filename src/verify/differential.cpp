// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/differential.h"

#include "verify/checker_state.h"

namespace hone::verify {

DifferentialChecker::DifferentialChecker(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
DifferentialChecker::DifferentialChecker(DifferentialChecker&&) noexcept =
    default;
DifferentialChecker& DifferentialChecker::operator=(
    DifferentialChecker&&) noexcept = default;
DifferentialChecker::~DifferentialChecker() = default;

Result<DifferentialChecker> DifferentialChecker::prepare(
    const DifferentialRequest& request) {
  auto state = std::make_unique<State>();
  state->request = request;
  HONE_RETURN_IF_ERROR(state->prepare());
  return DifferentialChecker(std::move(state));
}

Result<DifferentialReport> DifferentialChecker::check(
    const std::filesystem::path& candidate) const {
  return state_->check(candidate);
}

const DifferentialReport& DifferentialChecker::baseline() const {
  return state_->baseline;
}

Result<DifferentialReport> compare_objects(
    const DifferentialRequest& request,
    const std::filesystem::path& candidate) {
  HONE_ASSIGN_OR_RETURN(const DifferentialChecker checker,
                        DifferentialChecker::prepare(request));
  return checker.check(candidate);
}

}  // namespace hone::verify
