// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/answer.h"
#include "app/interlockctl/duration.h"
#include "app/interlockctl/session.h"
#include "model/commands/operation.h"

namespace interlock {

/// An operation that was asked for, or that would be in a dry run.
struct Order
{
    Operation operation;
    QString owner;                            ///< who is asked
    std::optional<OperationState> state = {}; ///< none in a dry run
    std::optional<QStringList> sessions = {}; ///< of an order for many: which, as they were seen before
};

/// True if nothing will become of it any more.
[[nodiscard]] bool isOver(const OperationState &state);
/// True if of several sessions one at least was not seen to do what was asked.
[[nodiscard]] bool isPartlyDone(const OperationState &state);

[[nodiscard]] QJsonObject orderJson(const Order &order);
[[nodiscard]] QString orderText(const Order &order);

/// Asks for it, and waits if there is a time for that. \returns what the store refuses
[[nodiscard]] Expected<void> place(Session &session, Order &order, const std::optional<Duration> &wait);
/// place() unless it is a dry run, and the answer of the verb: exit code 3 when it was waited for in vain, or when it
/// was done to some sessions only.
/// \returns the error with which the operation failed, with payload `operation`
[[nodiscard]] Expected<Answer> carryOut(Session &session, Order order, const std::optional<Duration> &wait,
                                        bool isDryRun);

/// An order about one session, once it is certain that the session is there. \returns NoOwner, NotFound
[[nodiscard]] Expected<Order> orderFor(Session &session, OperationKind kind, const SessionKey &key);

} // namespace interlock
