// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "store/libpq.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <type_traits>

namespace hone::store {

namespace {

const Result<Libpq>& loaded() {
  static const Result<Libpq> library = load_libpq("libpq.so.5");
  return library;
}

}  // namespace

Status need_libpq() {
  if (!loaded().ok()) return loaded().error();
  return {};
}

const Libpq& pq() { return *loaded(); }

Result<Libpq> load_libpq(const char* name) {
  void* const library = ::dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr)
    return Error(ErrorKind::NotFound,
                 fmt::format("a store in PostgreSQL needs the library {}, of "
                             "Debian's package libpq5: {}",
                             name, ::dlerror()));
  Libpq table = {};
  const char* missing = nullptr;
  const auto find = [&](const char* symbol, auto& function) {
    void* const address = ::dlsym(library, symbol);
    if (address == nullptr) missing = symbol;
    function = reinterpret_cast<std::decay_t<decltype(function)>>(address);
  };
  find("PQclear", table.PQclear);
  find("PQcmdTuples", table.PQcmdTuples);
  find("PQconnectdbParams", table.PQconnectdbParams);
  find("PQerrorMessage", table.PQerrorMessage);
  find("PQexec", table.PQexec);
  find("PQexecParams", table.PQexecParams);
  find("PQfinish", table.PQfinish);
  find("PQgetlength", table.PQgetlength);
  find("PQgetvalue", table.PQgetvalue);
  find("PQntuples", table.PQntuples);
  find("PQreset", table.PQreset);
  find("PQresultErrorField", table.PQresultErrorField);
  find("PQresultStatus", table.PQresultStatus);
  find("PQsetNoticeProcessor", table.PQsetNoticeProcessor);
  find("PQstatus", table.PQstatus);
  if (missing == nullptr) return table;
  ::dlclose(library);
  return Error(ErrorKind::Unsupported,
               fmt::format("the library {} has no function {}; expected that "
                           "of PostgreSQL 9.0 or newer",
                           name, missing));
}

}  // namespace hone::store
