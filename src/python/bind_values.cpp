// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "python/bind_values.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;

namespace hone::python {

namespace {

// Set once, when the module is made.
PyObject* error_type = nullptr;

nb::object array_of(std::vector<int64_t> vector) {
  auto* const held = new std::vector<int64_t>(std::move(vector));
  const nb::capsule owner(held, [](void* p) noexcept {
    delete static_cast<std::vector<int64_t>*>(p);
  });
  return nb::ndarray<nb::numpy, int64_t, nb::ndim<1>>(held->data(),
                                                      {held->size()}, owner)
      .cast();
}

nb::object text_of(const std::string& text) {
  return nb::steal(PyUnicode_DecodeUTF8(
      text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

}  // namespace

void raise(const Error& error) {
  if (error.kind == ErrorKind::InvalidArgument)
    throw nb::value_error(error.message.c_str());
  const nb::object made =
      nb::borrow(error_type)(nb::str(error.message.c_str()));
  made.attr("kind") = std::string(error_name(error.kind));
  PyErr_SetObject(error_type, made.ptr());
  throw nb::python_error();
}

nb::object to_python(const env::Space& space, env::Value value) {
  if (const auto* integer = std::get_if<int64_t>(&value))
    return nb::int_(*integer);
  if (const auto* real = std::get_if<double>(&value)) return nb::float_(*real);
  if (auto* vector = std::get_if<std::vector<int64_t>>(&value))
    return array_of(std::move(*vector));
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    nb::list words;
    for (const std::string& word : *list) words.append(text_of(word));
    return words;
  }
  const std::string& bytes = std::get<std::string>(value);
  if (space.kind == env::SpaceKind::Bytes)
    return nb::bytes(bytes.data(), bytes.size());
  return text_of(bytes);
}

nb::dict to_python(const env::Space& space) {
  nb::dict dict;
  dict["kind"] = std::string(env::space_kind_name(space.kind));
  dict["names"] = nb::cast(space.names);
  return dict;
}

void bind_values(nb::module_& module) {
  // Lives as long as the process.
  error_type = PyErr_NewExceptionWithDoc(
      "hone.Error", "What Hone could not do; `kind` is a name of errors.def.",
      PyExc_RuntimeError, nullptr);
  module.attr("Error") = nb::borrow(error_type);

  nb::class_<env::Episode>(module, "Episode",
                           "What it takes to have an episode again, and what "
                           "came of it; str() is one line of text.")
      .def(nb::init<>())
      .def_rw("environment", &env::Episode::environment)
      .def_rw("benchmark", &env::Episode::benchmark)
      .def_rw("reward_space", &env::Episode::reward_space)
      .def_rw("reward", &env::Episode::reward)
      .def_rw("state", &env::Episode::state)
      .def_rw("actions", &env::Episode::actions)
      .def("__str__",
           [](const env::Episode& episode) { return env::to_text(episode); })
      .def("__eq__",
           [](const env::Episode& a, const env::Episode& b) { return a == b; })
      .def("__ne__", [](const env::Episode& a, const env::Episode& b) {
        return !(a == b);
      });
  module.attr("EPISODE_HEADER") = std::string(env::kEpisodeHeader);
  module.def(
      "parse_episodes",
      [](std::string_view table) { return unwrap(env::parse_episodes(table)); },
      nb::arg("table"), "Reads a table of episodes, a line each.");
}

}  // namespace hone::python
