// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/rules/subnetplacement.h"

#include <QJsonArray>

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

constexpr qsizetype kMostErrors = 1000;

/// Carries the rows of an import out one by one and keeps what is refused.
class Import
{
public:
    Import(TopologyEdit &edit, const ImportSubnets &command, Timestamp now)
        : m_edit(edit), m_command(command), m_now(now)
    {
    }

    Expected<Outcome> run()
    {
        // Parents before children, whatever the order of the file; the position is that of the file.
        std::vector<std::size_t> order(m_command.subnets.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, {}, [&](std::size_t i) { return m_command.subnets[i].prefix; });
        for (const std::size_t i : order)
            note(u"subnet"_s, i, addSubnet(m_command.subnets[i]));
        for (std::size_t i = 0; i < m_command.addresses.size(); ++i)
            note(u"address"_s, i, addAddress(m_command.addresses[i]));
        if (m_count > 0) {
            return fail(ErrorKind::Invalid, u"%1 rows are refused, the first: %2"_s.arg(m_count).arg(m_first),
                        {{u"errors"_s, m_errors}, {u"count"_s, m_count}});
        }
        return subnetOutcome(m_edit.now(), m_rows, {});
    }

private:
    void note(const QString &table, std::size_t row, const Expected<void> &result)
    {
        if (result)
            return;
        if (m_count++ == 0)
            m_first = result.error().detail;
        if (m_errors.size() < kMostErrors) {
            m_errors.append(QJsonObject{{u"table"_s, table},
                                        {u"row"_s, static_cast<qint64>(row)},
                                        {u"kind"_s, nameOf(result.error().kind)},
                                        {u"message"_s, result.error().detail}});
        }
    }

    Expected<void> checkKnown(const QString &tenant)
    {
        if (tenant.isEmpty() || m_edit.now().find<TenantRow>(tenant))
            return {};
        if (!m_command.createTenants) {
            return fail(ErrorKind::NotFound, u"there is no tenant '%1'"_s.arg(tenant), {{u"tenant"_s, tenant}});
        }
        ensureTenant(m_edit, tenant, m_now);
        return {};
    }

    Expected<void> addSubnet(const SubnetRow &asked)
    {
        auto row = checkedSubnet(asked);
        if (!row)
            return fail(row.error());
        if (const auto ok = checkKnown(row->tenant); !ok)
            return ok;
        if (m_command.keepExisting && m_edit.now().subnets().contains(row->tenant, row->prefix))
            return {};
        if (const auto ok = checkPlacement(m_edit.now(), row->tenant, row->prefix); !ok)
            return ok;
        row->createdAt = m_now;
        row->version = 0;
        m_edit.put(*row);
        m_rows.emplace_back(*std::move(row));
        return {};
    }

    Expected<void> addAddress(const AddressRow &asked)
    {
        auto row = checkedAddress(asked);
        if (!row)
            return fail(row.error());
        if (const auto ok = checkKnown(row->tenant); !ok)
            return ok;
        if (m_command.keepExisting && m_edit.now().addresses().find(row->tenant, row->address))
            return {};
        const Timestamp until = row->until;
        const auto taken = takeAddress(m_edit, *row, std::nullopt, m_now);
        if (!taken)
            return fail(taken.error());
        if (taken->state == AddressState::Quarantined) {
            AddressRow waiting = *taken;
            waiting.until = until;
            m_edit.renew(waiting);
        }
        m_rows.emplace_back(*taken);
        return {};
    }

    TopologyEdit &m_edit;
    const ImportSubnets &m_command;
    Timestamp m_now;
    std::vector<Row> m_rows;
    QJsonArray m_errors;
    qint64 m_count = 0;
    QString m_first;
};

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const ImportSubnets &c, Timestamp now)
{
    return Import(edit, c, now).run();
}

} // namespace interlock::parts
