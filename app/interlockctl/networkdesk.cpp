// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/networkdesk.h"

#include <QCoreApplication>
#include <QSysInfo>

using namespace Qt::StringLiterals;

namespace interlock {

NetworkDesk::NetworkDesk(Session &session, StoreHandle &store)
    : m_session(session), m_secrets(qEnvironmentVariable("CREDENTIALS_DIRECTORY")),
      m_controllers(m_secrets), m_ports{store.gateway(), store.queries(), store.leases(),
                                        store.archive(), m_controllers,   m_clock},
      m_reader(m_ports)
{
}

Expected<std::unique_ptr<NetworkDesk>> NetworkDesk::open(Session &session)
{
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    return std::unique_ptr<NetworkDesk>(new NetworkDesk(session, **store));
}

QString NetworkDesk::holder() const
{
    return u"interlockctl of %1 on %2 (process %3)"_s.arg(m_session.actor(), QSysInfo::machineHostName())
        .arg(QCoreApplication::applicationPid());
}

Expected<ControllerClient *> NetworkDesk::client(const ControllerName &name)
{
    const auto row = m_session.tryLook([&name](Topology &topology) -> Expected<ControllerRow> {
        const auto *found = topology.find<ControllerRow>(name);
        if (!found) {
            return fail(ErrorKind::NotFound, u"there is no controller '%1'"_s.arg(name.toString()),
                        {{u"controller"_s, name.toString()}});
        }
        return *found;
    });
    if (!row)
        return fail(row.error());
    return client(*row);
}

Expected<ControllerClient *> NetworkDesk::client(const ControllerRow &row)
{
    return wait(m_controllers.client(row));
}

} // namespace interlock
