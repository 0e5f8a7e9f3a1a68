// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/changeset.h"

#include <QByteArray>
#include <QStringList>

namespace interlock {

/// An entry of the journal with at least so many changes keeps its images in packs.
inline constexpr std::size_t kPackedFrom = 2000;

/// Consecutive changes of one entry, compressed together: a row for each of a million images costs more than the rows
/// that they are of.
struct JournalPack
{
    qint64 ordinal = 0; ///< of its first change in the entry
    qint64 changes = 0;
    QStringList tables; ///< that the changes are of, each once
    QByteArray images;
};

/// Makes packs as changes come.
class JournalPacker
{
public:
    void add(const RowChange &change);
    /// Everything so far; the packer begins anew.
    [[nodiscard]] std::vector<JournalPack> take();
    [[nodiscard]] qint64 changes() const { return m_ordinal + m_open.changes; }

private:
    void close();

    std::vector<JournalPack> m_packs;
    JournalPack m_open; ///< `images` are not compressed yet
    qint64 m_ordinal = 0;
};

/// Appends the changes of a pack's `images`. \returns StoreCorrupt
[[nodiscard]] Expected<void> unpackChanges(const QByteArray &images, ChangeSet &changes);

} // namespace interlock
