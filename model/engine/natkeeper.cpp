// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/natkeeper.h"

#include "model/engine/logvalue.h"
#include "model/link/linux/tunneldevice.h"
#include "model/rules/hostnat.h"

#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logNat, "interlock.nat")

constexpr auto kNatSoon = 50ms;
/// Tunnel devices come and go, and somebody may flush the rules of the host.
constexpr auto kNatAgain = 10s;

const QString &tableName()
{
    static const QString name = u"ip interlock_host"_s;
    return name;
}

/// The tunnel devices of the servers that run on this host.
std::vector<InterfaceName> tunnelsOf(const Topology &topology)
{
    std::vector<InterfaceName> tunnels;
    for (const InstanceRow &row : topology.rows<InstanceRow>()) {
        const auto device = tunnelDevice(row.serverAddress);
        if (!device)
            continue;
        if (const auto name = InterfaceName::parse(*device))
            tunnels.push_back(*name);
    }
    return tunnels;
}

} // namespace

NatKeeper::NatKeeper(TopologyMirror &mirror, QObject *parent) : QObject(parent), m_mirror(mirror)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(kNatSoon);
    connect(&m_soon, &QTimer::timeout, this, &NatKeeper::reconcile);
    connect(&m_again, &QTimer::timeout, this, &NatKeeper::reconcile);
    connect(&mirror, &TopologyMirror::changed, this, &NatKeeper::touch);
    connect(&mirror, &TopologyMirror::replaced, this, &NatKeeper::touch);
    m_again.start(kNatAgain);
}

void NatKeeper::touch()
{
    if (!m_soon.isActive())
        m_soon.start();
}

void NatKeeper::reconcile()
{
    if (!m_mirror.isLoaded())
        return;
    const HostNatPlan plan = planHostNat(m_mirror.topology());
    const bool isConcerned = !plan.rules.empty() || !plan.refusals.empty();
    NatProblems problems;
    for (const HostNatRefusal &refusal : plan.refusals)
        problems[refusal.cn] += refusal.error.detail;
    const auto tunnels = tunnelsOf(m_mirror.topology());
    // No server is up here. What is loaded stays: sessions of a server that comes back need it at once.
    if (!tunnels.empty()) {
        const auto loaded = load(renderHostNft(plan, tunnels), !plan.rules.empty());
        const QString why = loaded ? QString() : loaded.error().detail;
        if (!loaded) {
            for (const HostNatRule &rule : plan.rules)
                problems[rule.cn] += u"the VPN host does not translate %1: %2"_s.arg(rule.pair.real.toString(), why);
        }
        if (why != m_said && isConcerned && !why.isEmpty())
            qCWarning(logNat, "host rules are not loaded why=%s", quoted(why).constData());
        m_said = why;
    }
    if (problems == m_problems)
        return;
    m_problems = std::move(problems);
    Q_EMIT problemsChanged();
}

Expected<void> NatKeeper::load(const QString &text, bool hasRules)
{
    if (!hasRules && m_loaded == text)
        return {}; // and nothing of ours that somebody could have changed
    if (!m_tables) {
        auto tables = Nftables::open();
        if (!tables)
            return fail(tables.error());
        m_tables = *std::move(tables);
    }
    const auto before = m_tables->listTable(tableName());
    if (!before)
        return fail(before.error());
    if (m_loaded == text && *before == m_listed)
        return {};
    if (!hasRules && before->isEmpty()) {
        m_loaded = text; // there is no table, and none is needed
        m_listed.clear();
        return {};
    }
    if (const auto applied = m_tables->apply(text); !applied)
        return applied;
    const auto after = m_tables->listTable(tableName());
    if (!after)
        return fail(after.error());
    m_loaded = text;
    m_listed = *after;
    if (*after != *before)
        qCInfo(logNat, "host rules replaced");
    return {};
}

} // namespace interlock
