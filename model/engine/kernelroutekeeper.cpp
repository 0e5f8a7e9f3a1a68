// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/kernelroutekeeper.h"

#include "model/link/linux/tunneldevice.h"
#include "model/rules/kernelroutes.h"

#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logKernel, "interlock.kernel")

constexpr auto kSoon = 50ms;
/// A tunnel device comes and goes with its server, and takes its routes along.
constexpr auto kAgain = 2s;

} // namespace

KernelRouteKeeper::KernelRouteKeeper(TopologyMirror &mirror, QObject *parent) : QObject(parent), m_mirror(mirror)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoon);
    connect(&m_soon, &QTimer::timeout, this, [this] { reconcile(); });
    connect(&m_again, &QTimer::timeout, this, [this] { reconcile(); });
    connect(&mirror, &TopologyMirror::changed, this, &KernelRouteKeeper::touch);
    connect(&mirror, &TopologyMirror::replaced, this, &KernelRouteKeeper::touch);
    if (auto table = KernelRouteTable::open())
        m_table = std::move(*table);
    else
        qCWarning(logKernel, "no routes are kept: %s", qPrintable(table.error().detail));
}

void KernelRouteKeeper::add(const InstanceName &instance)
{
    m_instances.insert(instance);
    m_again.start(kAgain);
    touch();
}

void KernelRouteKeeper::remove(const InstanceName &instance)
{
    m_instances.erase(instance);
    if (m_instances.empty())
        m_again.stop();
}

void KernelRouteKeeper::touch()
{
    if (!m_soon.isActive())
        m_soon.start();
}

void KernelRouteKeeper::reconcile()
{
    if (!m_table || !m_mirror.isLoaded())
        return;
    for (const InstanceName &instance : m_instances)
        reconcile(instance);
}

void KernelRouteKeeper::reconcile(const InstanceName &instance)
{
    const Topology &topology = m_mirror.topology();
    const auto *row = topology.find<InstanceRow>(instance);
    const auto wanted = wantedKernelRoutes(topology, instance);
    if (!row || !wanted)
        return;
    const auto device = tunnelDevice(row->serverAddress);
    if (!device) {
        // The server is not up, or on another host: then nothing is routed here.
        Q_EMIT routesChanged(instance, {});
        return;
    }
    const auto change = m_table->reconcile(*device, *wanted);
    if (!change) {
        complain(instance, change.error().detail);
        Q_EMIT routesChanged(instance, {});
        return;
    }
    for (const Prefix &prefix : change->added)
        qCInfo(logKernel, "added route %s dev %s", qPrintable(prefix.toString()), qPrintable(*device));
    for (const Prefix &prefix : change->removed)
        qCInfo(logKernel, "removed route %s dev %s", qPrintable(prefix.toString()), qPrintable(*device));
    std::vector<Prefix> routed = *wanted;
    QStringList foreign;
    for (const ForeignRoute &route : change->foreign) {
        if (route.isServing)
            continue;
        std::erase(routed, route.wanted);
        foreign += u"%1 (there is %2 on %3)"_s.arg(route.wanted.toString(), route.destination.toString(), route.device);
    }
    complain(instance, foreign.isEmpty() ? QString()
                                         : u"not routed into %1, because somebody else's route is there: %2"_s.arg(
                                               *device, foreign.join(u", "_s)));
    Q_EMIT routesChanged(instance, routed);
}

void KernelRouteKeeper::complain(const InstanceName &instance, const QString &what)
{
    QString &said = m_complaints[instance];
    if (said == what)
        return;
    said = what;
    if (!what.isEmpty())
        qCWarning(logKernel, "instance=%s %s", qPrintable(instance.toString()), qPrintable(what));
}

} // namespace interlock
