// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/engine.h"

using namespace std::chrono_literals;

namespace interlock {

namespace {

/// Well within kAgentTime.
constexpr auto kBeat = 3s;

EnginePorts withGateway(const EnginePorts &ports, CommandGateway &gateway)
{
    return {gateway, ports.queries, ports.feed, ports.macs, ports.leases, ports.live, ports.operations, ports.clock};
}

} // namespace

Engine::Engine(const EnginePorts &ports, EngineOptions options, std::set<InstanceName> only, QObject *parent)
    : QObject(parent), m_patient(ports.gateway), m_ports(withGateway(ports, m_patient)), m_options(std::move(options)),
      m_only(std::move(only)), m_mirror(ports.queries, ports.feed)
{
    if (m_options.hasKernel) {
        m_kernel = std::make_unique<KernelRouteKeeper>(
            m_mirror, [this](const InstanceName &instance) { return installedOn(instance); });
        connect(m_kernel.get(), &KernelRouteKeeper::routesChanged, this,
                [this](const InstanceName &instance, const std::vector<Prefix> &routes) {
                    if (const auto it = m_instances.find(instance); it != m_instances.end())
                        it->second->setKernelRoutes(routes);
                });
    }
    if (m_options.hasKernel) {
        m_nat = std::make_unique<NatKeeper>(m_mirror);
        connect(m_nat.get(), &NatKeeper::problemsChanged, this, [this] {
            for (const auto &entry : m_instances)
                entry.second->setNatProblems(m_nat->problems());
        });
    }
    connect(&m_mirror, &TopologyMirror::replaced, this, [this] {
        serve();
        for (const auto &entry : m_instances)
            entry.second->rowsReplaced();
    });
    connect(&m_mirror, &TopologyMirror::changed, this, &Engine::rowsChanged);
    connect(&m_mirror, &TopologyMirror::storeAvailableChanged, this, &Engine::healthChanged);
    if (m_options.rank == LeaseRank::Agent) {
        connect(&m_beatTimer, &QTimer::timeout, this, [this] { (void)m_ports.leases.beat(m_options.holder); });
        m_beatTimer.start(kBeat);
        (void)m_ports.leases.beat(m_options.holder);
    }
}

void Engine::stop()
{
    m_isStopped = true;
    m_beatTimer.stop();
    for (const auto &entry : m_instances)
        entry.second->stop();
}

void Engine::serve()
{
    if (m_isStopped)
        return;
    const Topology &topology = m_mirror.topology();
    for (auto it = m_instances.begin(); it != m_instances.end();) {
        if (topology.find<InstanceRow>(it->first)) {
            ++it;
            continue;
        }
        it->second->stop();
        if (m_kernel)
            m_kernel->remove(it->first);
        it = m_instances.erase(it);
    }
    for (const InstanceRow &row : topology.rows<InstanceRow>()) {
        if (m_instances.contains(row.name) || (!m_only.empty() && !m_only.contains(row.name)))
            continue;
        auto engine = std::make_unique<InstanceEngine>(row.name, m_ports, m_mirror, m_options);
        connect(engine.get(), &InstanceEngine::healthChanged, this, &Engine::healthChanged);
        InstanceEngine &started = *engine;
        m_instances.emplace(row.name, std::move(engine));
        started.start();
        if (m_kernel)
            m_kernel->add(row.name);
        if (m_nat)
            started.setNatProblems(m_nat->problems());
    }
    Q_EMIT healthChanged();
}

std::optional<std::vector<Prefix>> Engine::installedOn(const InstanceName &instance) const
{
    const auto it = m_instances.find(instance);
    // The sessions are known from the first status on, and that is what makes a link ready.
    if (it == m_instances.end() || !it->second->isOwner() ||
        it->second->health().link != openvpn::nameOf(openvpn::LinkState::Ready))
        return std::nullopt;
    std::vector<Prefix> installed;
    it->second->registry().forEach([&](const LiveSession &session) {
        installed.insert(installed.end(), session.fact.installed.begin(), session.fact.installed.end());
    });
    return installed;
}

void Engine::rowsChanged(const std::vector<JournalEntry> &entries)
{
    bool hasInstances = false;
    for (const JournalEntry &entry : entries) {
        for (const RowChange &change : entry.changes)
            hasInstances = hasInstances || std::holds_alternative<InstanceRow>(change.any());
    }
    if (hasInstances)
        serve();
    for (const auto &entry : m_instances)
        entry.second->rowsChanged(entries);
}

void Engine::learnt(const QString &instance, const QString &verb, const QString &address, const QString &cn)
{
    const auto name = InstanceName::parse(instance);
    const auto it = name ? m_instances.find(*name) : m_instances.end();
    if (it != m_instances.end())
        it->second->learnt(verb, address, cn);
}

} // namespace interlock
