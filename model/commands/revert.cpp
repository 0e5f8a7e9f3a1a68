// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide.h"
#include "model/commands/deviceobjection.h"
#include "model/commands/revertible.h"
#include "model/commands/subnetobjection.h"
#include "model/rules/claimresolver.h"
#include "model/rules/publicaddress.h"
#include "model/rules/pushoption.h"
#include "model/rules/rowimage.h"
#include "model/rules/tunneladdress.h"

#include <QJsonArray>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QJsonObject rowName(const Row &row)
{
    return {{u"table"_s, QString::fromUtf16(kTableNames.at(tableOf(row)))}, {u"key"_s, keyOf(row)}};
}

bool isAsLeft(const std::optional<Row> &current, const std::optional<Row> &after)
{
    if (!current || !after)
        return !current && !after;
    return sameContent(*current, *after);
}

/// A row that stands in the way of an undo, and how.
struct Objection
{
    Row row;
    QString reason;
};
using Objections = std::optional<Objection>;

/// What speaks against a row that came back, in the topology as the undo leaves it.
struct Objector
{
    const Topology &topology;
    Timestamp since; ///< when the entry was made
    Timestamp now;
    const std::set<Prefix> &freed; ///< by the undo itself: what comes back may lie in it

    Objections operator()(const ClaimRow &row) const
    {
        if (!topology.find<InstanceRow>(row.instance))
            return Objection{row, u"its instance %1 is gone"_s.arg(row.instance.toString())};
        for (const ClaimRow *other : topology.claimsHolding(row.hold)) {
            // Kept prefixes of one CN may overlap: one of them is out of use.
            if (*other != row && (other->cn != row.cn || !other->isSentinel() || !row.isSentinel()))
                return Objection{*other, u"%1 is held by %2 now"_s.arg(row.hold.toString(), other->cn.toString())};
        }
        if (const auto found = topology.poolsOverlapping(row.hold); !found.empty())
            return Objection{*found.front(), u"%1 lies on a pool now"_s.arg(row.hold.toString())};
        // An exclusion or a LAN below is no objection: a claim that stands there keeps its carve-out, too.
        for (const QuarantineRow *other : topology.quarantinesOverlapping(row.hold, now)) {
            if (other->cn != row.cn && other->freedAt > since && !freed.contains(other->carveOut))
                return Objection{*other,
                                 u"%1 is in quarantine now, after %2"_s.arg(row.hold.toString(), other->cn.toString())};
        }
        return {};
    }

    Objections operator()(const AllocationRow &row) const
    {
        const auto *instance = topology.find<InstanceRow>(row.instance);
        if (!instance)
            return Objection{row, u"its instance %1 is gone"_s.arg(row.instance.toString())};
        for (const AllocationRow *other : topology.holdersOf(row.tenant, row.address)) {
            if (*other != row)
                return Objection{*other,
                                 u"%1 is the address of %2 now"_s.arg(row.address.toString(), other->cn.toString())};
        }
        return misplaced(*instance, row);
    }

    Objections operator()(const IrouteRow &row) const
    {
        for (const IrouteRow *other : topology.list<IrouteRow>(row.cn)) {
            if (*other != row && other->prefix.overlaps(row.prefix)) {
                return Objection{*other, u"%1 overlaps %2 of the same connector now"_s.arg(row.prefix.toString(),
                                                                                           other->prefix.toString())};
            }
        }
        return {};
    }

    Objections operator()(const OptionRow &row) const
    {
        if (row.scope == OptionScope::Instance) {
            const auto name = InstanceName::parse(row.holder);
            if (!name || !topology.find<InstanceRow>(*name))
                return Objection{row, u"its instance %1 is gone"_s.arg(row.holder)};
        }
        for (const OptionRow *other : topology.list<OptionRow>(row.scope, row.holder, row.type)) {
            if (isSingle(row.type) && *other != row)
                return Objection{*other, u"%1 has another value now"_s.arg(enumText(row.type))};
        }
        return {};
    }

    Objections operator()(const PoolRow &row) const
    {
        const auto *instance = topology.find<InstanceRow>(row.instance);
        if (!instance)
            return Objection{row, u"its instance %1 is gone"_s.arg(row.instance.toString())};
        if (const auto claims = topology.claimsHolding(row.prefix); !claims.empty()) {
            return Objection{*claims.front(), u"%1 of %2 lies on the pool now"_s.arg(claims.front()->hold.toString(),
                                                                                     claims.front()->cn.toString())};
        }
        for (const PoolRow *other : topology.poolsOverlapping(row.prefix)) {
            const auto *owner = topology.find<InstanceRow>(other->instance);
            if (*other != row && owner && owner->tenant == instance->tenant)
                return Objection{*other, u"%1 overlaps a pool of instance %2 now"_s.arg(row.prefix.toString(),
                                                                                        other->instance.toString())};
        }
        return {};
    }

    Objections operator()(const SubnetRow &row) const { return asObjection(row, subnetObjection(topology, row)); }
    Objections operator()(const AddressRow &row) const { return asObjection(row, addressObjection(topology, row)); }

    static Objections asObjection(const Row &row, const std::optional<QString> &reason)
    {
        return reason ? Objections(Objection{row, *reason}) : Objections();
    }

    template <typename R>
    Objections operator()(const R &row) const
    {
        return asObjection(row, hangingObjection(topology, row));
    }

    /// What hangs on the instance `name` and does not fit it, or hangs in the air.
    [[nodiscard]] Objections inInstance(const InstanceName &name) const
    {
        const auto *instance = topology.find<InstanceRow>(name);
        if (!instance)
            return leftBehind(name);
        for (const PoolRow *pool : topology.list<PoolRow>(name)) {
            if (pool->prefix.family() == instance->network.family() && !instance->network.contains(pool->prefix)) {
                return Objection{*pool, u"the pool %1 would be outside of the network %2"_s.arg(
                                            pool->prefix.toString(), instance->network.toString())};
            }
        }
        for (const AllocationRow *row : topology.list<AllocationRow>(name)) {
            if (const auto objection = misplaced(*instance, *row))
                return objection;
        }
        return {};
    }

private:
    [[nodiscard]] Objections misplaced(const InstanceRow &instance, const AllocationRow &row) const
    {
        if (checkTunnelAddress(topology, instance, row.address) && row.tenant == instance.tenant)
            return {};
        return Objection{row, u"%1 of %2 would not be an address of instance %3"_s.arg(
                                  row.address.toString(), row.cn.toString(), instance.name.toString())};
    }

    [[nodiscard]] Objections leftBehind(const InstanceName &name) const
    {
        const QString reason = u"something hangs on instance %1 now"_s.arg(name.toString());
        if (const auto found = topology.list<PoolRow>(name); !found.empty())
            return Objection{*found.front(), reason};
        if (const auto found = topology.list<AllocationRow>(name); !found.empty())
            return Objection{*found.front(), reason};
        if (const auto found = topology.list<OptionRow>(OptionScope::Instance, name.toString()); !found.empty())
            return Objection{*found.front(), reason};
        const auto claim = std::ranges::find(topology.rows<ClaimRow>(), name, &ClaimRow::instance);
        return claim == topology.rows<ClaimRow>().end() ? Objections() : Objection{*claim, reason};
    }
};

/// The connector that `row` hangs on, if it does.
std::optional<CommonName> connectorOf(const Row &row)
{
    return std::visit(
        []<typename R>(const R &r) -> std::optional<CommonName> {
            if constexpr (std::same_as<R, ClaimRow> || std::same_as<R, AllocationRow> || std::same_as<R, IrouteRow>) {
                return r.cn;
            } else if constexpr (std::same_as<R, OptionRow>) {
                const auto cn = CommonName::parse(r.holder);
                return r.scope == OptionScope::Cn && cn ? std::optional(*cn) : std::nullopt;
            } else {
                return std::nullopt;
            }
        },
        row);
}

bool isMentioned(const Topology &topology, const CommonName &cn)
{
    return !topology.list<IrouteRow>(cn).empty() || !topology.list<ClaimRow>(cn).empty() ||
           !topology.allocationsOf(cn).empty() || !topology.list<OptionRow>(OptionScope::Cn, cn.toString()).empty();
}

/// The undo of one entry, step by step.
class Undo
{
public:
    /// \param since  when what is taken back was committed
    Undo(TopologyEdit &edit, ChangeSet changes, Timestamp since, Timestamp now)
        : m_edit(edit), m_changes(std::move(changes)), m_since(since), m_now(now)
    {
    }

    std::vector<Row> run()
    {
        // Backwards, so that what a row gave up is free again before its former holder comes back.
        for (auto change = m_changes.rbegin(); change != m_changes.rend(); ++change) {
            if (!change->before && !std::holds_alternative<ConnectorRow>(*change->after))
                m_edit.erase(*change->after);
        }
        std::vector<Row> restored;
        for (auto change = m_changes.rbegin(); change != m_changes.rend(); ++change) {
            if (change->before)
                m_edit.put(*change->before);
        }
        for (const RowChange &change : m_changes) {
            settleConnector(change);
            settleCarveOut(change);
        }
        for (const RowChange &change : m_changes) {
            if (change.before)
                restored.push_back(*m_edit.now().current(*change.before));
        }
        return restored;
    }

    [[nodiscard]] Objections objection(const std::vector<Row> &restored) const
    {
        const Objector objector{m_edit.now(), m_since, m_now, m_freed};
        for (const Row &row : restored) {
            if (const auto found = std::visit(objector, row))
                return found;
        }
        std::set<InstanceName> instances;
        for (const RowChange &change : m_changes) {
            // What was stored by the entry goes, and others may have put addresses into it since.
            if (const auto *gone = change.before ? nullptr : std::get_if<SubnetRow>(&change.any())) {
                if (const auto found = Objector::asObjection(*gone, absenceObjection(m_edit.now(), *gone)))
                    return found;
            }
            if (!change.before) {
                const auto left = leftBehindObjection(m_edit.now(), change.any());
                if (const auto found = Objector::asObjection(change.any(), left))
                    return found;
            }
            if (const auto *instance = std::get_if<InstanceRow>(&change.any()))
                instances.insert(instance->name);
            else if (const auto *pool = std::get_if<PoolRow>(&change.any()))
                instances.insert(pool->instance);
        }
        for (const InstanceName &name : instances) {
            if (const auto found = objector.inInstance(name))
                return found;
        }
        return {};
    }

private:
    void settleConnector(const RowChange &change)
    {
        if (const auto *made = std::get_if<ConnectorRow>(&change.any())) {
            // Others may have hung something on it since: a connector exists while anything mentions it.
            if (!change.before && !isMentioned(m_edit.now(), made->cn))
                m_edit.erase(*made);
            return;
        }
        const auto cn = connectorOf(change.any());
        if (!cn)
            return;
        if (change.before)
            ensureConnector(m_edit, *cn, m_now);
        const auto *connector = m_edit.now().find<ConnectorRow>(*cn);
        if (connector && std::holds_alternative<IrouteRow>(change.any()))
            m_edit.touch(*connector);
    }

    void settleCarveOut(const RowChange &change)
    {
        const auto *left = change.after ? std::get_if<ClaimRow>(&*change.after) : nullptr;
        if (!left || left->isSentinel())
            return; // a prefix that was real is nobody's to set aside
        const auto holders = m_edit.now().claimsHolding(left->hold);
        if (std::ranges::find(holders, left->hold, &ClaimRow::hold) != holders.end())
            return;
        ClaimResolver(m_edit, m_now).quarantine(*left);
        m_freed.insert(left->hold);
    }

    TopologyEdit &m_edit;
    const ChangeSet m_changes;
    Timestamp m_since;
    Timestamp m_now;
    std::set<Prefix> m_freed; ///< carve-outs that the undo sets aside
};

} // namespace

Expected<Outcome> revertEntry(TopologyEdit &edit, const JournalEntry &entry, Timestamp now,
                              std::span<const Confirmation> confirmed)
{
    const QString name = QString::number(entry.id.value);
    if (const auto reason = whyNotRevertible(entry)) {
        return fail(ErrorKind::Unsupported,
                    u"journal entry %1 (%2) cannot be taken back: %3"_s.arg(name, entry.command, reasonText(*reason)),
                    {{u"journal"_s, entry.id.value}, {u"reason"_s, enumText(*reason)}});
    }
    QJsonArray changed;
    ChangeSet changes;
    for (const RowChange &change : entry.changes) {
        if (isAsLeft(edit.now().current(change.any()), change.after))
            changes.push_back(change);
        else if (!std::holds_alternative<QuarantineRow>(change.any()))
            changed.append(rowName(change.any()));
        // A quarantine that has ended, or is somebody else's by now, is no part of the edit any more; whether there is
        // room for what comes back is asked of the rows as they are.
    }
    if (!changed.isEmpty()) {
        const QJsonObject first = changed.first().toObject();
        return fail(ErrorKind::Conflict,
                    u"%1 changed since journal entry %2, the first is %3 %4"_s.arg(
                        changed.size() == 1 ? u"1 row has"_s : u"%1 rows have"_s.arg(changed.size()), name,
                        first.value("table"_L1).toString(), first.value("key"_L1).toString()),
                    {{u"rows"_s, changed}});
    }
    Undo undo(edit, std::move(changes), entry.at, now);
    std::vector<Row> restored = undo.run();
    if (const auto objection = undo.objection(restored)) {
        return fail(ErrorKind::Conflict, u"journal entry %1 cannot be taken back: %2"_s.arg(name, objection->reason),
                    {{u"rows"_s, QJsonArray{rowName(objection->row)}}});
    }
    if (const auto ok = checkPublicAddresses(edit, confirmed); !ok)
        return fail(ok.error());
    return Outcome(std::move(restored));
}

} // namespace interlock
