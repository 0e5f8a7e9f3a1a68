// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/subnetpages.h"

#include "model/store/liketext.h"
#include "model/store/rowreading.h"
#include "model/store/treereader.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Keys in front of which and behind which there are none.
const QByteArray kFirstKey(1, '\0');
const QByteArray kLastKey(1, '\xff');
/// Pages are smaller.
constexpr std::size_t kMostRows = 1'000'000'000;

/// The key that sorts directly before everything inside of or equal to `prefix`, and behind what contains it.
QByteArray keyBefore(const Prefix &prefix)
{
    QByteArray key = prefix.sortKey();
    if (prefix.length() == 0)
        return key.chopped(1);
    key.back() = static_cast<char>(prefix.length() - 1);
    return key;
}

/// Fills one page, tenant after tenant.
class PageReader
{
public:
    PageReader(Connection &connection, const SubnetFilter &filter, std::size_t limit)
        : m_connection(connection), m_filter(filter), m_limit(limit)
    {
    }

    /// \param after  the key in this tenant's tree to go on behind. \returns whether there is more to come
    Expected<bool> add(const QString &tenant, const QByteArray &after)
    {
        const auto statement = m_connection.run(
            u"subnet_page"_s, [&](const QString &name) -> QVariant { return value(name, tenant, after); });
        if (!statement)
            return fail(statement.error());
        bool isFull = false;
        Expected<void> result;
        while (result && !isFull && (*statement)->next()) {
            auto row = readRow<SubnetRow>(**statement);
            if (!row)
                result = fail(ErrorKind::StoreCorrupt, u"a subnet does not parse: %1"_s.arg(row.error().detail));
            else if (matches(*row, m_filter)) { // the database takes a tag in any case
                isFull = page.rows.size() == m_limit;
                if (!isFull)
                    page.rows.push_back(*std::move(row));
            }
        }
        if (result && !isFull)
            result = endOfRows(m_connection, **statement, u"subnet_page"_s);
        (*statement)->query().finish();
        if (!result)
            return fail(result.error());
        return isFull;
    }

    SubnetPage page;

private:
    [[nodiscard]] QVariant value(const QString &name, const QString &tenant, const QByteArray &after) const
    {
        if (name == u"tenant"_s)
            return neverNull(tenant);
        if (name == u"after"_s)
            return after;
        if (name == u"last"_s)
            return m_filter.within ? m_filter.within->lastKey() : kLastKey;
        if (name == u"any_role"_s)
            return m_filter.role ? 0 : 1;
        if (name == u"role"_s)
            return m_filter.role ? enumText(*m_filter.role) : u""_s;
        if (name == u"any_tag"_s)
            return m_filter.tag.isEmpty() ? 1 : 0;
        if (name == u"tag"_s)
            return u"%;"_s + likeText(m_filter.tag) + u";%"_s;
        // Tags are looked at again here, and then the next page begins with one more.
        return m_filter.tag.isEmpty() && m_limit < kMostRows ? static_cast<qint64>(m_limit) + 1 : kNoLimit;
    }

    Connection &m_connection;
    const SubnetFilter &m_filter;
    std::size_t m_limit;
};

} // namespace

Expected<SubnetPage> readSubnetPage(Connection &connection, const SubnetFilter &filter,
                                    const std::optional<SubnetKey> &after, std::size_t limit)
{
    auto tenants = readSubnetTenants(connection);
    if (!tenants)
        return fail(tenants.error());
    PageReader reader(connection, filter, limit);
    for (const QString &tenant : *tenants) {
        if ((filter.tenant && *filter.tenant != tenant) || (after && tenant < after->tenant))
            continue;
        QByteArray from = filter.within ? keyBefore(*filter.within) : kFirstKey;
        if (after && after->tenant == tenant)
            from = std::max(from, after->prefix.sortKey());
        const auto hasMore = reader.add(tenant, from);
        if (!hasMore)
            return fail(hasMore.error());
        if (*hasMore) {
            if (!reader.page.rows.empty())
                reader.page.next = SubnetKey{reader.page.rows.back().tenant, reader.page.rows.back().prefix};
            break;
        }
    }
    return std::move(reader.page);
}

} // namespace interlock
