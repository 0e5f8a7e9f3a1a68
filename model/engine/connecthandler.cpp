// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/connecthandler.h"

#include "model/commands/whendone.h"

using namespace Qt::StringLiterals;

namespace interlock {

ConnectHandler::ConnectHandler(CommandGateway &gateway, TopologyMirror &mirror, const Clock &clock, QString actor,
                               QObject *parent)
    : QObject(parent), m_gateway(gateway), m_mirror(mirror), m_clock(clock), m_actor(std::move(actor))
{
}

void ConnectHandler::decide(const CommonName &cn, const InstanceName &instance, const std::optional<Lease> &fence,
                            const Answer &answer)
{
    if (!m_mirror.isLoaded())
        return answer(fail(ErrorKind::StoreUnavailable, u"the store has not been read yet"_s));
    // The rows may have changed where nobody can look: what is told then is marked, or refused, as the policy says.
    if (!m_mirror.isStoreAvailable()) {
        return answer(
            withoutStore(cn, instance, Error{ErrorKind::StoreUnavailable, u"the store cannot be reached"_s, {}}));
    }
    Expected<ConnectDecision> decision = fail(ErrorKind::Invalid, {});
    bool needsRows = false;
    (void)m_mirror.topology().takeNotes();
    {
        TopologyEdit trial(m_mirror.topology());
        decision = decideConnect(trial, cn, instance, m_clock.now());
        needsRows = !trial.changes().empty();
    }
    if (m_mirror.topology().hasNotes()) {
        // It depends on a part of the subnet tree that is not here: the store has it, and the next login finds it here.
        m_mirror.readNoted();
        return commit(cn, instance, fence, answer);
    }
    if (!decision)
        return answer(fail(decision.error()));
    // Nobody is turned away on what the mirror has not heard of yet: the store may know the name since a moment.
    if (needsRows || decision->action == ConnectAction::Deny)
        return commit(cn, instance, fence, answer);
    answer(Verdict{*std::move(decision), false});
}

void ConnectHandler::commit(const CommonName &cn, const InstanceName &instance, const std::optional<Lease> &fence,
                            const Answer &answer)
{
    whenDone(m_gateway.submit({DecideConnect{cn, instance}, m_actor, {}, fence}), this,
             [this, cn, instance, answer](Expected<Receipt> receipt) {
                 if (!receipt) {
                     const ErrorKind kind = receipt.error().kind;
                     const bool isStore = kind == ErrorKind::StoreUnavailable || kind == ErrorKind::StoreCorrupt ||
                                          kind == ErrorKind::ReadOnly;
                     return answer(isStore ? withoutStore(cn, instance, receipt.error()) : fail(receipt.error()));
                 }
                 auto *decision = std::get_if<ConnectDecision>(&receipt->outcome);
                 Q_ASSERT(decision);
                 answer(Verdict{std::move(*decision), false});
             });
}

Expected<Verdict> ConnectHandler::withoutStore(const CommonName &cn, const InstanceName &instance,
                                               const Error &why) const
{
    const auto *row = m_mirror.topology().find<InstanceRow>(instance);
    if (!row || row->whenStoreDown == StoreDownPolicy::Deny)
        return fail(why);
    return decideFromStored(m_mirror.topology(), cn, instance).map([](ConnectDecision decision) {
        return Verdict{std::move(decision), true};
    });
}

} // namespace interlock
