// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/lookup.h"

using namespace Qt::StringLiterals;

namespace interlock {

Expected<const InstanceRow *> instanceIn(const Topology &topology, const InstanceName &name)
{
    if (const auto *row = topology.find<InstanceRow>(name))
        return row;
    return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(name.toString()),
                {{u"instance"_s, name.toString()}});
}

Expected<const ConnectorRow *> connectorIn(const Topology &topology, const CommonName &cn)
{
    if (const auto *row = topology.find<ConnectorRow>(cn))
        return row;
    return fail(ErrorKind::NotFound, u"there is no connector '%1'"_s.arg(cn.toString()), {{u"cn"_s, cn.toString()}});
}

Expected<QJsonValue> entryAfter(Session &session, JournalId head, const QString &command)
{
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    const auto entries = Session::wait((*store)->queries().journal(JournalFilter{20, {}, {}, {}}));
    if (!entries)
        return fail(entries.error());
    const auto found = std::ranges::find_if(
        *entries, [&](const JournalEntry &entry) { return entry.command == command && entry.id > head; });
    return found == entries->end() ? QJsonValue() : QJsonValue(found->id.value);
}

const InstanceRow *likelyInstanceOrNull(const Topology &topology, const CommonName &cn)
{
    const auto allocations = topology.allocationsOf(cn);
    if (!allocations.empty())
        return topology.find<InstanceRow>(allocations.front()->instance);
    const auto &instances = topology.rows<InstanceRow>();
    return instances.size() == 1 ? &*instances.begin() : nullptr;
}

} // namespace interlock
