// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/instancelookup.h"

using namespace Qt::StringLiterals;

namespace interlock {

Expected<InstanceRow> instanceNamed(const Topology &topology, const InstanceName &name)
{
    if (const auto *row = topology.find<InstanceRow>(name))
        return *row;
    return fail(ErrorKind::NotFound, u"there is no instance '%1'"_s.arg(name.toString()),
                {{u"instance"_s, name.toString()}});
}

} // namespace interlock
