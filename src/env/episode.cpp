// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/episode.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace hone::env {

namespace {

// A URI whose author has not escaped what ends a field or a line.
std::string as_field(std::string_view uri) {
  std::string field;
  for (const char c : uri) {
    if (c == ',' || c == '\n' || c == '\r')
      field += fmt::format("%{:02X}", c);
    else
      field += c;
  }
  return field;
}

}  // namespace

std::string to_text(const Episode& episode) {
  return fmt::format("{},{},{},{},{},{}", episode.environment,
                     as_field(episode.benchmark), episode.reward_space,
                     episode.reward, episode.state, join(episode.actions, " "));
}

Result<Episode> parse_episode(std::string_view line) {
  std::string_view rest = trim(line);
  std::vector<std::string> fields;
  for (int i = 0; i < 5; ++i) {
    const size_t comma = rest.find(',');
    if (comma == std::string_view::npos)
      return Error(ErrorKind::Malformed,
                   fmt::format("an episode has the fields {}; found {} of them",
                               kEpisodeHeader, i + 1));
    fields.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(comma + 1);
  }
  Episode episode{.environment = fields[0],
                  .benchmark = fields[1],
                  .reward_space = fields[2],
                  .state = fields[4],
                  .actions = split_blank(rest)};
  const std::string& number = fields[3];
  const auto [end, error] = std::from_chars(
      number.data(), number.data() + number.size(), episode.reward);
  if (error != std::errc() || end != number.data() + number.size())
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no reward; expected a number, fourth of "
                             "the fields {}",
                             number, kEpisodeHeader));
  return episode;
}

Result<std::vector<Episode>> parse_episodes(std::string_view table) {
  std::vector<Episode> episodes;
  size_t number = 0;
  for (const std::string& line : split(table, '\n')) {
    ++number;
    if (trim(line).empty() || trim(line) == kEpisodeHeader) continue;
    Result<Episode> episode = parse_episode(line);
    if (!episode.ok())
      return Error(episode.error()).in(fmt::format("line {}", number));
    episodes.push_back(*std::move(episode));
  }
  return episodes;
}

}  // namespace hone::env
