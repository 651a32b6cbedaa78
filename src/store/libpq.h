// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PostgreSQL's client library, loaded by the first store that lies in a
// database. It brings 18 others (TLS, Kerberos, LDAP): linked, they were 5 of
// the 18 ms that any command of Hone took to start. libpq-fe.h says what the
// functions do.
#pragma once

#include <libpq-fe.h>

#include "base/result.h"

namespace hone::store {

struct Libpq {
  decltype(&::PQclear) PQclear;
  decltype(&::PQcmdTuples) PQcmdTuples;
  decltype(&::PQconnectdbParams) PQconnectdbParams;
  decltype(&::PQerrorMessage) PQerrorMessage;
  decltype(&::PQexec) PQexec;
  decltype(&::PQexecParams) PQexecParams;
  decltype(&::PQfinish) PQfinish;
  decltype(&::PQgetlength) PQgetlength;
  decltype(&::PQgetvalue) PQgetvalue;
  decltype(&::PQntuples) PQntuples;
  decltype(&::PQreset) PQreset;
  decltype(&::PQresultErrorField) PQresultErrorField;
  decltype(&::PQresultStatus) PQresultStatus;
  decltype(&::PQsetNoticeProcessor) PQsetNoticeProcessor;
  decltype(&::PQstatus) PQstatus;
};

// Stays loaded. NotFound, with what to install, where there is no such library;
// Unsupported where it lacks a function.
Result<Libpq> load_libpq(const char* name);

// Loads it for this process, once; pq() is it, where that went well.
Status need_libpq();
const Libpq& pq();

}  // namespace hone::store
