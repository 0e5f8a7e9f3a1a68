// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"
#include "model/values/memberrecord.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <map>
#include <vector>

namespace interlock {

/// A member as a self-hosted controller says it is, its id in lower case however somebody typed it there.
/// \returns BackendMismatch when it has no node id
/// \source zerotier/FACTS.md 39, 42, 43
[[nodiscard]] Expected<MemberRecord> memberFrom(const QJsonObject &said);

/// Members from the list under /unstable, `{"data":[...],"meta":{}}`. Those of reserved ids (`ff...`), which a
/// controller stores and no device has, are left out.
/// \returns BackendMismatch \complexity linear \source zerotier/FACTS.md 43, 44
[[nodiscard]] Expected<std::vector<MemberRecord>> membersFrom(const QJsonObject &said);

/// `{"aabbccddee":1}`, or `[{"aabbccddee":1}]` of releases before 1.14. Reserved ids are left out.
/// \returns BackendMismatch \source zerotier/FACTS.md 44
[[nodiscard]] Expected<std::map<NodeId, qint64>> memberRevisionsFrom(const QJsonDocument &said);

/// What to post to make `edit`: only what it names, and never whether it is a bridge. \source CASES.md R7, D1
[[nodiscard]] QJsonObject memberBody(const MemberEdit &edit);

/// What to post to have a saved member again: `raw` without what the controller finds out itself. A bridge that was one
/// is one again; otherwise nothing is said about it.
[[nodiscard]] QJsonObject memberRestoreBody(QJsonObject raw);

/// The nodes that the controller's own node has heard of. \returns BackendMismatch \source zerotier/FACTS.md 39
[[nodiscard]] Expected<std::vector<PeerRecord>> peersFrom(const QJsonDocument &said);

} // namespace interlock
