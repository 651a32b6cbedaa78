// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The parts of the module hone._core. Each is bound by a file bind_<part>.cpp,
// whose tests are tests/python/package/test_<part>.py.
//
// No header of this room includes nanobind: they compile alone with the flags
// of the other rooms, without exceptions and RTTI. The sources have both.
#pragma once

namespace nanobind {
class module_;
}

namespace hone::python {

void bind_batch(nanobind::module_& module);
void bind_environment(nanobind::module_& module);
void bind_errors(nanobind::module_& module);
void bind_models(nanobind::module_& module);
void bind_optimize(nanobind::module_& module);
void bind_prover(nanobind::module_& module);
void bind_store(nanobind::module_& module);
void bind_terms(nanobind::module_& module);

}  // namespace hone::python
