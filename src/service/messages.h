// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between the environments' types and the messages of the wire, both ways.
#pragma once

#include <string>
#include <string_view>

#include "env/environment.h"

namespace hone::service {

namespace v1 {
class Episode;
class Error;
class ObservationSpace;
class Options;
class Step;
class Value;
}  // namespace v1

void write_value(env::SpaceKind kind, env::Value value, v1::Value& message);
// Malformed where it holds nothing.
Result<env::Value> read_value(const v1::Value& message);

void write_space(const env::NamedSpace& space, v1::ObservationSpace& message);
Result<env::NamedSpace> read_space(const v1::ObservationSpace& message);

void write_episode(const env::Episode& episode, v1::Episode& message);
env::Episode read_episode(const v1::Episode& message);

void write_options(const env::EnvironmentOptions& options,
                   v1::Options& message);
env::EnvironmentOptions read_options(const v1::Options& message);

// Everything but the observations, whose kinds the step does not know.
void write_step(const env::Step& step, v1::Step& message);
Result<env::Step> read_step(const v1::Step& message);

void write_error(const Error& error, v1::Error& message);
Error read_error(const v1::Error& message);

// "not-found" to its kind; Internal for names that this version does not know.
ErrorKind read_error_kind(std::string_view name);

// The codes of the wire for a kind.
struct WireCode {
  int grpc;
  int http;
};
WireCode wire_code(ErrorKind kind);

}  // namespace hone::service
