// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/kernelroutekeeper.h"

#include "model/link/linux/tunneldevice.h"
#include "model/rules/kernelroutes.h"
#include "model/rules/prefixset.h"

#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logKernel, "interlock.kernel")

constexpr auto kRouteSoon = 50ms;
constexpr auto kRouteAgain = 2s;

QString routeThere(const ForeignRoute &route)
{
    return route.device.isEmpty() ? u"%1 without a device"_s.arg(route.destination.toString())
                                  : u"%1 on %2"_s.arg(route.destination.toString(), route.device);
}

/// What somebody else's routes keep from going into the tunnel, as one sentence; empty when nothing is.
QString obstaclesOf(const KernelRouteChange &change, const QString &device)
{
    QStringList said;
    for (const ForeignRoute &route : change.foreign) {
        if (!route.isServing)
            said += u"%1 is not (there is %2)"_s.arg(route.wanted.toString(), routeThere(route));
    }
    for (const ForeignRoute &route : change.inside)
        said += u"a part of %1 is not (there is %2)"_s.arg(route.wanted.toString(), routeThere(route));
    if (said.isEmpty())
        return {};
    return u"routed into %1, except what somebody else's route leads elsewhere: %2"_s.arg(device, said.join(u"; "_s));
}

/// Of `wanted`, what goes into the tunnel.
std::vector<Prefix> routedOf(const std::vector<Prefix> &wanted, const KernelRouteChange &change)
{
    std::vector<Prefix> elsewhere;
    for (const ForeignRoute &route : change.foreign) {
        if (!route.isServing)
            elsewhere.push_back(route.wanted);
    }
    for (const ForeignRoute &route : change.inside)
        elsewhere.push_back(route.destination);
    if (elsewhere.empty())
        return wanted;
    std::vector<Prefix> routed;
    for (const Prefix &prefix : wanted)
        std::ranges::copy(PrefixSet::subtract(prefix, elsewhere), std::back_inserter(routed));
    return routed;
}

} // namespace

KernelRouteKeeper::KernelRouteKeeper(TopologyMirror &mirror, Installed installed, QObject *parent)
    : QObject(parent), m_mirror(mirror), m_installed(std::move(installed))
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(kRouteSoon);
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
    m_again.start(kRouteAgain);
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

Expected<std::vector<Prefix>> KernelRouteKeeper::wantedOn(const InstanceName &instance, const QString &device)
{
    const auto live = m_installed(instance);
    if (live)
        return wantedKernelRoutes(m_mirror.topology(), instance, *live);
    // Whoever does not know the sessions takes nothing away from them.
    return wantedKernelRoutes(m_mirror.topology(), instance).and_then([&](std::vector<Prefix> wanted) {
        return m_table->routes(device).map([&](const std::vector<Prefix> &ours) {
            wanted.insert(wanted.end(), ours.begin(), ours.end());
            return std::move(wanted);
        });
    });
}

void KernelRouteKeeper::reconcile(const InstanceName &instance)
{
    const auto *row = m_mirror.topology().find<InstanceRow>(instance);
    if (!row)
        return;
    const auto device = tunnelDevice(row->serverAddress);
    if (!device) {
        // The server is not up, or on another host: then nothing is routed here.
        complain(instance, {});
        Q_EMIT routesChanged(instance, {});
        return;
    }
    const auto wanted = wantedOn(instance, *device);
    const auto change =
        wanted ? m_table->reconcile(*device, *wanted) : Expected<KernelRouteChange>(fail(wanted.error()));
    if (!change) {
        complain(instance, change.error().detail);
        Q_EMIT routesChanged(instance, {});
        return;
    }
    for (const Prefix &prefix : change->added)
        qCInfo(logKernel, "added route %s dev %s", qPrintable(prefix.toString()), qPrintable(*device));
    for (const Prefix &prefix : change->removed)
        qCInfo(logKernel, "removed route %s dev %s", qPrintable(prefix.toString()), qPrintable(*device));
    complain(instance, obstaclesOf(*change, *device));
    Q_EMIT routesChanged(instance, routedOf(PrefixSet::aggregate(*wanted), *change));
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
