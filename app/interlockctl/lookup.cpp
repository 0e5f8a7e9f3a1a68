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

const InstanceRow *likelyInstanceOrNull(const Topology &topology, const CommonName &cn)
{
    const auto allocations = topology.allocationsOf(cn);
    if (!allocations.empty())
        return topology.find<InstanceRow>(allocations.front()->instance);
    const auto &instances = topology.rows<InstanceRow>();
    return instances.size() == 1 ? &*instances.begin() : nullptr;
}

} // namespace interlock
