// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/journalpack.h"

#include "model/rules/rowimage.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// More changes in a pack make it hardly smaller.
constexpr qint64 kPackSize = 1000;
/// Images repeat each other so much that more effort than this saves nothing worth its time.
constexpr int kEffort = 1;

QByteArray textOf(const std::optional<Row> &row)
{
    return row ? imageText(*row).toUtf8() : QByteArrayLiteral("null");
}

tl::unexpected<Error> damaged(const QString &what)
{
    return fail(ErrorKind::StoreCorrupt, u"a pack of the journal %1"_s.arg(what));
}

Expected<std::optional<Row>> rowOf(std::size_t table, const QJsonValue &image)
{
    if (image.isNull())
        return std::optional<Row>();
    return rowFromImage(table, image.toObject()).map([](Row row) { return std::optional<Row>(std::move(row)); });
}

} // namespace

void JournalPacker::add(const RowChange &change)
{
    const QString table = QString::fromUtf16(kTableNames.at(tableOf(change.any())));
    if (!m_open.tables.contains(table))
        m_open.tables.append(table);
    // One line a change: a line end within a text is written as an escape.
    m_open.images += "[\"" + table.toUtf8() + "\"," + textOf(change.before) + ',' + textOf(change.after) + "]\n";
    if (++m_open.changes == kPackSize)
        close();
}

void JournalPacker::close()
{
    if (m_open.changes == 0)
        return;
    JournalPack pack = std::exchange(m_open, {});
    pack.ordinal = m_ordinal;
    pack.images = qCompress(pack.images, kEffort);
    m_ordinal += pack.changes;
    m_packs.push_back(std::move(pack));
}

std::vector<JournalPack> JournalPacker::take()
{
    close();
    m_ordinal = 0;
    return std::exchange(m_packs, {});
}

Expected<void> unpackChanges(const QByteArray &images, ChangeSet &changes)
{
    const QByteArray lines = qUncompress(images);
    if (lines.isEmpty() || !lines.endsWith('\n'))
        return damaged(u"cannot be unpacked"_s);
    for (qsizetype begin = 0; begin < lines.size();) {
        const qsizetype end = lines.indexOf('\n', begin);
        const QJsonArray line = QJsonDocument::fromJson(lines.sliced(begin, end - begin)).array();
        begin = end + 1;
        if (line.size() != 3)
            return damaged(u"holds a line that is no change"_s);
        const auto table = tableNamed(line[0].toString());
        if (!table)
            return fail(table.error());
        auto before = rowOf(*table, line[1]);
        if (!before)
            return fail(before.error());
        auto after = rowOf(*table, line[2]);
        if (!after)
            return fail(after.error());
        if (!*before && !*after)
            return damaged(u"holds a change without images"_s);
        changes.push_back({*std::move(before), *std::move(after)});
    }
    return {};
}

} // namespace interlock
