// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/treesearch.h"

#include "model/rules/rowimage.h"
#include "model/store/liketext.h"
#include "model/store/rowreading.h"
#include "model/store/treereader.h"

#include <algorithm>
#include <iterator>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The database finds what may match, SearchQuestion says how well.
class TreeSearch
{
public:
    TreeSearch(Connection &connection, const QString &typed, std::size_t limit)
        : m_connection(connection), m_question(typed), m_limit(limit)
    {
    }

    Expected<std::vector<SearchHit>> run()
    {
        if (m_question.isEmpty())
            return std::vector<SearchHit>();
        const auto tenants = readSubnetTenants(m_connection);
        if (!tenants)
            return fail(tenants.error());
        return byPrefix(*tenants)
            .and_then([&] { return byText(); })
            .and_then([&] { return byTenant(*tenants); })
            .map([&] { return best(); });
    }

private:
    [[nodiscard]] bool isEnough() const { return m_hits.size() >= m_limit; }

    Expected<void> byPrefix(const std::vector<QString> &tenants)
    {
        if (!m_question.prefix())
            return {};
        const Prefix &asked = *m_question.prefix();
        for (const QString &tenant : tenants) {
            const auto around = readTreePart(m_connection, {TreePart::Kind::Chain, tenant, asked});
            if (!around)
                return fail(around.error());
            for (const Row &row : *around)
                offer(row);
            const auto inside = readAll<SubnetRow>(u"subnet_widest"_s, [&](const QString &name) -> QVariant {
                if (name == u"tenant"_s)
                    return tenant;
                return name == u"after"_s ? asked.sortKey() : asked.lastKey();
            });
            if (!inside)
                return inside;
        }
        // Addresses are all of one length: the first ones will do.
        const std::size_t subnets = m_hits.size();
        for (const QString &tenant : tenants) {
            const std::size_t found = m_hits.size() - subnets;
            if (found >= m_limit)
                break;
            const auto held = readTreePart(
                m_connection, {TreePart::Kind::Addresses, tenant, {}, asked.first(), asked.last(), m_limit - found});
            if (!held)
                return fail(held.error());
            for (const Row &row : *held)
                offer(row);
        }
        return {};
    }

    /// Texts come behind everything that lies in a prefix or around it.
    Expected<void> byText()
    {
        if (isEnough())
            return {};
        const QString part = likeText(m_question.text());
        const auto value = [&](const QString &name) -> QVariant {
            if (name == u"typed"_s)
                return m_question.text();
            if (name == u"typed_tag"_s)
                return u';' + m_question.text() + u';';
            if (name == u"part"_s)
                return u'%' + part + u'%';
            if (name == u"whole"_s)
                return part;
            if (name == u"start"_s)
                return part + u'%';
            if (name == u"whole_tag"_s)
                return u"%;"_s + part + u";%"_s;
            if (name == u"start_tag"_s)
                return u"%;"_s + part + u'%';
            return m_question.isPieceOfAddress() ? 1 : 0;
        };
        // With letters that stand for any letter the order of the database says nothing.
        const bool isExact = std::ranges::all_of(m_question.text(), [](QChar c) { return c.unicode() < 128; });
        const qint64 most = isExact ? static_cast<qint64>(m_limit) : kNoLimit;
        return readAll<SubnetRow>(u"subnet_search"_s, value, most).and_then([&] {
            return readAll<AddressRow>(u"subnet_address_search"_s, value, most);
        });
    }

    /// Whatever a tenant has comes last, subnets before addresses.
    Expected<void> byTenant(const std::vector<QString> &tenants)
    {
        std::vector<QString> meant;
        std::ranges::copy_if(tenants, std::back_inserter(meant), [this](const QString &tenant) {
            return tenant.contains(m_question.text(), Qt::CaseInsensitive);
        });
        for (const QString &tenant : meant) {
            if (isEnough())
                return {};
            const auto subnets = readAll<SubnetRow>(u"subnet_between"_s, [&](const QString &name) -> QVariant {
                if (name == u"tenant"_s)
                    return tenant;
                return QByteArray(1, name == u"after"_s ? '\0' : '\xff');
            });
            if (!subnets)
                return subnets;
        }
        for (const QString &tenant : meant) {
            for (const Family family : {Family::IPv4, Family::IPv6}) {
                if (isEnough())
                    return {};
                const auto held = readTreePart(m_connection, {TreePart::Kind::Addresses,
                                                              tenant,
                                                              {},
                                                              Address(family, 0),
                                                              Address(family, maxOf(family)),
                                                              m_limit});
                if (!held)
                    return fail(held.error());
                for (const Row &row : *held)
                    offer(row);
            }
        }
        return {};
    }

    template <typename R, typename ValueOf>
    Expected<void> readAll(const QString &statement, const ValueOf &valueOf, qint64 most)
    {
        std::optional<Error> error;
        const auto done = forEachRow(
            m_connection, statement,
            [&](const QString &name) -> QVariant { return name == u"most"_s ? QVariant(most) : valueOf(name); },
            [&](const Statement &columns) {
                auto row = readRow<R>(columns);
                if (row)
                    offer(*std::move(row));
                else if (!error)
                    error = row.error();
            });
        if (!done)
            return done;
        if (error)
            return fail(ErrorKind::StoreCorrupt, u"a row of the subnet tree does not parse: %1"_s.arg(error->detail));
        return {};
    }
    template <typename R, typename ValueOf>
    Expected<void> readAll(const QString &statement, const ValueOf &valueOf)
    {
        return readAll<R>(statement, valueOf, static_cast<qint64>(m_limit));
    }

    /// One row may be found in several ways; its best one counts, which match() knows.
    void offer(const Row &row)
    {
        auto hit = m_question.match(row);
        if (hit && m_seen.insert({tableOf(row), keyOf(row)}).second)
            m_hits.push_back(*std::move(hit));
    }

    std::vector<SearchHit> best()
    {
        const auto key = [](const SearchHit &hit) {
            return std::visit(
                []<typename R>(const R &row) {
                    if constexpr (std::is_same_v<R, SubnetRow>)
                        return std::pair(row.tenant, row.prefix);
                    else if constexpr (std::is_same_v<R, AddressRow>)
                        return std::pair(row.tenant, Prefix::host(row.address));
                    else
                        return std::pair<QString, Prefix>();
                },
                hit.row);
        };
        std::ranges::sort(m_hits, {}, key);
        return bestHits(std::move(m_hits), m_limit);
    }

    Connection &m_connection;
    SearchQuestion m_question;
    std::size_t m_limit;
    std::vector<SearchHit> m_hits;
    std::set<std::pair<std::size_t, QString>> m_seen;
};

} // namespace

Expected<std::vector<SearchHit>> findInTree(Connection &connection, const QString &typed, std::size_t limit)
{
    return TreeSearch(connection, typed, limit).run();
}

} // namespace interlock
