// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/sessionkey.h"
#include "model/rules/policies.h"
#include "model/values/id.h"
#include "model/values/timestamp.h"

#include <QJsonObject>

#include <chrono>
#include <optional>

namespace interlock {

/// What somebody wants the owner of an instance to do.
enum class OperationKind {
    Kill,      ///< end a session; it comes back by itself
    Deny,      ///< end the sessions of a CN and refuse it until `until`
    Reconnect, ///< make a session ask again
    Probe,     ///< look whether a session is what it seems
};
enum class OperationProgress { Queued, Taken, Done, Failed };

template <>
struct EnumNames<OperationKind>
{
    static constexpr NameTable<OperationKind, 4> kTable{{{OperationKind::Kill, u"kill"},
                                                         {OperationKind::Deny, u"deny"},
                                                         {OperationKind::Reconnect, u"reconnect"},
                                                         {OperationKind::Probe, u"probe"}}};
};
template <>
struct EnumNames<OperationProgress>
{
    static constexpr NameTable<OperationProgress, 4> kTable{{{OperationProgress::Queued, u"queued"},
                                                             {OperationProgress::Taken, u"taken"},
                                                             {OperationProgress::Done, u"done"},
                                                             {OperationProgress::Failed, u"failed"}}};
};

using OperationId = Id<struct OperationTag>;

/// How long an operation waits for an owner to take it; after that it has failed.
inline constexpr std::chrono::milliseconds kOperationPatience{60'000};

/// A request to the owner of `instance`, about a session or about all sessions of a CN.
struct Operation
{
    OperationId id = {}; ///< given by the store
    OperationKind kind = OperationKind::Kill;
    InstanceName instance;
    std::optional<SessionKey> session = {};
    std::optional<CommonName> cn = {};
    std::optional<Timestamp> until = {}; ///< Deny: how long, by the database's clock
    QJsonObject arguments = {};
    QString actor = {}; ///< who asks

    friend bool operator==(const Operation &, const Operation &) = default;
};

/// How far an operation has come.
struct OperationState
{
    OperationId id;
    OperationProgress progress = OperationProgress::Queued;
    QJsonObject result = {};         ///< when Done
    std::optional<Error> error = {}; ///< when Failed

    friend bool operator==(const OperationState &, const OperationState &) = default;
};

/// A CN that is refused for a time, on `instance`.
struct Denial
{
    InstanceName instance;
    CommonName cn;
    Timestamp until;
    QString actor;

    friend bool operator==(const Denial &, const Denial &) = default;
};

} // namespace interlock
