// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/treereader.h"

#include "model/rules/sharedbits.h"
#include "model/store/rowreading.h"
#include "model/store/treescan.h"

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Children are read so many at a time, as long as nothing lies in them.
constexpr qint64 kLeastStride = 32;
constexpr qint64 kMostStride = 4096;
/// So many rows inside of a child are read over; more of them are passed by a new look into the index.
constexpr int kReadOver = 8;

tl::unexpected<Error> corrupt(const Error &error)
{
    return fail(ErrorKind::StoreCorrupt, u"a row of the subnet tree does not parse: %1"_s.arg(error.detail));
}

/// Reads the parts of one tree after the other.
class PartReader
{
public:
    explicit PartReader(Connection &connection) : m_connection(connection) {}

    [[nodiscard]] Expected<std::vector<Row>> read(const TreePart &part)
    {
        m_rows.clear();
        const auto done = part.kind == TreePart::Kind::Addresses ? readAddresses(part) : readSubnets(part);
        if (!done)
            return fail(done.error());
        return std::move(m_rows);
    }

private:
    Expected<void> readSubnets(const TreePart &part)
    {
        if (const auto ok = readChain(part.tenant, part.prefix); !ok)
            return ok;
        // They were found from the innermost to the outermost.
        std::ranges::reverse(m_rows);
        switch (part.kind) {
        case TreePart::Kind::Children:
            return readChildren(part.tenant, part.prefix);
        case TreePart::Kind::Inside:
            return readBetween(part.tenant, part.prefix.sortKey(), part.prefix.lastKey(), -1,
                               [](const SubnetRow &) { return true; });
        default:
            return {};
        }
    }

    /// What contains or equals a prefix sorts at or before it, so that the next candidate is always the last one there.
    Expected<void> readChain(const QString &tenant, const Prefix &prefix)
    {
        for (std::optional<Prefix> from = prefix; from;) {
            const auto statement = m_connection.run(u"subnet_at_or_before"_s, [&](const QString &name) -> QVariant {
                return name == u"tenant"_s ? QVariant(neverNull(tenant)) : QVariant(from->sortKey());
            });
            if (!statement)
                return fail(statement.error());
            const bool isThere = (*statement)->next();
            const auto row = isThere ? readRow<SubnetRow>(**statement) : Expected<SubnetRow>();
            const auto end =
                isThere ? Expected<void>() : endOfRows(m_connection, **statement, u"subnet_at_or_before"_s);
            (*statement)->query().finish();
            if (!isThere)
                return end;
            if (!row)
                return corrupt(row.error());
            if (row->prefix.family() != prefix.family())
                return {};
            // The next one around has fewer bits than this one, or no more than both have in common.
            const int bits = row->prefix.contains(prefix) ? row->prefix.length() - 1
                                                          : sharedBits(row->prefix.first(), prefix.first());
            if (row->prefix.contains(prefix))
                m_rows.emplace_back(*row);
            from = bits < 0 ? std::nullopt : std::optional(Prefix(prefix.first(), bits));
        }
        return {};
    }

    Expected<void> readChildren(const QString &tenant, const Prefix &parent)
    {
        QByteArray after = parent.sortKey();
        const QByteArray last = parent.lastKey();
        std::optional<Prefix> child;
        for (qint64 stride = kLeastStride;;) {
            qint64 seen = 0;
            int readOver = 0;
            const auto done = readBetween(
                tenant, after, last, stride,
                [&](const SubnetRow &row) {
                    ++seen;
                    after = row.prefix.sortKey();
                    if (child && child->contains(row.prefix)) {
                        ++readOver;
                        return false;
                    }
                    child = row.prefix;
                    return true;
                },
                [&] { return readOver > kReadOver; });
            if (!done)
                return done;
            if (readOver > kReadOver) {
                after = child->lastKey();
                stride = kLeastStride;
            } else if (seen < stride) {
                return {};
            } else {
                stride = std::min(2 * stride, kMostStride);
            }
        }
    }

    /// Rows behind key `after` up to `last`, `most` of them (all when negative), which `isWanted`; until `isEnough`.
    template <typename IsWanted, typename IsEnough>
    Expected<void> readBetween(const QString &tenant, const QByteArray &after, const QByteArray &last, qint64 most,
                               IsWanted isWanted, IsEnough isEnough)
    {
        const auto statement = m_connection.run(u"subnet_between"_s, [&](const QString &name) -> QVariant {
            if (name == u"tenant"_s)
                return neverNull(tenant);
            if (name == u"most"_s)
                return most < 0 ? std::numeric_limits<qint64>::max() : most;
            return name == u"after"_s ? after : last;
        });
        if (!statement)
            return fail(statement.error());
        Expected<void> result;
        while (result && !isEnough() && (*statement)->next()) {
            auto row = readRow<SubnetRow>(**statement);
            if (!row)
                result = corrupt(row.error());
            else if (isWanted(*row))
                m_rows.emplace_back(*std::move(row));
        }
        if (result)
            result = endOfRows(m_connection, **statement, u"subnet_between"_s);
        (*statement)->query().finish();
        return result;
    }
    template <typename IsWanted>
    Expected<void> readBetween(const QString &tenant, const QByteArray &after, const QByteArray &last, qint64 most,
                               IsWanted isWanted)
    {
        return readBetween(tenant, after, last, most, isWanted, [] { return false; });
    }

    Expected<void> readAddresses(const TreePart &part)
    {
        const auto keyOfAddress = [](Address address) { return Prefix::host(address).sortKey(); };
        const auto statement = m_connection.run(u"subnet_address_between"_s, [&](const QString &name) -> QVariant {
            if (name == u"tenant"_s)
                return neverNull(part.tenant);
            if (name == u"most"_s)
                return part.atMost == TreePart::kAll ? std::numeric_limits<qint64>::max()
                                                     : static_cast<qint64>(part.atMost);
            return keyOfAddress(name == u"first"_s ? part.first : part.last);
        });
        if (!statement)
            return fail(statement.error());
        Expected<void> result;
        while (result && (*statement)->next()) {
            auto row = readRow<AddressRow>(**statement);
            if (row)
                m_rows.emplace_back(*std::move(row));
            else
                result = corrupt(row.error());
        }
        if (result)
            result = endOfRows(m_connection, **statement, u"subnet_address_between"_s);
        (*statement)->query().finish();
        return result;
    }

    Connection &m_connection;
    std::vector<Row> m_rows;
};

Expected<void> readWholeTree(Connection &connection, Topology &topology)
{
    topology.beginWhole();
    const auto load = [&](const auto &row) { topology.load(row); };
    return scanSubnets(connection, load).and_then([&] { return scanAddresses(connection, load); }).map([&] {
        topology.endLoad();
    });
}

} // namespace

Expected<std::vector<Row>> readTreePart(Connection &connection, const TreePart &part)
{
    return PartReader(connection).read(part);
}

Expected<void> readNotedParts(Connection &connection, Topology &topology)
{
    TreeNotes notes = topology.takeNotes();
    if (notes.wantsWhole())
        return readWholeTree(connection, topology);
    PartReader reader(connection);
    for (const TreePart &part : notes.take()) {
        const auto rows = reader.read(part);
        if (!rows)
            return fail(rows.error());
        topology.learn(part, *rows);
    }
    return {};
}

Expected<std::vector<QString>> readSubnetTenants(Connection &connection)
{
    std::vector<QString> tenants;
    const auto read =
        forEachRow(connection, u"subnet_tenants"_s, [&](const Statement &row) { tenants.push_back(row.text(0)); });
    if (!read)
        return fail(read.error());
    std::ranges::sort(tenants); // not in the order of a language
    return tenants;
}

} // namespace interlock
