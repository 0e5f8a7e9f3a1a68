// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/ports.h"
#include "model/engine/topologymirror.h"

#include <QObject>

#include <functional>

namespace interlock {

/// What a client may be told, and what that rests on.
struct Verdict
{
    ConnectDecision decision;
    bool isFromStoredOnly = false; ///< the store could not be asked: what is new was left out (`admit-known`)
};

/// Decides about clients that connect. Whatever it answers is durable: either every row behind it was committed
/// before, or the command that writes them was just answered by the store.
///
/// \source DESIGN.md 5; SEMANTICS.md 2, 4
class ConnectHandler : public QObject
{
    Q_OBJECT

public:
    /// Receives the verdict once, on the caller's thread, perhaps before decide() returns.
    using Answer = std::function<void(Expected<Verdict>)>;

    /// The ports and the mirror must outlive the handler.
    ConnectHandler(CommandGateway &gateway, TopologyMirror &mirror, const Clock &clock, QString actor,
                   QObject *parent = nullptr);

    /// A client whose rows are all there is answered at once, from the mirror; one that needs a claim or an address
    /// when the store has written it; one that would be turned away when the store says so too. While the store is away
    /// the instance's policy decides, and a verdict says what it rests on.
    ///
    /// \param fence  under which lease the store writes; none where nobody else answers
    /// \returns (to `answer`) LeaseHeld when the lease is another's by now: the client is, too; StoreUnavailable while
    /// nothing is loaded, or when the policy says `deny`; NotFound when there is no such instance; what the rules
    /// refuse
    void decide(const CommonName &cn, const InstanceName &instance, const std::optional<Lease> &fence,
                const Answer &answer);

private:
    void commit(const CommonName &cn, const InstanceName &instance, const std::optional<Lease> &fence,
                const Answer &answer);
    [[nodiscard]] Expected<Verdict> withoutStore(const CommonName &cn, const InstanceName &instance,
                                                 const Error &why) const;

    CommandGateway &m_gateway;
    TopologyMirror &m_mirror;
    const Clock &m_clock;
    QString m_actor;
};

} // namespace interlock
