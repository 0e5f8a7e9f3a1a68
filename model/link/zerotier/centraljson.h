// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"
#include "model/values/memberrecord.h"
#include "model/values/networkrecord.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <map>
#include <vector>

namespace interlock {

// ZeroTier Central, interface v1: what a self-hosted controller says and takes is inside `config` there, and times
// stand where revisions are missing. From its documentation; nobody has measured it. \source zerotier/FACTS.md 54 to 57

/// \returns BackendMismatch
[[nodiscard]] Expected<NetworkRecord> centralNetworkFrom(const QJsonObject &said);
/// Its `id` may be "<network>-<node>". \returns BackendMismatch
[[nodiscard]] Expected<MemberRecord> centralMemberFrom(const QJsonObject &said);
/// \returns BackendMismatch
[[nodiscard]] Expected<std::vector<MemberRecord>> centralMembersFrom(const QJsonDocument &said);

[[nodiscard]] QJsonObject centralNetworkBody(const NetworkEdit &edit);
/// The name is outside of `config` there.
[[nodiscard]] QJsonObject centralMemberBody(const MemberEdit &edit);
[[nodiscard]] QJsonObject centralNetworkRestoreBody(const QJsonObject &raw);
[[nodiscard]] QJsonObject centralMemberRestoreBody(const QJsonObject &raw);

} // namespace interlock
