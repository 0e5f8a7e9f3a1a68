// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/quarantinekeeper.h"

#include "model/commands/whendone.h"
#include "model/engine/logvalue.h"

#include <QLoggingCategory>

#include <algorithm>
#include <span>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

Q_LOGGING_CATEGORY(logQuarantine, "interlock.quarantine")

/// The prefix of `push "route N M..."`; none for another line. Stand-ins are IPv4.
std::optional<Prefix> pushedRoute(const QString &line)
{
    static const QString kBegin = u"push \"route "_s;
    if (!line.startsWith(kBegin))
        return std::nullopt;
    QString words = line.sliced(kBegin.size()).section(u' ', 0, 1);
    words.remove(u'"');
    const auto prefix = Prefix::parseMasked(words);
    return prefix ? std::optional(*prefix) : std::nullopt;
}

/// The quarantines among `rows` that a session stands in the way of.
class Uses
{
public:
    explicit Uses(std::span<const QuarantineRow> rows) : m_rows(rows)
    {
        for (const QuarantineRow &row : rows)
            m_index.insert(row.carveOut, &row);
    }

    void add(const LiveSession &session)
    {
        for (const Prefix &prefix : session.fact.installed)
            mark(prefix);
        for (const AnsweredLan &lan : session.lans)
            mark(lan.installed);
        for (const QString &line : session.fact.answer) {
            if (const auto route = pushedRoute(line))
                mark(*route);
        }
        if (session.isAnswerKnown || session.fact.state == SessionState::Waiting)
            return;
        for (const QuarantineRow &row : m_rows) {
            if (session.fact.connectedSince <= row.freedAt)
                m_used.insert(row.carveOut);
        }
    }

    [[nodiscard]] std::vector<Prefix> carveOuts() const { return {m_used.begin(), m_used.end()}; }

private:
    /// What is wider leads elsewhere as well: an operator's route to the whole range is none to a block.
    void mark(const Prefix &prefix)
    {
        m_index.forEachOverlapping(prefix, [&](const Prefix &carveOut, const QuarantineRow *) {
            if (carveOut.contains(prefix))
                m_used.insert(carveOut);
        });
    }

    std::span<const QuarantineRow> m_rows;
    PrefixMultiMap<const QuarantineRow *> m_index;
    std::set<Prefix> m_used;
};

} // namespace

QuarantineKeeper::QuarantineKeeper(InstanceName instance, CommandGateway &gateway, TopologyMirror &mirror,
                                   const LeaseKeeper &lease, const SessionRegistry &registry, const Clock &clock,
                                   QString actor, QuarantineTimes times, QObject *parent)
    : QObject(parent), m_instance(std::move(instance)), m_gateway(gateway), m_mirror(mirror), m_lease(lease),
      m_registry(registry), m_clock(clock), m_actor(std::move(actor)), m_times(times)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        m_timer.start(m_times.every);
        look();
    });
}

void QuarantineKeeper::setSessionsKnown(bool areKnown)
{
    if (areKnown == m_areSessionsKnown)
        return;
    m_areSessionsKnown = areKnown;
    m_lookedAt.reset();
    areKnown ? m_timer.start(m_times.soon) : m_timer.stop();
}

std::vector<QuarantineRow> QuarantineKeeper::ending(Timestamp now) const
{
    std::vector<QuarantineRow> rows;
    for (const QuarantineRow &row : m_mirror.topology().rows<QuarantineRow>()) {
        const bool wasLookedAt = m_lookedAt && row.until <= std::min(*m_lookedAt, now);
        if (!wasLookedAt && row.until <= now + m_times.ahead)
            rows.push_back(row);
    }
    return rows;
}

void QuarantineKeeper::look()
{
    if (m_isAsking || !m_mirror.isLoaded() || !m_lease.isCertain())
        return;
    const Timestamp now = m_clock.now();
    const auto rows = ending(now);
    Uses uses(rows);
    if (!rows.empty())
        m_registry.forEach([&](const LiveSession &session) { uses.add(session); });
    const auto carveOuts = uses.carveOuts();
    if (carveOuts.empty())
        m_lookedAt = now;
    else
        prolong(carveOuts);
}

void QuarantineKeeper::prolong(std::vector<Prefix> carveOuts)
{
    m_isAsking = true;
    const auto count = carveOuts.size();
    whenDone(m_gateway.submit({ProlongQuarantine{m_instance, std::move(carveOuts)}, m_actor, {}, m_lease.lease()}),
             this, [this, count](const Expected<Receipt> &receipt) {
                 m_isAsking = false;
                 const QString instance = m_instance.toString();
                 if (receipt) {
                     qCInfo(logQuarantine, "prolonged instance=%s blocks=%zu", qPrintable(instance), count);
                     return;
                 }
                 // The next look tries again, before the end or soon after it.
                 qCWarning(logQuarantine, "not prolonged instance=%s why=%s", qPrintable(instance),
                           quoted(receipt.error().detail).constData());
             });
}

} // namespace interlock
