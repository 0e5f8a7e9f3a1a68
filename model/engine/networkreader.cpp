// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/networkreader.h"

#include "model/commands/andthen.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

Error lostNetwork(Error error, const NetworkRow &network)
{
    if (error.kind != ErrorKind::NotFound)
        return error;
    error.detail =
        u"the controller %1 does not have network %2 (%3) any more: 'zt restore %2' puts the newest snapshot "
        "back under the same id"_s.arg(network.controller.toString(), network.name.toString(),
                                       network.networkId.toString());
    error.payload.insert(u"network"_s, network.name.toString());
    error.payload.insert(u"lost"_s, true);
    return error;
}

QFuture<Expected<NetworkContext>> NetworkReader::rows(const NetworkName &network)
{
    auto found = std::make_shared<Expected<NetworkContext>>(fail(ErrorKind::StoreUnavailable, QString()));
    const auto looked =
        m_ports.queries.inspect([found, network](Topology &topology) { *found = networkContext(topology, network); });
    return andThen(looked, this, [found] { return answered<NetworkContext>(*found); });
}

QFuture<Expected<NetworkSight>> NetworkReader::look(const NetworkName &network)
{
    return andThen(rows(network), this, [this](const NetworkContext &context) {
        return andThen(m_ports.controllers.client(context.controller), this, [this, context](ControllerClient *client) {
            return ask({context, NetworkRecord{context.network.networkId}, {}, client});
        });
    });
}

QFuture<Expected<NetworkSight>> NetworkReader::lookAgain(const NetworkSight &sight)
{
    return ask(sight);
}

QFuture<Expected<NetworkSight>> NetworkReader::ask(NetworkSight sight)
{
    const Answer<NetworkSight> answer;
    const NetworkId id = sight.rows.network.networkId;
    // Both at once: they do not depend on each other, and the second is the long one.
    const auto members = sight.client->members(id);
    whenDone(sight.client->network(id), this, [this, answer, members, sight](const Expected<NetworkRecord> &network) {
        if (!network) {
            answer.give(fail(lostNetwork(network.error(), sight.rows.network)));
            return;
        }
        whenDone(members, this,
                 [answer, sight, live = *network](const Expected<std::vector<MemberRecord>> &list) mutable {
                     if (!list) {
                         answer.give(fail(list.error()));
                         return;
                     }
                     sight.live = live;
                     sight.members = *list;
                     std::ranges::sort(sight.members, {}, &MemberRecord::node);
                     answer.give(std::move(sight));
                 });
    });
    return answer.future();
}

} // namespace interlock
